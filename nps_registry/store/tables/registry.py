"""The registry itself: what it is, and the counter that tells workers something changed."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Field

from nps_registry.store.tables.base import Table, instant_column, key_column, now
from nps_registry.vocabulary.report import RegistryMode


class CatalogueFile(Table, table=True):
    """A file of the catalogue as it was when it was loaded: a load reads only what differs."""

    __tablename__ = "catalogue_file"

    path: str = Field(primary_key=True, max_length=200, description="relative to the catalogue, with /")
    digest: str = Field(max_length=64, description="SHA-256")


class Registry(Table, table=True):
    """One row. ``change`` grows with every change that the in-memory index or a cached page must follow."""

    __tablename__ = "registry"

    id: int = Field(default=1, primary_key=True, sa_column_kwargs={"autoincrement": False})
    mode: RegistryMode = Field(sa_column=key_column(RegistryMode))
    created_at: datetime = Field(default_factory=now, sa_column=instant_column())
    change: int = 0
    catalogue_digest: str = Field(default="", max_length=64)
    catalogue_loaded_at: datetime | None = Field(default=None, sa_column=instant_column(nullable=True))
    recipe: str = Field(default="", max_length=80, description="id of the recipe of the stored fingerprints")
    holds_followed_until: datetime | None = Field(default=None, sa_column=instant_column(nullable=True))
    reading_due: bool = Field(default=False, description="whether an upgrade left all reports to be read again")
