"""Write many rows at once, parents before children."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from operator import itemgetter
from typing import Any

from sqlalchemy import Table as SchemaTable
from sqlalchemy import and_, bindparam, delete, insert

from nps_registry.store.engine import Session
from nps_registry.store.plain_rows import add_plain, insert_plain
from nps_registry.store.tables import Table

FEW_ROWS = 20
"""Up to here an ordinary statement is as quick as handing the driver its rows."""

ROWS_AT_ONCE = 5_000
"""Rows handed to the driver in one call: the memory of a load stays bounded."""

Row = Mapping[str, object]
RowKey = tuple[Any, ...]


def insert_rows(session: Session, table: type[Table], rows: Sequence[Row]) -> None:
    """Write *rows* of *table*; what a row does not name gets the default of its column."""
    session.flush()
    if not rows:
        return
    filler, schema = _Filler(table, frozenset().union(*rows)), _schema_of(table)
    is_plain = len(rows) > FEW_ROWS and filler.fills(schema)
    for start in range(0, len(rows), ROWS_AT_ONCE):
        part = rows[start : start + ROWS_AT_ONCE]
        if is_plain:
            insert_plain(session.connection(), schema, filler.columns(part))
        else:
            session.connection().execute(insert(schema), [filler.fill(row) for row in part])


def add_to_figures(
    session: Session,
    table: type[Table],
    key: Sequence[str],
    figures: Sequence[str],
    moves: Mapping[RowKey, Sequence[int]],
) -> dict[RowKey, Sequence[int]]:
    """Add to the *figures* of rows of *table*; a row that is not there is made. Answers the figures as they are then.

    Args:
        session: what is written in.
        table: whose rows.
        key: the columns of the primary key.
        figures: the columns that are added to.
        moves: by the values of *key*, what is added to each of *figures*.
    """
    if not moves:
        return {}
    session.flush()
    rows = [(*values, *moves[values]) for values in sorted(moves)]
    found = add_plain(session.connection(), _schema_of(table), key, figures, rows)
    return {row[: len(key)]: row[len(key) :] for row in found}


def delete_rows(session: Session, table: type[Table], key: Sequence[str], keys: Collection[RowKey]) -> None:
    """Delete the rows of *table* whose columns *key* have the values in *keys*, each found by its index."""
    if not keys:
        return
    schema = _schema_of(table)
    is_row = and_(*(schema.c[name] == bindparam(f"of_{name}") for name in key))
    given = [{f"of_{name}": value for name, value in zip(key, values, strict=True)} for values in keys]
    session.connection().execute(delete(schema).where(is_row), given)


def insert_objects(session: Session, rows: Iterable[Table]) -> None:
    """Write *rows* of any tables; each row's parents may stand anywhere among them.

    The rows are not attached to *session*. Those that refer to a row of their own table
    (``event.same_as_id``, ``substance.merged_into_id``) come behind the one that they refer to.
    """
    by_table: dict[str, list[Table]] = defaultdict(list)
    for row in rows:
        by_table[_schema_of(type(row)).name].append(row)
    for table in Table.metadata.sorted_tables:
        if objects := by_table.get(table.name):
            insert_rows(session, type(objects[0]), [_values_of(row) for row in objects])


def _schema_of(table: type[Table]) -> SchemaTable:
    return Table.metadata.tables[str(table.__tablename__)]


class _Filler:
    """Gives rows every value that they need: enumerations and instants have their defaults in the model only.

    *names* are the columns that any of the rows names. What is the same for every row is found out once.
    """

    def __init__(self, table: type[Table], names: Collection[str]) -> None:
        self._names = names
        self._constants: dict[str, Any] = {}
        self._makers: dict[str, Callable[[], Any]] = {}
        for name, field in table.model_fields.items():
            if name not in names and _is_given_by_database(name, field.annotation):
                continue
            if field.default_factory is not None:
                self._makers[name] = field.default_factory  # type: ignore[assignment]  # ours take no argument
            else:
                self._constants[name] = None if field.is_required() else field.default

    def fill(self, row: Row) -> dict[str, Any]:
        filled = {**self._constants, **row}
        for name, make in self._makers.items():
            if name not in row:
                filled[name] = make()
        return filled

    def fills(self, schema: SchemaTable) -> bool:
        """Whether every column of *schema* gets its value here or from the database, and none from a statement."""
        here = {*self._constants, *self._makers}
        return here.issuperset(self._names) and all(
            column.name in here or column.default is None for column in schema.columns
        )

    def columns(self, rows: Sequence[Row]) -> dict[str, Sequence[Any]]:
        """The values of every column, in the order of *rows*."""
        if set(map(len, rows)) == {len(self._names)}:  # then every row names them all
            names = list(self._names)
            by_column = zip(*map(itemgetter(*names, names[0]), rows), strict=True)  # one more, to be a tuple always
            columns: dict[str, Sequence[Any]] = dict(zip(names, by_column, strict=False))
        else:
            columns = {name: self._column(name, rows) for name in self._names}
        for name, value in self._constants.items():
            columns.setdefault(name, [value] * len(rows))
        for name, make in self._makers.items():
            if name not in columns:
                columns[name] = [make() for _row in rows]
        return columns

    def _column(self, name: str, rows: Sequence[Row]) -> Sequence[Any]:
        if name in self._makers:
            make = self._makers[name]
            return [row[name] if name in row else make() for row in rows]
        value = self._constants[name]
        return [row.get(name, value) for row in rows]


def _values_of(row: Table) -> dict[str, Any]:
    """The values of *row*; an integer id and what a column derives are left to the database."""
    fields = type(row).model_fields
    values = {name: getattr(row, name) for name in fields}
    for name, field in fields.items():
        if values[name] is None and _is_given_by_database(name, field.annotation):
            del values[name]
    return values


def _is_given_by_database(name: str, annotation: object) -> bool:
    return name in ("identity", "name_key") or (name == "id" and annotation == int | None)
