"""Eight invented years of reports from 150 countries on 400 substances, with outbreaks whose truth is known.

Nothing here is fitted to a real registry; the sizes follow what drug-monitoring networks publish: a few countries
report by the hundred each week and most a handful, a few substances make up most findings, and nine of ten pairs of
substance and country are met less than once a month. What makes detection hard is put in on purpose, each with a
source of chance of its own:

- substances come, peak and go, with seasons of different strength;
- a country's reporting effort drifts, jumps (a laboratory joins or closes), pauses over holidays, and shares a
  shock each week; some countries pass on their reports once a month;
- counts are more scattered than Poisson's (a negative binomial of variance ``dispersion`` times the mean);
- a report becomes known weeks after the event, by a delay of the country's own.

A week counts what became known in it: the only series that never changes afterwards, and so the same one for every
method. An outbreak adds events to one pair of substance and country and nothing else, and its events are delayed
like all others. The sizes follow Noufaily et al. 2013 (doi:10.1002/sim.5595): a multiple of the standard deviation
of what is usual over the outbreak's length, and at least some cases at all.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

Counts = NDArray[np.int64]
Reals = NDArray[np.float64]

WEEKS_A_YEAR = 52
LONGEST_DELAY_WEEKS = 52
FEWEST_REPORTS = 8  # of a pair in all years, for it to be a series that somebody watches
FIRST_OUTBREAK_WEEK = 4 * WEEKS_A_YEAR + 4
FADES_WITHIN_WEEKS = 4


class Shape(StrEnum):
    """How an outbreak's events lie in time."""

    SPIKE = "spike"
    STEP = "step"
    RAMP = "ramp"
    WAVE = "wave"
    SLOW = "slow"


LENGTH_WEEKS = {Shape.SPIKE: 2, Shape.STEP: 8, Shape.RAMP: 10, Shape.WAVE: 12, Shape.SLOW: 26}


@dataclass(frozen=True, slots=True)
class World:
    """How large the simulation is."""

    countries: int = 150
    substances: int = 400
    years: int = 8
    outbreaks_per_series: float = 0.8
    """How many outbreaks a watched series has on average after the first four years."""

    @property
    def weeks(self) -> int:
        """How many weeks are simulated."""
        return self.years * WEEKS_A_YEAR


@dataclass(frozen=True, slots=True)
class Outbreak:
    """What was added to one series.

    Attributes:
        series: position in ``Simulation.counts``.
        begun_week: week of its first possible event.
        known_week: week in which its first event became known: from here on an alarm is right.
        over_week: last week in which an alarm is right: nine tenths of its events are known.
        faded_week: last week in which what is left of it may still raise an alarm, which counts as neither.
        cases: how many events were added.
    """

    series: int
    shape: Shape
    begun_week: int
    known_week: int
    over_week: int
    faded_week: int
    cases: int


@dataclass(frozen=True, slots=True)
class Events:
    """Arrays with one place an event: what was met where and when, and when it became known; weeks from 0.

    Attributes:
        outbreak: the number of the outbreak it belongs to, -1 for none.
    """

    substance: Counts
    country: Counts
    week: Counts
    known_week: Counts
    outbreak: Counts


@dataclass(frozen=True, slots=True)
class Simulation:
    """The series that are watched, and the truth.

    Attributes:
        counts: (series, weeks) reports that became known in each week.
        totals: (countries, weeks) all reports of each country.
        country: (series,) row of *totals*.
        substance: (series,)
        outbreaks: what was injected, in the order of series and time.
        events: every event, those of pairs that are not watched too.
    """

    world: World
    counts: Counts
    totals: Counts
    country: Counts
    substance: Counts
    outbreaks: list[Outbreak]
    events: Events

    @property
    def effort(self) -> Counts:
        """(series, weeks) reports of the series' country on everything else."""
        return self.totals[self.country] - self.counts


