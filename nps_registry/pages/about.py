"""What this registry is, how it works, and what it cannot say."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import APIRouter, Request
from starlette.responses import Response

from nps_registry.http.dependencies import Reading, ServicesOfRequest
from nps_registry.http.public import PublicRoute
from nps_registry.pages.rendering import render
from nps_registry.signals.quality import Backtest, ExactEvents, read_backtest, read_exact
from nps_registry.store import delays
from nps_registry.store.delays import Latency, Stage
from nps_registry.vocabulary.substance import Evidence
from nps_registry.vocabulary.technique import SWGDRUG_EDITION

router = APIRouter(route_class=PublicRoute)


@dataclass(frozen=True, slots=True)
class AboutPage:
    """What the page about the registry shows."""

    grades: list[Evidence]
    swgdrug_edition: str
    recipe: str
    latency: dict[int, dict[Stage, Latency]]
    stages: list[Stage]
    backtest: Backtest | None
    exact: ExactEvents | None


@router.get("/about")
def about(request: Request, services: ServicesOfRequest, session: Reading) -> Response:
    """Method and limits."""
    latency: dict[int, dict[Stage, Latency]] = {}
    for row in delays.medians(session):
        latency.setdefault(row.year, {})[row.stage] = row
    page = AboutPage(
        list(Evidence),
        SWGDRUG_EDITION,
        services.index.recipe.id,
        latency,
        list(Stage),
        read_backtest(),
        read_exact(),
    )
    return render(request, "about", page)
