"""Our own method over a simulation, week by week, seeing of each week only what was known in it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from benchmarks.simulation import Simulation
from nps_registry.signals.increase import Measure, Surroundings, call_increases, measure_series

Reals = NDArray[np.float64]
Alarms = NDArray[np.bool_]


def see_surroundings(simulation: Simulation) -> tuple[Reals, Reals, Reals]:
    """Of every watched series (series, weeks): effort, the substance elsewhere, all reports elsewhere."""
    world = simulation.world
    of_substance = np.zeros((world.substances, world.weeks))
    events = simulation.events
    within = events.known_week < world.weeks
    np.add.at(of_substance, (events.substance[within], events.known_week[within]), 1)
    elsewhere = of_substance[simulation.substance] - simulation.counts
    totals_elsewhere = of_substance.sum(axis=0) - simulation.totals[simulation.country]
    return simulation.effort.astype(float), elsewhere, totals_elsewhere


def watch(simulation: Simulation, weeks: range) -> tuple[Alarms, Reals]:
    """The alarms of ``judge_series`` over all watched series as it stands, and how unlikely each week was.

    Returns:
        (series, weeks) alarms, and scores: minus the logarithm to base 10 of the mid-p, 0 in weeks without reports.
    """
    counts = simulation.counts.astype(float)
    surroundings = see_surroundings(simulation)
    alarms = np.zeros((len(counts), len(weeks)), dtype=bool)
    scores = np.zeros((len(counts), len(weeks)))
    for position, week in enumerate(weeks):
        until = slice(0, week + 1)
        known = Surroundings(*(each[:, until] for each in surroundings))
        measured = measure_series(counts[:, until], surroundings=known)
        alarms[:, position] = call_increases(measured)
        scores[:, position] = _score(measured)
    return alarms, scores


def score_alone(counts: NDArray[np.int64], weeks: range) -> Reals:
    """The scores where nothing is known beside each series: the regression on trend and season."""
    scores = np.zeros((len(counts), len(weeks)))
    for position, week in enumerate(weeks):
        met = np.flatnonzero(counts[:, week] > 0)  # a week without reports is no alarm, whatever was usual
        scores[met, position] = _score(measure_series(counts[met, : week + 1]))
    return scores


def _score(measured: Measure) -> Reals:
    return np.where(measured.last > 0, -np.log10(np.maximum(measured.p_value, 1e-300)), 0.0)
