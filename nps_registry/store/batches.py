"""Long lists of keys: cut so that no statement has more parameters than a database takes, and asked for by index."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, SQLColumnExpression, and_, tuple_

Key = TypeVar("Key")

KEYS_AT_ONCE = 1_000
"""SQLite takes 32,766 parameters at most and older builds 999; a thousand keys cost no time to speak of."""


def in_batches(keys: Iterable[Key], size: int = KEYS_AT_ONCE) -> Iterator[list[Key]]:
    """*keys*, each once and in order, in lists of at most *size*."""
    waiting = iter(dict.fromkeys(keys))
    while batch := list(islice(waiting, size)):
        yield batch


def is_among(columns: Sequence[SQLColumnExpression[Any]], keys: Collection[tuple[Any, ...]]) -> ColumnElement[bool]:
    """The condition that *columns* together are one of *keys*, of which there are a few hundred at most.

    SQLite reads a whole table for keys of several columns; the values of each column by itself are what it finds rows
    by an index with. Sort long lists before they are cut: of keys that lie close the columns have few values.
    """
    values = [column.in_(sorted({key[at] for key in keys})) for at, column in enumerate(columns)]
    return and_(*values, tuple_(*columns).in_(keys))
