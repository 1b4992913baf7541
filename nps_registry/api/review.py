"""The review over HTTP: the queue, the steps, and what was done to a report."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Query
from starlette.responses import JSONResponse

from nps_registry.accounts.tokens import Bearer
from nps_registry.api.description import WITH_TOKEN, answers, resource
from nps_registry.api.locking import IfMatch, read_revision
from nps_registry.api.review_shapes import (
    AcceptanceBody,
    AnswerBody,
    HistoryShape,
    QuestionBody,
    QueueShape,
    ReturnBody,
    ReviewedShape,
    TermsBody,
)
from nps_registry.errors import FieldError, NotPermitted
from nps_registry.http.bodies import read_body, takes
from nps_registry.http.dependencies import BearerOfRequest, JsonBody, Reading, ServicesOfRequest, Writing
from nps_registry.http.filters import require_queue_filters
from nps_registry.intake import history, review
from nps_registry.intake.review import Asked, Terms
from nps_registry.intake.standing import Why
from nps_registry.intake.views import view_of
from nps_registry.localisation import gettext as _
from nps_registry.store import reports as stored
from nps_registry.store import review as review_stored
from nps_registry.store import review_queue
from nps_registry.store.engine import Session
from nps_registry.store.review_queue import QueueQuestion
from nps_registry.store.tables import Report
from nps_registry.store.viewer import Viewer
from nps_registry.vocabulary.report import ReportState, Role, Scope
from nps_registry.vocabulary.review import ProposalKind

router = resource("", "review")
REVIEWERS = (Role.FOCAL_POINT, Role.CURATOR, Role.ADMINISTRATOR)
_REFUSALS = (401, 403, 404, 409, 413, 415)


def require_reviewer(bearer: Bearer) -> None:
    """Refuse everybody but focal points, curators and administrators with the scope ``review``.

    Raises:
        NotPermitted: the bearer is none of them, or the token lacks the scope.
    """
    bearer.require(Scope.REVIEW)
    if bearer.viewer.role not in REVIEWERS:
        raise NotPermitted(_("Reports are reviewed by focal points and curators."))


def _asked(bearer: Bearer, report: str, if_match: str | None) -> Asked:
    return Asked(report, bearer.viewer, read_revision(if_match))


def terms_of(session: Session, report: str, viewer: Viewer, body: TermsBody) -> Terms:
    """The terms that *body* means: what it leaves out stays as it is.

    Raises:
        NotFound: there is no such report that *viewer* may see.
    """
    there = Terms.of(history.find(session, report, viewer))
    given = body.model_fields_set
    return Terms(
        sharing=body.sharing or there.sharing,
        hold_until=body.hold_until if "hold_until" in given else there.hold_until,
        legal_hold=there.legal_hold if body.legal_hold is None else body.legal_hold,
    )


def answer_of(session: Session, report: Report, viewer: Viewer) -> JSONResponse:
    """The report as *viewer* reads it behind the step."""
    view = view_of(report, stored.contents(session, [report.id])[report.id], viewer)
    proposal = review_stored.open_proposal(session, ProposalKind.ACCEPT, report=report)
    view["waits_for_second_reviewer"] = proposal is not None
    return JSONResponse(view, headers={"ETag": f'"{report.revision}"', "Cache-Control": "private, no-store"})


@router.get(
    "/review/queue",
    summary="Reports that wait, what matters most first",
    response_model=None,
    responses=answers(QueueShape, 401, 403),
    openapi_extra=WITH_TOKEN,
)
def read_queue(
    services: ServicesOfRequest,
    session: Reading,
    bearer: BearerOfRequest,
    state: ReportState | None = None,
    country: Annotated[str | None, Query(min_length=2, max_length=2)] = None,
    chemical_class: Annotated[str | None, Query(max_length=64)] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    cursor: Annotated[str | None, Query(max_length=300)] = None,
) -> dict[str, Any]:
    """First ever, harm, nearness to a controlled substance, then age. A focal point reads its country's part."""
    require_reviewer(bearer)
    question = require_queue_filters(session, QueueQuestion(state, country, chemical_class))
    page = review_queue.read_queue(session, bearer.viewer, question, limit=limit, cursor=cursor)
    items = [
        {
            "id": entry.report_id,
            "state": entry.state.value,
            "country": entry.country,
            "waiting_since": entry.waiting_since.isoformat(),
            "reasons": entry.reasons,
            "links": {"report": f"/api/v1/reports/{entry.report_id}", "page": f"/curate/reports/{entry.report_id}"},
        }
        for entry in page.items
    ]
    return {
        "items": items,
        "total": page.total,
        "total_is_exact": page.total <= review_queue.COUNTED_TO,
        "next": page.next,
        "demonstration": services.demonstration,
    }


