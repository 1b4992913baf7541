"""Reports: written in bulk, found by id or reference by those who may see them, listed for their laboratory."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import and_, func, or_, select, update
from sqlmodel import col

from nps_registry.errors import NotFound
from nps_registry.localisation import gettext as _
from nps_registry.store.batches import in_batches
from nps_registry.store.bulk import insert_rows
from nps_registry.store.contents import Contents, contents, link_events, replace_contents, substance_ids_of
from nps_registry.store.engine import Session, hold, take_turn
from nps_registry.store.own_reports import newest_first
from nps_registry.store.paging import Page
from nps_registry.store.tables import IdempotentAnswer, Report, ReportRevision
from nps_registry.store.viewer import Viewer
from nps_registry.store.visibility import visible_to
from nps_registry.vocabulary.report import ReportState

__all__ = [
    "Contents",
    "contents",
    "find_report",
    "hold",
    "idempotent_answers",
    "insert_rows",
    "keep_payload_of_revision",
    "link_events",
    "list_reports",
    "lock_report",
    "lock_reports",
    "replace_contents",
    "revisions",
    "substance_ids_of",
    "take_turn",
]


def find_report(session: Session, id_or_reference: str, viewer: Viewer, now: datetime | None = None) -> Report | None:
    """The report with this submission id or public reference, where *viewer* may see it."""
    named = or_(col(Report.id) == id_or_reference, col(Report.reference) == id_or_reference)
    return session.scalars(select(Report).where(named, visible_to(viewer, now))).one_or_none()


def lock_report(session: Session, report_id: str) -> Report:
    """The report as it is now, kept from other writers until the transaction ends.

    Raises:
        NotFound: there is none.
    """
    take_turn(session)
    locked = select(Report).where(col(Report.id) == report_id).with_for_update()
    report = session.scalars(locked.execution_options(populate_existing=True)).one_or_none()
    if report is None:
        raise NotFound(_("There is no report “%(id)s”.") % {"id": report_id[:64]})
    return report


def lock_reports(session: Session, report_ids: Collection[str]) -> dict[str, Report]:
    """The reports *report_ids* as they are now, kept from other writers until the transaction ends."""
    take_turn(session)
    found: dict[str, Report] = {}
    for ids in in_batches(report_ids):
        locked = select(Report).where(col(Report.id).in_(ids)).order_by(col(Report.id)).with_for_update()
        found |= {row.id: row for row in session.scalars(locked.execution_options(populate_existing=True))}
    return found


def list_reports(
    session: Session, viewer: Viewer, *, state: ReportState | None = None, limit: int = 50, cursor: str | None = None
) -> Page[Report]:
    """The reports of the viewer's own organisation, newest first.

    Raises:
        InvalidInput: *cursor* is not one that this list gave.
    """
    own = col(Report.organisation_id) == viewer.organisation_id
    wanted = own if state is None else and_(own, col(Report.state) == state)
    total = session.scalar(select(func.count()).select_from(Report).where(wanted)) or 0
    return newest_first(session, wanted, total, limit=limit, cursor=cursor)


def idempotent_answers(session: Session, organisation_id: str, keys: Collection[str]) -> dict[str, IdempotentAnswer]:
    """The answers already given to *organisation_id* under *keys*."""
    found: dict[str, IdempotentAnswer] = {}
    for part in in_batches(keys):
        statement = select(IdempotentAnswer).where(
            col(IdempotentAnswer.organisation_id) == organisation_id, col(IdempotentAnswer.key).in_(part)
        )
        found |= {answer.key: answer for answer in session.scalars(statement)}
    return found


def revisions(session: Session, report_id: str) -> list[ReportRevision]:
    """All that a report ever said, oldest first."""
    of_report = select(ReportRevision).where(col(ReportRevision.report_id) == report_id)
    return list(session.scalars(of_report.order_by(col(ReportRevision.revision))))


def keep_payload_of_revision(session: Session, report_id: str, revision: int, payload: str) -> None:
    """Put what the report said up to *revision* with the revision that said it first, before it says something else.

    Steps of the review raise a report's revision and say nothing new, so that revision can be an earlier one.
    """
    spoken = select(func.max(col(ReportRevision.revision))).where(
        col(ReportRevision.report_id) == report_id, col(ReportRevision.revision) <= revision
    )
    earlier = update(ReportRevision).where(
        col(ReportRevision.report_id) == report_id, col(ReportRevision.revision) == spoken.scalar_subquery()
    )
    session.execute(earlier.values(payload=payload), execution_options={"synchronize_session": False})
