"""A report being written: the form, saved by button or by itself, checked, sent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.datastructures import FormData, UploadFile
from starlette.responses import JSONResponse, RedirectResponse, Response

from nps_registry.errors import Conflict, FieldError, InvalidInput, Refusal
from nps_registry.http.dependencies import Reading, ServicesOfRequest, Writing
from nps_registry.http.forms import CheckedForm
from nps_registry.http.services import Services
from nps_registry.http.signed_in import SignedIn
from nps_registry.intake import drafts
from nps_registry.intake.draft_faults import faults_of, renamed, typed_only
from nps_registry.intake.draft_fields import known_fields
from nps_registry.intake.drafts import Content
from nps_registry.intake.sending import send
from nps_registry.intake.triage import triage
from nps_registry.localisation import gettext as _
from nps_registry.pages.formats import write_instant
from nps_registry.pages.lab import draft_view as view
from nps_registry.pages.lab.access import Reporter, sender_of
from nps_registry.pages.lab.triage_view import TriageView, view_all
from nps_registry.pages.rendering import render
from nps_registry.store import drafts as stored
from nps_registry.store import own_reports
from nps_registry.store.engine import Session, reading, writing
from nps_registry.store.tables import Draft, Report
from nps_registry.vocabulary.report import ReportState

router = APIRouter()
_MOST_UPLOADED = 1_000_000


@dataclass(frozen=True, slots=True)
class DraftPage:
    """What the form shows.

    Attributes:
        amends: the report that the draft changes, if any: its id and what it is called.
        problems: what keeps the draft from being sent, where that was asked; else what is wrong with what is typed.
        checked: whether it was asked.
        refusal: why sending was refused, where no field is at fault.
    """

    draft_id: str
    revision: int
    saved_at: str
    saved_by: str
    closed: str
    sent_as: str
    amends: tuple[str, str] | None
    reason: str
    event: Sequence[view.GroupView]
    items: Sequence[view.PartView]
    sharing: Sequence[view.GroupView]
    problems: Sequence[view.Problem]
    checked: bool
    refusal: str
    triage: Sequence[TriageView]


@dataclass(frozen=True, slots=True)
class NewReportPage:
    """How a report can be made."""


@router.get("/lab/reports/new")
def choose_way(request: Request, _person: Reporter) -> Response:
    """The ways to make a report; reading the page makes none."""
    return render(request, "lab/new_report", NewReportPage())


@router.post("/lab/reports/new")
def begin(person: Reporter, _form: CheckedForm, session: Writing) -> Response:
    """A fresh draft, and its form."""
    draft = drafts.begin(session, sender_of(session, person), person.person_id)
    return RedirectResponse(f"/lab/drafts/{draft.id}", 303)


@router.get("/lab/drafts/{draft_id}")
def look_at(
    request: Request,
    draft_id: str,
    person: Reporter,
    services: ServicesOfRequest,
    session: Reading,
    check: Annotated[bool, Query()] = False,
) -> Response:
    """The form with everything typed so far."""
    return _show(
        request, session, services, person, stored.find_draft(session, draft_id, person.organisation_id), check
    )


@router.post("/lab/drafts/{draft_id}")
def act(request: Request, draft_id: str, person: Reporter, form: CheckedForm, services: ServicesOfRequest) -> Response:
    """Keep the form, then do what the button says; what was typed is kept even where that is refused."""
    action = _text(form, "action") or "save"
    with writing(services.engine) as session:
        draft = stored.lock_draft(session, draft_id, person.organisation_id)
        if draft.sent_as_id is not None:
            return RedirectResponse(f"/lab/reports/{draft.sent_as_id}/receipt", 303)
        if action == "restore":
            stored.mark_discarded(session, draft, None)
        _keep(session, draft, form, person)
        target = _do(session, draft, action, person)
    if action != "submit":
        return RedirectResponse(f"/lab/drafts/{draft_id}{target}", 303)
    return _submit(request, draft_id, person, services)


def _keep(session: Session, draft: Draft, form: FormData, person: SignedIn) -> drafts.Saved:
    typed = known_fields((name, text) for name, text in form.multi_items() if isinstance(text, str))
    typed |= _uploads(form)
    revision = _text(form, "revision")
    base = int(revision) if revision.isascii() and revision.isdigit() and len(revision) < 9 else 0
    return drafts.save(session, draft, typed, base_revision=base, person_id=person.person_id)


def _uploads(form: FormData) -> dict[str, str]:
    """The structures that came as files: each takes the place of what its field says."""
    found: dict[str, str] = {}
    for name, value in form.multi_items():
        if isinstance(value, UploadFile) and name.endswith(".file") and value.filename:
            text = value.file.read(_MOST_UPLOADED + 1).decode("utf-8", "replace")
            if len(text) > _MOST_UPLOADED:
                raise InvalidInput(_("A structure file has at most %(most)d characters.") % {"most": _MOST_UPLOADED})
            found |= known_fields([(name.removesuffix("file") + "structure", text.replace("\x00", ""))])
    return found


def _do(session: Session, draft: Draft, action: str, person: SignedIn) -> str:
    """Do what the button *action* says to the draft; answers where on the page to go on."""
    verb, _colon, name = action.partition(":")
    if verb == "add-item":
        return f"#{view.id_of(drafts.add_item(session, draft, person.person_id))}"
    if verb == "add-detection":
        return f"#{view.id_of(drafts.add_detection(session, draft, name, person.person_id))}"
    if verb == "remove":
        drafts.remove(session, draft, name, person.person_id)
        return "#items"
    if verb in {"take", "leave"}:
        drafts.choose(session, draft, name, person.person_id, take=verb == "take")
        return f"#{view.id_of(name)}"
    if verb == "discard":
        stored.mark_discarded(session, draft, datetime.now(UTC))
    return "?check=true#problems" if verb == "check" else ""


def _submit(request: Request, draft_id: str, person: SignedIn, services: Services) -> Response:
    """Send the draft in a transaction of its own, so that what was typed stays where sending is refused."""
    try:
        with writing(services.engine) as session:
            draft = stored.lock_draft(session, draft_id, person.organisation_id)
            report_id = send(session, services.desk, sender_of(session, person), draft)
    except (InvalidInput, Conflict) as refused:
        with reading(services.engine) as session:
            draft = stored.find_draft(session, draft_id, person.organisation_id)
            return _show(request, session, services, person, draft, True, refused)
    services.index.refresh()
    return RedirectResponse(f"/lab/reports/{report_id}/receipt", 303)


@router.post("/lab/drafts/{draft_id}/save")
def save(draft_id: str, person: Reporter, form: CheckedForm, session: Writing) -> JSONResponse:
    """Keep the form while it is being typed into; answers what the page should say, as JSON."""
    draft = stored.lock_draft(session, draft_id, person.organisation_id)
    saved = _keep(session, draft, form, person)
    fields = Content.of(draft).fields
    found = faults_of(fields)
    if not _text(form, "check"):
        found = typed_only(found, fields)
    problems = view.problems_of(found, fields)
    faults = [{"id": each.target, "label": each.label, "message": each.message} for each in problems]
    answer = {
        "revision": draft.revision,
        "saved_at": write_instant(draft.saved_at),
        "faults": faults,
        "others": bool(saved.brought or saved.displaced),
    }
    return JSONResponse(answer, headers={"Cache-Control": "private, no-store"})


def _text(form: FormData, name: str) -> str:
    value = form.get(name)
    return value[:200] if isinstance(value, str) else ""


def _show(
    request: Request,
    session: Session,
    services: Services,
    person: SignedIn,
    draft: Draft,
    check: bool,
    refused: Refusal | None = None,
) -> Response:
    content = Content.of(draft)
    told = triage(session, services.desk, person.viewer, content.fields, amends=draft.report_id)
    faults = _faults(session, content, draft, check=check) + [error for each in told for error in each.errors]
    amended = session.get(Report, draft.report_id) if draft.report_id else None
    reason, reasons = _reasons(session, amended, content)
    typists = {other.person_id for other in content.others.values()} | {draft.person_id or ""}
    people = stored.names_of(session, typists, draft.organisation_id)
    beside = view.told(faults, reasons, _classes(services), people)
    page = DraftPage(
        draft_id=draft.id,
        revision=draft.revision,
        saved_at=write_instant(draft.saved_at),
        saved_by=people.get(draft.person_id or "", ""),
        closed="sent" if draft.sent_as_id else "discarded" if draft.discarded_at else "",
        sent_as=draft.sent_as_id or "",
        amends=(amended.id, amended.reference or amended.own_reference or amended.id[:8]) if amended else None,
        reason=reason,
        event=view.event_groups(content, beside),
        items=view.item_views(content, beside),
        sharing=view.sharing_groups(content, beside),
        problems=view.problems_of(faults, content.fields),
        checked=check,
        refusal=refused.detail if refused is not None and not faults else "",
        triage=view_all(told, content.fields, services),
    )
    return render(request, "lab/draft", page, status=refused.status if refused else 200)


def _faults(session: Session, content: Content, draft: Draft, *, check: bool) -> list[FieldError]:
    faults = faults_of(content.fields)
    own = content.fields.get("own_reference", "")
    other = own_reports.find_by_own_reference(session, draft.organisation_id, own) if own else None
    if other is not None and other.id != draft.report_id:
        faults.append(FieldError("own_reference", _("Your laboratory has a report with this reference already.")))
    if check:
        message = _("Two people typed here: choose one text.")
        return faults + [FieldError(name, message) for name in content.others]
    return typed_only(faults, content.fields)


def _reasons(session: Session, amended: Report | None, content: Content) -> tuple[str, list[FieldError]]:
    """Why the report was returned or queried, as a whole and by field, where it still stands so."""
    if amended is None or amended.state not in {ReportState.RETURNED, ReportState.QUERIED}:
        return "", []
    steps = [step for step in own_reports.review_steps(session, amended.id) if step.to_state is amended.state]
    if not steps:
        return "", []
    named = [FieldError(each.get("field", ""), each.get("message", "")) for each in steps[-1].field_reasons]
    return steps[-1].reason, renamed(named, content.fields)


def _classes(services: Services) -> list[tuple[str, str]]:
    return [(key, services.rules.label(key)) for key in services.rules.keys]
