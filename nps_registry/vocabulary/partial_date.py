"""Days as laboratories know them: a year, a month or a day, without a time zone."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Self

from nps_registry.localisation import gettext as _

_SHAPE = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?")


@dataclass(frozen=True, slots=True, order=True)
class PartialDate:
    """A calendar date of which the day, or the month and the day, may be unknown.

    Attributes:
        year: four digits.
        month: 1 to 12, or 0 where only the year is known.
        day: 1 to 31, or 0 where it is not known.
    """

    year: int
    month: int = 0
    day: int = 0

    def __post_init__(self) -> None:
        if not 1 <= self.year <= 9999 or (self.day and not self.month):
            raise ValueError(_("A date is YYYY, YYYY-MM or YYYY-MM-DD."))
        date(self.year, self.month or 1, self.day or 1)

    @classmethod
    def read(cls, text: str) -> Self:
        """Read ``YYYY``, ``YYYY-MM`` or ``YYYY-MM-DD``.

        Raises:
            ValueError: with a sentence, where *text* is none of these or no date of the calendar.
        """
        found = _SHAPE.fullmatch(text)
        if found is None or not text.isascii():
            raise ValueError(_("“%(text)s” is not a date; write YYYY, YYYY-MM or YYYY-MM-DD.") % {"text": text[:40]})
        try:
            year, month, day = (int(part) if part else 0 for part in found.groups())
            if (found[2] and not month) or (found[3] and not day):
                raise ValueError("zero month or day")
            return cls(year, month, day)
        except ValueError:
            raise ValueError(_("“%(text)s” is not a date of the calendar.") % {"text": text}) from None

    @classmethod
    def of(cls, day: date) -> Self:
        """The full date *day*."""
        return cls(day.year, day.month, day.day)

    @property
    def quarter(self) -> int:
        """1 to 4, or 0 where only the year is known."""
        return (self.month + 2) // 3

    @property
    def earliest(self) -> date:
        """The first day it can mean."""
        return date(self.year, self.month or 1, self.day or 1)

    def __str__(self) -> str:
        parts = [f"{self.year:04d}"]
        parts += [f"{part:02d}" for part in (self.month, self.day) if part]
        return "-".join(parts)
