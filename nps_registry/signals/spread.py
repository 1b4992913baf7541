"""Spread: within a year, several countries that never had a substance have it."""

from __future__ import annotations

from collections.abc import Sequence

from nps_registry.signals.firsts import First
from nps_registry.signals.noticed import Noticed
from nps_registry.store.watch_counts import WORLD
from nps_registry.vocabulary.signal import SignalKind

RULE = "spread/1"
NEW_COUNTRIES = 5
WINDOW_QUARTERS = 4


def find_spreads(firsts: Sequence[First], audience: str) -> list[Noticed]:
    """Each quarter by which :data:`NEW_COUNTRIES` more countries had a substance within a year.

    The country that had it first of all is where it spreads from. A country counts for one spread only, so that a
    substance on its way through the world is told of again and again, and not every quarter.

    Args:
        firsts: those of one substance.
        audience: who is told.
    """
    origin = {first.country for first in firsts if first.kind is SignalKind.FIRST_EVER}
    arrivals = sorted(
        (first.year * 4 + (first.quarter or 4) - 1, first.country, first.year, first.quarter)
        for first in firsts
        if first.kind is SignalKind.FIRST_IN_COUNTRY and first.country not in origin
    )
    found: list[Noticed] = []
    waiting: list[tuple[int, str, int, int]] = []
    for position, arrival in enumerate(arrivals):
        waiting = [each for each in waiting if arrival[0] - each[0] < WINDOW_QUARTERS] + [arrival]
        is_last_of_quarter = position + 1 == len(arrivals) or arrivals[position + 1][0] != arrival[0]
        if is_last_of_quarter and len(waiting) >= NEW_COUNTRIES:
            found.append(_notice(firsts[0].substance_id, audience, waiting))
            waiting = []
    return found


def _notice(substance_id: int, audience: str, arrivals: Sequence[tuple[int, str, int, int]]) -> Noticed:
    at = arrivals[-1][0]
    evidence = {
        "new_countries": len(arrivals),
        "arrivals": [[country, year, quarter] for _at, country, year, quarter in arrivals],
        "window_quarters": WINDOW_QUARTERS,
    }
    return Noticed(SignalKind.SPREAD, substance_id, WORLD, audience, at // 4, at % 4 + 1, RULE, evidence=evidence)
