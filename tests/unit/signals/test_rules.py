"""The rules themselves: functions of what was seen, whatever the order it is told in."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from nps_registry.signals import harm, re_emergence, rises, spread
from nps_registry.signals.firsts import find_firsts
from nps_registry.signals.increase import RULE
from nps_registry.signals.noticed import Noticed, drop_what_wider_audiences_know
from nps_registry.store.tables import PublicCount
from nps_registry.store.watch_counts import WORLD
from nps_registry.store.watched import Judgement, Month, Week
from nps_registry.vocabulary.signal import SignalKind
from nps_registry.vocabulary.week import week_of

UNIT = (1, "DE")


def month(year: int, number: int, events: int = 1, **rest: int) -> Month:
    return Month(year, (number + 2) // 3, number, "public", events, **{"fatal": 0, "severe": 0, **rest})


MONTHS = st.lists(
    st.builds(month, st.integers(2018, 2026), st.integers(0, 12), st.integers(1, 9)),
    max_size=30,
    unique_by=lambda row: (row.year, row.month),
)


@given(MONTHS, st.randoms(use_true_random=False))
def test_no_rule_depends_on_the_order_of_what_it_reads(months: list[Month], chance: Random) -> None:
    shuffled = chance.sample(months, len(months))
    for rule in (re_emergence.find_returns, harm.find_harm):
        assert rule(UNIT, "public", months) == rule(UNIT, "public", shuffled)


FIRST = week_of(date(2022, 1, 3))
RISES = replace(RULE, largest_p=0.2, fewest_events=1)
WEEKS = st.lists(
    st.builds(
        Week, st.integers(FIRST, FIRST + 250), st.just("public"), st.integers(0, 6), st.sampled_from([0, 0, 0, 2])
    ),
    max_size=40,
    unique_by=lambda row: row.week,
)
BUSY = [Week(FIRST + week, "public", 20, 0) for week in range(251)]


def judge(
    *told: list[Week], since: int = FIRST, beside: list[Week] = BUSY, audience: str = "public"
) -> list[Judgement]:
    """What rose of one substance after the other in a place that tells of others too, and in no other place."""
    units = {(number, "DE"): rows for number, rows in enumerate(told)}
    weeks = units | {(number, WORLD): rows for number, rows in enumerate(told)}
    totals = [*beside, *(row for rows in told for row in rows)]
    series = [rises.Series(unit, audience, since) for unit in units]
    return list(rises.judge_all(series, rises.Around(weeks, {"DE": totals, WORLD: totals}), RISES))


@given(WEEKS, st.randoms(use_true_random=False))
def test_no_rise_depends_on_the_order_of_what_is_read(weeks: list[Week], chance: Random) -> None:
    assert judge(weeks) == judge(chance.sample(weeks, len(weeks)))


@given(WEEKS, st.integers(FIRST, FIRST + 260))
def test_judging_from_a_week_on_says_what_judging_everything_says_of_those_weeks(weeks: list[Week], since: int) -> None:
    assert judge(weeks, since=since) == [row for row in judge(weeks) if row.week >= since]


@given(WEEKS)
def test_only_weeks_with_an_event_rise_and_above_the_average_of_the_year_before(weeks: list[Week]) -> None:
    known = {row.week: row.known for row in weeks}
    every = {row.week: row.known + row.late for row in weeks}
    for row in judge(weeks):
        assert known[row.week] > 0
        assert row.observed == sum(known.get(row.week - back, 0) for back in range(RULE.judged))
        latest = [every.get(row.week - RULE.judged - back, 0) for back in range(RULE.latest)]
        assert row.observed > RULE.judged * sum(latest) / len(latest)


@given(WEEKS)
def test_a_narrower_audience_without_an_event_of_its_own_is_told_nothing_beside(weeks: list[Week]) -> None:
    assert judge(weeks, audience="network") == []


def test_a_place_is_judged_once_it_has_told_of_anything_for_half_a_year() -> None:
    outbreak = [Week(FIRST + 200, "public", 9, 0)]
    began = [Week(FIRST + week, "public", 20, 0) for week in range(180, 251)]
    assert judge(outbreak)
    assert judge(outbreak, beside=began) == []


def test_an_archive_rises_nowhere_and_is_what_later_weeks_are_compared_with() -> None:
    archive = [Week(FIRST + week, "public", 0, 4) for week in range(100, 240)]
    assert judge(archive) == []
    begun = [Week(FIRST + week, "public", 4, 0) for week in range(240, 243)]
    assert judge([*archive, *begun]) == []
    assert judge(begun)


@given(MONTHS)
def test_every_return_follows_a_silence_of_two_years_at_least(months: list[Month]) -> None:
    for found in re_emergence.find_returns(UNIT, "public", months):
        quiet = [row for row in months if found.year - 2 < row.year < found.year]
        assert not quiet
        assert any(row.year <= found.year - 2 for row in months)


def test_a_silence_needs_all_of_its_months() -> None:
    assert re_emergence.find_returns(UNIT, "public", [month(2020, 1), month(2022, 1)]) == []
    (found,) = re_emergence.find_returns(UNIT, "public", [month(2020, 1), month(2022, 2)])
    assert (found.year, found.quarter, found.evidence["since"]) == (2022, 1, [2020, 1])


def test_a_year_alone_may_be_any_month_of_it() -> None:
    assert re_emergence.find_returns(UNIT, "public", [month(2020, 0), month(2022, 12)]) == []
    assert re_emergence.find_returns(UNIT, "public", [month(2020, 0), month(2023, 2)])


def judgement(substance_id: int, p_value: float) -> Judgement:
    return Judgement(FIRST, "public", substance_id, "DE", p_value, 9, 1.0, 5.0)


def test_among_many_series_only_the_clearest_rises_stand_out() -> None:
    rows = [judgement(1, 0.00001), judgement(2, 0.004)]
    assert rises.stand_out(rows, 10) == {(1, "DE"), (2, "DE")}
    assert rises.stand_out(rows, 1_000) == {(1, "DE")}


@given(st.lists(st.floats(0, 1), max_size=20), st.integers(1, 10_000))
def test_what_stands_out_has_smaller_p_values_than_what_does_not(values: list[float], series: int) -> None:
    rows = [judgement(number, value) for number, value in enumerate(values)]
    standing = rises.stand_out(rows, series)
    inside = [row.p_value for row in rows if (row.substance_id, row.place) in standing]
    outside = [row.p_value for row in rows if (row.substance_id, row.place) not in standing]
    assert max(inside, default=0.0) <= min(outside, default=1.0)
    assert rises.stand_out(rows, series + 100) <= standing or len(rows) > series


def test_a_country_counts_for_one_spread_only() -> None:
    countries = ("DE", "FR", "JP", "BR", "AT", "CH", "PL", "CL")
    counted = [
        PublicCount(substance_id=1, country=country, year=2025, quarter=1 + at // 2, events=1)
        for at, country in enumerate(countries)
    ]
    found = spread.find_spreads(find_firsts(counted), "public")
    assert [(each.year, each.quarter, each.evidence["new_countries"]) for each in found] == [(2025, 3, 5)]


def test_a_narrower_audience_is_told_only_what_wider_ones_are_not() -> None:
    def harmed(audience: str, cases: int) -> Noticed:
        return Noticed(SignalKind.HARM, 1, "DE", audience, 2026, 1, "harm/1", evidence={"cases": cases})

    same = [harmed("DE", 1), harmed("network", 1), harmed("public", 1)]
    assert [each.audience for each in drop_what_wider_audiences_know(same)] == ["public"]
    more = [harmed("public", 1), harmed("DE", 2)]
    assert [each.audience for each in drop_what_wider_audiences_know(more)] == ["public", "DE"]
