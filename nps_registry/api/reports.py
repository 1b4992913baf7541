"""Reports over HTTP: submit, list, look at, amend, withdraw."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Header, Query
from starlette.responses import JSONResponse, Response

from nps_registry.accounts.tokens import Bearer
from nps_registry.api.description import WITH_TOKEN, answers, problems, resource
from nps_registry.api.locking import IfMatch, read_revision
from nps_registry.api.report_shapes import ReceiptShape, ReportListShape, ReportShape, Withdrawal
from nps_registry.errors import InvalidInput, NotFound
from nps_registry.http.bodies import read_body, takes
from nps_registry.http.dependencies import (
    BearerOfRequest,
    JsonBody,
    MemberOfRequest,
    Reading,
    ServicesOfRequest,
    SubmitterOfRequest,
    ViewerOfRequest,
    Writing,
)
from nps_registry.http.strict_json import decode_text, read_json
from nps_registry.intake.amendment import amend, read_submission, withdraw
from nps_registry.intake.idempotency import receive_once
from nps_registry.intake.receive import arrival_of
from nps_registry.intake.submission import Submission
from nps_registry.intake.understanding import Sender
from nps_registry.intake.views import view_of
from nps_registry.localisation import gettext as _
from nps_registry.store import reports as stored
from nps_registry.store.engine import Session
from nps_registry.store.tables import Report
from nps_registry.store.viewer import Viewer
from nps_registry.vocabulary.report import ReportState, Scope

router = resource("/reports", "reports")
_LONGEST_KEY = 255
_PATCH_TYPE = "application/merge-patch+json"


def sender_of(bearer: Bearer) -> Sender:
    """The bearer of a token as a sender of reports."""
    return Sender(bearer.organisation, bearer.viewer)


def idempotency_key_of(given: str | None) -> str | None:
    """The key of the header, checked.

    Raises:
        InvalidInput: it is longer than a key may be, or cannot be printed.
    """
    if given is None:
        return None
    if not 1 <= len(given) <= _LONGEST_KEY or not given.isprintable():
        raise InvalidInput(_("An Idempotency-Key has 1 to %(most)d printable characters.") % {"most": _LONGEST_KEY})
    return given


@router.post(
    "",
    status_code=201,
    summary="Submit a report",
    responses={201: {"model": ReceiptShape}, **problems(401, 403, 409, 413, 415, 429)},
    openapi_extra=takes(Submission) | WITH_TOKEN,
)
def submit(
    services: ServicesOfRequest,
    session: Writing,
    bearer: SubmitterOfRequest,
    body: JsonBody,
    idempotency_key: Annotated[str | None, Header(description="A retry with the same key is kept once.")] = None,
) -> Response:
    """Keep a report and answer its receipt: state, each detection's substance or novelty, analogues, notes, signals."""
    key = idempotency_key_of(idempotency_key)
    text = decode_text(body)
    value = read_json(text)
    submission = read_submission(value)
    receipt, repeated = receive_once(
        session, services.desk, sender_of(bearer), submission, arrival_of(body, text), value=value, key=key
    )
    headers = {"Location": f"/api/v1/reports/{receipt['id']}", "Idempotent-Replay": "true" if repeated else "false"}
    return JSONResponse(receipt, 201, headers=headers)


@router.get(
    "",
    summary="The caller's own reports",
    response_model=None,
    responses=answers(ReportListShape, 401),
    openapi_extra=WITH_TOKEN,
)
def list_own(
    services: ServicesOfRequest,
    session: Reading,
    viewer: MemberOfRequest,
    response: Response,
    state: ReportState | None = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    cursor: Annotated[str | None, Query(max_length=200)] = None,
) -> dict[str, Any]:
    """The reports of the caller's organisation, newest first."""
    page = stored.list_reports(session, viewer, state=state, limit=limit, cursor=cursor)
    contents = stored.contents(session, [report.id for report in page.items])
    items = [view_of(report, contents[report.id], viewer) for report in page.items]
    response.headers["Cache-Control"] = "private, no-store"
    return {"items": items, "total": page.total, "next": page.next, "demonstration": services.demonstration}


def _find(session: Session, id_or_reference: str, viewer: Viewer) -> Report:
    report = stored.find_report(session, id_or_reference, viewer) if len(id_or_reference) <= 64 else None
    if report is None:
        raise NotFound(_("There is no report “%(id)s” that you may see.") % {"id": id_or_reference[:64]})
    return report


def _find_own(session: Session, id_or_reference: str, bearer: Bearer) -> Report:
    report = _find(session, id_or_reference, bearer.viewer)
    if report.organisation_id != bearer.organisation.id:
        raise NotFound(_("There is no report “%(id)s” of yours.") % {"id": id_or_reference[:64]})
    return report


@router.get(
    "/{id_or_reference}",
    summary="One report, as the caller may read it",
    responses=answers(ReportShape, 401, 404),
)
def look_at(id_or_reference: str, session: Reading, viewer: ViewerOfRequest) -> JSONResponse:
    """The view of a report that the caller is entitled to; 404 where that is none."""
    report = _find(session, id_or_reference, viewer)
    view = view_of(report, stored.contents(session, [report.id])[report.id], viewer)
    # The revision counts what was said before, which is for those who read the whole report.
    tag = {"ETag": f'"{view["revision"]}"'} if "revision" in view else {}
    return JSONResponse(view, headers={**tag, "Cache-Control": "private, no-store"})


@router.patch(
    "/{id_or_reference}",
    summary="Amend a report",
    responses=answers(ReceiptShape, 401, 403, 404, 409, 413, 415),
    openapi_extra={"requestBody": {"required": True, "content": {_PATCH_TYPE: {"schema": {"type": "object"}}}}}
    | WITH_TOKEN,
)
def amend_own(
    id_or_reference: str,
    services: ServicesOfRequest,
    session: Writing,
    bearer: BearerOfRequest,
    body: JsonBody,
    if_match: IfMatch = None,
) -> JSONResponse:
    """Apply a JSON Merge Patch (RFC 7396) to what was submitted; what was said before is kept."""
    bearer.require(Scope.REPORTS_WRITE)
    patch, expected = read_json(decode_text(body)), read_revision(if_match)
    report = _find_own(session, id_or_reference, bearer)
    receipt = amend(session, services.desk, sender_of(bearer), report.id, patch, expected_revision=expected)
    return JSONResponse(receipt)


@router.post(
    "/{id_or_reference}/withdraw",
    summary="Withdraw a report",
    response_model=None,
    responses=answers(ReportShape, 401, 403, 404, 409, 413, 415),
    openapi_extra=takes(Withdrawal) | WITH_TOKEN,
)
def withdraw_own(
    id_or_reference: str,
    session: Writing,
    bearer: BearerOfRequest,
    body: JsonBody,
    if_match: IfMatch = None,
) -> dict[str, Any]:
    """Take a report back; it counts no longer and its history stays."""
    bearer.require(Scope.REPORTS_WRITE)
    reason, expected = read_body(body, Withdrawal).reason, read_revision(if_match)
    report = _find_own(session, id_or_reference, bearer)
    ended = withdraw(session, sender_of(bearer), report.id, reason, expected_revision=expected)
    return view_of(ended, stored.contents(session, [ended.id])[ended.id], bearer.viewer)
