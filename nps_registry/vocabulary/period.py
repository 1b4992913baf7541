"""Periods that bulletins are about: a month or a quarter of a year."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime

_SHAPE = re.compile(r"([0-9]{4})-(?:(0[1-9]|1[0-2])|Q([1-4]))")
FIRST_YEAR = 2000


@dataclass(frozen=True, slots=True)
class Period:
    """A month (*months* 1) or a quarter (*months* 3) from the first of *month* on."""

    year: int
    month: int
    months: int

    @classmethod
    def read(cls, text: str) -> Period | None:
        """The period that ``2026-10`` or ``2026-Q3`` names; none where it names none."""
        found = _SHAPE.fullmatch(text)
        if found is None or int(found[1]) < FIRST_YEAR:
            return None
        if found[3]:
            return cls(int(found[1]), 3 * int(found[3]) - 2, 3)
        return cls(int(found[1]), int(found[2]), 1)

    @property
    def key(self) -> str:
        """How the period is written."""
        return f"{self.year}-Q{self.quarter}" if self.months == 3 else f"{self.year}-{self.month:02d}"

    @property
    def quarter(self) -> int:
        """The quarter of the year that the period is, or lies in."""
        return (self.month + 2) // 3

    @property
    def begins(self) -> datetime:
        """Its first instant, in UTC."""
        return datetime(self.year, self.month, 1, tzinfo=UTC)

    @property
    def ends(self) -> datetime:
        """The first instant after it, in UTC."""
        month = self.month + self.months
        return datetime(self.year + (month > 12), (month - 1) % 12 + 1, 1, tzinfo=UTC)

    def before(self, count: int) -> Period:
        """The period of the same length that lies *count* of them earlier."""
        months = self.year * 12 + self.month - 1 - count * self.months
        return Period(months // 12, months % 12 + 1, self.months)

    def is_over(self, now: datetime) -> bool:
        """Whether it has ended at *now*."""
        return self.ends <= now

    @property
    def first_day(self) -> date:
        """Its first day."""
        return self.begins.date()
