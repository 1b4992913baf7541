"""Alembic's migrations: the one way in which both databases get their tables."""
