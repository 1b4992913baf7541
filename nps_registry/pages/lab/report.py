"""One of the laboratory's own reports: what was said beside what was understood, its history, what can be done."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from nps_registry.errors import NotFound, Refusal
from nps_registry.http.dependencies import Reading, ServicesOfRequest, Writing
from nps_registry.http.forms import CheckedForm, text_of
from nps_registry.http.services import services_of
from nps_registry.http.signed_in import SignedIn
from nps_registry.intake import drafts
from nps_registry.intake.amendment import withdraw
from nps_registry.localisation import gettext as _
from nps_registry.pages.attachments import AttachmentsPart, attachments_part
from nps_registry.pages.formats import write_instant
from nps_registry.pages.lab.access import Reporter, sender_of
from nps_registry.pages.lab.report_view import (
    Moment,
    SaidItem,
    event_facts,
    history_of,
    label_of,
    said_items,
)
from nps_registry.pages.lab.reports import called
from nps_registry.pages.rendering import render
from nps_registry.store import look_backs, own_reports
from nps_registry.store import reports as stored
from nps_registry.store.engine import Session
from nps_registry.store.look_backs import LookBackRow
from nps_registry.store.tables import Report
from nps_registry.vocabulary.report import ReportState, Sharing

router = APIRouter()
_ENDED = (ReportState.WITHDRAWN, ReportState.REDACTED)


@dataclass(frozen=True, slots=True)
class ReportPage:
    """What the laboratory reads of its own report.

    Attributes:
        waiting: why a reviewer returned it or asks about it, and per field; empty where none does.
        may_change: whether it can be amended and withdrawn.
    """

    id: str
    called: str
    reference: str
    state: ReportState
    sharing: Sharing
    hold: str
    note: str
    revision: int
    withdrawal_reason: str
    waiting: tuple[str, Sequence[tuple[str, str]]] | None
    event: Sequence[tuple[str, str]]
    items: Sequence[SaidItem]
    history: Sequence[Moment]
    payload: str
    may_change: bool
    attachments: AttachmentsPart | None
    has_receipt: bool
    refusal: str
    typed: dict[str, str]
    sharings: list[Sharing]
    held_until: str
    legal_hold: bool
    look_backs: Sequence[LookBackRow]


@dataclass(frozen=True, slots=True)
class ReceiptPage:
    """A receipt as it was given, when, and where the report stands now."""

    id: str
    called: str
    given_at: str
    state_then: ReportState
    state: ReportState
    reference: str
    detections: Sequence[dict[str, Any]]


@router.get("/lab/reports/{report_id}")
def look_at(request: Request, report_id: str, person: Reporter, session: Reading) -> Response:
    """The report as its laboratory reads it."""
    return show(request, session, find_own(session, report_id, person), person)


@router.get("/lab/reports/{report_id}/receipt")
def receipt(request: Request, report_id: str, person: Reporter, session: Reading) -> Response:
    """The latest receipt given for the report."""
    report = find_own(session, report_id, person)
    given = own_reports.receipts(session, person.organisation_id, report.id)
    if not given:
        return RedirectResponse(f"/lab/reports/{report.id}", 303)
    at, text = given[0]
    told = json.loads(text)
    page = ReceiptPage(
        id=report.id,
        called=called(report),
        given_at=write_instant(at),
        state_then=ReportState(told["state"]),
        state=report.state,
        reference=report.reference or "",
        detections=told["detections"],
    )
    return render(request, "lab/receipt", page)


@router.post("/lab/reports/{report_id}/amend")
def amend(report_id: str, person: Reporter, _form: CheckedForm, session: Writing) -> Response:
    """A draft that says what the report says, to be changed and sent."""
    report = find_own(session, report_id, person)
    draft = drafts.begin_amendment(session, sender_of(session, person), person.person_id, report)
    return RedirectResponse(f"/lab/drafts/{draft.id}", 303)


@router.post("/lab/reports/{report_id}/withdraw")
def take_back(
    report_id: str, person: Reporter, form: CheckedForm, services: ServicesOfRequest, session: Writing
) -> Response:
    """Withdraw the report, with a reason."""
    report = find_own(session, report_id, person)
    revision = text_of(form, "revision", most=9)
    expected = int(revision) if revision.isascii() and revision.isdigit() else None
    reason = text_of(form, "reason", most=1_000)
    withdraw(session, sender_of(session, person), report.id, reason, expected_revision=expected)
    return RedirectResponse(f"/lab/reports/{report.id}", 303)


def find_own(session: Session, report_id: str, person: SignedIn) -> Report:
    """The report of *person*'s organisation with this id.

    Raises:
        NotFound: there is none.
    """
    report = stored.find_report(session, report_id, person.viewer) if len(report_id) <= 64 else None
    if report is None or report.organisation_id != person.organisation_id:
        raise NotFound(_("There is no report of your organisation at this address."))
    return report


def show(
    request: Request,
    session: Session,
    report: Report,
    person: SignedIn,
    refused: tuple[Refusal, dict[str, str]] | None = None,
) -> Response:
    """The page of *report*; where a form of it was *refused*, with the reason and what was typed."""
    held = stored.contents(session, [report.id])[report.id]
    files = attachments_part(session, services_of(request), report.id, person.viewer)
    steps = own_reports.review_steps(session, report.id)
    waiting = [step for step in steps if step.to_state is report.state][-1:]
    asked = report.state in {ReportState.RETURNED, ReportState.QUERIED} and waiting
    page = ReportPage(
        id=report.id,
        called=called(report),
        reference=report.reference or "",
        state=report.state,
        sharing=report.sharing,
        hold=_hold(report.hold_until, legal=report.legal_hold),
        note=report.note,
        revision=report.revision,
        withdrawal_reason=report.withdrawal_reason,
        waiting=(
            waiting[0].reason,
            [(label_of(each.get("field", "")), each.get("message", "")) for each in waiting[0].field_reasons],
        )
        if asked
        else None,
        event=event_facts(held.event),
        items=said_items(session, held),
        history=history_of(session, report, steps),
        payload=report.payload if report.state is not ReportState.REDACTED else "",
        may_change=report.state not in _ENDED,
        attachments=files if files.files or report.state not in _ENDED else None,
        has_receipt=bool(own_reports.receipts(session, person.organisation_id, report.id)),
        refusal=_sentence(refused[0]) if refused else "",
        typed=refused[1] if refused else {},
        sharings=list(Sharing),
        held_until=report.hold_until.strftime("%Y-%m-%d") if report.hold_until else "",
        legal_hold=report.legal_hold,
        look_backs=look_backs.list_of_laboratory(session, person.viewer, report_id=report.id)[0],
    )
    return render(request, "lab/report", page, status=refused[0].status if refused else 200)


def _sentence(refusal: Refusal) -> str:
    """What was refused, with what others did meanwhile."""
    return " ".join([refusal.detail, *(error.message for error in refusal.errors if error.message != refusal.detail)])


def _hold(until: datetime | None, *, legal: bool) -> str:
    if legal:
        return _("Legal hold")
    return _("Held until %(at)s") % {"at": write_instant(until)} if until else ""
