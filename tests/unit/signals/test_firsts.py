"""Firsts follow from the public counts alone."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from nps_registry.signals.firsts import adds_nothing, find_arrivals, find_firsts
from nps_registry.signals.spread import find_spreads
from nps_registry.store.tables import PublicCount
from nps_registry.vocabulary.place import region_of
from nps_registry.vocabulary.signal import SignalKind

_counts = st.lists(
    st.builds(
        PublicCount,
        substance_id=st.integers(1, 3),
        country=st.sampled_from(["DE", "AT", "FR", "JP", "KR", "US"]),
        year=st.integers(2018, 2021),
        quarter=st.integers(0, 4),
        events=st.integers(0, 2),
    ),
    max_size=25,
)


def count(country: str, year: int, quarter: int, events: int = 1) -> PublicCount:
    return PublicCount(substance_id=1, country=country, year=year, quarter=quarter, events=events)


@given(_counts)
def test_each_place_of_each_substance_has_exactly_one_first(counted: list[PublicCount]) -> None:
    firsts = find_firsts(counted)
    met = {(row.substance_id, row.country) for row in counted if row.events}
    assert len({first.key for first in firsts}) == len(firsts)
    kinds = Counter((first.kind, first.substance_id) for first in firsts)
    for substance_id in {substance_id for substance_id, _country in met}:
        countries = {country for other, country in met if other == substance_id}
        assert kinds[SignalKind.FIRST_EVER, substance_id] == 1
        assert kinds[SignalKind.FIRST_IN_COUNTRY, substance_id] == len(countries)
        assert kinds[SignalKind.FIRST_IN_REGION, substance_id] == len({region_of(country) for country in countries})


@given(_counts, st.randoms())
def test_the_order_in_which_counts_are_read_does_not_matter(counted: list[PublicCount], chance: object) -> None:
    shuffled = sorted(counted, key=lambda _row: chance.random())  # type: ignore[attr-defined]  # a Random
    assert find_firsts(counted) == find_firsts(shuffled)


_of_one = st.lists(
    st.builds(
        count,
        country=st.sampled_from(["DE", "AT", "FR", "JP", "KR", "US", "GB", "CA"]),
        year=st.integers(2018, 2019),
        quarter=st.integers(0, 4),
    ),
    min_size=1,
    max_size=12,
)
_holders = st.dictionaries(
    st.tuples(st.just(1), st.sampled_from(["DE", "AT", "FR", "JP"])),
    st.sets(st.sampled_from([SignalKind.FIRST_EVER, SignalKind.FIRST_IN_REGION])),
)


@given(_of_one, st.lists(st.integers(0, 11), min_size=1, max_size=3), _holders, _holders)
def test_who_reads_only_what_came_later_finds_the_firsts_and_spreads_of_everybody(
    wide: list[PublicCount],
    chosen: list[int],
    held: dict[tuple[int, str], set[SignalKind]],
    wider: dict[tuple[int, str], set[SignalKind]],
) -> None:
    later = [wide[at % len(wide)] for at in chosen]
    own = [count(row.country, row.year + at % 2, row.quarter) for at, row in enumerate(later)]
    if adds_nothing(own, find_arrivals(wide), held, wider):
        here, there = find_firsts([*wide, *own], held), find_firsts(wide, wider)
        assert {(each.key, each.year, each.quarter) for each in here} == {
            (each.key, each.year, each.quarter) for each in there
        }
        spreads = [find_spreads(firsts, "public") for firsts in (here, there)]
        assert {each.key for each in spreads[0]} == {each.key for each in spreads[1]}


def test_an_own_event_before_those_of_everybody_adds_something() -> None:
    arrivals = find_arrivals([count("DE", 2020, 2)])
    assert adds_nothing([count("DE", 2020, 2)], arrivals, {}, {})
    assert not adds_nothing([count("DE", 2020, 1)], arrivals, {}, {})
    assert not adds_nothing([count("FR", 2021, 1)], arrivals, {}, {})


@given(_counts)
def test_no_public_count_is_before_a_first(counted: list[PublicCount]) -> None:
    for first in find_firsts(counted):
        if first.kind is SignalKind.FIRST_EVER:
            years = [row.year for row in counted if row.substance_id == first.substance_id and row.events]
            assert first.year == min(years)


def test_a_year_alone_does_not_claim_to_be_before_a_known_quarter() -> None:
    (first, *_others) = find_firsts([count("DE", 2020, 0), count("FR", 2020, 4)])
    assert (first.country, first.quarter) == ("FR", 4)


def test_counts_without_events_make_no_first() -> None:
    assert find_firsts([count("DE", 2020, 1, events=0)]) == []
