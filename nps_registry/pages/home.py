"""The first page: one search box, the state of the registry, what is new."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import APIRouter, Request
from starlette.responses import Response

from nps_registry.http.dependencies import Reading
from nps_registry.http.public import PublicRoute
from nps_registry.pages.advisories.view import AdvisoryLine, lines_standing
from nps_registry.pages.cards import PageCard, draw_cards
from nps_registry.pages.figures.figure import Figure, Scope, world_figure, years_figure
from nps_registry.pages.rendering import render
from nps_registry.store import spread, statistics, substances
from nps_registry.store.spread import Subject
from nps_registry.store.statistics import ClassFigure, Totals
from nps_registry.vocabulary.substance import EffectGroup

router = APIRouter(route_class=PublicRoute)
NEWEST = 8
ADVISORIES = 3


@dataclass(frozen=True, slots=True)
class HomePage:
    """What the first page shows."""

    totals: Totals
    groups: list[EffectGroup]
    figures: list[Figure]
    classes: list[ClassFigure]
    newest: list[PageCard]
    advisories: list[AdvisoryLine]


@router.get("/")
def home(request: Request, session: Reading) -> Response:
    """The first page."""
    drawn = (
        years_figure(Scope.REGISTRY, "all", "", spread.per_year(session, Subject())),
        world_figure(Scope.REGISTRY, "all", "", spread.per_country(session, Subject())),
    )
    page = HomePage(
        groups=[group for group in EffectGroup if group is not EffectGroup.UNASSIGNED],
        figures=[figure for figure in drawn if figure is not None],
        totals=statistics.totals(session),
        classes=sorted(statistics.classes(session), key=lambda row: -row.substances),
        newest=draw_cards(session, substances.newly_reported(session, limit=NEWEST)),
        advisories=lines_standing(session, limit=ADVISORIES),
    )
    return render(request, "home", page)
