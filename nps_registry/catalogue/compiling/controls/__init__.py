"""Compiling the control lists of ``substances/controls/`` from the texts of the laws.

One module per country reads the text into entries; :mod:`.anchors` finds the structures that the wordings mean;
:mod:`.resolve` finds the substances of the catalogue; :mod:`.writing` writes the file. The lists of the three
treaties and of the United States are kept by hand, because their texts come as separate decisions; the same
modules give them their structures and accessions. The method is described in ``substances/controls/README.md``.
"""
