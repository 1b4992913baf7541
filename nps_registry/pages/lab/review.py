"""What a laboratory does in the review of its report: answer a question, decide who may see it."""

from __future__ import annotations

from collections.abc import Callable

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from nps_registry.errors import Conflict, InvalidInput
from nps_registry.http.dependencies import ServicesOfRequest
from nps_registry.http.forms import TOKEN_FIELD, CheckedForm, text_of
from nps_registry.http.services import Services
from nps_registry.intake import review
from nps_registry.intake.review import Asked
from nps_registry.intake.standing import Why
from nps_registry.pages.curate.acts import WORDS, revision_of, terms_of
from nps_registry.pages.lab.access import Reporter
from nps_registry.pages.lab.report import find_own, show
from nps_registry.store.engine import Session, reading, writing

router = APIRouter()


@router.post("/lab/reports/{report_id}/answer")
def answer(
    request: Request, report_id: str, person: Reporter, form: CheckedForm, services: ServicesOfRequest
) -> Response:
    """Answer a reviewer's question in words."""

    def take(session: Session, asked: Asked) -> None:
        review.answer(session, asked, Why(text_of(form, "answer", most=WORDS)))

    return _take(request, services, (report_id, person, form), take)


@router.post("/lab/reports/{report_id}/share")
def share(
    request: Request, report_id: str, person: Reporter, form: CheckedForm, services: ServicesOfRequest
) -> Response:
    """Change who may see the report, and from when."""

    def take(session: Session, asked: Asked) -> None:
        review.share(session, asked, terms_of(session, asked, form), Why(text_of(form, "reason", most=WORDS)))

    return _take(request, services, (report_id, person, form), take)


def _take(
    request: Request,
    services: Services,
    sent: tuple[str, Reporter, CheckedForm],
    take: Callable[[Session, Asked], None],
) -> Response:
    """Take the step; where it is refused, show the report with what was typed."""
    report_id, person, form = sent
    try:
        with writing(services.engine) as session:
            report = find_own(session, report_id, person)
            take(session, Asked(report.id, person.viewer, revision_of(form)))
    except (Conflict, InvalidInput) as refusal:
        typed = {key: value for key, value in form.multi_items() if isinstance(value, str) and key != TOKEN_FIELD}
        with reading(services.engine) as session:
            return show(request, session, find_own(session, report_id, person), person, (refusal, typed))
    services.index.refresh()
    return RedirectResponse(f"/lab/reports/{report_id}", 303)
