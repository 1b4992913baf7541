"""Statements of plain columns, which go past the session.

Of what is asked with every key typed into a form, looking whether a statement asks for objects takes longer than its
answer.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVarTuple

from sqlalchemy import CompoundSelect, CursorResult, Select
from sqlalchemy import Table as SchemaTable

from nps_registry.store.engine import Session
from nps_registry.store.tables import Table

Kinds = TypeVarTuple("Kinds")


def table_of(table: type[Table]) -> SchemaTable:
    """*table* as the database has it: a statement of its columns asks for no objects."""
    found: SchemaTable = table.__table__  # type: ignore[attr-defined]  # of SQLModel's table
    return found


def select_plain(
    session: Session, statement: Select[*Kinds] | CompoundSelect[*Kinds], values: Mapping[str, Any]
) -> CursorResult[*Kinds]:
    """The rows of *statement*, which selects columns; what waits in *session* is written before, as ever."""
    session.flush()
    return session.connection().execute(statement, values)
