"""Long lists of keys: cut so that no statement has more parameters than a database takes, and asked for by index."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import (
    ARRAY,
    BindParameter,
    Boolean,
    ColumnElement,
    Dialect,
    Integer,
    SQLColumnExpression,
    String,
    and_,
    bindparam,
    literal,
    tuple_,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeDecorator, TypeEngine

Key = TypeVar("Key")

KEYS_AT_ONCE = 1_000
"""SQLite takes 32,766 parameters at most and older builds 999; a thousand keys cost no time to speak of."""


def in_batches(keys: Iterable[Key], size: int = KEYS_AT_ONCE) -> Iterator[list[Key]]:
    """*keys*, each once and in order, in lists of at most *size*."""
    waiting = iter(dict.fromkeys(keys))
    while batch := list(islice(waiting, size)):
        yield batch


def is_among(columns: Sequence[SQLColumnExpression[Any]]) -> ColumnElement[bool]:
    """The condition that *columns* together are one of a few hundred keys at most, given by :func:`name_keys`.

    SQLite reads a whole table for keys of several columns; the values of each column by itself are what it finds rows
    by an index with. Sort long lists before they are cut: of keys that lie close the columns have few values.
    """
    values = [column.in_(bindparam(f"key_{at}", expanding=True)) for at, column in enumerate(columns)]
    return and_(*values, tuple_(*columns).in_(bindparam("keys", expanding=True)))


def name_keys(keys: Collection[tuple[Any, ...]]) -> dict[str, list[Any]]:
    """The parameters of a statement that :func:`is_among` is part of."""
    return {"keys": list(keys)} | {
        f"key_{at}": sorted(set(values)) for at, values in enumerate(zip(*keys, strict=True))
    }


def has_id_in(column: SQLColumnExpression[Any], ids: Collection[str] | BindParameter[Any]) -> ColumnElement[bool]:
    """The condition that *column* is one of *ids*, given to the database as one parameter.

    ``IN`` makes a parameter of each: what thousands of rows touch is asked for many times over, and naming, binding and
    reading the parameters would take longer than finding the rows.
    """
    return _HasIdIn(column, ids if isinstance(ids, BindParameter) else literal(list(ids), _Listed(String())))


class _HasIdIn(FunctionElement[bool]):
    """A column and a list of ids."""

    type = Boolean()
    inherit_cache = True

    def self_group(self, against: Any = None) -> Any:
        """Itself: compared with true, as SQLite would have it of a function, it would be found by no index."""
        return self


@compiles(_HasIdIn, "sqlite")
def _on_sqlite(element: _HasIdIn, compiler: SQLCompiler, **more: Any) -> str:
    column, ids = (compiler.process(clause, **more) for clause in element.clauses)
    return f"{column} IN (SELECT value FROM json_each({ids}))"


@compiles(_HasIdIn, "postgresql")
def _on_postgresql(element: _HasIdIn, compiler: SQLCompiler, **more: Any) -> str:
    column, ids = (compiler.process(clause, **more) for clause in element.clauses)
    return f"{column} = ANY ({ids})"


class _Listed(TypeDecorator[list[Any]]):
    """A list of ids of one *kind* as each database takes one: an array, or JSON text."""

    impl = String
    cache_ok = True

    def __init__(self, kind: TypeEngine[Any]) -> None:
        super().__init__()
        self.kind = kind

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(String() if dialect.name == "sqlite" else ARRAY(self.kind))

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:
        return json.dumps(value) if dialect.name == "sqlite" else value


IDS = bindparam("ids", type_=_Listed(String()))
"""The place of a list of ids in statements that are put together once and asked often."""
NUMBERS = bindparam("numbers", type_=_Listed(Integer()))
"""The same for a list of numbers."""
