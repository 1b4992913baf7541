"""Long lists, a page at a time: the cursor names the last row seen, so no row is skipped or told twice."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Generic, TypeVar

from nps_registry.errors import FieldError, InvalidInput
from nps_registry.localisation import gettext as _

Row = TypeVar("Row")
Mark = str | int | float | None
"""What a cursor is made of: the values that the list is sorted by.

Never the number of a row: it would tell how many rows there are that the reader may not see.
"""

_LARGEST = 2**53
"""Larger numbers are not exact in JSON, and do not fit a database's integers."""


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """A part of a list.

    Attributes:
        total: rows of the whole list.
        next: cursor of the next page; none at the end.
    """

    items: Sequence[Row]
    total: int
    next: str | None


def write_cursor(marks: Sequence[Mark | datetime]) -> str:
    """A cursor behind the row with these *marks*."""
    plain = [mark.isoformat() if isinstance(mark, datetime) else mark for mark in marks]
    return base64.urlsafe_b64encode(json.dumps(plain, separators=(",", ":")).encode()).decode().rstrip("=")


def read_cursor(cursor: str, shape: Sequence[type | tuple[type, ...]]) -> list[Mark]:
    """The marks of *cursor*, each of the type that *shape* has in its place.

    Raises:
        InvalidInput: it was not made by :func:`write_cursor` for this list.
    """
    try:
        marks = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (binascii.Error, ValueError, RecursionError):
        marks = None
    fits = isinstance(marks, list) and len(marks) == len(shape) and all(map(_is_storable, marks))
    if not fits or not all(isinstance(mark, kind) for mark, kind in zip(marks, shape, strict=True)):
        raise refused_cursor()
    return list(marks)


def _is_storable(mark: object) -> bool:
    """Whether both databases can compare a column with *mark*."""
    if isinstance(mark, str):
        return not any(character == "\x00" or "\ud800" <= character <= "\udfff" for character in mark)
    if isinstance(mark, bool):
        return False
    return not isinstance(mark, (int, float)) or -_LARGEST < mark < _LARGEST  # false for NaN too


def read_instant(mark: Mark) -> datetime:
    """The instant in a cursor, in UTC.

    Raises:
        InvalidInput: it is none.
    """
    try:
        instant = datetime.fromisoformat(str(mark))
        in_utc = instant.astimezone(UTC)
    except (ValueError, OverflowError):
        raise refused_cursor() from None
    if instant.tzinfo is None:
        raise refused_cursor()
    return in_utc


def refused_cursor() -> InvalidInput:
    """What to say of a cursor that is none."""
    sentence = _("The cursor is not one that this list gave; begin without a cursor.")
    return InvalidInput(sentence, errors=[FieldError("cursor", sentence)])
