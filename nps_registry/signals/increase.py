"""Increases: more reports of a substance in a country, a region or the world than its own past and the others explain.

The counts of the last few periods together are held against what would be usual (``expectation.py``), with the
reports of the place on everything else as the measure of how much is reported at all, and the same substance elsewhere
as the measure of its coming, going and seasons. How unlikely they are is a mid-p of the negative binomial; over
thousands of series, false discoveries are held down by a step-up that knows how coarse sparse counts are
(``tails.py``). How well it finds what is there stands in ``benchmarks/README.md``.

Reports are dated by the period in which they became known: those counts never change afterwards, and a delay only
blurs. A report that arrives years late says nothing of now: leave it out.

Everything is deterministic and looks at nothing but its arguments.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from nps_registry.signals.expectation import (
    Expectation,
    expect_by_rate,
    expect_by_regression,
    expect_effort,
    expect_share,
)
from nps_registry.signals.tails import adjust_for_many, find_upper, mid_p

Reals = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class IncreaseRule:
    """What is judged, and what is called an increase. Lengths are in periods.

    Attributes:
        version: changes with anything that could change an answer.
        periods_a_year: 52 for weeks, 12 for months.
        judged: how many last periods are judged together; none of them is counted as the past.
        memory: a past period counts half as much after so many.
        effort_memory: the same for the running mean of a place's effort.
        share_memory: the same for a substance's share elsewhere.
        ears_memory: the same for a series too short for a season, with nothing to compare with.
        fewest_reports: within the judged periods, for an increase.
        largest_p: an increase's mid-p is at most this, however few series there are.
        false_discovery_rate: of the increases of one evaluation of many series, at most this share should be chance.
    """

    version: str = "increase/1"
    periods_a_year: int = 52
    judged: int = 3
    memory: float = 156.0
    effort_memory: float = 26.0
    share_memory: float = 13.0
    ears_memory: float = 13.0
    fewest_reports: int = 2
    largest_p: float = 0.01
    false_discovery_rate: float = 0.3


WEEKLY = IncreaseRule()
MONTHLY = replace(
    WEEKLY, periods_a_year=12, judged=1, memory=36.0, effort_memory=6.0, share_memory=3.0, ears_memory=6.0
)


@dataclass(frozen=True, slots=True)
class Increase:
    """An increase in the last period of a series.

    Attributes:
        observed: reports in the judged periods.
        expected: how many would be usual in them.
        upper: the largest number that is still usual at ``largest_p``.
        p_value: mid-p of *observed* or more.
        method: how the expected number was got: ``pooled``, ``regression`` or ``ears``.
        periods: how many last periods were judged together.
    """

    observed: int
    expected: float
    upper: float
    p_value: float
    method: str
    periods: int = 1


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What is known beside the series; each (series, periods) or (periods,), or nothing where unknown.

    Attributes:
        effort: reports of the series' place on everything else: how much is reported there at all.
        elsewhere: reports of the series' substance in all other places.
        totals_elsewhere: all reports of all other places; needed with *elsewhere*.
    """

    effort: ArrayLike | None = None
    elsewhere: ArrayLike | None = None
    totals_elsewhere: ArrayLike | None = None


@dataclass(frozen=True, slots=True)
class Measure:
    """Each series' judged periods beside what is usual, (series,) each; *last* is the last period's reports alone."""

    observed: Reals
    last: Reals
    expectation: Expectation
    p_value: Reals


def find_increase(
    counts: ArrayLike, *, rule: IncreaseRule = WEEKLY, surroundings: Surroundings | None = None
) -> Increase | None:
    """The increase in the last period of one series, or nothing.

    Args:
        counts: (periods,) reports per period, oldest first.
        rule: what is called an increase; here by ``largest_p`` alone.
        surroundings: what is known beside the series.

    Raises:
        ValueError: a count is negative, or shapes do not fit.
    """
    return judge_series(np.asarray(counts)[None, :], rule=rule, surroundings=surroundings)[0]


def judge_series(
    counts: ArrayLike, *, rule: IncreaseRule = WEEKLY, surroundings: Surroundings | None = None
) -> list[Increase | None]:
    """The increase in the last period of each of many series, false discoveries among all of them held down.

    Give every series that is looked at, those without a report too: how many were looked at is what decides. The
    scatter of counts is estimated over all of them together. 60,000 series of eight years of weeks take ten
    seconds and 1.3 GB.

    Args:
        counts: (series, periods) reports per period, oldest first.
        rule: what is called an increase.
        surroundings: what is known beside the series.

    Raises:
        ValueError: a count is negative, or shapes do not fit.
    """
    measured = measure_series(counts, rule=rule, surroundings=surroundings)
    called = _describe(measured, call_increases(measured, rule), rule)
    return [called.get(series) for series in range(len(measured.p_value))]


