"""The queue of those who review: what matters most first, then what waits longest; kept as reports change.

A report that waits has one row in ``review_entry``, written in the transaction that makes it wait, so that the list is
read from an index however many reports there are.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, and_, delete, exists, func, not_, or_, select, tuple_
from sqlmodel import col

from nps_registry.store.accounts import country_waives_release
from nps_registry.store.batches import has_id_in, in_batches
from nps_registry.store.bulk import insert_rows
from nps_registry.store.engine import Session
from nps_registry.store.marks import Marked
from nps_registry.store.paging import Page, read_cursor, read_instant, write_cursor
from nps_registry.store.tables import (
    ControlledAnalogue,
    Detection,
    Event,
    Organisation,
    Proposal,
    PublicCount,
    Report,
    ReviewEntry,
    ReviewEntryClass,
    Substance,
)
from nps_registry.store.viewer import Viewer
from nps_registry.store.visibility import visible_to
from nps_registry.vocabulary.finding import EventType, Outcome, Result
from nps_registry.vocabulary.report import ReportState, Role
from nps_registry.vocabulary.review import WAITING, ProposalKind, Reason

_QUIETLY = {"synchronize_session": False}
_FIRST, _HARM, _ANALOGUE = 4, 2, 1
_LAST_RANK = _FIRST + _HARM + _ANALOGUE
COUNTED_TO = 1_000
"""The list says how many wait up to here, and "more" beyond: an exact count reads every row."""


@dataclass(frozen=True, slots=True)
class QueueQuestion:
    """What part of the queue is asked for; a filter that is none leaves everything."""

    state: ReportState | None = None
    country: str | None = None
    chemical_class: str | None = None


def drop_settled(session: Session, changed: Iterable[Marked]) -> None:
    """Take out of the queue those of the reports *changed* that wait no longer."""
    _leave(session, [report.report_id for report in changed if report.state not in WAITING])


def _leave(session: Session, report_ids: Collection[str]) -> None:
    for ids in in_batches(report_ids):
        for table in (ReviewEntryClass, ReviewEntry):
            session.execute(delete(table).where(has_id_in(col(table.report_id), ids)), execution_options=_QUIETLY)


def follow(session: Session, marked: Iterable[Marked], moved: Collection[int]) -> None:
    """Enter those *marked* that wait, and look again at what the substances *moved* in public change of the order."""
    waiting = {report.report_id for report in marked if report.state in WAITING}
    enter(session, waiting | _stale(session, moved))


def enter(session: Session, report_ids: Collection[str]) -> None:
    """Write the rows of *report_ids* anew."""
    for ids in in_batches(sorted(report_ids)):
        first, analogue = _firsts(session, ids), _analogues(session, ids)
        second = _second_looks(session, ids)
        statement = (
            select(
                col(Report.id),
                col(Report.state),
                col(Organisation.country),
                col(Report.submitted_at),
                col(Report.created_at),
                _is_harm(),
            )
            .join(Organisation, col(Organisation.id) == col(Report.organisation_id))
            .join(Event, col(Event.id) == col(Report.event_id))
            .where(col(Report.id).in_(ids), col(Report.state).in_(WAITING))
        )
        rows: list[dict[str, object]] = []
        for report_id, state, country, submitted_at, created_at, harm in session.execute(statement):
            reasons = [
                reason
                for reason, holds in (
                    (Reason.FIRST_EVER, report_id in first),
                    (Reason.HARM, harm),
                    (Reason.ANALOGUE_OF_CONTROLLED, report_id in analogue),
                    (Reason.SECOND_LOOK, report_id in second),
                )
                if holds
            ]
            rows.append({
                "report_id": report_id,
                "state": state,
                "country": country,
                "rank": rank_of(reasons),
                "waiting_since": submitted_at or created_at,
                "reasons": [reason.value for reason in reasons],
            })  # fmt: skip
        _leave(session, ids)
        insert_rows(session, ReviewEntry, rows)
        insert_rows(session, ReviewEntryClass, _classes(session, {str(row["report_id"]): row for row in rows}))


def _classes(session: Session, entries: Mapping[str, Mapping[str, object]]) -> list[dict[str, object]]:
    """The rows of the classes that the reports of *entries* found."""
    statement = (
        select(col(Detection.report_id), col(Substance.chemical_class))
        .join(Substance, col(Substance.id) == col(Detection.substance_id))
        .where(col(Detection.report_id).in_(entries), col(Substance.chemical_class).is_not(None))
        .distinct()
    )
    return [
        {
            "report_id": report_id,
            "chemical_class": key,
            "rank": entries[report_id]["rank"],
            "waiting_since": entries[report_id]["waiting_since"],
        }
        for report_id, key in session.execute(statement)
    ]


def rank_of(reasons: Collection[Reason]) -> int:
    """The place of a report with *reasons*: 0 comes first. A first matters more than harm, harm more than nearness."""
    weights = {Reason.FIRST_EVER: _FIRST, Reason.HARM: _HARM, Reason.ANALOGUE_OF_CONTROLLED: _ANALOGUE}
    return _LAST_RANK - sum(weights.get(reason, 0) for reason in reasons)


def read_queue(
    session: Session, viewer: Viewer, question: QueueQuestion, *, limit: int, cursor: str | None
) -> Page[ReviewEntry]:
    """The reports that wait and that *viewer* reviews, in the queue's order.

    ``total`` is exact up to :data:`COUNTED_TO` and one more beyond.

    Raises:
        InvalidInput: a cursor that this list did not give.
    """
    wanted = _conditions(session, viewer, question)
    table: type[ReviewEntry | ReviewEntryClass] = ReviewEntry
    if question.chemical_class is not None:  # each of the two has the order in an index of its own
        table = ReviewEntryClass
        wanted += [
            col(ReviewEntryClass.chemical_class) == question.chemical_class,
            col(ReviewEntryClass.report_id) == col(ReviewEntry.report_id),
        ]
    counted = select(col(table.report_id)).where(*wanted).limit(COUNTED_TO + 1).subquery()
    total = session.scalar(select(func.count()).select_from(counted)) or 0
    order = (col(table.rank), col(table.waiting_since), col(table.report_id))
    if cursor is not None:
        rank, since, report_id = read_cursor(cursor, (int, str, str))
        wanted.append(tuple_(*order) > tuple_(rank, read_instant(since), report_id))
    statement = select(ReviewEntry).where(*wanted).order_by(*order).limit(limit + 1)
    found = session.scalars(statement).all()
    items = found[:limit]
    more = len(found) > limit
    last = items[-1] if items else None
    return Page(items, total, write_cursor([last.rank, last.waiting_since, last.report_id]) if more and last else None)


def countries_of_queue(session: Session) -> list[str]:
    """The countries from which something waits, in order: each looked up, as the whole queue may be long."""
    home = select(col(Organisation.country)).distinct().subquery()
    waits = exists().where(col(ReviewEntry.country) == home.c.country)
    return list(session.scalars(select(home.c.country).where(waits).order_by(home.c.country)))


def _conditions(session: Session, viewer: Viewer, question: QueueQuestion) -> list[ColumnElement[bool]]:
    wanted: list[ColumnElement[bool]] = []
    if viewer.role is Role.FOCAL_POINT:
        wanted.append(col(ReviewEntry.country) == viewer.country)
        if country_waives_release(session, viewer.country or ""):  # then the laboratory's choice holds against it
            wanted.append(exists().where(col(Report.id) == col(ReviewEntry.report_id), visible_to(viewer)))
    if question.state is not None:
        wanted.append(col(ReviewEntry.state) == question.state)
    if question.country is not None:
        wanted.append(col(ReviewEntry.country) == question.country)
    return wanted


def _is_harm() -> ColumnElement[bool]:
    severe = and_(col(Event.outcome).is_not(None), col(Event.outcome).in_((Outcome.SEVERE, Outcome.FATAL)))
    return or_(severe, col(Event.type) == EventType.SERIOUS_ADVERSE_EVENT)


def _counts_nowhere() -> ColumnElement[bool]:
    known = exists().where(col(PublicCount.substance_id) == col(Detection.substance_id), col(PublicCount.events) > 0)
    return and_(col(Detection.substance_id).is_not(None), not_(known))


def _firsts(session: Session, report_ids: Collection[str]) -> set[str]:
    """Those with a positive detection of a substance that has no public event yet."""
    statement = (
        select(col(Detection.report_id))
        .join(Report, col(Report.id) == col(Detection.report_id))
        .join(Event, col(Event.id) == col(Report.event_id))
        .where(
            col(Detection.report_id).in_(report_ids),
            col(Detection.result) == Result.POSITIVE,
            col(Event.type) != EventType.WASTEWATER,
            _counts_nowhere(),
        )
    )
    return set(session.scalars(statement.distinct()))


def _analogues(session: Session, report_ids: Collection[str]) -> set[str]:
    near = select(col(ControlledAnalogue.substance_id))
    statement = select(col(Detection.report_id)).where(
        col(Detection.report_id).in_(report_ids),
        col(Detection.result) != Result.NEGATIVE,
        col(Detection.substance_id).in_(near),
    )
    return set(session.scalars(statement.distinct()))


def _second_looks(session: Session, report_ids: Collection[str]) -> set[str]:
    statement = (
        select(col(Report.id))
        .join(Proposal, col(Proposal.report_id) == col(Report.id))
        .where(
            col(Report.id).in_(report_ids),
            col(Proposal.kind).in_((ProposalKind.ACCEPT, ProposalKind.REDACT)),
            col(Proposal.ended_at).is_(None),
            col(Proposal.revision) == col(Report.revision),
        )
    )
    return set(session.scalars(statement))


def _stale(session: Session, moved: Collection[int]) -> set[str]:
    """Waiting reports whose place no longer follows from whether the substances *moved* are public."""
    found: set[str] = set()
    for ids in in_batches(moved):
        public = set(
            session.scalars(
                select(col(PublicCount.substance_id)).where(
                    col(PublicCount.substance_id).in_(ids), col(PublicCount.events) > 0
                )
            )
        )
        if public:
            found.update(session.scalars(_firsts_of(public)))
        if others := set(ids) - public:
            found.update(session.scalars(_other_than_firsts_of(others)))
    return found


def _firsts_of(substance_ids: Collection[int]) -> Select[str]:
    """The reports that wait as a first and found one of *substance_ids*, which are public.

    Read from the firsts that wait, which are few, and not by the substance, of which there can be thousands of reports.
    """
    about = func.coalesce(col(Detection.substance_id), 0).in_(substance_ids)
    found = exists().where(col(Detection.report_id) == col(ReviewEntry.report_id), about)
    return select(col(ReviewEntry.report_id)).where(col(ReviewEntry.rank) <= _LAST_RANK - _FIRST, found)


def _other_than_firsts_of(substance_ids: Collection[int]) -> Select[str]:
    """The reports that wait, as no first, and found one of *substance_ids*, which are not public."""
    found = select(col(ReviewEntry.report_id)).join(Detection, col(Detection.report_id) == col(ReviewEntry.report_id))
    is_first = col(ReviewEntry.rank) <= _LAST_RANK - _FIRST
    return found.where(col(Detection.substance_id).in_(substance_ids), not_(is_first)).distinct()


def rebuild(session: Session) -> None:
    """Make the whole queue anew from the reports."""
    for table in (ReviewEntryClass, ReviewEntry):
        session.execute(delete(table), execution_options=_QUIETLY)
    enter(session, list(session.scalars(select(col(Report.id)).where(col(Report.state).in_(WAITING)))))
