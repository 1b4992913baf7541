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

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from nps_registry.signals.increase import MONTHLY, Increase, IncreaseRule, judge_each_alone
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


class Series(NamedTuple):
    """What is judged: the months of a unit that an audience reads, from the month *since* on (12 a year)."""

    unit: Unit
    audience: str
    months: Iterable[Month]
    since: int


class _Look(NamedTuple):
    """A month of a series with what came before it, the month last, as known with one delay."""

    unit: Unit
    audience: str
    month: int
    counts: _Table


def judge(unit: Unit, audience: str, months: Iterable[Month], since: int) -> list[Judgement]:
    """The months from *since* on (12 a year) in which the events of *unit* rose; *months* are all that are read."""
    return judge_all([Series(unit, audience, months, since)])


def judge_all(series: Iterable[Series], rule: IncreaseRule = MONTHLY) -> list[Judgement]:
    """The same of many series at once; what is said of one does not depend on the others.

    *rule* says what is told of; only the back-test asks by another than :data:`MONTHLY`.
    """
    looks = [look for each in series for look in _find_looks(each)]
    looked_at: defaultdict[tuple[str, int, Unit], list[Increase]] = defaultdict(list)
    for look, increase in zip(looks, judge_each_alone([look.counts for look in looks], rule=rule), strict=True):
        if increase is not None:
            looked_at[look.audience, look.month, look.unit].append(increase)
    return [_judge_month(*key, increases) for key, increases in looked_at.items()]


def _find_looks(series: Series) -> list[_Look]:
    """The looks at months of *series* that show enough events to be worth a closer one."""
    known = [month for month in series.months if month.month and month.events > 0]
    if series.unit[1] == WORLD or not known:
        return []
    events: Counter[int] = Counter()
    for month in known:
        events[month.year * 12 + month.month - 1] += month.events
    if max(events.values()) < LEAST_EVENTS:  # most series, and nothing else is as quickly told
        return []
    first, last = min(events), max(events)
    start = max(series.since - first, LEAST_MONTHS)
    in_time, baseline = _tables(known, first, last - first + 1)
    observed = in_time[:, start:]
    is_worth_it = (observed >= LEAST_EVENTS) & (observed > _not_unusual(baseline)[:, start:])
    return [
        _Look(
            series.unit,
            series.audience,
            first + start + at,
            np.append(baseline[delay, max(start + at - BASELINE_MONTHS, 0) : start + at], observed[delay, at]),
        )
        for at, delay in np.argwhere(is_worth_it.T).tolist()
    ]


def _tables(known: Sequence[Month], first: int, length: int) -> tuple[_Table, _Table]:
    """Events by delay (rows 0 to 2) and month: those known in time, and those that a month counts for later ones."""
    told = np.array([(_index(row), row.within_0, row.within_1, row.within_2, row.events) for row in known])
    table = np.zeros((length, IN_TIME_MONTHS + 2), dtype=np.int64)
    np.add.at(table, told[:, 0] - first, told[:, 1:])
    in_time, events = table.T[:-1], table.T[-1]
    mostly_late = 2 * in_time[IN_TIME_MONTHS] < events
    return in_time, np.where(mostly_late, events, in_time)


def _index(month: Month) -> int:
    return month.year * 12 + month.month - 1


def _judge_month(audience: str, month: int, unit: Unit, looks: Sequence[Increase]) -> Judgement:
    """The clearest rise of one month over the three looks at it, its p-value times three for having looked thrice."""
    clearest = min(looks, key=lambda each: (each.p_value, -each.observed))
    p_value = min(clearest.p_value * (IN_TIME_MONTHS + 1), 1.0)
    when, (observed, expected, upper) = (
        (month // 12, month % 12 + 1),
        (clearest.observed, clearest.expected, clearest.upper),
    )
    return Judgement(audience, *when, *unit, p_value, observed, expected, upper)


def _not_unusual(baseline: _Table) -> NDArray[np.float64]:
    """Of each month, a count that no method would call a rise: what half the mean of those before allows by itself."""
    length = baseline.shape[1]
    sums = np.cumsum(np.pad(baseline, ((0, 0), (1, 0))), axis=1)
    at = np.arange(length)
    since = np.maximum(at - _LATEST_MONTHS, 0)
    half = (sums[:, at] - sums[:, since]) / np.maximum(at - since, 1) / 2
    return np.asarray(half + np.sqrt(half))


def stand_out(judgements: Sequence[Judgement], series: int) -> set[Unit]:
    """Those of one month's *judgements* that stand out among so many *series*, false discoveries held down."""
    ordered = sorted(judgements, key=lambda row: (row.p_value, row.substance_id, row.place))
    kept = 0
    for rank, row in enumerate(ordered, start=1):
        if row.p_value <= rank / max(series, len(ordered)) * MONTHLY.false_discovery_rate:
            kept = rank
    return {(row.substance_id, row.place) for row in ordered[:kept]}
