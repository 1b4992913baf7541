"""Long lists of keys, cut so that no statement has more parameters than a database takes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

Key = TypeVar("Key")

KEYS_AT_ONCE = 1_000
"""SQLite takes 32,766 parameters at most and older builds 999; a thousand keys cost no time to speak of."""


def in_batches(keys: Iterable[Key], size: int = KEYS_AT_ONCE) -> Iterator[list[Key]]:
    """*keys*, each once and in order, in lists of at most *size*."""
    waiting = iter(dict.fromkeys(keys))
    while batch := list(islice(waiting, size)):
        yield batch
