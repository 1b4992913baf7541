"""Increases: what is called one, and laws that hold for any series."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nps_registry.signals.increase import MONTHLY, WEEKLY, IncreaseRule, Surroundings, find_increase, judge_series

RULES = st.sampled_from([WEEKLY, MONTHLY])
_few = settings(max_examples=40, deadline=None)


@st.composite
def some_counts(draw: st.DrawFn, longest: int = 160) -> list[int]:
    """Reports per period, mostly none."""
    periods = draw(st.integers(5, longest))
    chance = np.random.default_rng(draw(st.integers(0, 2**32)))
    return [int(count) for count in chance.poisson(chance.choice([0.02, 0.2, 1.0, 6.0]), periods)]


def quiet(series: int, periods: int, seed: int = 1) -> np.ndarray[tuple[int, ...], np.dtype[np.int64]]:
    """Series in which nothing happens."""
    chance = np.random.default_rng(seed)
    return chance.poisson(chance.gamma(0.5, 0.6, series)[:, None] * np.ones(periods))


def test_an_outbreak_in_a_quiet_series_is_an_increase_with_its_evidence() -> None:
    found = find_increase([0, 0, 1, 0] * 30 + [0, 4, 6])
    assert found is not None
    assert (found.observed, found.periods, found.method) == (10, 3, "regression")
    assert found.expected < 2
    assert found.upper < found.observed
    assert 0 < found.p_value < WEEKLY.largest_p


def test_business_as_usual_is_no_increase() -> None:
    assert find_increase([4, 6, 5, 3, 5, 7, 4] * 20) is None


@given(counts=some_counts(), rule=RULES)
@_few
def test_a_period_without_reports_is_never_an_increase(counts: list[int], rule: IncreaseRule) -> None:
    assert find_increase([*counts, 0], rule=rule) is None


@given(counts=some_counts(), rule=RULES, more=st.integers(1, 30))
@_few
def test_more_reports_in_the_last_period_never_make_an_increase_go_away(
    counts: list[int], rule: IncreaseRule, more: int
) -> None:
    fewer, greater = find_increase(counts, rule=rule), find_increase([*counts[:-1], counts[-1] + more], rule=rule)
    assert fewer is None or (greater is not None and greater.p_value <= fewer.p_value)


@given(counts=some_counts(), size=st.sampled_from([0.5, 3.0, 200.0]))
@_few
def test_an_effort_that_never_changes_explains_nothing_however_large_it_is(counts: list[int], size: float) -> None:
    effort = Surroundings(effort=np.full(len(counts), size))
    plain, steady = find_increase(counts), find_increase(counts, surroundings=effort)
    assert (plain is None) == (steady is None)
    if plain is not None and steady is not None:
        assert steady.expected == pytest.approx(plain.expected, rel=1e-6)


@given(seed=st.integers(0, 2**32))
@settings(max_examples=10, deadline=None)
def test_the_order_of_series_does_not_matter(seed: int) -> None:
    chance = np.random.default_rng(seed)
    counts = quiet(60, 120, seed)
    counts[:4, -3:] += 6
    order = chance.permutation(60)
    straight, shuffled = judge_series(counts), judge_series(counts[order])
    for position, series in enumerate(order):
        one, other = straight[series], shuffled[position]
        assert (one is None) == (other is None)
        assert one is None or other is None or one.p_value == pytest.approx(other.p_value)


def test_the_same_series_are_judged_the_same_again() -> None:
    counts = quiet(300, 150)
    assert judge_series(counts) == judge_series(counts.copy())


def test_what_more_reporting_explains_is_no_increase() -> None:
    counts = np.array([1, 0, 2, 1] * 40 + [5, 6, 5])
    effort = np.array([40.0] * 160 + [200.0] * 3)
    assert find_increase(counts) is not None
    assert find_increase(counts, surroundings=Surroundings(effort=effort)) is None


def test_what_happens_everywhere_is_no_increase_of_one_country() -> None:
    counts = np.array([0, 0, 1, 0] * 30 + [3, 2, 3])
    totals = np.full(len(counts), 1000.0)
    here, elsewhere = np.full(len(counts), 20.0), np.array([12.0] * 110 + [150.0] * 13)
    alone = Surroundings(effort=here, elsewhere=np.full(len(counts), 12.0), totals_elsewhere=totals)
    together = replace(alone, elsewhere=elsewhere)
    found = find_increase(counts, surroundings=alone)
    assert found is not None
    assert found.method == "pooled"
    assert find_increase(counts, surroundings=together) is None


def test_an_outbreak_of_the_past_does_not_hide_the_next_one() -> None:
    outbreak = [9, 12, 10]
    counts = [0, 1, 0, 0] * 20 + outbreak + [0, 0, 1, 0] * 18 + [3, 3, 2]
    assert find_increase(counts) is not None


def test_a_season_that_comes_every_year_is_expected() -> None:
    weeks = np.arange(5 * 52)
    counts = np.round(6 * (1 + np.cos(2 * np.pi * (weeks - 255) / 52)))
    assert find_increase(counts) is None
    moved = np.round(6 * (1 + np.cos(2 * np.pi * (weeks - 230) / 52)))
    moved[-3:] = counts[-3:]
    assert find_increase(moved) is not None


@pytest.mark.parametrize("counts", [[], [3], [3, 4, 5]])
def test_a_series_without_a_past_is_never_an_increase(counts: list[int]) -> None:
    assert find_increase(counts) is None


def test_a_short_series_is_judged_by_its_last_periods() -> None:
    found = find_increase([0, 1, 0, 0, 1, 0, 0, 0, 1, 0, 5, 7, 6])
    assert found is not None
    assert found.method == "ears"


def test_among_thousands_of_quiet_series_hardly_one_is_called() -> None:
    called = [sum(found is not None for found in judge_series(quiet(2000, 130, seed))) for seed in range(5)]
    assert sum(called) <= 5


def test_outbreaks_stand_out_of_thousands_of_quiet_series() -> None:
    counts = quiet(2000, 130)
    counts[:20, -3:] += 8
    found = judge_series(counts)
    assert sum(each is not None for each in found[:20]) >= 18
    assert sum(each is not None for each in found[20:]) <= 6


def test_what_cannot_be_counted_is_refused() -> None:
    with pytest.raises(ValueError, match="none of them negative"):
        judge_series([[0, 1, -1, 2, 3]])


def test_no_series_at_all_is_answered_with_none() -> None:
    assert judge_series(np.zeros((0, 60))) == []
