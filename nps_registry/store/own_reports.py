"""A laboratory's own reports: listed by state and words, with what reviewers said and the receipts it was given."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlmodel import col

from nps_registry.store.engine import Session
from nps_registry.store.paging import Page, read_cursor, read_instant, write_cursor
from nps_registry.store.tables import Detection, IdempotentAnswer, Report, ReviewStep, Substance
from nps_registry.vocabulary.report import ReportState

_LIKE = str.maketrans({"\\": "\\\\", "%": "\\%", "_": "\\_"})


@dataclass(frozen=True, slots=True)
class OwnReports:
    """Which reports of an organisation are wanted: in one of *states*, if any; with *text* in them, if any."""

    organisation_id: str
    states: tuple[ReportState, ...] = ()
    text: str = ""


def list_own(session: Session, wanted: OwnReports, *, limit: int = 50, cursor: str | None = None) -> Page[Report]:
    """The reports wanted, newest first. The total is counted up to 10,001 only: a list says "more" beyond.

    Raises:
        InvalidInput: *cursor* is not one that this list gave.
    """
    condition = _condition(wanted)
    few = select(col(Report.id)).where(condition).limit(10_001).subquery()
    total = session.scalar(select(func.count()).select_from(few)) or 0
    return newest_first(session, condition, total, limit=limit, cursor=cursor)


def newest_first(
    session: Session, wanted: ColumnElement[bool], total: int, *, limit: int, cursor: str | None
) -> Page[Report]:
    """A page of the *total* reports for which *wanted* holds, those submitted last before the others.

    Raises:
        InvalidInput: *cursor* is not one that this list gave.
    """
    statement = select(Report).where(wanted)
    if cursor is not None:
        at, report_id = read_cursor(cursor, (str, str))
        sent = read_instant(at)
        earlier = or_(col(Report.submitted_at) < sent, col(Report.id) < str(report_id))
        statement = statement.where(col(Report.submitted_at) <= sent, earlier)  # the index leads to the first of them
    in_order = statement.order_by(col(Report.submitted_at).desc(), col(Report.id).desc())
    found = session.scalars(in_order.limit(limit + 1)).all()
    items = found[:limit]
    more = len(found) > limit
    return Page(items, total, write_cursor([items[-1].submitted_at, items[-1].id]) if more else None)


def _condition(wanted: OwnReports) -> ColumnElement[bool]:
    conditions = [col(Report.organisation_id) == wanted.organisation_id, col(Report.submitted_at).is_not(None)]
    if wanted.states:
        conditions.append(col(Report.state).in_(wanted.states))
    if wanted.text.strip():
        conditions.append(_holds(wanted.text.strip()))
    return and_(*conditions)


def _holds(text: str) -> ColumnElement[bool]:
    """Whether a report has *text* in its references, or in what the laboratory called a finding, or in its name."""
    pattern = f"%{text.translate(_LIKE)}%"
    said = (
        select(1)
        .select_from(Detection)
        .outerjoin(Substance, col(Substance.id) == col(Detection.substance_id))
        .where(
            col(Detection.report_id) == col(Report.id),
            or_(
                col(Detection.reported_as).ilike(pattern, escape="\\"), col(Substance.name).ilike(pattern, escape="\\")
            ),
        )
        .correlate(Report)
    )
    return or_(
        col(Report.own_reference).ilike(pattern, escape="\\"), col(Report.reference) == text.upper(), exists(said)
    )


def count_by_state(session: Session, organisation_id: str) -> dict[ReportState, int]:
    """How many reports of the organisation stand in each state."""
    statement = (
        select(col(Report.state), func.count())
        .where(col(Report.organisation_id) == organisation_id)
        .group_by(Report.state)
    )
    return dict(session.execute(statement).all())


def find_by_own_reference(session: Session, organisation_id: str, own_reference: str) -> Report | None:
    """The organisation's report with this reference of its own."""
    wanted = select(Report).where(
        col(Report.organisation_id) == organisation_id, col(Report.own_reference) == own_reference
    )
    return session.scalars(wanted).one_or_none()


def review_steps(session: Session, report_id: str) -> list[ReviewStep]:
    """What reviewers decided on a report, oldest first."""
    of_report = select(ReviewStep).where(col(ReviewStep.report_id) == report_id)
    return list(session.scalars(of_report.order_by(col(ReviewStep.id))))


def receipts(session: Session, organisation_id: str, report_id: str) -> list[tuple[datetime, str]]:
    """The receipts given for a report, as JSON texts, the newest first."""
    given = select(col(IdempotentAnswer.made_at), col(IdempotentAnswer.answer)).where(
        col(IdempotentAnswer.organisation_id) == organisation_id, col(IdempotentAnswer.report_id) == report_id
    )
    return [(at, answer) for at, answer in session.execute(given.order_by(col(IdempotentAnswer.made_at).desc()))]
