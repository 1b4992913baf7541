"""Advisories behind the sign-in: those for everybody, and those for whoever is signed in."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from nps_registry.http.addresses import base_url_of
from nps_registry.http.advisories import find_version
from nps_registry.http.dependencies import Reading
from nps_registry.http.signed_in import SignedInPerson
from nps_registry.pages.advisories.public import AdvisoryPage, Filters, Revision, list_page
from nps_registry.pages.advisories.view import view_found
from nps_registry.pages.rendering import render

router = APIRouter()


@router.get("/lab/advisories")
def advisories(
    request: Request,
    session: Reading,
    person: SignedInPerson,
    severity: Annotated[str, Query(max_length=40)] = "",
    country: Annotated[str, Query(max_length=2)] = "",
    state: Annotated[str, Query(max_length=20)] = "",
    cursor: Annotated[str, Query(max_length=500)] = "",
) -> Response:
    """The advisories that the person may read, the latest change first."""
    page = list_page(session, person.viewer, "/lab/advisories", Filters(severity, country, state), cursor)
    return render(request, "lab/advisories", page)


@router.get("/lab/advisories/{advisory_id}")
def advisory(
    advisory_id: str, request: Request, session: Reading, person: SignedInPerson, version: Revision = None
) -> Response:
    """One of them."""
    shown = view_found(session, find_version(session, advisory_id, person.viewer, version))
    canonical = f"{base_url_of(request)}{shown.url}"
    return render(request, "lab/advisory", AdvisoryPage(shown, canonical, draft=False))
