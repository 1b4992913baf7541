"""Whether the last period of a series of counts is higher than the periods before let one expect.

A quasi-Poisson comparison in the manner of EARS C1 (Hutwagner et al. 2003): the mean of the latest baseline periods,
with the dispersion that they show and the uncertainty of their mean, against the last count.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Counts = NDArray[np.integer]


@dataclass(frozen=True, slots=True)
class IncreaseRule:
    """What is asked of a series.

    Attributes:
        baseline: periods before the last that it is compared with.
        alpha: the largest p-value of one series.
        false_discovery_rate: share of false ones among all that are raised at once (Benjamini and Hochberg 1995).
        least: events that the last period needs.
    """

    baseline: int = 24
    alpha: float = 0.01
    false_discovery_rate: float = 0.05
    least: int = 3


@dataclass(frozen=True, slots=True)
class Increase:
    """A count above what was expected; *upper* is the least count that *method* calls unusual."""

    observed: int
    expected: float
    upper: float
    p_value: float
    method: str


MONTHLY = IncreaseRule()


def find_increase(counts: Counts, *, rule: IncreaseRule = MONTHLY) -> Increase | None:
    """Judge the last period of *counts*, of shape (periods,); none where it is nothing unusual."""
    before = np.asarray(counts[:-1], dtype=float)[-rule.baseline :]
    observed = int(counts[-1])
    if observed < rule.least or len(before) < 6:
        return None
    mean = float(before.mean())
    expected = max(mean, 0.5 / len(before))
    dispersion = max(1.0, float(before.var(ddof=1)) / expected) * (1 + 1 / len(before))
    p_value = _tail(observed, expected, dispersion)
    if p_value > rule.alpha:
        return None
    upper = observed
    while upper > 1 and _tail(upper - 1, expected, dispersion) <= rule.alpha:
        upper -= 1
    return Increase(observed, round(expected, 3), float(upper), p_value, "quasi-Poisson, EARS-like")


def judge_series(counts: Counts, *, rule: IncreaseRule = MONTHLY) -> list[Increase | None]:
    """Judge the last period of each row of *counts*, of shape (series, periods), false discoveries held down."""
    found = [find_increase(row, rule=rule) for row in counts]
    ordered = sorted((each.p_value, row) for row, each in enumerate(found) if each is not None)
    kept = 0
    for rank, (p_value, _row) in enumerate(ordered, start=1):
        if p_value <= rank / len(found) * rule.false_discovery_rate:
            kept = rank
    standing = {row for _p_value, row in ordered[:kept]}
    return [each if row in standing else None for row, each in enumerate(found)]


def _tail(count: int, mean: float, dispersion: float) -> float:
    """The probability of *count* or more events, negative binomial with variance *dispersion* times *mean*."""
    if dispersion <= 1.000001:
        terms: Sequence[float] = [math.exp(k * math.log(mean) - mean - math.lgamma(k + 1)) for k in range(count)]
    else:
        size = mean / (dispersion - 1)
        share = 1 / dispersion
        terms = [
            math.exp(
                math.lgamma(k + size) - math.lgamma(size) - math.lgamma(k + 1)
                + size * math.log(share) + k * math.log1p(-share)
            )
            for k in range(count)
        ]  # fmt: skip
    return min(max(1.0 - sum(terms), 1e-12), 1.0)
