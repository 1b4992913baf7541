"""Harm: fatal or severe cases and serious adverse events, by country and quarter.

A case where the substance was found and had no part (``incidental``) is none of them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from nps_registry.signals.noticed import Noticed
from nps_registry.store.watch_counts import Unit
from nps_registry.store.watched import Month
from nps_registry.vocabulary.signal import SignalKind

RULE = "harm/1"


def find_harm(unit: Unit, audience: str, months: Iterable[Month]) -> list[Noticed]:
    """One signal for each quarter of a country with such cases."""
    substance_id, place = unit
    if len(place) != 2:  # the world or a sub-region: their countries tell it
        return []
    cases: defaultdict[tuple[int, int], list[int]] = defaultdict(lambda: [0, 0])
    for month in months:
        if month.fatal or month.severe:
            cases[month.year, month.quarter][0] += month.fatal
            cases[month.year, month.quarter][1] += month.severe
    return [
        Noticed(
            SignalKind.HARM,
            substance_id,
            place,
            audience,
            year,
            quarter,
            RULE,
            country=place,
            evidence={"fatal": fatal, "severe": severe, "cases": fatal + severe},
        )
        for (year, quarter), (fatal, severe) in sorted(cases.items())
    ]
