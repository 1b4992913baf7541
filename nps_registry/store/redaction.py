"""What a redaction takes away, and what it leaves: a tombstone, digests, states, and the audit chain."""

from __future__ import annotations

import json
from collections.abc import Collection
from datetime import datetime

from sqlalchemy import delete, or_, select, update
from sqlmodel import col

from nps_registry.store.engine import Session
from nps_registry.store.tables import (
    Attachment,
    CandidateSubstance,
    Detection,
    Draft,
    DraftChange,
    Event,
    IdempotentAnswer,
    Item,
    Report,
    ReportRevision,
    ReviewStep,
)
from nps_registry.store.tables.base import Table

_QUIETLY = {"synchronize_session": False}
_KEPT_OF_EVENT = frozenset({"id", "same_as_id", "type", "country", "year", "quarter"})


def redact(session: Session, report: Report, tombstone: str, at: datetime) -> None:
    """Replace all that *report* says and ever said by *tombstone*.

    What stays: ids, states, moments, digests, country and quarter. Files are marked to be deleted. That the same file
    or reference came already stays known where it is a digest, not where it is the laboratory's own words.
    """
    session.flush()
    _empty_event(session, report.event_id)
    _delete_contents(session, report.id)
    changes: tuple[tuple[type[Table], dict[str, object]], ...] = (
        (ReportRevision, {"payload": tombstone, "identifications": [], "reason": ""}),
        (ReviewStep, {"reason": "", "field_reasons": []}),
        (Attachment, {"file_name": "", "redacted_at": at}),
        (IdempotentAnswer, {"answer": _receipt(report)}),
    )
    own_words = col(IdempotentAnswer.key).startswith("own:", autoescape=True)
    session.execute(
        delete(IdempotentAnswer).where(col(IdempotentAnswer.report_id) == report.id, own_words),
        execution_options=_QUIETLY,
    )
    for table, values in changes:
        _update(session, table, report.id, values)
    _empty_drafts(session, report.id)
    report.payload, report.note, report.own_reference, report.withdrawal_reason = tombstone, "", None, ""
    session.add(report)
    session.flush()
    session.expire_all()


def _receipt(report: Report) -> str:
    """What a repeated submission is answered from now on, in the shape of a receipt."""
    receipt: dict[str, object] = {
        "id": report.id,
        "reference": report.reference,
        "state": report.state.value,
        "sharing": report.sharing.value,
        "demonstration": report.demonstration,
        "detections": [],
        "signals": [],
        "links": {"report": f"/api/v1/reports/{report.id}"},
    }
    return json.dumps(receipt)


def redacted_files(session: Session, report_ids: Collection[str]) -> list[str]:
    """Digests of files that belong to *report_ids* and are to be deleted."""
    wanted = select(col(Attachment.digest)).where(
        col(Attachment.report_id).in_(report_ids), col(Attachment.redacted_at).is_not(None)
    )
    return sorted(set(session.scalars(wanted)))


def _empty_drafts(session: Session, report_id: str) -> None:
    """Empty the drafts that the report was written in, and those that were to amend it."""
    concerned = or_(col(Draft.report_id) == report_id, col(Draft.sent_as_id) == report_id)
    drafts = select(col(Draft.id)).where(concerned)
    replaced = update(DraftChange).where(col(DraftChange.draft_id).in_(drafts)).values(before={})
    session.execute(replaced, execution_options=_QUIETLY)
    session.execute(update(Draft).where(concerned).values(content={}), execution_options=_QUIETLY)


def _empty_event(session: Session, event_id: str) -> None:
    event = session.get_one(Event, event_id)
    blank = Event(type=event.type, country=event.country, year=event.year)
    for name in set(Event.model_fields) - _KEPT_OF_EVENT:
        setattr(event, name, getattr(blank, name))
    session.add(event)
    session.flush()


def _delete_contents(session: Session, report_id: str) -> None:

    detections = select(col(Detection.id)).where(col(Detection.report_id) == report_id)
    for statement in (
        delete(CandidateSubstance).where(col(CandidateSubstance.detection_id).in_(detections)),
        delete(Detection).where(col(Detection.report_id) == report_id),
        delete(Item).where(col(Item.report_id) == report_id),
    ):
        session.execute(statement, execution_options=_QUIETLY)


def _update(session: Session, table: type[Table], report_id: str, values: dict[str, object]) -> None:
    of_report = update(table).where(table.report_id == report_id)  # type: ignore[attr-defined]
    session.execute(of_report.values(**values), execution_options=_QUIETLY)
