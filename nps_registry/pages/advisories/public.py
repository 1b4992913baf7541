"""Advisories for everybody: the list, and one of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from starlette.responses import RedirectResponse, Response

from nps_registry.errors import FieldError, InvalidInput
from nps_registry.http.addresses import base_url_of
from nps_registry.http.advisories import find_version, require_country
from nps_registry.http.dependencies import Reading
from nps_registry.http.public import PublicRoute, machine_form
from nps_registry.localisation import gettext as _
from nps_registry.pages.advisories.view import AdvisoryLine, AdvisoryView, lines_of, view_found
from nps_registry.pages.rendering import render
from nps_registry.store import advisories as stored
from nps_registry.store.advisories import AdvisoryQuestion
from nps_registry.store.engine import Session
from nps_registry.store.viewer import VISITOR, Viewer
from nps_registry.vocabulary.advisory import Severity
from nps_registry.vocabulary.place import countries

router = APIRouter(route_class=PublicRoute)
ROWS = 30
Revision = Annotated[int | None, Query(ge=1, le=1_000_000)]


@dataclass(frozen=True, slots=True)
class Filters:
    """What a list of advisories can be narrowed by, as it is typed."""

    severity: str = ""
    country: str = ""
    state: str = ""

    def question(self) -> AdvisoryQuestion:
        """The filters as a question.

        Raises:
            InvalidInput: one of them is none.
        """
        if self.severity and self.severity not in set(Severity):
            raise _refuse("severity", _("There is no severity called “%(key)s”.") % {"key": self.severity[:40]})
        if self.state not in {"", "standing", "withdrawn"}:
            raise _refuse("state", _("There is no state called “%(key)s”.") % {"key": self.state[:40]})
        return AdvisoryQuestion(
            severity=Severity(self.severity) if self.severity else None,
            country=require_country(self.country),
            withdrawn={"standing": False, "withdrawn": True}.get(self.state),
        )


def _refuse(field: str, sentence: str) -> InvalidInput:
    return InvalidInput(sentence, errors=[FieldError(field, sentence)])


@dataclass(frozen=True, slots=True)
class AdvisoriesPage:
    """A list of advisories with what it can be narrowed by."""

    rows: list[AdvisoryLine]
    total: int
    filters: Filters
    severities: list[Severity]
    countries: list[str]
    path: str
    next_url: str


@dataclass(frozen=True, slots=True)
class AdvisoryPage:
    """One version of an advisory; *canonical* is its address, *draft* whether nobody but curators sees it."""

    advisory: AdvisoryView
    canonical: str
    draft: bool


def list_page(session: Session, viewer: Viewer, path: str, filters: Filters, cursor: str) -> AdvisoriesPage:
    """The list at *path* for *viewer*.

    Raises:
        InvalidInput: a filter or the cursor is none.
    """
    page = stored.list_readable(session, viewer, filters.question(), limit=ROWS, cursor=cursor or None)
    given = {"severity": filters.severity, "country": filters.country, "state": filters.state}
    query = urlencode({name: value for name, value in given.items() if value} | {"cursor": page.next or ""})
    return AdvisoriesPage(
        rows=lines_of(session, page.items),
        total=page.total,
        filters=filters,
        severities=list(Severity),
        countries=[code for code, _name in countries()],
        path=path,
        next_url=f"{path}?{query}" if page.next else "",
    )


@router.get("/advisories")
def advisories(
    request: Request,
    session: Reading,
    severity: Annotated[str, Query(max_length=40)] = "",
    country: Annotated[str, Query(max_length=2)] = "",
    state: Annotated[str, Query(max_length=20)] = "",
    cursor: Annotated[str, Query(max_length=500)] = "",
) -> Response:
    """The advisories for everybody, the latest change first."""
    page = list_page(session, VISITOR, "/advisories", Filters(severity, country, state), cursor)
    return render(request, "advisories", page)


@router.get("/advisories/{advisory_id}")
def advisory(advisory_id: str, request: Request, session: Reading, version: Revision = None) -> Response:
    """One advisory for everybody, the latest version unless another is asked for."""
    found = find_version(session, advisory_id, VISITOR, version)
    if machine_form(request) == "":
        return RedirectResponse(f"/api/v1/advisories/{found.advisory.id}", 303, headers={"vary": "Accept"})
    shown = view_found(session, found)
    canonical = f"{base_url_of(request)}{shown.url}"
    return render(request, "advisory", AdvisoryPage(shown, canonical, draft=False))
