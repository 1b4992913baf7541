"""Advisories for programs: lists, signed documents, CAP messages, PDF."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Query, Request
from starlette.responses import JSONResponse, Response

from nps_registry.api.advisory_shapes import AdvisoryListShape, AdvisoryShape
from nps_registry.api.description import answers, resource, sends
from nps_registry.http.addresses import base_url_of
from nps_registry.http.advisories import find_version, line_json, require_country, sender_of
from nps_registry.http.dependencies import Reading, ServicesOfRequest, ViewerOfRequest
from nps_registry.localisation import SOURCE_LANGUAGE
from nps_registry.notices.advisories import read_signed
from nps_registry.notices.cap import CAP_TYPE, write_cap
from nps_registry.notices.print import PDF_TYPE, print_advisory
from nps_registry.store import advisories as stored
from nps_registry.store.advisories import AdvisoryQuestion
from nps_registry.store.viewer import Viewer
from nps_registry.vocabulary.advisory import Severity
from nps_registry.vocabulary.report import Role

router = resource("/advisories", "advisories")
Version = Annotated[int | None, Query(ge=1, le=1_000_000, description="An earlier version; the latest if not given.")]


@router.get("", summary="Advisories", responses=answers(AdvisoryListShape, 401))
def list_advisories(
    request: Request,
    services: ServicesOfRequest,
    session: Reading,
    viewer: ViewerOfRequest,
    severity: Severity | None = None,
    substance: Annotated[str | None, Query(max_length=16, description="accession")] = None,
    country: Annotated[str | None, Query(min_length=2, max_length=2)] = None,
    withdrawn: Annotated[bool | None, Query(description="Only withdrawn ones, or none of them.")] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    cursor: Annotated[str | None, Query(max_length=500)] = None,
) -> Response:
    """Those that the caller may read, the latest change first: public ones for visitors, more for those entitled."""
    question = AdvisoryQuestion(severity, substance, require_country(country), withdrawn)
    page = stored.list_readable(session, viewer, question, limit=limit, cursor=cursor)
    versions = stored.latest_versions(session, page.items)
    items = [line_json(row, versions[row.id].content, base_url_of(request)) for row in page.items]
    told: dict[str, Any] = {"items": items, "total": page.total, "next": page.next}
    return JSONResponse(told | {"demonstration": services.demonstration}, headers=_headers(viewer))


@router.get(
    "/{advisory_id}.cap",
    summary="An advisory as a CAP 1.2 message",
    response_class=Response,
    responses=sends(CAP_TYPE, 401, 404),
)
def as_cap(
    advisory_id: str,
    request: Request,
    session: Reading,
    viewer: ViewerOfRequest,
    version: Version = None,
) -> Response:
    """The version as a message of the Common Alerting Protocol 1.2 (OASIS)."""
    found = find_version(session, advisory_id, viewer, version)
    documents = [each.content for each in reversed(found.versions) if each.revision <= found.version.revision]
    language = str(request.scope.get("language", SOURCE_LANGUAGE))
    body = write_cap(documents, sender=sender_of(request), base_url=base_url_of(request), language=language)
    name = f"{found.advisory.id}.{found.version.revision}.cap"
    return Response(body, media_type=CAP_TYPE, headers=_headers(viewer) | _named(name))


@router.get(
    "/{advisory_id}.pdf",
    summary="An advisory for print",
    response_class=Response,
    responses=sends(PDF_TYPE, 401, 404),
)
def as_pdf(
    advisory_id: str,
    request: Request,
    session: Reading,
    viewer: ViewerOfRequest,
    version: Version = None,
) -> Response:
    """The version as a tagged PDF; the same version is the same bytes."""
    found = find_version(session, advisory_id, viewer, version)
    body = print_advisory(session, found.version, base_url=base_url_of(request))
    name = f"{found.advisory.id}.{found.version.revision}.pdf"
    return Response(body, media_type=PDF_TYPE, headers=_headers(viewer) | _named(name))


@router.get("/{advisory_id}", summary="One advisory, signed", responses=answers(AdvisoryShape, 401, 404))
def one_advisory(advisory_id: str, session: Reading, viewer: ViewerOfRequest, version: Version = None) -> Response:
    """The document as it was published, with its signature; `nps-registry notices verify` checks it."""
    found = find_version(session, advisory_id, viewer, version)
    return JSONResponse(read_signed(found.version), headers=_headers(viewer))


def _headers(viewer: Viewer) -> dict[str, str]:
    """What somebody who is known here is told is kept by no cache."""
    return {} if viewer.role is Role.VISITOR else {"Cache-Control": "private, no-store"}


def _named(name: str) -> dict[str, str]:
    return {"Content-Disposition": f'inline; filename="{name}"'}
