"""The registry's own rule over a simulation, week by week: what ``signals evaluate`` would tell at each week's end.

Months and not weeks, each series by its own past and nothing beside it, held against all series of the month: the same
functions judge here as in the service (``nps_registry.signals.rises``). An event lies, and becomes known, in the middle
of its week. Everything is public, so there is one layer.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta
from itertools import islice, pairwise

import numpy as np
from numpy.typing import NDArray

from benchmarks.simulation import Simulation
from nps_registry.signals import rises
from nps_registry.signals.increase import MONTHLY
from nps_registry.store.watch_counts import IN_TIME_MONTHS, PUBLIC
from nps_registry.store.watched import Judgement, Month, Unit
from nps_registry.vocabulary.place import places, region_of

Alarms = NDArray[np.bool_]
Reals = NDArray[np.float64]

_EVERY_LOOK = replace(MONTHLY, largest_p=1.0)
_LARGEST_P = MONTHLY.largest_p * (IN_TIME_MONTHS + 1)  # of a month, which is looked at so often
_BEGINS = date(2018, 1, 4)
_LEARNS_WEEKS = 16
"""Weeks before the first that is told, in which the months behind it are judged."""


class Registry:
    """What is known of each series so far, and which of its months rose."""

    def __init__(self) -> None:
        self.known: defaultdict[Unit, dict[int, list[int]]] = defaultdict(dict)
        self.series: Counter[int] = Counter()
        self.rose: defaultdict[int, dict[Unit, Judgement]] = defaultdict(dict)

    def receive(self, unit: Unit, month: int, lag_months: int) -> None:
        """Count one event of *month* (12 a year) that became known so many months later."""
        if month not in self.known[unit]:
            self.known[unit][month] = [0] * (IN_TIME_MONTHS + 2)
            self.series[month] += 1
        figures = self.known[unit][month]
        figures[0] += 1
        for delay in range(lag_months, IN_TIME_MONTHS + 1):
            figures[delay + 1] += 1

    def judge(self, touched: dict[Unit, set[int]]) -> None:
        """Judge the series that were *touched* anew, each from the first of its months on."""
        since = {unit: min(months) for unit, months in touched.items()}
        for unit, first in since.items():
            for month in [each for each in self.known[unit] if each >= first]:
                self.rose[month].pop(unit, None)
        asked = (rises.Series(unit, PUBLIC, self._months(unit), first) for unit, first in since.items())
        for row in rises.judge_all(asked, _EVERY_LOOK):
            self.rose[row.at][row.substance_id, row.place] = row

    def stands(self, month: int) -> set[Unit]:
        """The series of which *month* stands out."""
        family = max(self.series[at] for at in range(month - rises.FAMILY_MONTHS, month + 1))
        called = [row for row in self.rose[month].values() if row.p_value <= _LARGEST_P]
        return rises.stand_out(called, family)

    def _months(self, unit: Unit) -> list[Month]:
        return [
            Month._make((at // 12, at % 12 // 3 + 1, at % 12 + 1, PUBLIC, *figures, 0, 0))
            for at, figures in self.known[unit].items()
        ]


def serve(simulation: Simulation, weeks: range) -> tuple[Alarms, Reals]:
    """What the registry would tell, and how unlikely each week's news was.

    Returns:
        (series, weeks) alarms: a report became known that was of a month that stands out; and scores: minus the
        logarithm to base 10 of the smallest probability among the months that reports became known of, 0 where none
        showed enough events to be looked at.
    """
    codes = list(islice(places(), simulation.world.countries))
    pairs = zip(simulation.substance.tolist(), simulation.country.tolist(), strict=True)
    row_of = {(substance, codes[country]): row for row, (substance, country) in enumerate(pairs)}
    alarms = np.zeros((len(row_of), len(weeks)), dtype=bool)
    scores = np.zeros((len(row_of), len(weeks)))
    registry = Registry()
    for week, events in enumerate(_list_by_week(simulation, weeks.stop)):
        touched = _receive(registry, events, codes, week)
        if week < weeks.start - _LEARNS_WEEKS:
            continue
        registry.judge(touched)
        if week not in weeks:
            continue
        at = week - weeks.start
        standing = {month: registry.stands(month) for month in set().union(*touched.values())}
        for unit in row_of.keys() & touched.keys():
            row, months = row_of[unit], touched[unit]
            alarms[row, at] = any(unit in standing[month] for month in months)
            judged = [registry.rose[month][unit].p_value for month in months if unit in registry.rose[month]]
            scores[row, at] = -np.log10(max(min(judged, default=1.0), 1e-300))
    return alarms, scores


def _list_by_week(simulation: Simulation, until: int) -> list[NDArray[np.int64]]:
    """(events, 3) substance, country and week of the events that became known in each week."""
    events = simulation.events
    rows = np.column_stack([events.substance, events.country, events.week])
    order = np.argsort(events.known_week, kind="stable")
    ends = np.searchsorted(events.known_week[order], np.arange(until + 1))
    return [rows[order[begin:end]] for begin, end in pairwise(ends)]


def _receive(
    registry: Registry, events: Iterable[NDArray[np.int64]], codes: list[str], known_week: int
) -> dict[Unit, set[int]]:
    """Count what became known in one week; answers the months of each series that it touched."""
    touched: defaultdict[Unit, set[int]] = defaultdict(set)
    known = _month_of(known_week)
    for substance, country, week in np.asarray(events).tolist():
        month, code = _month_of(week), codes[country]
        for place in (code, region_of(code)):
            registry.receive((substance, place), month, known - month)
            touched[substance, place].add(month)
    return touched


def _month_of(week: int) -> int:
    day = _BEGINS + timedelta(weeks=week)
    return day.year * 12 + day.month - 1
