"""Increase: months of a country or region with more events than the months before let one expect.

Reporting delay is allowed for by comparing like with like. A month is judged by the events known by its end, and again
one and two months later, each time beside what was known of the earlier months with the same delay; what becomes known
later than that changes the baseline of later months and no judgement of its own month, so that an archive that is
sent in raises nothing. A month of which most became known late is no measure of what was known in time: it stands in
the baseline with all of its events.

A rise is a signal where it stands out among all series with events in that month (Benjamini and Hochberg 1995), so
the decision does not depend on which series happen to be looked at together.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from nps_registry.signals.increase import MONTHLY, Increase, find_increase
from nps_registry.store.watch_counts import IN_TIME_MONTHS, WORLD
from nps_registry.store.watched import Judgement, Month, Unit

RULE = "increase/1"
BASELINE_MONTHS = 60
LEAST_MONTHS = 6
"""A series is judged once its first event lies so far back: before that, the firsts and the spread tell of it."""
LEAST_EVENTS = 3
FAMILY_MONTHS = 3
"""A month that has just begun has few series yet: the family is the largest of it and of these before."""

_LATEST_MONTHS = 12
_Table = NDArray[np.int64]


def judge(unit: Unit, audience: str, months: Iterable[Month], since: int) -> list[Judgement]:
    """The months from *since* on (12 a year) in which the events of *unit* rose; *months* are all that are read."""
    known = [month for month in months if month.month and month.events > 0]
    if unit[1] == WORLD or not known:
        return []
    first, last = min(map(_index, known)), max(map(_index, known))
    in_time, baseline = _tables(known, first, last - first + 1)
    found: list[Judgement] = []
    for at in range(max(since - first, LEAST_MONTHS), last - first + 1):
        increase = _judge_month(in_time, baseline, at)
        if increase is not None:
            year, month = divmod(first + at, 12)
            figures = (increase.observed, increase.expected, increase.upper)
            found.append(Judgement(audience, year, month + 1, unit[0], unit[1], increase.p_value, *figures))
    return found


def _index(month: Month) -> int:
    return month.year * 12 + month.month - 1


def _tables(known: Iterable[Month], first: int, length: int) -> tuple[_Table, _Table]:
    """Events by delay (rows 0 to 2) and month: those known in time, and those that a month counts for later ones."""
    in_time = np.zeros((IN_TIME_MONTHS + 1, length), dtype=np.int64)
    events = np.zeros(length, dtype=np.int64)
    for month in known:
        at = _index(month) - first
        in_time[:, at] += (month.within_0, month.within_1, month.within_2)
        events[at] += month.events
    mostly_late = 2 * in_time[IN_TIME_MONTHS] < events
    return in_time, np.where(mostly_late, events, in_time)


def _judge_month(in_time: _Table, baseline: _Table, at: int) -> Increase | None:
    """The clearest rise of one month over the three looks at it, its p-value times three for having looked thrice."""
    looks: list[Increase] = []
    for delay in range(IN_TIME_MONTHS + 1):
        observed, before = int(in_time[delay, at]), baseline[delay, max(at - BASELINE_MONTHS, 0) : at]
        if observed < LEAST_EVENTS or observed <= _not_unusual(before):
            continue
        increase = find_increase(np.append(before, observed), rule=MONTHLY)
        if increase is not None:
            looks.append(increase)
    if not looks:
        return None
    clearest = min(looks, key=lambda each: (each.p_value, -each.observed))
    p_value = min(clearest.p_value * (IN_TIME_MONTHS + 1), 1.0)
    return Increase(clearest.observed, clearest.expected, clearest.upper, p_value, clearest.method)


def _not_unusual(before: _Table) -> float:
    """A count that no method would call a rise: what half of the latest months' mean allows by itself."""
    half = float(before[-_LATEST_MONTHS:].mean()) / 2
    return half + float(np.sqrt(half))


def stand_out(judgements: Sequence[Judgement], series: int) -> set[Unit]:
    """Those of one month's *judgements* that stand out among so many *series*, false discoveries held down."""
    ordered = sorted(judgements, key=lambda row: (row.p_value, row.substance_id, row.place))
    kept = 0
    for rank, row in enumerate(ordered, start=1):
        if row.p_value <= rank / max(series, len(ordered)) * MONTHLY.false_discovery_rate:
            kept = rank
    return {(row.substance_id, row.place) for row in ordered[:kept]}
