"""Whether firsts are exact: those that ``find_firsts`` tells of, beside the first events of the simulation itself."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import islice

from benchmarks.simulation import WEEKS_A_YEAR, Events, World
from nps_registry.signals.firsts import find_firsts
from nps_registry.store.tables import PublicCount
from nps_registry.vocabulary.place import places, region_of
from nps_registry.vocabulary.signal import SignalKind

FIRST_YEAR = 2018
KINDS = (SignalKind.FIRST_EVER, SignalKind.FIRST_IN_REGION, SignalKind.FIRST_IN_COUNTRY)
_Key = tuple[SignalKind, int, str]
_When = tuple[int, int]


def check_firsts(events: Events, world: World) -> dict[str, tuple[int, int, int]]:
    """By kind: how many firsts there were, how many of them were found in their quarter, how many more were told of."""
    codes = list(islice(places(), world.countries))
    met = Counter((substance, country, _quarter_of(week)) for substance, country, week in _list_events(events))
    counted = [
        PublicCount(substance_id=substance, country=codes[country], year=year, quarter=quarter, events=number)
        for (substance, country, (year, quarter)), number in met.items()
    ]
    truth = _find_truth(events, codes)
    told: dict[_Key, _When] = {}
    for first in find_firsts(counted):
        wider = {SignalKind.FIRST_EVER: "", SignalKind.FIRST_IN_REGION: first.region or ""}
        told[first.kind, first.substance_id, wider.get(first.kind, first.country)] = first.year, first.quarter
    return {kind.label: _compare(kind, truth, told) for kind in KINDS}


def _find_truth(events: Events, codes: list[str]) -> dict[_Key, _When]:
    """From the events one by one, in their order: the first to come to a place is its first."""
    truth: dict[_Key, _When] = {}
    for substance, country, week in sorted(_list_events(events), key=lambda event: event[2]):
        when, code = _quarter_of(week), codes[country]
        truth.setdefault((SignalKind.FIRST_EVER, substance, ""), when)
        truth.setdefault((SignalKind.FIRST_IN_REGION, substance, region_of(code)), when)
        truth.setdefault((SignalKind.FIRST_IN_COUNTRY, substance, code), when)
    return truth


def _list_events(events: Events) -> Iterator[tuple[int, int, int]]:
    """Number of the substance, from 1, place of the country and week of each."""
    return zip((events.substance + 1).tolist(), events.country.tolist(), events.week.tolist(), strict=True)


def _quarter_of(week: int) -> _When:
    return FIRST_YEAR + week // WEEKS_A_YEAR, week % WEEKS_A_YEAR // 13 + 1


def _compare(kind: SignalKind, truth: dict[_Key, _When], told: dict[_Key, _When]) -> tuple[int, int, int]:
    there = {key: when for key, when in truth.items() if key[0] is kind}
    found = {key: when for key, when in told.items() if key[0] is kind}
    exact = sum(found.get(key) == when for key, when in there.items())
    return len(there), exact, len(found) - exact
