"""How unlikely a count is, beside plain sums; how many may be called unusual at once."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nps_registry.signals.tails import adjust_for_many, exceed, find_upper, mid_p

MEANS = st.floats(0.01, 15)
DISPERSIONS = st.floats(1.05, 4)


def mass(count: int, mean: float, dispersion: float) -> float:
    """The negative binomial's probability of *count*, by its textbook formula."""
    shape = mean / (dispersion - 1)
    logarithm = math.lgamma(count + shape) - math.lgamma(shape) - math.lgamma(count + 1)
    return math.exp(logarithm - shape * math.log(dispersion) + count * math.log(1 - 1 / dispersion))


@given(mean=MEANS, dispersion=DISPERSIONS, count=st.integers(0, 30))
@settings(deadline=None)
def test_a_tail_is_what_the_formula_leaves(mean: float, dispersion: float, count: int) -> None:
    told = exceed(np.array([count]), np.array([mean]), np.array([dispersion]))[0]
    assert told == pytest.approx(1 - sum(mass(each, mean, dispersion) for each in range(count)), abs=1e-9)


@given(mean=MEANS, dispersion=DISPERSIONS, alpha=st.sampled_from([0.05, 0.005, 0.0001]))
@settings(deadline=None)
def test_the_upper_limit_is_the_last_usual_count(mean: float, dispersion: float, alpha: float) -> None:
    (upper,) = find_upper(alpha, np.array([mean]), np.array([dispersion]))
    around = mid_p(np.array([upper, upper + 1]), np.full(2, mean), np.full(2, dispersion))
    assert around[1] <= alpha < around[0] or upper == -1


@given(p_values=st.lists(st.floats(1e-9, 1), min_size=1, max_size=40))
@settings(deadline=None)
def test_the_less_likely_is_never_called_later_and_all_rates_are_shares(p_values: list[float]) -> None:
    rates = adjust_for_many(np.array(p_values), np.full(len(p_values), 2.0), np.full(len(p_values), 1.3))
    assert ((rates >= 0) & (rates <= 1)).all()
    assert (np.diff(rates[np.argsort(p_values, kind="stable")]) >= 0).all()


def test_sparse_series_beside_it_cost_an_unlikely_count_less_than_busy_ones() -> None:
    p_values = np.concatenate([[5e-5], np.ones(5000)])
    sparse = adjust_for_many(p_values, np.full(5001, 0.005), np.full(5001, 1.05))[0]
    busy = adjust_for_many(p_values, np.full(5001, 50.0), np.full(5001, 1.05))[0]
    assert sparse < busy / 3
    assert busy == pytest.approx(5001 * 5e-5)


def test_a_busy_series_is_adjusted_as_benjamini_and_hochberg_do() -> None:
    rates = adjust_for_many(np.array([0.01, 0.04, 0.03]), np.full(3, 100.0), np.full(3, 2.0))
    assert rates == pytest.approx([0.03, 0.04, 0.04])