def judge_each_alone(series: Sequence[ArrayLike], *, rule: IncreaseRule = WEEKLY) -> list[Increase | None]:
    """The increase in the last period of each series, as :func:`find_increase` tells it of that series alone.

    Args:
        series: (periods,) reports per period each, oldest first, of any lengths.
        rule: what is called an increase; here by ``largest_p`` alone.

    Raises:
        ValueError: a count is negative, or shapes do not fit.
    """
    by_length: defaultdict[int, list[int]] = defaultdict(list)
    for at, counts in enumerate(series):
        by_length[len(np.asarray(counts))].append(at)
    found: list[Increase | None] = [None] * len(series)
    for places in by_length.values():
        measured = measure_series(np.array([series[at] for at in places]), rule=rule, together=False)
        for row, increase in _describe(measured, _call_alone(measured, rule), rule).items():
            found[places[row]] = increase
    return found


def call_increases(measured: Measure, rule: IncreaseRule = WEEKLY) -> NDArray[np.bool_]:
    """(series,) which of *measured* are increases; a single one by ``largest_p`` alone."""
    called = _call_alone(measured, rule)
    if len(called) > 1:
        rates = adjust_for_many(measured.p_value, measured.expectation.mean, measured.expectation.dispersion)
        called &= rates <= rule.false_discovery_rate
    return called


def _call_alone(measured: Measure, rule: IncreaseRule) -> NDArray[np.bool_]:
    return (measured.p_value <= rule.largest_p) & (measured.last > 0) & (measured.observed >= rule.fewest_reports)


def measure_series(
    counts: ArrayLike,
    *,
    rule: IncreaseRule = WEEKLY,
    surroundings: Surroundings | None = None,
    together: bool = True,
) -> Measure:
    """How unlikely the last periods of each series are, whatever is made of it.

    *together* says whether the scatter is estimated over all series, or for each as if it stood alone.

    Raises:
        ValueError: a count is negative, or shapes do not fit.
    """
    series = _as_reals(counts)
    if series.ndim != 2 or (series < 0).any():
        raise ValueError("Counts are an array of series and periods, none of them negative.")
    if series.shape[1] <= rule.judged or not len(series):
        nothing = np.zeros(len(series))
        return Measure(nothing, nothing, Expectation(nothing, nothing + 1, "ears"), nothing + 1)
    expectation = _expect(series, rule, surroundings or Surroundings(), together)
    observed = series[:, -rule.judged :].sum(axis=1)
    return Measure(observed, series[:, -1], expectation, mid_p(observed, expectation.mean, expectation.dispersion))


def _expect(series: Reals, rule: IncreaseRule, surroundings: Surroundings, together: bool) -> Expectation:
    offset = np.ones(series.shape)
    if surroundings.effort is not None:
        offset = expect_effort(_fit_shape(surroundings.effort, series), rule.effort_memory)
    if surroundings.elsewhere is not None and surroundings.totals_elsewhere is not None:
        elsewhere = _fit_shape(surroundings.elsewhere, series), _fit_shape(surroundings.totals_elsewhere, series)
        offset = offset * expect_share(*elsewhere, rule.share_memory)
        return expect_by_rate(series, offset, rule.judged, rule.memory, pooled=True, together=together)
    if series.shape[1] - rule.judged >= 2 * rule.periods_a_year:
        return expect_by_regression(series, offset, rule.judged, rule.memory, rule.periods_a_year, together=together)
    return expect_by_rate(series, offset, rule.judged, rule.ears_memory, pooled=False, together=together)


def _as_reals(values: ArrayLike) -> Reals:
    return np.asarray(values, dtype=np.float64)


def _fit_shape(values: ArrayLike, series: Reals) -> Reals:
    return np.broadcast_to(_as_reals(values), series.shape)


def _describe(measured: Measure, called: NDArray[np.bool_], rule: IncreaseRule) -> dict[int, Increase]:
    """Those of *measured* that were *called* increases, by their place among all."""
    mean, dispersion = measured.expectation.mean[called], measured.expectation.dispersion[called]
    figures = zip(
        np.flatnonzero(called).tolist(),
        measured.observed[called].tolist(),
        mean.tolist(),
        find_upper(rule.largest_p, mean, dispersion).tolist(),
        measured.p_value[called].tolist(),
        strict=True,
    )
    method, periods = measured.expectation.method, rule.judged
    return {
        series: Increase(int(observed), expected, upper, p_value, method, periods)
        for series, observed, expected, upper, p_value in figures
    }
