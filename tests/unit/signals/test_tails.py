"""How unlikely a count is, beside plain sums."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nps_registry.signals.tails import exceed, find_upper, mid_p, mid_p_of_looked_at

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


@given(before=MEANS, last=MEANS, dispersion=DISPERSIONS, count=st.integers(1, 20))
@settings(deadline=None)
def test_given_an_event_in_the_last_period_a_count_is_as_likely_as_the_formula_says(
    before: float, last: float, dispersion: float, count: int
) -> None:
    def given(least: int) -> float:
        cases = [(here, there) for here in range(1, least + 1) for there in range(least - here)]
        fewer = sum(mass(here, last, dispersion) * mass(there, before, dispersion) for here, there in cases)
        return 1 - fewer / (1 - mass(0, last, dispersion))

    figures = (np.array([each]) for each in (count, before + last, last, dispersion))
    told = mid_p_of_looked_at(*figures)[0]
    assert told == pytest.approx((given(count) + given(count + 1)) / 2, abs=1e-7)
