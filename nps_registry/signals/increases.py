"""Which rises are signals: decided month by month among all series, one signal for a series and quarter.

What is shown speaks of quarters, since public time is the quarter: the events of the quarter and what the four
quarters before it had on average. The month that rose is kept for those who review.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence

from nps_registry.signals import rises
from nps_registry.signals.noticed import Noticed, audiences_of, drop_what_wider_audiences_know
from nps_registry.store import watched
from nps_registry.store.engine import Session
from nps_registry.store.watch_counts import layers_of
from nps_registry.store.watched import Judgement, Month, Unit
from nps_registry.vocabulary.signal import SignalKind

_QUARTERS_BEFORE = 4


def find_increases(session: Session, quarter: int) -> list[Noticed]:
    """The signals of one quarter (4 a year); their evidence is still to be told by :func:`tell_evidence`."""
    found: dict[tuple[str, Unit], Noticed] = {}
    year, number = divmod(quarter, 4)
    for month in range(number * 3 + 1, number * 3 + 4):
        rows = watched.judgements_in(session, year, month)
        by_audience: defaultdict[str, list[Judgement]] = defaultdict(list)
        for row in rows:
            by_audience[row.audience].append(row)
        for audience, judgements in by_audience.items():
            standing = rises.stand_out(judgements, _count_series(session, audience, year * 12 + month - 1))
            for row in judgements:
                unit = (row.substance_id, row.place)
                if unit in standing:
                    found.setdefault((audience, unit), _notice(row, number + 1))
    return drop_what_wider_audiences_know(found.values())


def _count_series(session: Session, audience: str, month: int) -> int:
    months = [divmod(month - before, 12) for before in range(rises.FAMILY_MONTHS + 1)]
    return watched.count_series(session, layers_of(audience), [(year, at + 1) for year, at in months])


def _notice(row: Judgement, quarter: int) -> Noticed:
    is_country = len(row.place) == 2
    rise = {
        "month": row.month,
        "observed": row.observed,
        "expected": round(row.expected, 2),
        "upper": round(row.upper, 2),
        "p_value": float(f"{row.p_value:.2g}"),
    }
    return Noticed(
        SignalKind.INCREASE, row.substance_id, row.place, row.audience, row.year, quarter, rises.RULE,
        country=row.place if is_country else None, region=None if is_country else row.place, evidence={"rise": rise},
    )  # fmt: skip


def tell_evidence(noticed: Noticed, months: Iterable[Month]) -> dict[str, object]:
    """The evidence of an increase, with the events of its quarter and of those before; *months* are its place's."""
    events: defaultdict[int, int] = defaultdict(int)
    for month in months:
        if month.layer in layers_of(noticed.audience) and month.quarter:
            events[month.year * 4 + month.quarter - 1] += month.events
    at = noticed.year * 4 + noticed.quarter - 1
    before = [events.get(at - back, 0) for back in range(1, _QUARTERS_BEFORE + 1)]
    return {**noticed.evidence, "observed": events.get(at, 0), "expected": round(sum(before) / len(before), 2)}


def quarters_of(judgements: Iterable[Judgement]) -> set[int]:
    """The quarters (4 a year) that *judgements* lie in."""
    return {row.year * 4 + (row.month - 1) // 3 for row in judgements}


def quarters_touched(periods: Mapping[Unit, Collection[tuple[int, int, int]]]) -> set[int]:
    """The quarters whose decisions depend on what came or went in *periods*.

    A family of series is as large as the largest of its month and the three before, so what happens in a month is felt
    three months on.
    """
    months = {year * 12 + month - 1 for touched in periods.values() for year, _quarter, month in touched if month}
    return {(month + later) // 3 for month in months for later in range(rises.FAMILY_MONTHS + 1)}


def judge_units(months: Mapping[Unit, Sequence[Month]], since: Mapping[Unit, int]) -> list[Judgement]:
    """What rose in each series of *months* from its month in *since* on, for each audience."""
    found: list[Judgement] = []
    for unit, rows in months.items():
        for audience in audiences_of({row.layer for row in rows}):
            seen = [row for row in rows if row.layer in layers_of(audience)]
            found += rises.judge(unit, audience, seen, since[unit])
    return found
