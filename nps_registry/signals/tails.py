"""How unlikely a count is.

Counts are negative binomial with variance *dispersion* times the mean, the form of improved Farrington's limit
(Noufaily et al. 2013, doi:10.1002/sim.5595); sums over periods of one dispersion are of the same form. Probabilities
are mid-p (Lancaster 1961): half of the count's own probability, for without it small counts are judged too mildly.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Reals = NDArray[np.float64]

_LEAST_EXPECTED = 1e-9
_LEAST_DISPERSION = 1.001


def exceed(counts: Reals, expected: Reals, dispersion: Reals) -> Reals:
    """The probability of *counts* or more; 1 where the count is 0. All of one shape."""
    from scipy.special import betainc  # takes longer to load than most commands take

    shape = np.maximum(expected, _LEAST_EXPECTED) / (np.maximum(dispersion, _LEAST_DISPERSION) - 1)
    tail = betainc(np.maximum(counts, 1), shape, 1 - 1 / np.maximum(dispersion, _LEAST_DISPERSION))
    return np.where(counts > 0, tail, 1.0)


def mid_p(counts: Reals, expected: Reals, dispersion: Reals) -> Reals:
    """The probability of more than *counts* and half of that of exactly these, between 0 and 1."""
    return np.asarray((exceed(counts, expected, dispersion) + exceed(counts + 1, expected, dispersion)) / 2)


def mid_p_of_looked_at(counts: Reals, expected: Reals, last: Reals, dispersion: Reals) -> Reals:
    """The same where one looks only because the last period, of which *last* is expected, has an event.

    A series that expects next to nothing has two events seldom, but once it has one, not that seldom. Of all series
    only those that have an event are looked at; given that, this is a probability of theirs whatever they expect.
    """
    looked_at, before = exceed(np.ones_like(last), last, dispersion), expected - last

    def tail(least: Reals) -> Reals:
        elsewhere = (1 - looked_at) * exceed(least, before, dispersion)
        return (exceed(least, expected, dispersion) - elsewhere) / looked_at

    return np.asarray(np.clip((tail(np.maximum(counts, 1)) + tail(np.maximum(counts, 1) + 1)) / 2, 0, 1))


def find_upper(alpha: float, expected: Reals, dispersion: Reals) -> Reals:
    """(series,) the largest count that is still usual for each: its mid-p is above *alpha*."""
    low, high = np.full(expected.shape, -1.0), np.ones(expected.shape)
    while (higher := mid_p(high, expected, dispersion) > alpha).any():
        low, high = np.where(higher, high, low), np.where(higher, high * 2, high)
    while (high - low > 1).any():
        middle = np.floor((low + high) / 2)
        usual = mid_p(middle, expected, dispersion) > alpha
        low, high = np.where(usual, middle, low), np.where(usual, high, middle)
    return low
