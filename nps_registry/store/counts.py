"""The public aggregates, brought up to date in the transaction that changes a report.

Every change of a report's row marks it (``report.count_due``). :func:`follow` takes up what is marked,
and the reports whose hold has ended, and rewrites the ledger (``public_finding``) of the events
concerned; ``public_count`` moves by the difference. An event counts once, also where two laboratories
report it: its place and time are then those of the earliest public row of it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, delete, func, not_, or_, select, update
from sqlmodel import col

from nps_registry.store import delays, public_years
from nps_registry.store.batches import has_id_in, in_batches
from nps_registry.store.bulk import add_to_figures, delete_rows, insert_rows
from nps_registry.store.engine import Session, take_turn
from nps_registry.store.marks import Marked, read_marked, root_of_event
from nps_registry.store.public_years import Seen
from nps_registry.store.tables import Detection, Event, PublicCount, PublicFinding, PublicYear, Report
from nps_registry.store.visibility import counts_in_public, is_public
from nps_registry.vocabulary.finding import EventType, Result
from nps_registry.vocabulary.report import ReportState, Sharing

Key = tuple[int, str, int, int]
"""Substance, country, year, quarter: the key of ``public_count``."""

_QUIETLY = {"synchronize_session": False}
_EVENTS_AT_ONCE = 2_000
_KEY = ("substance_id", "country", "year", "quarter")
_FIGURES = ("events", "reports", "detections", "uncertain_events", "wastewater_samples")


class Finding(NamedTuple):
    """One row of the ledger: one substance in one public event."""

    event_id: str
    substance_id: int
    country: str
    year: int
    quarter: int
    wastewater: bool
    reports: int
    detections: int

    @property
    def key(self) -> Key:
        """The row of ``public_count`` that it counts in."""
        return self.substance_id, self.country, self.year, self.quarter

    @property
    def figures(self) -> dict[str, int]:
        """What it adds to that row."""
        if self.wastewater:
            return {"wastewater_samples": int(self.detections > 0)}
        if not self.detections:
            return {"uncertain_events": 1}
        return {"events": 1, "reports": self.reports, "detections": self.detections}


def follow(session: Session, now: datetime | None = None, marked: Iterable[Marked] | None = None) -> set[int]:
    """Bring the aggregates up to date with every report; answers the substances whose figures moved.

    *now* is the instant up to which holds have ended; *marked* are the reports that changed, where the caller has read
    them already.
    """
    now = now or datetime.now(UTC)
    session.flush()
    take_turn(session)
    due = _find_due(session, read_marked(session) if marked is None else marked, now)
    # A link may have moved an event from its own row to another's: both are looked at.
    events = sorted({event_id for _report, *both in due for event_id in both})
    gone: set[Finding] = set()
    come: set[Finding] = set()
    years = public_years.Moves()
    for part in in_batches(events, _EVENTS_AT_ONCE):
        before, after = _rewrite(session, part, now, years)
        gone |= before
        come |= after
    _move(session, gone, come)
    years.write(session)
    for reports in in_batches(report_id for report_id, *_both in due):
        _settle(session, reports, now)
        delays.follow(session, reports, now)
    return {finding.substance_id for finding in gone | come}


def _settle(session: Session, report_ids: Collection[str], now: datetime) -> None:
    """Write down of *report_ids* what was counted, where it is not what stands there: those that arrive bring it."""
    counted, published_at = counts_in_public(now), delays.publication(now)
    differs = or_(
        col(Report.count_due),
        col(Report.counted) != counted,
        col(Report.published_at).is_distinct_from(published_at),
    )
    which = update(Report).where(has_id_in(col(Report.id), report_ids), differs)
    followed = {"counted": counted, "count_due": False, "published_at": published_at}
    session.execute(which.values(followed), execution_options=_QUIETLY)


def as_counted(report: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """What :func:`follow` will write down of *report*, a row that is not written yet.

    Written with the row, it spares the database another version of the row and of each of its entries in indexes.
    """
    counted, accepted, held = is_public(report, now), report["accepted_at"], report["hold_until"]
    since = held if accepted and held and held > accepted else accepted
    return {"counted": counted, "count_due": False, "published_at": since if counted else None}


def holds_have_ended(session: Session, now: datetime | None = None) -> bool:
    """Whether a report counts in public from now on although nothing was written since: its hold is over."""
    now = now or datetime.now(UTC)
    due = select(col(Report.id)).where(_hold_ended(now)).limit(1)
    return session.scalar(due) is not None


def recount_all(session: Session, now: datetime | None = None) -> None:
    """Make all aggregates anew from the reports."""
    take_turn(session)
    for table in (PublicYear, PublicCount, PublicFinding):
        session.execute(delete(table))
    delays.forget(session)
    mark_due(session)
    follow(session, now)


def mark_due(session: Session, substance_ids: Collection[int] | None = None) -> None:
    """Have the next :func:`follow` look again at the reports of *substance_ids*, or at all reports.

    Needed after a change of events or detections that leaves the report's own row as it was.
    """
    if substance_ids is None:
        session.execute(update(Report).values(count_due=True), execution_options=_QUIETLY)
        return
    for ids in in_batches(substance_ids):
        reports = select(col(Detection.report_id)).where(col(Detection.substance_id).in_(ids))
        session.execute(
            update(Report).where(col(Report.id).in_(reports)).values(count_due=True), execution_options=_QUIETLY
        )


def counts_of(session: Session, substance_ids: Collection[int]) -> list[PublicCount]:
    """The public counts of *substance_ids* by substance and time; a year alone comes after its quarters."""
    found: list[PublicCount] = []
    for ids in in_batches(substance_ids):
        found += session.scalars(select(PublicCount).where(col(PublicCount.substance_id).in_(ids)))
    return sorted(found, key=lambda row: (row.substance_id, row.year, row.quarter or 5, row.country))


def _find_due(session: Session, marked: Iterable[Marked], now: datetime) -> list[tuple[str, str, str]]:
    """Reports to look at, each with its event and the row that stands for that event."""
    reports = select(col(Report.id), col(Event.id), root_of_event()).join(Event, col(Event.id) == col(Report.event_id))
    # A question of its own: it has an index of its own, which neither database uses for "marked or over".
    ended = session.connection().execute(reports.where(_hold_ended(now)))
    return sorted({*((each.report_id, each.event_id, each.root) for each in marked), *ended})


def _hold_ended(now: datetime) -> ColumnElement[bool]:
    # By the index of holds, of which few have ended: SQLite would rather look through all accepted reports.
    accepted = func.coalesce(col(Report.state), "") == ReportState.ACCEPTED.value
    public = and_(accepted, col(Report.sharing) == Sharing.PUBLIC, not_(col(Report.legal_hold)))
    return and_(col(Report.hold_until) <= now, not_(col(Report.counted)), public)


class _Facts(NamedTuple):
    """What counts of an event's row."""

    id: str
    country: str
    year: int
    quarter: int
    type: EventType


