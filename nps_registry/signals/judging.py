"""Increases, brought up to date: which weeks of which series rose, and which of them are signals.

What moved is judged at once, beside what was known by then. Other series could be judged otherwise from then on: what
their places told of is another. That is written down, and settled for all of them later.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

from nps_registry.signals import increases
from nps_registry.signals.rows import rows_of
from nps_registry.store import signal_reports, signal_rows, watch_weeks, watched
from nps_registry.store.batches import in_batches
from nps_registry.store.engine import Session
from nps_registry.store.signal_rows import Changes, Known, Quarters
from nps_registry.store.watch import Moved
from nps_registry.store.watch_counts import Unit
from nps_registry.store.watched import Judgement
from nps_registry.vocabulary.signal import SignalKind
from nps_registry.vocabulary.week import quarter_of, week_of

Step = Callable[[Session], Changes]
"""Something to be done in a transaction of its own."""

_SUBSTANCES_AT_ONCE, _SUBSTANCES_A_STEP = 25, 100
_AHEAD = timedelta(hours=1)
"""So much before its end a week has a next one: others whose clock is ahead, or whose turn came first, judge that."""


def follow(session: Session, moved: Moved, known: Iterable[Known], now: datetime) -> Changes:
    """Judge anew what *moved*; *known* holds all signals of the units concerned."""
    since, this_week = moved.since, week_of((now + _AHEAD).date())
    before, after = watched.read_judgements(session, since), set(increases.judge_units(session, since))
    quarters = increases.quarters_touched(moved.families, this_week) | increases.quarters_of(
        _replace(session, before, after)
    )
    for signal in known:
        quarter = signal.year * 4 + signal.quarter - 1
        if signal.kind is SignalKind.INCREASE and signal.unit in since and quarter >= quarter_of(since[signal.unit]):
            quarters.add(quarter)  # its evidence can be another
    became_known = [where for where in moved.came_or_went if where.week and not where.late]
    watch_weeks.mark_moved(session, (where.week for where in became_known))
    at = {(where.substance_id, *_year_and_quarter(quarter_of(where.week))) for where in became_known}
    changes = Changes()
    for quarter in sorted(quarters):
        changes.add(_evaluate_quarter(session, quarter, since, now, at))
    return changes


def evaluate_all(session: Session, now: datetime) -> Changes:
    """Judge every series and every week; answers what changed."""
    watch_weeks.forget_moved(session, watch_weeks.read_moved(session))
    substances, first = watched.watched_substances(session), watched.first_week(session)
    touched = increases.quarters_of(_judge_anew(session, substances, first or 0))
    changes = Changes()
    judged = {quarter_of(week) for week in watched.judged_weeks(session)}
    for quarter in sorted(touched | judged | signal_rows.quarters_of(session, SignalKind.INCREASE)):
        changes.add(_evaluate_quarter(session, quarter, None, now))
        signal_reports.put(session, signal_rows.known_of_quarter(session, SignalKind.INCREASE, quarter), now)
    return changes


def plan_settling(session: Session, now: datetime) -> list[Step]:
    """What settles every series from where figures moved on, in order; none where nothing did.

    Each step is for a transaction and a turn of its own, so that nobody waits for all of them; what is accepted in
    between is followed as ever. What moved stays written down until the last one is done.
    """
    moved = watch_weeks.read_moved(session)
    if not moved:
        return []
    since = min(moved)
    quarters = range(quarter_of(since), quarter_of(week_of((now + _AHEAD).date())) + 1)
    return [
        *(partial(_settle_substances, substance_ids=ids, since=since)
          for ids in in_batches(watched.watched_substances(session), _SUBSTANCES_A_STEP)),
        *(partial(_settle_quarter, quarter=quarter, now=now) for quarter in quarters),
        partial(_finish_settling, moved=moved),
    ]  # fmt: skip


def _settle_substances(session: Session, substance_ids: Sequence[int], since: int) -> Changes:
    """Judge anew what may have risen: series of which something became known since."""
    for ids in in_batches(substance_ids, _SUBSTANCES_AT_ONCE):
        units = watched.known_since(session, ids, since)
        before = watched.judgements_of_substances(session, ids, since)
        _replace(session, before, set(increases.judge_units(session, dict.fromkeys(units, since))))
    return Changes()


def _settle_quarter(session: Session, quarter: int, now: datetime) -> Changes:
    """Decide *quarter* anew; what follows from others alone is no news."""
    changes = _evaluate_quarter(session, quarter, None, now, at=())
    signal_reports.put(session, signal_rows.read_known(session, changes.raised), now)
    return changes


def _finish_settling(session: Session, moved: Mapping[int, int]) -> Changes:
    watch_weeks.forget_moved(session, moved)
    return Changes()


def _judge_anew(session: Session, substance_ids: Sequence[int], since: int) -> set[Judgement]:
    """Judge every series of *substance_ids* from the week *since* on; answers the judgements that went or came."""
    totals = watched.read_all_totals(session, increases.history_before(since))
    changed: set[Judgement] = set()
    for ids in in_batches(substance_ids, _SUBSTANCES_AT_ONCE):
        before = watched.judgements_of_substances(session, ids, since)
        changed |= _replace(session, before, set(increases.judge_substances(session, ids, totals, since)))
    return changed


def _replace(session: Session, before: set[Judgement], after: set[Judgement]) -> set[Judgement]:
    """Let *after* stand in the place of *before*; answers the judgements that went or came."""
    watched.replace_judgements(session, before - after, after - before)
    return before ^ after


def _evaluate_quarter(
    session: Session, quarter: int, moved: Collection[Unit] | None, now: datetime, at: Quarters | None = None
) -> Changes:
    """Decide which rises of *quarter* are signals; *moved* are the units of which something moved, none for all."""
    noticed = increases.find_increases(session, quarter)
    known = signal_rows.known_of_quarter(session, SignalKind.INCREASE, quarter)
    standing = {signal.key for signal in known if not signal.retracted}
    told = [each for each in noticed if moved is None or each.key not in standing or each.unit in moved]
    weeks = increases.read_evidence(session, {each.unit for each in told}, quarter)
    wanted = rows_of(
        session, [replace(each, evidence=increases.tell_evidence(each, weeks[each.unit])) for each in told]
    )
    kept = {each.key for each in noticed} - wanted.keys()  # nothing of theirs moved
    return signal_rows.bring_up_to(session, wanted, [signal for signal in known if signal.key not in kept], now, at)


def _year_and_quarter(quarter: int) -> tuple[int, int]:
    return quarter // 4, quarter % 4 + 1
