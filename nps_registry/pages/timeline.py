"""The timeline: public events and substances per year and effect group."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from fastapi import APIRouter, Request
from starlette.responses import Response

from nps_registry.http.dependencies import Reading
from nps_registry.http.public import PublicRoute
from nps_registry.pages.figures.figure import Figure, Scope, world_figure, years_figure
from nps_registry.pages.rendering import render
from nps_registry.store import spread, statistics
from nps_registry.store.spread import Subject
from nps_registry.store.statistics import TimelineFigure
from nps_registry.vocabulary.substance import EffectGroup

router = APIRouter(route_class=PublicRoute)


@dataclass(frozen=True, slots=True)
class TimelinePage:
    """What the timeline shows: a row per year, a cell per effect group, none where nothing was."""

    figures: list[Figure]
    groups: list[EffectGroup]
    years: list[int]
    cells: dict[int, dict[EffectGroup, TimelineFigure]]


@router.get("/timeline")
def timeline(request: Request, session: Reading) -> Response:
    """The timeline of the whole phenomenon, as far as it is public here."""
    cells: defaultdict[int, dict[EffectGroup, TimelineFigure]] = defaultdict(dict)
    for figure in statistics.timeline(session):
        cells[figure.year][EffectGroup(figure.effect_group)] = figure
    met = {group for row in cells.values() for group in row}
    years = list(range(min(cells), max(cells) + 1)) if cells else []
    drawn = (
        years_figure(Scope.REGISTRY, "all", "", spread.per_year(session, Subject())),
        world_figure(Scope.REGISTRY, "all", "", spread.per_country(session, Subject())),
    )
    figures = [figure for figure in drawn if figure is not None]
    page = TimelinePage(figures, [group for group in EffectGroup if group in met], years, dict(cells))
    return render(request, "timeline", page)
