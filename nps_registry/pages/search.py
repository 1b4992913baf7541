"""The search page: one box that takes anything, and a form for each question; the address says all of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import RedirectResponse, Response

from nps_registry.errors import Refusal
from nps_registry.http.dependencies import Reading, ServicesOfRequest, ViewerOfRequest
from nps_registry.http.results import keep_private
from nps_registry.localisation import gettext as _
from nps_registry.pages.rendering import render
from nps_registry.pages.search_answers import Answers
from nps_registry.pages.search_asking import KINDS, Asking
from nps_registry.pages.search_choices import Choices, find_choices
from nps_registry.pages.search_hits import Column, Results, columns_of
from nps_registry.search.among import find_among

router = APIRouter()


@dataclass(frozen=True, slots=True)
class Way:
    """A kind of question, and the address that asks it with what was typed so far."""

    kind: str
    label: str
    url: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class SearchPage:
    """What the page shows: what was asked, how it was understood, the lists, or why there are none.

    Attributes:
        searched: what stands in the one box.
        understood: what a text in the box was taken for.
        groups: the lists of results.
        refusal: why there are none; empty where there are.
        more_url: address that shows more of the same; empty where all are shown.
    """

    searched: str
    asking: Asking
    ways: list[Way]
    choices: Choices
    understood: str
    groups: list[Results]
    columns: list[Column]
    more_url: str
    refusal: str


@router.get("/search")
def search(
    request: Request,
    services: ServicesOfRequest,
    session: Reading,
    viewer: ViewerOfRequest,
    asking: Annotated[Asking, Depends()],
) -> Response:
    """Results for whatever was asked; with nothing asked, the ways to ask."""
    groups: list[Results] = []
    understood, refusal = "", ""
    if asking.asks:
        try:
            question = asking.question()
            visible = services.index.visible_beyond_public(session, viewer)
            among = find_among(session, getattr(question, "among", asking.among), viewer)
            answers = Answers(services, session, asking, visible, among)
            understood, groups = answers.answer(question)
            if answers.single:
                return RedirectResponse(f"/substances/{answers.single}", 303)
        except Refusal as refused:
            refusal = refused.detail
    page = SearchPage(
        searched=asking.q,
        asking=asking,
        ways=_ways(asking),
        choices=find_choices(session),
        understood=understood,
        groups=groups,
        columns=columns_of(groups, asking) if asking.view_is_table else [],
        more_url=_more(asking, groups),
        refusal=refusal,
    )
    return keep_private(render(request, "search", page, status=422 if refusal else 200), viewer)


def _ways(asking: Asking) -> list[Way]:
    labels = {
        "any": _("Anything"),
        "similarity": _("Similar"),
        "substructure": _("Contains"),
        "superstructure": _("Contained in"),
        "identity": _("The same"),
        "mass": _("Mass, formula"),
        "name": _("Name"),
    }
    structure = asking.structure or asking.pattern
    carried = replace(asking, structure=structure, pattern=asking.pattern or structure, sort="")
    return [Way(kind, labels[kind], carried.address(kind=kind), kind == asking.meant) for kind in KINDS]


_MORE = {48: "200", 200: "500"}


def _more(asking: Asking, groups: list[Results]) -> str:
    """The address that shows more of the longest list; none where all of it is shown, or as much as ever is."""
    is_cut = any(len(group.hits) < group.total or not group.total_is_exact for group in groups)
    further = _MORE.get(int(asking.limit)) if asking.limit.isdigit() and len(asking.limit) < 4 else None
    return asking.address(limit=further) if is_cut and further else ""
