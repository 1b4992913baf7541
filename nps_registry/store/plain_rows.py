"""Rows as the driver takes them: of thousands, turning each into a statement's parameters takes most of the time.

SQLite gets tuples for one prepared statement; PostgreSQL gets a ``COPY``. What is stored is what the ordinary statement
would have stored: each column's own type says how its values are written.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Any

import psycopg
from pydantic_core import PydanticSerializationError, to_json
from sqlalchemy import JSON, Column, Connection, Dialect, LargeBinary
from sqlalchemy import Table as SchemaTable
from sqlalchemy.exc import DBAPIError

from nps_registry.store.engine import is_sqlite

Values = Sequence[Any]

_ADDED_AT_ONCE = 100
"""Longer statements take longer to read than they save."""


def insert_plain(connection: Connection, table: SchemaTable, columns: Mapping[str, Values]) -> None:
    """Write rows of *table*, given as the values of each column in the order of the rows."""
    told = [(table.c[name], values) for name, values in columns.items() if not _is_null(table.c[name], values)]
    format_name = connection.dialect.identifier_preparer
    into = f"{format_name.format_table(table)} ({', '.join(format_name.format_column(column) for column, _ in told)})"
    rows = list(zip(*(_as_written(column, values, connection.dialect) for column, values in told), strict=True))
    if is_sqlite(connection):
        connection.exec_driver_sql(f"INSERT INTO {into} VALUES ({', '.join('?' * len(told))})", rows)
    else:
        _copy(connection, f"COPY {into} FROM STDIN", rows)


def add_plain(
    connection: Connection,
    table: SchemaTable,
    key: Sequence[str],
    figures: Sequence[str],
    rows: Sequence[tuple[int | str, ...]],
) -> list[tuple[Any, ...]]:
    """Add to the *figures* of rows of *table*, making those whose *key* is not there; answers them as they are then.

    *rows* hold the values of *key* and what is added to each of *figures*, texts and whole numbers alone.
    """
    preparer = connection.dialect.identifier_preparer
    into, names = preparer.format_table(table), ", ".join((*key, *figures))
    summed = ", ".join(f"{name} = {into}.{name} + excluded.{name}" for name in figures)
    on_conflict = f"ON CONFLICT ({', '.join(key)}) DO UPDATE SET {summed} RETURNING {names}"
    mark = "?" if is_sqlite(connection) else "%s"
    given = f"({', '.join([mark] * (len(key) + len(figures)))})"
    found: list[tuple[Any, ...]] = []
    for start in range(0, len(rows), _ADDED_AT_ONCE):
        part = rows[start : start + _ADDED_AT_ONCE]
        statement = f"INSERT INTO {into} ({names}) VALUES {', '.join([given] * len(part))} {on_conflict}"
        found += map(tuple, connection.exec_driver_sql(statement, tuple(chain.from_iterable(part))))
    return found


def _copy(connection: Connection, statement: str, rows: Sequence[tuple[Any, ...]]) -> None:
    """Send *rows* as one stream; what the driver refuses is told as SQLAlchemy tells it."""
    try:
        with connection.connection.cursor() as cursor, cursor.copy(statement) as copy:  # type: ignore[attr-defined]
            for row in rows:
                copy.write_row(row)
    except psycopg.Error as error:
        raise DBAPIError.instance(
            statement, None, error, psycopg.Error, hide_parameters=True, dialect=connection.dialect
        ) from error


def _is_null(column: Column[Any], values: Values) -> bool:
    """Whether *column* is null in every row without being named; of a wide table most columns are."""
    says_null = bool(column.nullable) and column.server_default is None
    return says_null and not isinstance(column.type, JSON) and all(value is None for value in values)


def _as_written(column: Column[Any], values: Values, dialect: Dialect) -> Iterator[Any]:
    kind = column.type.dialect_impl(dialect)
    if isinstance(kind, JSON):
        return map(_json_text_or_null if column.type.none_as_null else _json_text, values)  # type: ignore[attr-defined]
    process = kind.bind_processor(dialect)
    if process is None:
        return iter(values)
    return map(process, values) if isinstance(kind, LargeBinary) else _each_once(process, values)


def _each_once(process: Callable[[Any], Any], values: Values) -> Iterator[Any]:
    """*values* processed, equal ones once: a column of terms, days or instants repeats few values."""
    processed = {value: process(value) for value in dict.fromkeys(values)}
    return map(processed.__getitem__, values)


def _json_text(value: Any) -> str:
    if not value and value in ([], {}):
        return "[]" if isinstance(value, list) else "{}"
    try:
        return to_json(value, inf_nan_mode="constants").decode()
    except (PydanticSerializationError, UnicodeError):  # half a surrogate pair, which JSON can hold and UTF-8 cannot
        return json.dumps(value)


def _json_text_or_null(value: Any) -> str | None:
    return None if value is None else _json_text(value)
