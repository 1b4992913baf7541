"""Compiling the catalogue's substances from tables of claims and from curated corrections.

The method is in ``substances/METHOD.md``. Every step is a function of its input: the same tables, the same
curated files and the same accessions already given write the same catalogue.
"""
