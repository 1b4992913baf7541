"""Fatal and severe cases among the simulated events, and cases beside them that are no harm to tell of.

They have a seed of their own, so that the world of a seed stays the same with and without them. A share of the events
becomes cases, more of some substances than of others. What must not be told of is put in on purpose: who recovered, a
substance that was found and had no part, an uncertain result, a report that was withdrawn or that is shared within its
country only.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from benchmarks.simulation import WEEKS_A_YEAR, Events, World
from nps_registry.vocabulary.finding import Causality, EventType, Outcome, Result
from nps_registry.vocabulary.report import ReportState, Sharing

FIRST_YEAR = 2018
CASES_PER_EVENT = 0.03
_OWN_CHANCE = 7

When = tuple[int, int]
"""Year and quarter."""

_TYPES = {EventType.TOXICOLOGY_CASE: 0.9, EventType.SERIOUS_ADVERSE_EVENT: 0.1}
_OUTCOMES = {Outcome.RECOVERED: 0.45, Outcome.SEVERE: 0.25, Outcome.FATAL: 0.2, Outcome.UNKNOWN: 0.1}
_CAUSALITIES = {
    Causality.CAUSAL: 0.4, Causality.CONTRIBUTORY: 0.3, Causality.INCIDENTAL: 0.2, Causality.UNKNOWN: 0.1,
}  # fmt: skip
_RESULTS = {Result.POSITIVE: 0.93, Result.UNCERTAIN: 0.07}
_STATES = {ReportState.ACCEPTED: 0.95, ReportState.WITHDRAWN: 0.05}
_SHARINGS = {Sharing.PUBLIC: 0.9, Sharing.COUNTRY: 0.1}


@dataclass(frozen=True, slots=True)
class Case:
    """One case: *substance* is a number from 1, *country* a place in the world, weeks count from 0."""

    substance: int
    country: int
    week: int
    known_week: int
    type: EventType
    outcome: Outcome
    causality: Causality
    result: Result
    state: ReportState
    sharing: Sharing

    @property
    def quarter(self) -> When:
        """When it happened."""
        return quarter_of(self.week)

    @property
    def is_public_harm(self) -> bool:
        """Whether the public should be told of it."""
        harmed = self.outcome in {Outcome.FATAL, Outcome.SEVERE} or self.type is EventType.SERIOUS_ADVERSE_EVENT
        had_a_part = self.result is Result.POSITIVE and self.causality is not Causality.INCIDENTAL
        stands = self.state is ReportState.ACCEPTED and self.sharing is Sharing.PUBLIC
        return harmed and had_a_part and stands


Drawn = TypeVar("Drawn")

Harm = tuple[int, int, When]
"""Substance, country and quarter."""


def quarter_of(week: int) -> When:
    """Year and quarter of a simulated week: thirteen weeks to the quarter."""
    return FIRST_YEAR + week // WEEKS_A_YEAR, week % WEEKS_A_YEAR // 13 + 1


def draw_cases(events: Events, world: World, seed: int) -> list[Case]:
    """The cases among *events*, the same for the same *seed*."""
    rng = np.random.default_rng([seed, _OWN_CHANCE])
    danger = rng.gamma(1.0, CASES_PER_EVENT, world.substances)
    chosen = np.flatnonzero(rng.random(len(events.week)) < danger[events.substance])

    where_and_when = (events.substance + 1, events.country, events.week, events.known_week)
    drawn = (
        _draw(rng, len(chosen), _TYPES),
        _draw(rng, len(chosen), _OUTCOMES),
        _draw(rng, len(chosen), _CAUSALITIES),
        _draw(rng, len(chosen), _RESULTS),
        _draw(rng, len(chosen), _STATES),
        _draw(rng, len(chosen), _SHARINGS),
    )
    return [Case(*row) for row in zip(*(column[chosen].tolist() for column in where_and_when), *drawn, strict=True)]


def _draw(rng: np.random.Generator, size: int, chances: Mapping[Drawn, float]) -> list[Drawn]:
    keys = list(chances)
    return [keys[number] for number in rng.choice(len(keys), size, p=list(chances.values()))]


def list_harms(cases: Sequence[Case]) -> dict[Harm, tuple[int, int]]:
    """The truth, from the cases one by one: of each harm how many were fatal, and how many severe and not fatal."""
    harms = [case for case in cases if case.is_public_harm]
    of = Counter(((case.substance, case.country, case.quarter), case.outcome is Outcome.FATAL) for case in harms)
    return {harm: (of[harm, True], of[harm, False]) for harm, _fatal in of}
