"""Organisations, people, roles, sessions and tokens."""
