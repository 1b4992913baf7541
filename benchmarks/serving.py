"""The registry over a simulation, week by week: what it would tell at each week's end.

The same functions judge here as in the service (``nps_registry.signals.rises``). An event lies, and becomes known, on
the day its week begins. Everything is public, so there is one layer.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from itertools import islice, pairwise

import numpy as np
from numpy.typing import NDArray

from benchmarks.simulation import Simulation
from nps_registry.signals import rises
from nps_registry.signals.increase import RULE
from nps_registry.signals.rises import Around, Series
from nps_registry.store.watch_counts import PUBLIC, WORLD, Unit
from nps_registry.store.watch_facts import IN_TIME_MONTHS
from nps_registry.store.watched import Judgement, Week
from nps_registry.vocabulary.place import places, region_of
from nps_registry.vocabulary.week import monday_of, week_of

Alarms = NDArray[np.bool_]
Reals = NDArray[np.float64]

_EVERY_LOOK = replace(RULE, largest_p=1.0, fewest_events=1)
_BEGINS = week_of(date(2018, 1, 1))


class Registry:
    """What is known of each series so far."""

    def __init__(self) -> None:
        self.known: defaultdict[Unit, dict[int, list[int]]] = defaultdict(dict)
        self.totals: defaultdict[str, Counter[int]] = defaultdict(Counter)
        self.series: Counter[int] = Counter()

    def receive(self, unit: Unit, week: int, *, late: bool) -> None:
        """Count one event that became known in *week*, or happened in it and became known late."""
        figures = self.known[unit].setdefault(week, [0, 0])
        figures[late] += 1
        if late:
            return
        self.totals[unit[1]][week] += 1
        if figures[0] == 1 and unit[1] != WORLD:
            self.series[week] += 1

    def judge(self, units: Iterable[Unit], week: int) -> list[Judgement]:
        """How unlikely *week* is in each of *units*, however likely."""
        units = list(units)
        around = {*units, *((substance_id, WORLD) for substance_id, _place in units)}
        totals = {
            place: [Week(at, PUBLIC, events, 0) for at, events in told.items()] for place, told in self.totals.items()
        }
        weeks = {unit: self._weeks(unit, week - RULE.history) for unit in around}
        asked = (Series(unit, PUBLIC, week) for unit in units)
        return list(rises.judge_all(asked, Around(weeks, totals), _EVERY_LOOK))

    def _weeks(self, unit: Unit, since: int) -> list[Week]:
        return [Week(at, PUBLIC, *figures) for at, figures in self.known[unit].items() if at > since]

    def stand_out(self, judged: Iterable[Judgement], week: int) -> set[Unit]:
        """Those of *judged* that readers are told of."""
        family = max(self.series[at] for at in range(week - rises.FAMILY_WEEKS, week))
        rose = [row for row in judged if row.p_value <= RULE.largest_p and row.observed >= RULE.fewest_events]
        return rises.stand_out(rose, family)


def serve(simulation: Simulation, weeks: range) -> tuple[Alarms, Reals]:
    """What the registry would tell, and how unlikely each week's news was.

    Returns:
        (series, weeks) alarms, and scores: minus the logarithm to base 10 of the probability, 0 where a week was not
        looked at.
    """
    codes = list(islice(places(), simulation.world.countries))
    pairs = zip(simulation.substance.tolist(), simulation.country.tolist(), strict=True)
    row_of = {(substance, codes[country]): row for row, (substance, country) in enumerate(pairs)}
    alarms = np.zeros((len(row_of), len(weeks)), dtype=bool)
    scores = np.zeros((len(row_of), len(weeks)))
    registry = Registry()
    for week, events in enumerate(_list_by_week(simulation, weeks.stop)):
        touched = _receive(registry, events, codes, week)
        if week not in weeks:
            continue
        judged = registry.judge(sorted(touched), _BEGINS + week)
        standing = registry.stand_out(judged, _BEGINS + week)
        for each in judged:
            if each.unit in row_of:
                at = row_of[each.unit], week - weeks.start
                alarms[at] = each.unit in standing
                scores[at] = -np.log10(max(each.p_value, 1e-300))
    return alarms, scores


def _list_by_week(simulation: Simulation, until: int) -> list[NDArray[np.int64]]:
    """(events, 3) substance, country and week of the events that became known in each week."""
    events = simulation.events
    rows = np.column_stack([events.substance, events.country, events.week])
    order = np.argsort(events.known_week, kind="stable")
    ends = np.searchsorted(events.known_week[order], np.arange(until + 1))
    return [rows[order[begin:end]] for begin, end in pairwise(ends)]


def _receive(registry: Registry, events: Iterable[NDArray[np.int64]], codes: list[str], known_week: int) -> set[Unit]:
    """Count what became known in one week; answers the series in which something became known in time."""
    touched: set[Unit] = set()
    for substance, country, week in np.asarray(events).tolist():
        code, late = codes[country], _month_of(known_week) - _month_of(week) > IN_TIME_MONTHS
        for place in (code, region_of(code), WORLD):
            registry.receive((substance, place), _BEGINS + (week if late else known_week), late=late)
            if not late and place != WORLD:
                touched.add((substance, place))
    return touched


def _month_of(week: int) -> int:
    monday = monday_of(_BEGINS + week)
    return monday.year * 12 + monday.month - 1
