"""Seen again after a silence: at least :data:`SILENCE_MONTHS` without an event in a country, or in the world.

Whatever became known since counts: a report that arrives years late and lies within the silence ends it, and the
signal is retracted.
"""

from __future__ import annotations

from collections.abc import Iterable

from nps_registry.signals.noticed import Noticed
from nps_registry.store.watch_counts import WORLD, Unit, is_region
from nps_registry.store.watched import Month
from nps_registry.vocabulary.signal import SignalKind

RULE = "re_emergence/1"
SILENCE_MONTHS = 24


def find_returns(unit: Unit, audience: str, months: Iterable[Month]) -> list[Noticed]:
    """Each return of a substance to a country or the world; none for regions, whose countries tell it."""
    substance_id, place = unit
    if is_region(place):
        return []
    spans = sorted({_span(month) for month in months if month.events > 0})
    found: list[Noticed] = []
    heard_until: int | None = None
    for begin, end, (year, quarter) in spans:
        silent = 0 if heard_until is None else begin - heard_until - 1
        if heard_until is not None and silent >= SILENCE_MONTHS:
            evidence = {"since": [*_quarter_of(heard_until)], "silent_quarters": silent // 3}
            country = None if place == WORLD else place
            found.append(
                Noticed(
                    SignalKind.RE_EMERGENCE,
                    substance_id,
                    place,
                    audience,
                    year,
                    quarter,
                    RULE,
                    country=country,
                    evidence=evidence,
                )
            )
        heard_until = end if heard_until is None else max(heard_until, end)
    return found


def _span(month: Month) -> tuple[int, int, tuple[int, int]]:
    """The first and last month that an event can lie in, 12 a year, and its quarter; a year alone is all of it."""
    start = month.year * 12
    if month.month:
        begin = end = start + month.month - 1
    elif month.quarter:
        begin, end = start + 3 * month.quarter - 3, start + 3 * month.quarter - 1
    else:
        begin, end = start, start + 11
    return begin, end, (month.year, month.quarter)


def _quarter_of(month: int) -> tuple[int, int]:
    return month // 12, month % 12 // 3 + 1
