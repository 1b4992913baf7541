"""How well alarms find outbreaks whose truth is known, with confidence intervals by the bootstrap.

An alarm is one series called unusual in one week. It is right within an outbreak's window (``Outbreak.known_week`` to
``over_week``), neither right nor false while the outbreak fades, false at any other time. An outbreak counts as found
with the first right alarm. Figures per country and year are of the whole simulated world: those of the sample, times
how many series are watched per country. Series are drawn anew for the bootstrap, since the weeks of one depend on each
other.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from benchmarks.simulation import WEEKS_A_YEAR, Outbreak, Simulation

Alarms = NDArray[np.bool_]
Reals = NDArray[np.float64]

DRAWS = 2000


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure with its 95 % confidence interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Quality:
    """What became of one method's alarms.

    Attributes:
        sensitivity: share of the outbreaks that were found.
        days: median from an outbreak's first possible event to the end of the week of its first right alarm, of those
            found.
        false_alarms: per country and year.
        right: share of the alarms that were right, the fading ones left out (positive predictive value).
    """

    sensitivity: Figure
    days: Figure
    false_alarms: Figure
    right: Figure


class Sample:
    """Some series of a simulation over some weeks, with what is true of them."""

    def __init__(self, simulation: Simulation, rows: NDArray[np.int64], weeks: range) -> None:
        self.simulation, self.rows, self.weeks = simulation, rows, weeks
        place = {int(series): position for position, series in enumerate(rows)}
        known = [each for each in simulation.outbreaks if each.series in place]
        self.outbreaks: list[Outbreak] = [each for each in known if each.known_week >= weeks.start]
        self.places = np.array([place[each.series] for each in self.outbreaks], dtype=np.int64)
        self.usual = np.ones((len(rows), len(weeks)), dtype=bool)
        self.within = np.zeros((len(rows), len(weeks)), dtype=bool)
        for each in known:
            begun = max(each.known_week - weeks.start, 0)
            self.usual[place[each.series], begun : max(each.faded_week + 1 - weeks.start, 0)] = False
            self.within[place[each.series], begun : max(each.over_week + 1 - weeks.start, 0)] = True

    @property
    def per_country_year(self) -> float:
        """What one false alarm a series and year makes per country and year."""
        return len(self.simulation.counts) / self.simulation.world.countries

    def find_days(self, alarms: Alarms) -> Reals:
        """(outbreaks,) days until each was found; not a number where it was missed."""
        days = np.full(len(self.outbreaks), np.nan)
        for number, (place, each) in enumerate(zip(self.places, self.outbreaks, strict=True)):
            window = alarms[place, each.known_week - self.weeks.start : each.over_week + 1 - self.weeks.start]
            if window.any():
                days[number] = 7 * (each.known_week + int(window.argmax()) + 1 - each.begun_week)
        return days

    def match(self, scores: Reals, alarms: Alarms) -> Alarms:
        """Alarms by the highest of *scores*, as many of them false as of *alarms* are, or as nearly below as may be."""
        false = int((alarms & self.usual).sum())
        falling = np.sort(scores[self.usual])[::-1]
        return np.asarray((scores > falling[false]) & (scores > 0)) if false < len(falling) else scores > 0


def draw_series(simulation: Simulation, seed: int, number: int) -> NDArray[np.int64]:
    """(number,) different rows of the simulation's counts, in order; the same for the same seed."""
    chance = np.random.default_rng([seed, number])
    return np.sort(chance.choice(len(simulation.counts), min(number, len(simulation.counts)), replace=False))


def assess(sample: Sample, alarms: Alarms, draws: int = DRAWS) -> Quality:
    """What became of *alarms* (series, weeks)."""
    days = sample.find_days(alarms)
    false, right = (alarms & sample.usual).sum(axis=1), (alarms & sample.within).sum(axis=1)
    years = sample.usual.sum(axis=1) / WEEKS_A_YEAR
    found = ~np.isnan(days)
    cases = _resample(len(sample.rows), draws)
    of_outbreaks = cases[:, sample.places]
    return Quality(
        sensitivity=_interval(_share(found), [_weighted(found, weights) for weights in of_outbreaks]),
        days=_interval(_median(days), [_median(np.repeat(days, weights)) for weights in of_outbreaks]),
        false_alarms=_interval(
            sample.per_country_year * false.sum() / years.sum(),
            sample.per_country_year * (cases @ false) / (cases @ years),
        ),
        right=_interval(_ratio(right.sum(), (right + false).sum()), _ratio(cases @ right, cases @ (right + false))),
    )


def compare_sensitivity(sample: Sample, ours: Alarms, theirs: Alarms, draws: int = DRAWS) -> Figure:
    """How much more of the outbreaks *ours* find than *theirs*, series by series."""
    gain = (~np.isnan(sample.find_days(ours))).astype(float) - ~np.isnan(sample.find_days(theirs))
    of_outbreaks = _resample(len(sample.rows), draws)[:, sample.places]
    return _interval(_share(gain), [_weighted(gain, weights) for weights in of_outbreaks])


def compare_days(sample: Sample, ours: Alarms, theirs: Alarms, draws: int = DRAWS) -> Figure:
    """How many days *ours* come later (below 0: sooner) on average, of the outbreaks that both find."""
    later = sample.find_days(ours) - sample.find_days(theirs)
    both = np.flatnonzero(~np.isnan(later))
    of_outbreaks = _resample(len(sample.rows), draws)[:, sample.places[both]]
    return _interval(_share(later[both]), [_weighted(later[both], weights) for weights in of_outbreaks])


def _resample(series: int, draws: int) -> NDArray[np.int64]:
    """(draws, series) how often each series is drawn; the same for every method, so that differences are paired."""
    return np.random.default_rng(7).multinomial(series, np.full(series, 1 / series), size=draws)


def _share(values: Alarms | Reals) -> float:
    return float(values.mean()) if len(values) else float("nan")


def _weighted(values: Alarms | Reals, weights: NDArray[np.int64]) -> float:
    return float(_ratio((values * weights).sum(), weights.sum()))


def _median(days: Reals) -> float:
    found = days[~np.isnan(days)]
    return float(np.median(found)) if len(found) else float("nan")


def _ratio(part: NDArray[np.generic], whole: NDArray[np.generic]) -> Reals:
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(np.asarray(part, dtype=float) / np.asarray(whole, dtype=float))


def _interval(value: object, draws: Sequence[float] | Reals) -> Figure:
    values = np.asarray(draws, dtype=float)
    values = values[~np.isnan(values)]
    low, high = np.quantile(values, [0.025, 0.975]) if len(values) else (np.nan, np.nan)
    return Figure(float(np.asarray(value)), float(low), float(high))
