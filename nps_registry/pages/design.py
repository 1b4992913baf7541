"""The parts that pages are made of, on one page, so that the next person can see them."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import APIRouter, Request
from starlette.responses import Response

from nps_registry.http.dependencies import Reading
from nps_registry.http.public import PublicRoute
from nps_registry.pages.cards import PageCard, draw_cards
from nps_registry.pages.figures.figure import Figure, Scope, world_figure, years_figure
from nps_registry.pages.rendering import render
from nps_registry.store import spread
from nps_registry.store import substances as stored
from nps_registry.store.browse import Browse
from nps_registry.store.spread import Subject
from nps_registry.vocabulary.substance import EffectGroup, Status

router = APIRouter(route_class=PublicRoute)
SAMPLES = 3


@dataclass(frozen=True, slots=True)
class DesignPage:
    """Tokens, type, badges, cards and figures, with real content."""

    colours: list[str]
    steps: list[str]
    groups: list[EffectGroup]
    statuses: list[Status]
    cards: list[PageCard]
    figures: list[Figure]


@router.get("/about/design")
def design(request: Request, session: Reading) -> Response:
    """The design's parts."""
    found = stored.browse(session, Browse(sort="reports"), limit=SAMPLES)
    drawn = (
        years_figure(Scope.REGISTRY, "all", "", spread.per_year(session, Subject())),
        world_figure(Scope.REGISTRY, "all", "", spread.per_country(session, Subject())),
    )
    page = DesignPage(
        colours=["paper", "surface", "sunken", "ink", "quiet", "line", "accent", "warn", "ok", "highlight", "common"],
        steps=["3", "2", "1", "0", "-1"],
        groups=list(EffectGroup),
        statuses=list(Status),
        cards=draw_cards(session, found.items),
        figures=[figure for figure in drawn if figure is not None],
    )
    return render(request, "design", page)
