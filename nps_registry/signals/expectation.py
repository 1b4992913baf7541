"""What would be usual: the expected number of events of many series at once, from their own past and what is shared.

The substance's share of all events elsewhere follows its coming and going and its seasons, without a parameter to fit
for them; times what this place tells of everything else it is what this place would have if it were like the others.
The series' own past gives the factor between the two: a Gamma prior and Poisson counts (Clayton and Kaldor 1987,
doi:10.2307/2532003), fading with age, past outbreaks weighed down as in improved Farrington (Noufaily et al. 2013,
doi:10.1002/sim.5595). A sparse series lives by that; most are sparse.

Each series is estimated as if it stood alone: to the last bit the same whatever is asked for beside it.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray

Reals = NDArray[np.float64]

_PRIOR_EVENTS = 0.5
_PRIOR_EXPECTED = 0.05
_PRIOR_PART = 0.1
_PRIOR_DISPERSION = 1.3
_PRIOR_DISPERSION_WEIGHT = 50.0  # in events
_DISPERSION_LIMITS = (1.05, 4.0)
_EFFORT_PRIOR_EVENTS = 8.0
_LEAST_EFFORT = 0.5
_SHARE_PRIOR_EVENTS = 1.0
_PRIOR_SHARE = 0.02
_LEAST_OFFSET = 1e-9
_FEW = 10  # series: an array for each period takes longer than a number for each of theirs
_UNUSUAL = 3.0  # standard deviations above the expected, from where a past count is weighed down


@dataclass(frozen=True, slots=True)
class Expectation:
    """Of each series, (series,) each, summed over the periods that are judged.

    Attributes:
        last: the part of the mean that is of the last period.
        dispersion: variance over mean of a new sum: the scatter of counts and the doubt about the mean.
    """

    mean: Reals
    last: Reals
    dispersion: Reals


def smooth(values: Reals, half_life: float) -> Reals:
    """A running mean along the last axis that halves a period's weight every *half_life*."""
    fading = 0.5 ** (1 / half_life)
    level = values[..., : max(int(half_life), 1)].mean(axis=-1)
    if len(values) <= _FEW:
        return _smooth_few(values, fading, level)
    by_period = np.ascontiguousarray(values.T) * (1 - fading)  # what is read together lies together
    for period in by_period:
        level = np.add(period, fading * level, out=period)
    return np.ascontiguousarray(by_period.T)  # sums along the last axis are those of each series alone


def _smooth_few(values: Reals, fading: float, level: Reals) -> Reals:
    """The same to the last bit, number by number."""
    running = (
        list(accumulate(series, lambda mean, value: value + fading * mean, initial=first))[1:]
        for series, first in zip((values * (1 - fading)).tolist(), level.tolist(), strict=True)
    )
    return np.array(list(running)).reshape(values.shape)


def expect_effort(effort: Reals, half_life: float) -> Reals:
    """(series, periods) the reporting effort behind *effort*, events of the same place on everything else.

    A handful of events more or less says little of effort: the number of each period is drawn towards the running mean,
    less so where there are many. The last period is not over: it has the mean of those before, or more where the place
    tells of more already.
    """
    level = smooth(effort, half_life)
    level[:, -1] = level[:, -2]
    times = (effort + _EFFORT_PRIOR_EVENTS) / (level + _EFFORT_PRIOR_EVENTS)
    times[:, -1] = np.maximum(times[:, -1], 1)
    return np.asarray((level + _LEAST_EFFORT) * times)


def expect_share(elsewhere: Reals, totals_elsewhere: Reals, half_life: float) -> Reals:
    """(series, periods) the substance's share of all events elsewhere, smoothed; the last period as the one before."""
    events, totals = smooth(elsewhere[:, :-1], half_life), smooth(totals_elsewhere[:, :-1], half_life)
    share = (events + _SHARE_PRIOR_EVENTS * _PRIOR_SHARE) / (totals + _SHARE_PRIOR_EVENTS)
    return np.concatenate([share, share[:, -1:]], axis=1)


def expect_by_rate(counts: Reals, offset: Reals, judged: int, half_life: float) -> Expectation:
    """The series' own rate per unit of *offset*, (series, periods) both, from all but the *judged* last periods."""
    past, offset_past = counts[:, :-judged], offset[:, :-judged]
    fading = 0.5 ** (np.arange(past.shape[1] - 1, -1, -1) / half_life)
    weights = np.broadcast_to(fading, past.shape)
    for _ in range(2):
        events, exposure = _PRIOR_EVENTS + (past * weights).sum(axis=1), (offset_past * weights).sum(axis=1)
        # Where next to nothing is to be expected, the prior must not outweigh what a place of its own kind has.
        prior = np.minimum(_PRIOR_EXPECTED, _PRIOR_PART * exposure)
        rate = events / np.maximum(prior + exposure, _LEAST_OFFSET)
        usual = rate[:, None] * offset_past
        dispersion = _estimate_dispersion(past, usual, weights)
        weights = fading * _weigh_down(past, usual, dispersion)
    mean = rate * offset[:, -judged:].sum(axis=1)
    return Expectation(mean, rate * offset[:, -1], dispersion * (1 + mean / events))


def _weigh_down(past: Reals, usual: Reals, dispersion: Reals) -> Reals:
    """1 for usual counts, less the farther a count lies above them: an outbreak of the past is not what is usual."""
    limit = usual + _UNUSUAL * np.sqrt(dispersion[:, None] * usual) + 1
    return np.where(past > limit, (limit / np.maximum(past, 1)) ** 2, 1.0)


def _estimate_dispersion(past: Reals, usual: Reals, weights: Reals) -> Reals:
    """(series,) drawn towards what is common: hardly a series has enough events to tell its own."""
    squares, expected = (weights * (past - usual) ** 2).sum(axis=1), (weights * usual).sum(axis=1)
    found = squares + _PRIOR_DISPERSION_WEIGHT * _PRIOR_DISPERSION
    return np.asarray(np.clip(found / (expected + _PRIOR_DISPERSION_WEIGHT), *_DISPERSION_LIMITS))