def simulate(seed: int, world: World | None = None) -> Simulation:
    """The same world for the same *seed*, whatever machine."""
    world = world or World()
    rng = np.random.default_rng(seed)
    size_a_week = np.exp(rng.normal(1.2, 1.4, world.countries)).clip(0.1, 250)
    effort = _draw_effort(rng, world)
    rates = _draw_shares(rng, world)[:, :, None] * size_a_week[None, :, None]
    mean = _draw_popularity(rng, world)[:, None, :] * (rates * effort[None])
    dispersion = 1 + rng.gamma(2.0, 0.25, world.substances)
    scatter = rng.gamma(mean / (dispersion - 1)[:, None, None], (dispersion - 1)[:, None, None])
    usual = rng.poisson(scatter)
    watched = np.argwhere(usual.sum(axis=2) >= FEWEST_REPORTS)
    added, drawn = _draw_outbreaks(rng, world, watched, mean, dispersion)
    substance, country, week, outbreak = _list_events(usual, added, watched)
    known_week = _delay(rng, world, country, week)
    events = Events(substance, country, week, known_week, outbreak)
    counts, totals = _count(world, events, watched)
    outbreaks = _label(world, drawn, events)
    return Simulation(world, counts, totals, watched[:, 1], watched[:, 0], outbreaks, events)


def _draw_effort(rng: np.random.Generator, world: World) -> Reals:
    """(countries, weeks) how much of what is there is reported; about 1."""
    shape = (world.countries, world.weeks)
    drift = np.cumsum(rng.normal(0, 0.02, shape), axis=1)
    jumps = np.cumsum(np.where(rng.random(shape) < 1 / (3 * WEEKS_A_YEAR), rng.normal(0.1, 0.45, shape), 0), axis=1)
    shocks = rng.normal(0, 0.2, shape)
    of_year = np.arange(world.weeks) % WEEKS_A_YEAR
    holidays = np.where((of_year >= 51) | (of_year < 1), 0.5, np.where((of_year >= 30) & (of_year < 34), 0.8, 1.0))
    return np.asarray(np.exp((drift + jumps).clip(-2, 2) + shocks) * holidays[None])


def _draw_shares(rng: np.random.Generator, world: World) -> Reals:
    """(substances, countries) how much of a country's reports are of a substance at its peak."""
    popular = np.exp(rng.normal(0, 1.4, world.substances))
    present = rng.random((world.substances, world.countries)) < 0.5
    taste = rng.gamma(0.6, 1.0, (world.substances, world.countries)) * present
    shares = popular[:, None] * taste
    return np.asarray(shares / shares.sum(axis=0, keepdims=True))


def _draw_popularity(rng: np.random.Generator, world: World) -> Reals:
    """(substances, weeks) a life from coming to going, at most about 1, times a season; one in four stays."""
    weeks = np.arange(world.weeks)[None, :]
    comes = rng.uniform(-4, world.years - 0.5, world.substances)[:, None] * WEEKS_A_YEAR
    rise = rng.uniform(10, 60, world.substances)[:, None]
    fall = rng.uniform(60, 200, world.substances)[:, None]
    age = (weeks - comes).clip(0)
    life = (1 - np.exp(-age / rise)) * np.exp(-((age - 2 * rise).clip(0)) / fall)
    stays = (rng.random(world.substances) < 0.25)[:, None]
    strength = rng.beta(1.5, 4.0, world.substances)[:, None] * 0.9
    peak = rng.uniform(0, WEEKS_A_YEAR, world.substances)[:, None]
    season = 1 + strength * np.cos(2 * np.pi * (weeks - peak) / WEEKS_A_YEAR)
    return np.asarray(np.where(stays, 1.0, life) * season)


