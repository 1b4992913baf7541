"""Whether firsts are exact: those that ``find_firsts`` tells of, beside the first events of the simulation itself."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import islice

from benchmarks.exact_report import Exact
from benchmarks.harm_cases import When, quarter_of
from benchmarks.simulation import Events, World
from nps_registry.signals.firsts import find_firsts
from nps_registry.store.tables import PublicCount
from nps_registry.vocabulary.place import places, region_of
from nps_registry.vocabulary.signal import SignalKind

KINDS = (SignalKind.FIRST_EVER, SignalKind.FIRST_IN_REGION, SignalKind.FIRST_IN_COUNTRY)
_Key = tuple[SignalKind, int, str]


def check_firsts(events: Events, world: World) -> dict[SignalKind, Exact]:
    """How many firsts there were, how many of them were found in their quarter, how many more were told of."""
    codes = list(islice(places(), world.countries))
    met = Counter((substance, country, quarter_of(week)) for substance, country, week in _list_events(events))
    counted = [
        PublicCount(substance_id=substance, country=codes[country], year=year, quarter=quarter, events=number)
        for (substance, country, (year, quarter)), number in met.items()
    ]
    truth = _find_truth(events, codes)
    told: dict[_Key, When] = {}
    for first in find_firsts(counted):
        wider = {SignalKind.FIRST_EVER: "", SignalKind.FIRST_IN_REGION: first.region or ""}
        told[first.kind, first.substance_id, wider.get(first.kind, first.country)] = first.year, first.quarter
    return {kind: _compare(kind, truth, told) for kind in KINDS}


def _find_truth(events: Events, codes: list[str]) -> dict[_Key, When]:
    """From the events one by one, in their order: the first to come to a place is its first."""
    truth: dict[_Key, When] = {}
    for substance, country, week in sorted(_list_events(events), key=lambda event: event[2]):
        when, code = quarter_of(week), codes[country]
        truth.setdefault((SignalKind.FIRST_EVER, substance, ""), when)
        truth.setdefault((SignalKind.FIRST_IN_REGION, substance, region_of(code)), when)
        truth.setdefault((SignalKind.FIRST_IN_COUNTRY, substance, code), when)
    return truth


def _list_events(events: Events) -> Iterator[tuple[int, int, int]]:
    """Number of the substance, from 1, place of the country and week of each."""
    return zip((events.substance + 1).tolist(), events.country.tolist(), events.week.tolist(), strict=True)


def _compare(kind: SignalKind, truth: dict[_Key, When], told: dict[_Key, When]) -> Exact:
    there = {key: when for key, when in truth.items() if key[0] is kind}
    found = {key: when for key, when in told.items() if key[0] is kind}
    exact = sum(found.get(key) == when for key, when in there.items())
    return Exact(len(there), exact, len(found) - exact)
