"""What every table shares: constraint names that both databases and the migrations agree on."""

from __future__ import annotations

from datetime import UTC, datetime
from secrets import token_hex
from typing import Any

from sqlalchemy import JSON, Boolean, Column, MetaData
from sqlmodel import SQLModel
from sqlmodel._compat import SQLModelConfig

from nps_registry.store.columns import Instant, Key, PartialDay
from nps_registry.vocabulary.term import Term

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Table(SQLModel):
    """Base of all tables. Table classes do not validate: the boundary schemas do, before."""

    metadata = MetaData(naming_convention=NAMING)
    model_config = SQLModelConfig(defer_build=True)  # a validator that no table uses need not be built at each start


def now() -> datetime:
    """This instant, in UTC."""
    return datetime.now(UTC)


def random_id() -> str:
    """A fresh id (UUID version 4) that says nothing of how many there are or when it was made."""
    digits = token_hex(16)  # UUID's own class takes four times as long, and a table of rows asks for tens of thousands
    variant = "89ab"[int(digits[16], 16) % 4]
    return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-{variant}{digits[17:20]}-{digits[20:]}"


def key_column(terms: type[Term], *, nullable: bool = False, index: bool = False) -> Column[Any]:
    """A column for one vocabulary term."""
    return Column(Key(terms), nullable=nullable, index=index)


def instant_column(*, nullable: bool = False, index: bool = False) -> Column[Any]:
    """A column for a point in time (UTC)."""
    return Column(Instant(), nullable=nullable, index=index)


def due_column() -> Column[Any]:
    """A mark that every change of the row sets by itself, and that who looks after the row takes away."""
    return Column(Boolean(), nullable=False, default=True, onupdate=True)


def day_column(*, nullable: bool = True, index: bool = False) -> Column[Any]:
    """A column for a partial date."""
    return Column(PartialDay(), nullable=nullable, index=index)


def json_column(*, nullable: bool = False) -> Column[Any]:
    """A column for a small list or mapping that is never searched inside SQL."""
    return Column(JSON(none_as_null=nullable), nullable=nullable)
