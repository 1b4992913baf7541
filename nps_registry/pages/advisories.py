"""Advisories that are public."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import APIRouter, Request
from starlette.responses import Response

from nps_registry.pages.public import PublicRoute
from nps_registry.pages.rendering import render

router = APIRouter(route_class=PublicRoute)


@dataclass(frozen=True, slots=True)
class AdvisoriesPage:
    """What the page of advisories shows."""

    titles: list[str]


@router.get("/advisories")
def advisories(request: Request) -> Response:
    """Published advisories; there is no way to write one yet, so there are none."""
    return render(request, "advisories", AdvisoriesPage([]))
