"""Which rises are signals: decided month by month among all series, one signal for a series and quarter.

What is shown speaks of quarters, since public time is the quarter: the events of the quarter and what the four
quarters before it had on average. The month that rose is kept for those who review.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

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
    rose: defaultdict[tuple[int, str], list[Judgement]] = defaultdict(list)
    for row in watched.judgements_in(session, quarter):
        rose[row.at, row.audience].append(row)
    if not rose:
        return []
    families = watched.count_series(session, quarter * 3 - rises.FAMILY_MONTHS, quarter * 3 + 2)
    found: dict[tuple[str, Unit], Noticed] = {}
    for (month, audience), judgements in sorted(rose.items()):
        standing = rises.stand_out(judgements, _largest_family(families, audience, month))
        for row in judgements:
            unit = (row.substance_id, row.place)
            if unit in standing:
                found.setdefault((audience, unit), _notice(row, quarter % 4 + 1))
    return drop_what_wider_audiences_know(found.values())


def _largest_family(families: Mapping[str, Mapping[int, int]], audience: str, month: int) -> int:
    """The most series with events that *month*, or one of those before it, has for *audience*."""
    return max(
        sum(families[layer].get(at, 0) for layer in layers_of(audience) if layer in families)
        for at in range(month - rises.FAMILY_MONTHS, month + 1)
    )


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
    return {row.at // 3 for row in judgements}


def quarters_touched(families: Iterable[int]) -> set[int]:
    """The quarters whose decisions depend on how many series have events in the months *families* (12 a year).

    A family of series is as large as the largest of its month and the three before, so what happens in a month is felt
    three months on.
    """
    return {(month + later) // 3 for month in families for later in range(rises.FAMILY_MONTHS + 1)}


def judge_units(months: Mapping[Unit, Sequence[Month]], since: Mapping[Unit, int]) -> list[Judgement]:
    """What rose in each series of *months* from its month in *since* on, for each audience."""
    return rises.judge_all(
        rises.Series(unit, audience, [row for row in rows if row.layer in layers_of(audience)], since[unit])
        for unit, rows in months.items()
        for audience in audiences_of({row.layer for row in rows})
    )
