"""What this registry is, how it works, and what it cannot say."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import APIRouter, Request
from starlette.responses import Response

from nps_registry.http.dependencies import ServicesOfRequest
from nps_registry.pages.public import PublicRoute
from nps_registry.pages.rendering import render
from nps_registry.vocabulary.substance import Evidence
from nps_registry.vocabulary.technique import SWGDRUG_EDITION

router = APIRouter(route_class=PublicRoute)


@dataclass(frozen=True, slots=True)
class AboutPage:
    """What the page about the registry shows."""

    grades: list[Evidence]
    swgdrug_edition: str
    recipe: str


@router.get("/about")
def about(request: Request, services: ServicesOfRequest) -> Response:
    """Method and limits."""
    return render(request, "about", AboutPage(list(Evidence), SWGDRUG_EDITION, services.index.recipe.id))