def _draw_outbreaks(
    rng: np.random.Generator, world: World, watched: Counts, mean: Reals, dispersion: Reals
) -> tuple[Counts, list[tuple[int, Shape, int]]]:
    """The events added, one row of (series, outbreak, week) each, and each outbreak's series, shape and first week."""
    rows: list[Counts] = []
    drawn: list[tuple[int, Shape, int]] = []
    last = world.weeks - 12
    for series, (substance, country) in enumerate(watched):
        free_from = FIRST_OUTBREAK_WEEK + int(rng.integers(0, WEEKS_A_YEAR))
        for _ in range(rng.poisson(world.outbreaks_per_series)):
            shape = list(Shape)[int(rng.integers(0, len(Shape)))]
            begun = free_from + int(rng.integers(0, WEEKS_A_YEAR))
            end = begun + LENGTH_WEEKS[shape]
            if end > last:
                break
            usual = float(mean[substance, country, begun:end].sum())
            expected = rng.uniform(2, 10) * np.sqrt(usual * dispersion[substance]) + 2
            cases = max(int(rng.poisson(expected)), 3)
            weeks = begun + rng.choice(LENGTH_WEEKS[shape], cases, p=_profile(shape))
            rows.append(np.column_stack([np.full(cases, series), np.full(cases, len(drawn)), weeks]))
            drawn.append((series, shape, begun))
            free_from = end + WEEKS_A_YEAR // 2
    return (np.concatenate(rows) if rows else np.zeros((0, 3), dtype=np.int64)), drawn


def _profile(shape: Shape) -> Reals:
    """(length in weeks,) the share of an outbreak's events in each of its weeks."""
    weeks = np.arange(LENGTH_WEEKS[shape]) + 0.5
    weight = {
        Shape.RAMP: weeks,
        Shape.WAVE: np.exp(-0.5 * (np.log(weeks / 4) / 0.6) ** 2) / weeks,
    }.get(shape, np.ones_like(weeks))
    return np.asarray(weight / weight.sum())


def _list_events(usual: Counts, added: Counts, watched: Counts) -> tuple[Counts, Counts, Counts, Counts]:
    """Substance, country, week and outbreak (-1 for none) of every event."""
    substance, country, week = np.nonzero(usual)
    times = usual[substance, country, week]
    none = np.full(int(times.sum()), -1)
    pair = watched[added[:, 0]]
    return (
        np.concatenate([np.repeat(substance, times), pair[:, 0]]),
        np.concatenate([np.repeat(country, times), pair[:, 1]]),
        np.concatenate([np.repeat(week, times), added[:, 2]]),
        np.concatenate([none, added[:, 1]]),
    )


def _delay(rng: np.random.Generator, world: World, country: Counts, week: Counts) -> Counts:
    """The week in which each event becomes known: a negative binomial delay, then the country's monthly post."""
    mean_weeks = rng.uniform(1.0, 8.0, world.countries)[country]
    monthly = (rng.random(world.countries) < 0.12)[country]
    delay = rng.poisson(rng.gamma(2.0, mean_weeks / 2.0)).clip(0, LONGEST_DELAY_WEEKS)
    known = week + delay
    return np.asarray(np.where(monthly, -(-known // 4) * 4, known))


def _count(world: World, events: Events, watched: Counts) -> tuple[Counts, Counts]:
    """What became known each week: of each watched pair, and of each country."""
    within = events.known_week < world.weeks
    week = events.known_week[within]
    place = np.full((world.substances, world.countries), -1)
    place[watched[:, 0], watched[:, 1]] = np.arange(len(watched))
    series = place[events.substance[within], events.country[within]]
    counts = np.zeros((len(watched), world.weeks), dtype=np.int64)
    np.add.at(counts, (series[series >= 0], week[series >= 0]), 1)
    totals = np.zeros((world.countries, world.weeks), dtype=np.int64)
    np.add.at(totals, (events.country[within], week), 1)
    return counts, totals


def _label(world: World, drawn: list[tuple[int, Shape, int]], events: Events) -> list[Outbreak]:
    """The outbreaks that became known within the years simulated."""
    known = events.known_week[events.outbreak >= 0]
    of = events.outbreak[events.outbreak >= 0]
    order = np.lexsort((known, of))
    weeks_of = np.split(known[order], np.flatnonzero(np.diff(of[order])) + 1) if len(of) else []
    return [
        Outbreak(
            series=series,
            shape=shape,
            begun_week=begun,
            known_week=int(weeks[0]),
            over_week=int(min(weeks[int(0.9 * (len(weeks) - 1))], world.weeks - 1)),
            faded_week=int(min(weeks[-1] + FADES_WITHIN_WEEKS, world.weeks - 1)),
            cases=len(weeks),
        )
        for (series, shape, begun), weeks in zip(drawn, weeks_of, strict=True)
        if weeks[0] < world.weeks
    ]