@dataclass
class _Tally:
    """What the public reports of one event say of one substance."""

    reports: set[str] = field(default_factory=set)
    detections: int = 0


def _rewrite(
    session: Session, events: Sequence[str], now: datetime, years: public_years.Moves
) -> tuple[set[Finding], set[Finding]]:
    """Write the ledger of *events* anew, and tell *years*; answers the rows that went and those that came."""
    before, after = set(_read_ledger(session, events)), set(_find(session, events, now))
    years.gather(session, _seen(before), _seen(after))
    gone, come = before - after, after - before
    delete_rows(
        session, PublicFinding, ("event_id", "substance_id"), [(row.event_id, row.substance_id) for row in gone]
    )
    insert_rows(session, PublicFinding, [finding._asdict() for finding in come])
    return gone, come


def _seen(ledger: Iterable[Finding]) -> list[Seen]:
    return [
        Seen(row.event_id, row.substance_id, row.country, row.year)
        for row in ledger
        if row.detections and not row.wastewater
    ]


def _read_ledger(session: Session, events: Sequence[str]) -> Iterable[Finding]:
    columns = [col(getattr(PublicFinding, name)) for name in Finding._fields]
    wanted = select(*columns).where(has_id_in(col(PublicFinding.event_id), events))
    return map(Finding._make, session.connection().execute(wanted))


def _find(session: Session, events: Sequence[str], now: datetime) -> Iterable[Finding]:
    """What the public reports of *events* say: the ledger as it should be."""
    stands = and_(
        col(Detection.report_id) == col(Report.id),
        col(Detection.substance_id).is_not(None),
        col(Detection.result) != Result.NEGATIVE,
    )
    # Whether a report counts is told of each, not asked for: SQLite would look through all accepted reports by it.
    rows = (
        select(
            counts_in_public(now), root_of_event(), col(Report.id), col(Detection.substance_id), col(Detection.result)
        )
        .add_columns(*(col(getattr(Event, name)) for name in _Facts._fields))
        .select_from(Event)
        .join(Report, col(Report.event_id) == col(Event.id))
        .outerjoin(Detection, stands)
    )
    # Two questions: each has an index of its own.
    own, linked = has_id_in(col(Event.id), events), has_id_in(col(Event.same_as_id), events)
    connection = session.connection()
    found = [row for row in connection.execute(rows.where(own)).all() if row[1] == row[5]]
    found += connection.execute(rows.where(linked))
    facts: dict[str, _Facts] = {}
    tallies: dict[tuple[str, int], _Tally] = {}
    for counted, root, report_id, substance_id, result, *columns in found:
        if not counted:
            continue
        event = _Facts(*columns)
        facts[root] = min(facts.get(root, event), event, key=_when)
        if substance_id is None:
            continue
        tally = tallies.setdefault((root, substance_id), _Tally())
        if result is Result.POSITIVE:
            tally.reports.add(report_id)
            tally.detections += 1
    return [_finding(root, substance_id, facts[root], tally) for (root, substance_id), tally in tallies.items()]


def _when(event: _Facts) -> tuple[int, int, str, str]:
    """The order of time; a year alone claims no quarter, so it comes after the quarters of that year."""
    return event.year, event.quarter or 5, event.country, event.id


def _finding(root: str, substance_id: int, event: _Facts, tally: _Tally) -> Finding:
    return Finding(
        event_id=root,
        substance_id=substance_id,
        country=event.country,
        year=event.year,
        quarter=event.quarter,
        wastewater=event.type is EventType.WASTEWATER,
        reports=len(tally.reports),
        detections=tally.detections,
    )


def _move(session: Session, gone: Iterable[Finding], come: Iterable[Finding]) -> None:
    """Take what is gone from the counts and add what has come."""
    moves: dict[Key, Counter[str]] = {}
    for findings, sign in ((gone, -1), (come, 1)):
        for finding in findings:
            move = moves.setdefault(finding.key, Counter())
            for figure, number in finding.figures.items():
                move[figure] += sign * number
    figures = {key: [move[figure] for figure in _FIGURES] for key, move in moves.items() if any(move.values())}
    after = add_to_figures(session, PublicCount, _KEY, _FIGURES, figures)
    delete_rows(session, PublicCount, _KEY, [key for key, left in after.items() if not any(left)])
