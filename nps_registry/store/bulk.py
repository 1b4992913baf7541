"""Write many rows at once, parents before children."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Table as SchemaTable
from sqlalchemy import insert

from nps_registry.store.engine import Session
from nps_registry.store.tables import Table

ROWS_AT_ONCE = 5_000
"""Rows handed to the driver in one call: the memory of a load stays bounded."""


def insert_rows(session: Session, rows: Iterable[Table]) -> None:
    """Write *rows* of any tables; each row's parents may stand anywhere among them.

    The rows are not attached to *session*. Those that refer to a row of their own table
    (``event.same_as_id``, ``substance.merged_into_id``) come behind the one that they refer to.
    """
    by_table: dict[str, list[dict[str, Any]]] = defaultdict(list)
    session.flush()
    for row in rows:
        table = _table_of(row)
        by_table[table.name].append(_values_of(row, table))
    for table in Table.metadata.sorted_tables:
        for start in range(0, len(by_table[table.name]), ROWS_AT_ONCE):
            session.execute(insert(table), by_table[table.name][start : start + ROWS_AT_ONCE])


def insert_returning_ids(session: Session, rows: Sequence[Table]) -> list[int]:
    """Write *rows* of one table whose integer ids the database gives; answers the ids in the same order."""
    if not rows:
        return []
    table = _table_of(rows[0])
    statement = insert(table).returning(table.c.id, sort_by_parameter_order=True)
    session.flush()
    return list(session.scalars(statement, [_values_of(row, table) for row in rows]))


def _table_of(row: Table) -> SchemaTable:
    return Table.metadata.tables[str(type(row).__tablename__)]


def _values_of(row: Table, table: SchemaTable) -> dict[str, Any]:
    """The values of *row*; an integer id that the database is to give is left out."""
    values = {column.key: getattr(row, column.key) for column in table.columns}
    if "id" in values and values["id"] is None:
        del values["id"]
    return values
