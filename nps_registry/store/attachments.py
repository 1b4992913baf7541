"""Which files belong to which report."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlmodel import col

from nps_registry.store.engine import Session
from nps_registry.store.tables import Attachment


def list_attachments(session: Session, report_id: str) -> list[Attachment]:
    """The files of a report, oldest first; that it may be seen whole is the caller's affair."""
    of_report = select(Attachment).where(col(Attachment.report_id) == report_id)
    return list(session.scalars(of_report.order_by(col(Attachment.added_at), col(Attachment.id))))


def find_attachment(session: Session, report_id: str, attachment_id: str) -> Attachment | None:
    """One file of a report."""
    attachment = session.get(Attachment, attachment_id)
    return attachment if attachment is not None and attachment.report_id == report_id else None


def count_attachments(session: Session, report_id: str) -> int:
    """How many files a report has."""
    of_report = select(func.count()).select_from(Attachment).where(col(Attachment.report_id) == report_id)
    return session.scalar(of_report) or 0
