"""The rules themselves: functions of what was seen, whatever the order it is told in."""

from __future__ import annotations

from random import Random

from hypothesis import given
from hypothesis import strategies as st

from nps_registry.signals import harm, re_emergence, rises, spread
from nps_registry.signals.firsts import find_firsts
from nps_registry.signals.noticed import Noticed, drop_what_wider_audiences_know
from nps_registry.store.tables import PublicCount
from nps_registry.store.watched import Judgement, Month
from nps_registry.vocabulary.signal import SignalKind

UNIT = (1, "DE")


def month(year: int, number: int, events: int = 1, **rest: int) -> Month:
    told = {"within_0": events, "within_1": events, "within_2": events, "fatal": 0, "severe": 0} | rest
    return Month(year, (number + 2) // 3, number, "public", events, **told)


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
    assert rises.judge(UNIT, "public", months, 0) == rises.judge(UNIT, "public", shuffled, 0)


@given(MONTHS, st.integers(2018 * 12, 2027 * 12))
def test_judging_from_a_month_on_says_what_judging_everything_says_of_those_months(
    months: list[Month], since: int
) -> None:
    every = rises.judge(UNIT, "public", months, 0)
    assert rises.judge(UNIT, "public", months, since) == [
        row for row in every if row.year * 12 + row.month - 1 >= since
    ]


@given(st.lists(MONTHS, max_size=4))
def test_what_is_said_of_a_series_is_the_same_to_the_last_bit_whatever_is_judged_with_it(
    series: list[list[Month]],
) -> None:
    told = [rises.Series((number, "DE"), "public", months, 0) for number, months in enumerate(series)]
    assert rises.judge_all(told) == [row for each in told for row in rises.judge(*each)]


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


def test_a_month_known_late_is_no_rise_and_raises_what_later_months_are_compared_with() -> None:
    known = [month(2024, number) for number in range(1, 13)]
    late = month(2025, 1, 12, within_0=0, within_1=0, within_2=0)
    assert rises.judge(UNIT, "public", [*known, late], 0) == []
    assert rises.judge(UNIT, "public", [*known, month(2025, 1, 12)], 0)
    archive = [month(2024, number, 12, within_0=0, within_1=0, within_2=0) for number in range(1, 13)]
    assert rises.judge(UNIT, "public", [*archive, month(2025, 1, 12)], 0) == []


def test_a_delay_that_is_as_usual_hides_no_rise() -> None:
    usual = [month(2024, number, 4, within_0=1, within_1=2, within_2=4) for number in range(1, 13)]
    begun = month(2025, 1, 8, within_0=8, within_1=8, within_2=8)
    assert rises.judge(UNIT, "public", [*usual, begun], 0)


def judgement(substance_id: int, p_value: float) -> Judgement:
    return Judgement("public", 2026, 1, substance_id, "DE", p_value, 9, 1.0, 5.0)


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
