"""How unlikely a count is, and how many of thousands of series may be called unusual at once.

Counts are negative binomial with variance *dispersion* times the mean, the form of improved Farrington's limit
(Noufaily et al. 2013, doi:10.1002/sim.5595); sums over periods of one dispersion are of the same form. Probabilities
are mid-p (Lancaster 1961): half of the count's own probability, for without it small counts are judged too mildly.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Reals = NDArray[np.float64]

_STEPS = 40  # counts above the expected one that are told apart; beyond them lies next to nothing
_AS_GOOD_AS_SMOOTH = 20.0  # expected, from where the steps of the distribution are too fine to matter
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


def adjust_for_many(p_values: Reals, expected: Reals, dispersion: Reals) -> Reals:
    """The false discovery rate at which each of many series would be called unusual: (series,), at most 1.

    Benjamini and Hochberg's step-up with the number of false discoveries that discrete series can make at all, after
    Heyse 2011 (JASM 6:e1) and Döhler et al. 2018 (doi:10.1214/18-EJS1441): a series that expects 0.01 reports makes a
    mid-p below 0.001 far more seldom than one time in a thousand, so thousands of them cost little.

    Args:
        p_values: (series,) mid-p of what was observed.
        expected: (series,) of every series that was looked at, those without reports too.
        dispersion: the same shape.
    """
    order = np.argsort(p_values, kind="stable")
    sorted_p = p_values[order]
    false = _count_false(sorted_p, expected, dispersion)
    called = np.searchsorted(sorted_p, sorted_p, side="right")
    rates = np.minimum.accumulate((false / called)[::-1])[::-1]
    adjusted = np.empty_like(rates)
    adjusted[order] = np.minimum(rates, 1.0)
    return adjusted


def _count_false(limits: Reals, expected: Reals, dispersion: Reals) -> Reals:
    """How many series have a mid-p of at most each of *limits* where nothing happens, on average."""
    smooth = expected > _AS_GOOD_AS_SMOOTH
    mean, spread = expected[~smooth, None], dispersion[~smooth, None]
    counts = np.floor(mean) + np.arange(1.0, _STEPS + 2)
    tail = exceed(counts, np.broadcast_to(mean, counts.shape), np.broadcast_to(spread, counts.shape))
    at = ((tail[:, :-1] + tail[:, 1:]) / 2).ravel()
    mass = tail[:, :-1] - tail[:, 1:]
    mass[:, -1] = tail[:, -2]  # what lies beyond the last step
    order = np.argsort(at, kind="stable")
    below = np.concatenate([[0.0], np.cumsum(mass.ravel()[order])])
    discrete = below[np.searchsorted(at[order], limits, side="right")]
    # A limit above every step of a series is passed by counts that were not listed: the plain bound holds there.
    return np.asarray(np.where(limits < 0.2, discrete, limits * len(mean)) + limits * smooth.sum())
