"""A report under review: what the laboratory said beside what the registry understood, and what may be done."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import APIRouter, Request
from starlette.datastructures import FormData
from starlette.responses import Response

from nps_registry.errors import Conflict, FieldError, InvalidInput, NotPermitted, Refusal
from nps_registry.http.dependencies import Reading, ServicesOfRequest
from nps_registry.http.forms import TOKEN_FIELD, CheckedForm
from nps_registry.http.services import Services
from nps_registry.http.signed_in import SignedIn
from nps_registry.intake import history
from nps_registry.intake.standing import acts_open_to, parties_of
from nps_registry.pages.curate.access import Reviewer
from nps_registry.pages.curate.acts import act_on
from nps_registry.pages.curate.findings import ShownItem, places_of, show_items
from nps_registry.pages.rendering import render
from nps_registry.pages.sign_in import leave_for
from nps_registry.store import reports as stored
from nps_registry.store import review
from nps_registry.store.engine import Session, reading, writing
from nps_registry.store.tables import Attachment, Event, Report, ReviewEntry, ReviewStep
from nps_registry.vocabulary.report import Sharing
from nps_registry.vocabulary.review import Party, ProposalKind, Reason

router = APIRouter()
_NOT_TYPED = frozenset({TOKEN_FIELD, "revision"})


@dataclass(frozen=True, slots=True)
class ShownStep:
    """One line of the history."""

    step: ReviewStep
    who: str


@dataclass(frozen=True, slots=True)
class Mine:
    """What the reader may do.

    Attributes:
        acts: by key.
        decides_sharing: whether more than the hold may be changed.
        is_proposer: whether the reader made the proposal that waits.
    """

    acts: frozenset[str]
    decides_sharing: bool
    is_proposer: bool


@dataclass(frozen=True, slots=True)
class ReportPage:
    """What the page of a report under review shows.

    Attributes:
        places: those that a reason can be given for, each with what people call it.
        second_look: the first reviewer of a world-first, where another has to follow.
        redaction: who proposed a redaction, where one waits.
        typed: what was typed into a form that was not taken; *wrong*: why; *changes*: what others did meanwhile.
    """

    report: Report
    event: Event
    laboratory: str
    country: str
    items: list[ShownItem]
    reasons: list[Reason]
    steps: list[ShownStep]
    attachments: list[Attachment]
    mine: Mine
    places: list[tuple[str, str]]
    sharings: list[Sharing]
    second_look: str
    redaction: str
    typed: dict[str, str]
    wrong: str
    changes: list[FieldError]


@router.get("/curate/reports/{report_id}")
def report(
    report_id: str, request: Request, services: ServicesOfRequest, session: Reading, person: Reviewer
) -> Response:
    """The report as its reviewer reads it."""
    return _show(request, services, session, (report_id, person), None)


@router.post("/curate/reports/{report_id}/{act}")
def act_on_report(
    report_id: str, act: str, request: Request, services: ServicesOfRequest, person: Reviewer, form: CheckedForm
) -> Response:
    """Take one step; what was typed stays on the page where it is refused."""
    try:
        with writing(services.engine) as session:
            act_on(session, services, person.viewer, report_id, (act, form))
    except (Conflict, InvalidInput, NotPermitted) as refusal:
        with reading(services.engine) as session:
            return _show(request, services, session, (report_id, person), (refusal, form))
    services.index.refresh()
    return leave_for(f"/curate/reports/{report_id}#history")


def _show(
    request: Request,
    services: Services,
    session: Session,
    asked: tuple[str, SignedIn],
    refused: tuple[Refusal, FormData] | None,
) -> Response:
    report_id, person = asked
    found = history.find_whole(session, report_id, person.viewer)
    contents = stored.contents(session, [found.id])[found.id]
    entry = session.get(ReviewEntry, found.id)
    items = show_items(session, services, contents)
    acceptance = review.open_proposal(session, ProposalKind.ACCEPT, report=found)
    redaction = review.open_proposal(session, ProposalKind.REDACT, report=found)
    waiting = acceptance or redaction
    names = review.names_of_actors(session, {each.made_by for each in (acceptance, redaction) if each})
    typed, wrong, changes = _refusal(refused)
    page = ReportPage(
        report=found,
        event=contents.event,
        laboratory=contents.organisation.name,
        country=contents.organisation.country,
        items=items,
        reasons=[Reason(each) for each in entry.reasons] if entry else [],
        steps=[ShownStep(*pair) for pair in history.steps_with_names(session, found, person.viewer)],
        attachments=review.attachments_of(session, found.id),
        mine=Mine(
            acts=frozenset(act.value for act in acts_open_to(session, found, person.viewer)),
            decides_sharing=bool(parties_of(session, found, person.viewer) - {Party.CURATOR}),
            is_proposer=waiting is not None and waiting.made_by == person.actor,
        ),
        places=places_of(contents),
        sharings=list(Sharing),
        second_look=names.get(acceptance.made_by, acceptance.made_by) if acceptance else "",
        redaction=names.get(redaction.made_by, redaction.made_by) if redaction else "",
        typed=typed,
        wrong=wrong,
        changes=changes,
    )
    return render(request, "curate/report", page, status=refused[0].status if refused else 200)


def _refusal(refused: tuple[Refusal, FormData] | None) -> tuple[dict[str, str], str, list[FieldError]]:
    if refused is None:
        return {}, "", []
    refusal, form = refused
    typed = {name: value for name, value in form.multi_items() if isinstance(value, str) and name not in _NOT_TYPED}
    changes = [error for error in refusal.errors if error.message != refusal.detail]
    return typed, refusal.detail, changes
