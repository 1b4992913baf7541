"""Which rises are signals: decided week by week among all series, one signal for a series and quarter.

What is shown speaks of quarters, since public time is the quarter: what became known in the quarter, and in the four
quarters before it on average, with what was learned of those later. The week that rose is kept for those who review.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from nps_registry.signals import rises
from nps_registry.signals.increase import RULE
from nps_registry.signals.noticed import Noticed, audiences_of, drop_what_wider_audiences_know
from nps_registry.signals.rises import Around, Series
from nps_registry.store import watched
from nps_registry.store.engine import Session
from nps_registry.store.watch_counts import WORLD, Unit, layers_of
from nps_registry.store.watched import Judgement, Week
from nps_registry.vocabulary.signal import SignalKind
from nps_registry.vocabulary.week import quarter_of, weeks_of

_QUARTERS_BEFORE = 4


def find_increases(session: Session, quarter: int) -> list[Noticed]:
    """The signals of one quarter (4 a year); their evidence is still to be told by :func:`tell_evidence`."""
    weeks = weeks_of(quarter)
    rose: defaultdict[tuple[int, str], list[Judgement]] = defaultdict(list)
    for row in watched.judgements_in(session, weeks):
        rose[row.week, row.audience].append(row)
    if not rose:
        return []
    families = watched.count_series(session, weeks.start - rises.FAMILY_WEEKS, weeks.stop - 2)
    found: dict[tuple[str, Unit], Noticed] = {}
    for (week, audience), judgements in sorted(rose.items()):
        standing = rises.stand_out(judgements, _largest_family(families, audience, week))
        for row in judgements:
            if row.unit in standing:
                found.setdefault((audience, row.unit), _notice(row))
    return drop_what_wider_audiences_know(found.values())


def _largest_family(families: Mapping[str, Mapping[int, int]], audience: str, week: int) -> int:
    """The most series with events that one of the weeks before *week* has for *audience*."""
    return max(
        sum(families[layer].get(at, 0) for layer in layers_of(audience) if layer in families)
        for at in range(week - rises.FAMILY_WEEKS, week)
    )


def _notice(row: Judgement) -> Noticed:
    is_country = len(row.place) == 2
    rise = {
        "week": row.week,
        "observed": row.observed,
        "expected": round(row.expected, 2),
        "upper": round(row.upper, 2),
        "p_value": float(f"{row.p_value:.2g}"),
    }
    year, quarter = divmod(quarter_of(row.week), 4)
    return Noticed(
        SignalKind.INCREASE, row.substance_id, row.place, row.audience, year, quarter + 1, rises.VERSION,
        country=row.place if is_country else None, region=None if is_country else row.place, evidence={"rise": rise},
    )  # fmt: skip


def read_evidence(session: Session, units: Iterable[Unit], quarter: int) -> dict[Unit, list[Week]]:
    """The weeks of *units* that the evidence of *quarter* (4 a year) is told from."""
    return watched.read_weeks(session, set(units), weeks_of(quarter - _QUARTERS_BEFORE).start)


def tell_evidence(noticed: Noticed, weeks: Iterable[Week]) -> dict[str, object]:
    """The evidence of an increase, with the events of its quarter and of those before; *weeks* are its unit's."""
    at = noticed.year * 4 + noticed.quarter - 1
    observed = before = 0
    for row in weeks:
        if row.layer in layers_of(noticed.audience):
            back = at - quarter_of(row.week)
            observed += row.known if back == 0 else 0
            before += row.known + row.late if 0 < back <= _QUARTERS_BEFORE else 0
    return {**noticed.evidence, "observed": observed, "expected": round(before / _QUARTERS_BEFORE, 2)}


def quarters_of(judgements: Iterable[Judgement]) -> set[int]:
    """The quarters (4 a year) that *judgements* lie in."""
    return {quarter_of(row.week) for row in judgements}


def quarters_touched(families: Iterable[int], until: int) -> set[int]:
    """The quarters whose decisions depend on how many series have events in the weeks *families*.

    A family of series is as large as the largest of the weeks before, so what happens in a week is felt in those that
    follow, as far as they have begun: up to *until*.
    """
    felt = {week + later for week in families for later in range(1, rises.FAMILY_WEEKS + 1)}
    return {quarter_of(week) for week in felt if week <= until}


def judge_units(session: Session, since: Mapping[Unit, int]) -> Iterator[Judgement]:
    """What rose in each series from its week in *since* on, for each audience."""
    judged = {unit: week for unit, week in since.items() if unit[1] != WORLD}
    if not judged:
        return iter(())
    first = min(judged.values())
    near = watched.read_weeks(session, judged.keys(), first - RULE.near + 1)
    return _judge(session, rises.pick(list(_list_series(near, judged)), near), history_before(first))


def _judge(session: Session, series: Sequence[Series], begin: int) -> Iterator[Judgement]:
    if not series:
        return iter(())
    units = {each.unit for each in series}
    weeks = watched.read_weeks(session, units.union((substance_id, WORLD) for substance_id, _place in units), begin)
    last = max((row.week for unit in units for row in weeks[unit]), default=begin)
    totals = watched.read_totals(session, {place for _substance, place in units}, range(begin, last + 1))
    return rises.judge_all(series, Around(weeks, totals))


def judge_substances(
    session: Session, substance_ids: Sequence[int], totals: Mapping[str, Sequence[Week]], since: int
) -> Iterator[Judgement]:
    """What rose from *since* on wherever one of *substance_ids* was seen; *totals* are of all places."""
    weeks = watched.read_weeks_of_substances(session, substance_ids, history_before(since))
    return rises.judge_all(_list_series(weeks, dict.fromkeys(weeks, since)), Around(weeks, totals))


def history_before(week: int) -> int:
    """The first week that a judgement of *week* looks at."""
    return week - RULE.history + 1


def _list_series(weeks: Mapping[Unit, Sequence[Week]], since: Mapping[Unit, int]) -> Iterator[Series]:
    for unit, first in since.items():
        for audience in audiences_of({row.layer for row in weeks[unit]}):
            yield Series(unit, audience, first)
