"""Weeks, numbered one after the other: signals count in them what became known."""

from __future__ import annotations

from datetime import date

_DAYS = 7


def week_of(day: date) -> int:
    """The number of the week of *day*, Monday to Sunday; the first of the year 1 is 0."""
    return (day.toordinal() - 1) // _DAYS


def monday_of(week: int) -> date:
    """The first day of *week*."""
    return date.fromordinal(week * _DAYS + 1)


def quarter_of(week: int) -> int:
    """The quarter (4 a year) that *week* begins in."""
    monday = monday_of(week)
    return monday.year * 4 + (monday.month - 1) // 3


def weeks_of(quarter: int) -> range:
    """The weeks that begin in *quarter* (4 a year)."""
    first, behind = (date(each // 4, each % 4 * 3 + 1, 1) for each in (quarter, quarter + 1))
    return range(week_of(first) + (first.weekday() > 0), week_of(behind) + (behind.weekday() > 0))