@router.get(
    "/reports/{id_or_reference}/history",
    summary="What was done to a report",
    response_model=None,
    responses=answers(HistoryShape, 401, 403, 404),
    openapi_extra=WITH_TOKEN,
)
def read_history(
    id_or_reference: str, services: ServicesOfRequest, session: Reading, bearer: BearerOfRequest
) -> dict[str, Any]:
    """Every step with who, when and why: for the laboratory and those who review."""
    report = history.find_whole(session, id_or_reference, bearer.viewer)
    steps = [
        {
            "act": step.act.value,
            "from_state": step.from_state.value,
            "to_state": step.to_state.value,
            "revision": step.revision,
            "by": who,
            "at": step.made_at.isoformat(),
            "reason": step.reason,
            "fields": step.field_reasons,
        }
        for step, who in history.steps_with_names(session, report, bearer.viewer)
    ]
    return {
        "id": report.id,
        "state": report.state.value,
        "revision": report.revision,
        "steps": steps,
        "demonstration": services.demonstration,
    }


@router.post(
    "/reports/{id_or_reference}/release",
    summary="Release a report's facts, and decide its sharing",
    responses=answers(ReviewedShape, *_REFUSALS),
    openapi_extra=takes(TermsBody) | WITH_TOKEN,
)
def release(
    id_or_reference: str, session: Writing, bearer: BearerOfRequest, body: JsonBody, if_match: IfMatch = None
) -> JSONResponse:
    """The step of the country's focal point."""
    require_reviewer(bearer)
    given = read_body(body, TermsBody)
    asked = _asked(bearer, id_or_reference, if_match)
    terms = terms_of(session, id_or_reference, bearer.viewer, given)
    return answer_of(session, review.release(session, asked, terms, Why(given.reason)), bearer.viewer)


@router.post(
    "/reports/{id_or_reference}/query",
    summary="Ask the laboratory a question",
    responses=answers(ReviewedShape, *_REFUSALS),
    openapi_extra=takes(QuestionBody) | WITH_TOKEN,
)
def query(
    id_or_reference: str, session: Writing, bearer: BearerOfRequest, body: JsonBody, if_match: IfMatch = None
) -> JSONResponse:
    """The report waits for the laboratory, which answers in words or amends it."""
    require_reviewer(bearer)
    question = read_body(body, QuestionBody).question
    report = review.query(session, _asked(bearer, id_or_reference, if_match), Why(question))
    return answer_of(session, report, bearer.viewer)


@router.post(
    "/reports/{id_or_reference}/accept",
    summary="Accept a report's chemistry",
    responses=answers(ReviewedShape, *_REFUSALS),
    openapi_extra=takes(AcceptanceBody) | WITH_TOKEN,
)
def accept(
    id_or_reference: str, session: Writing, bearer: BearerOfRequest, body: JsonBody, if_match: IfMatch = None
) -> JSONResponse:
    """The step of a curator; for the first public report of a substance, of two."""
    require_reviewer(bearer)
    why = Why(read_body(body, AcceptanceBody).reason)
    report = review.accept(session, _asked(bearer, id_or_reference, if_match), why)
    return answer_of(session, report, bearer.viewer)


@router.post(
    "/reports/{id_or_reference}/return",
    summary="Return a report with reasons per field",
    responses=answers(ReviewedShape, *_REFUSALS),
    openapi_extra=takes(ReturnBody) | WITH_TOKEN,
)
def send_back(
    id_or_reference: str, session: Writing, bearer: BearerOfRequest, body: JsonBody, if_match: IfMatch = None
) -> JSONResponse:
    """The laboratory corrects it and sends it again."""
    require_reviewer(bearer)
    given = read_body(body, ReturnBody)
    why = Why(given.reason, tuple(FieldError(each.field, each.message) for each in given.fields))
    report = review.send_back(session, _asked(bearer, id_or_reference, if_match), why)
    return answer_of(session, report, bearer.viewer)


@router.post(
    "/reports/{id_or_reference}/answer",
    summary="Answer a reviewer's question",
    responses=answers(ReviewedShape, *_REFUSALS),
    openapi_extra=takes(AnswerBody) | WITH_TOKEN,
)
def answer(
    id_or_reference: str, session: Writing, bearer: BearerOfRequest, body: JsonBody, if_match: IfMatch = None
) -> JSONResponse:
    """The step of the laboratory; to correct what the report says, amend it instead."""
    bearer.require(Scope.REPORTS_WRITE)
    why = Why(read_body(body, AnswerBody).answer)
    report = review.answer(session, _asked(bearer, id_or_reference, if_match), why)
    return answer_of(session, report, bearer.viewer)


@router.post(
    "/reports/{id_or_reference}/share",
    summary="Change who may see a report, and from when",
    responses=answers(ReviewedShape, *_REFUSALS),
    openapi_extra=takes(TermsBody) | WITH_TOKEN,
)
def share(
    id_or_reference: str, session: Writing, bearer: BearerOfRequest, body: JsonBody, if_match: IfMatch = None
) -> JSONResponse:
    """Laboratory and focal point decide the sharing; a curator may hold a report."""
    bearer.require(Scope.REVIEW if bearer.viewer.role in REVIEWERS else Scope.REPORTS_WRITE)
    given = read_body(body, TermsBody)
    asked = _asked(bearer, id_or_reference, if_match)
    terms = terms_of(session, id_or_reference, bearer.viewer, given)
    return answer_of(session, review.share(session, asked, terms, Why(given.reason)), bearer.viewer)
