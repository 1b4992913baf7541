"""What would be usual: the expected number of reports of many series at once, from their own past and what is shared.

Three ways, by what there is to go by:

``pooled``
    The same substance elsewhere is known. Its share of all reports there follows its coming and going and its
    seasons, without a parameter to fit for them; times the reports of this country on everything else it is what this
    country would have if it were like the others. The series' own past gives the factor between the two: a Gamma
    prior and Poisson counts (Clayton and Kaldor 1987, doi:10.2307/2532003), fading with age. A sparse series lives
    by that; most are sparse.
``regression``
    Nothing to compare with, two years or more of history: a quasi-Poisson regression with trend, season and the
    reports of the country as offset, past outbreaks weighed down, as in improved Farrington (Noufaily et al. 2013,
    doi:10.1002/sim.5595; the weighing by size beyond the usual). Trend and season are shrunk towards none (a normal
    prior), so that a few reports cannot make one.
``ears``
    Less history: the mean of the last periods before a gap, as in EARS C2 (Hutwagner et al. 2003), for counts.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Reals = NDArray[np.float64]

_PRIOR_REPORTS = 0.5
_PRIOR_EXPECTED = 0.05
_PRIOR_DISPERSION = 1.3
_PRIOR_DISPERSION_WEIGHT = 50.0  # in reports
_DISPERSION_LIMITS = (1.05, 4.0)
_EFFORT_PRIOR_REPORTS = 8.0
_SHARE_PRIOR_REPORTS = 1.0
_PRIOR_SHARE = 0.02
_LEAST_OFFSET = 1e-6
_UNUSUAL = 3.0  # standard deviations above the expected, from where a past count is weighed down
_RIDGE = 1.0
_ITERATIONS = 6


@dataclass(frozen=True, slots=True)
class Expectation:
    """Of each series, (series,) each, summed over the periods that are judged.

    Attributes:
        dispersion: variance over mean of a new sum: the scatter of counts and the doubt about the mean.
    """

    mean: Reals
    dispersion: Reals
    method: str


def smooth(values: Reals, half_life: float) -> Reals:
    """A running mean along the last axis that halves a period's weight every *half_life*."""
    fading = 0.5 ** (1 / half_life)
    level = values[..., : max(int(half_life), 1)].mean(axis=-1)
    smoothed = np.empty(values.shape)
    for period in range(values.shape[-1]):
        level = fading * level + (1 - fading) * values[..., period]
        smoothed[..., period] = level
    return smoothed


def expect_effort(effort: Reals, half_life: float) -> Reals:
    """(series, periods) the reporting effort behind *effort*, reports of the same place on everything else.

    A handful of reports more or less says little of effort: the number of each period is drawn towards its own
    running mean, less so where there are many.
    """
    level = smooth(effort, half_life)
    return np.asarray(level * (effort + _EFFORT_PRIOR_REPORTS) / (level + _EFFORT_PRIOR_REPORTS))


def expect_share(elsewhere: Reals, totals_elsewhere: Reals, half_life: float) -> Reals:
    """(series, periods) the substance's share of all reports elsewhere, smoothed."""
    reports, totals = smooth(elsewhere, half_life), smooth(totals_elsewhere, half_life)
    return np.asarray((reports + _SHARE_PRIOR_REPORTS * _PRIOR_SHARE) / (totals + _SHARE_PRIOR_REPORTS))


def expect_by_rate(
    counts: Reals, offset: Reals, judged: int, half_life: float, *, pooled: bool, together: bool = True
) -> Expectation:
    """The series' own rate per unit of *offset*, from all but the *judged* last periods.

    *together* says whether the scatter is one for all series; otherwise each is estimated as if it stood alone.
    """
    past, offset_past = counts[:, :-judged], offset[:, :-judged]
    fading = 0.5 ** (np.arange(past.shape[1] - 1, -1, -1) / half_life)
    prior = _PRIOR_EXPECTED if pooled else 0.0
    weights = np.broadcast_to(fading, past.shape)
    for _ in range(2):
        reports = _PRIOR_REPORTS + (past * weights).sum(axis=1)
        rate = reports / np.maximum(prior + (offset_past * weights).sum(axis=1), _LEAST_OFFSET)
        usual = rate[:, None] * offset_past
        dispersion = _estimate_dispersion(past, usual, weights, together)
        weights = fading * _weigh_down(past, usual, dispersion)
    mean = rate * offset[:, -judged:].sum(axis=1)
    return Expectation(mean, dispersion * (1 + mean / reports), "pooled" if pooled else "ears")


