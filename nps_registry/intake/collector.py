"""Python's collector of cyclic garbage, kept from looking while a table's rows are made into reports."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def collecting_later() -> Iterator[None]:
    """Let the collector rest until the block ends.

    Rows become hundreds of thousands of small objects, all in use and none in a cycle; looking through them again
    and again takes a fifth of the time and frees nothing. Two tables at once do no harm: whoever turned the collector
    off turns it on again.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
