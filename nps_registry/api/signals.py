"""Signals: public ones to everybody, those over restricted reports to whoever may see these reports."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Query
from starlette.responses import JSONResponse

from nps_registry.accounts.tokens import Bearer
from nps_registry.api.description import WITH_TOKEN, answers, resource
from nps_registry.api.locking import IfMatch, read_revision
from nps_registry.api.signal_shapes import JudgementBody, SignalListShape, WholeSignalShape
from nps_registry.http.bodies import read_body, takes
from nps_registry.http.dependencies import (
    BearerOfRequest,
    JsonBody,
    Reading,
    ServicesOfRequest,
    ViewerOfRequest,
    Writing,
)
from nps_registry.http.signal_json import read_question, signal_json
from nps_registry.signals import triage
from nps_registry.signals.triage import Judged
from nps_registry.store import signals as stored
from nps_registry.store.engine import Session
from nps_registry.store.signals import SignalRow
from nps_registry.store.viewer import Viewer
from nps_registry.vocabulary.report import Role, Scope
from nps_registry.vocabulary.signal import SignalAct

router = resource("", "signals")
_REPORTS = 200
_REFUSALS = (401, 403, 404, 409, 413, 415)
_PRIVATE = {"Cache-Control": "private, no-store"}


@router.get("/signals", summary="Signals", response_model=None, responses=answers(SignalListShape, 401))
def list_signals(
    services: ServicesOfRequest,
    session: Reading,
    viewer: ViewerOfRequest,
    kind: Annotated[str, Query(max_length=48, description="a kind of signal")] = "",
    substance: Annotated[str, Query(max_length=16, description="accession")] = "",
    nature: Annotated[str, Query(max_length=48, description="of the substance; all where none is given")] = "",
    country: Annotated[str, Query(max_length=2)] = "",
    state: Annotated[str, Query(max_length=48)] = "",
    since: Annotated[str, Query(alias="from", max_length=10, description="a quarter, 2026-Q3")] = "",
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    cursor: Annotated[str | None, Query(max_length=500)] = None,
) -> dict[str, Any]:
    """What rose above what was expected, as far as the caller may see all the reports of it; the latest first."""
    question = read_question(kind, substance, country, state, since, nature=nature)
    page = stored.list_signals(session, viewer, question, limit=limit, cursor=cursor)
    items = [signal_json(row, viewer) for row in page.items]
    return {"items": items, "total": page.total, "next": page.next, "demonstration": services.demonstration}


@router.get(
    "/signals/{signal_id}", summary="One signal", response_model=None, responses=answers(WholeSignalShape, 401, 404)
)
def one_signal(signal_id: str, services: ServicesOfRequest, session: Reading, viewer: ViewerOfRequest) -> JSONResponse:
    """A signal with its evidence and history; one that was retracted stays to be read."""
    row = triage.find(session, signal_id, viewer)
    return _whole(session, row, viewer, demonstration=services.demonstration)


def _whole(session: Session, row: SignalRow, viewer: Viewer, *, demonstration: bool) -> JSONResponse:
    told = signal_json(row, viewer)
    told["steps"] = [
        {"act": each.step.act.value, "state": each.step.state.value, "at": each.step.made_at.isoformat()}
        | ({"by": each.who or None, "reason": each.step.reason or None} if each.step.reason or each.who else {})
        for each in triage.history_of(session, row.signal, viewer)
    ]
    reports, total = stored.reports_of(session, row.signal.id, viewer, limit=_REPORTS)
    names = [report.reference or report.id for report in reports]
    told["reports"] = [{"reference": name, "url": f"/api/v1/reports/{name}"} for name in names]
    told["reports_total"] = total
    told["demonstration"] = demonstration
    headers = {} if viewer.role is Role.VISITOR else {**_PRIVATE, "ETag": f'"{row.signal.revision}"'}
    return JSONResponse(told, headers=headers)


@router.post(
    "/signals/{signal_id}/assess",
    summary="Assess a signal",
    responses=answers(WholeSignalShape, *_REFUSALS),
    openapi_extra=takes(JudgementBody) | WITH_TOKEN,
)
def assess(
    signal_id: str,
    services: ServicesOfRequest,
    session: Writing,
    bearer: BearerOfRequest,
    body: JsonBody,
    if_match: IfMatch = None,
) -> JSONResponse:
    """A curator has looked at it; one that was dismissed or escalated by mistake is assessed anew."""
    judged = _judged(bearer, signal_id, if_match)
    return _judge(session, judged, (SignalAct.ASSESSED, body), demonstration=services.demonstration)


@router.post(
    "/signals/{signal_id}/escalate",
    summary="Escalate a signal",
    responses=answers(WholeSignalShape, *_REFUSALS),
    openapi_extra=takes(JudgementBody) | WITH_TOKEN,
)
def escalate(
    signal_id: str,
    services: ServicesOfRequest,
    session: Writing,
    bearer: BearerOfRequest,
    body: JsonBody,
    if_match: IfMatch = None,
) -> JSONResponse:
    """A signal that was assessed has to be acted on."""
    judged = _judged(bearer, signal_id, if_match)
    return _judge(session, judged, (SignalAct.ESCALATED, body), demonstration=services.demonstration)


@router.post(
    "/signals/{signal_id}/dismiss",
    summary="Dismiss a signal",
    responses=answers(WholeSignalShape, *_REFUSALS),
    openapi_extra=takes(JudgementBody) | WITH_TOKEN,
)
def dismiss(
    signal_id: str,
    services: ServicesOfRequest,
    session: Writing,
    bearer: BearerOfRequest,
    body: JsonBody,
    if_match: IfMatch = None,
) -> JSONResponse:
    """There is nothing behind it, for the reason given."""
    judged = _judged(bearer, signal_id, if_match)
    return _judge(session, judged, (SignalAct.DISMISSED, body), demonstration=services.demonstration)


def _judged(bearer: Bearer, signal_id: str, if_match: str | None) -> Judged:
    bearer.require(Scope.REVIEW)
    return Judged(signal_id, bearer.viewer, read_revision(if_match))


def _judge(session: Session, judged: Judged, sent: tuple[SignalAct, bytes], *, demonstration: bool) -> JSONResponse:
    act, body = sent
    reason = read_body(body, JudgementBody).reason
    row = triage.judge(session, judged, act, reason)
    return _whole(session, row, judged.viewer, demonstration=demonstration)