def expect_by_regression(
    counts: Reals, offset: Reals, judged: int, half_life: float, periods_a_year: int, *, together: bool = True
) -> Expectation:
    """A penalised quasi-Poisson regression on trend and season, from all but the *judged* last periods.

    *together* is that of :func:`expect_by_rate`.
    """
    design = _make_design(counts.shape[1], periods_a_year, judged)
    past, offset_past, rows = counts[:, :-judged], offset[:, :-judged], design[:-judged]
    fading = 0.5 ** (np.arange(past.shape[1] - 1, -1, -1) / half_life)
    weights = np.broadcast_to(fading, past.shape)
    ridge = np.diag([0.0, *([_RIDGE] * (design.shape[1] - 1))])
    width = design.shape[1]
    pairs = (rows[:, :, None] * rows[:, None, :]).reshape(len(rows), width * width)
    coefficients = np.zeros((len(counts), width))
    reports = _PRIOR_REPORTS + (past * weights).sum(axis=1)
    coefficients[:, 0] = np.log(reports / np.maximum((offset_past * weights).sum(axis=1), _LEAST_OFFSET))
    dispersion = np.full(len(counts), _PRIOR_DISPERSION)
    for _ in range(_ITERATIONS):
        usual = offset_past * np.exp(_times(coefficients, rows.T).clip(-30, 30))
        weights = fading * _weigh_down(past, usual, dispersion)
        gradient = _times(weights * (past - usual), rows) - dispersion[:, None] * _times(coefficients, ridge)
        gradient[:, 0] += _PRIOR_REPORTS
        curved = _times(weights * usual, pairs).reshape(-1, width, width)
        curved += dispersion[:, None, None] * ridge + _LEAST_OFFSET * np.eye(width)
        coefficients = coefficients + np.linalg.solve(curved, gradient[..., None])[..., 0].clip(-1.5, 1.5)
        dispersion = _estimate_dispersion(past, usual, weights, together)
    ahead = offset[:, -judged:] * np.exp(_times(coefficients, design[-judged:].T).clip(-30, 30))
    mean = np.maximum(ahead.sum(axis=1), _LEAST_OFFSET)
    slope = _times(ahead, design[-judged:]) / mean[:, None]
    doubt = (slope * np.linalg.solve(curved, slope[..., None])[..., 0]).sum(axis=1)
    return Expectation(mean, dispersion * (1 + mean * doubt), "regression")


def _times(vectors: Reals, matrix: Reals) -> Reals:
    """Each of *vectors* times *matrix*, one by one: to the last bit the same whatever stands beside it."""
    return np.asarray(np.matmul(vectors[:, None, :], matrix)[:, 0])


def _make_design(periods: int, periods_a_year: int, judged: int) -> Reals:
    """(periods, 4) one, years before what is judged, and a year's wave."""
    years = (np.arange(periods) - (periods - judged)) / periods_a_year
    return np.column_stack([np.ones(periods), years, np.cos(2 * np.pi * years), np.sin(2 * np.pi * years)])


def _weigh_down(past: Reals, usual: Reals, dispersion: Reals) -> Reals:
    """1 for usual counts, less the farther a count lies above them: an outbreak of the past is not what is usual."""
    limit = usual + _UNUSUAL * np.sqrt(dispersion[:, None] * usual) + 1
    return np.where(past > limit, (limit / np.maximum(past, 1)) ** 2, 1.0)


def _estimate_dispersion(past: Reals, usual: Reals, weights: Reals, together: bool) -> Reals:
    """(series,) one for all where there are many: hardly a series has enough reports to tell its own.

    Drawn towards what is common either way.
    """
    axis = None if together else 1
    squares, expected = (weights * (past - usual) ** 2).sum(axis=axis), (weights * usual).sum(axis=axis)
    found = squares + _PRIOR_DISPERSION_WEIGHT * _PRIOR_DISPERSION
    return np.full(len(past), np.clip(found / (expected + _PRIOR_DISPERSION_WEIGHT), *_DISPERSION_LIMITS))
