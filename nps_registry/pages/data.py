"""The data page: what can be taken away, and how."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import APIRouter, Request
from starlette.responses import Response

from nps_registry.localisation import gettext as _
from nps_registry.pages.public import PublicRoute
from nps_registry.pages.rendering import render

router = APIRouter(route_class=PublicRoute)


@dataclass(frozen=True, slots=True)
class Download:
    """Something to take away."""

    url: str
    label: str


@dataclass(frozen=True, slots=True)
class DataPage:
    """What the data page shows."""

    exports: list[Download]
    statistics: list[Download]
    feeds: list[Download]
    signed: list[Download]


@router.get("/data")
def data(request: Request) -> Response:
    """Exports, figures, feeds, the API, the licence."""
    page = DataPage(
        exports=[
            Download("/api/v1/exports/substances.csv", _("All substances, CSV")),
            Download("/api/v1/exports/substances.sdf", _("All structures, SDF")),
            Download("/api/v1/exports/substances.json", _("All substances, JSON")),
            Download("/api/v1/exports/substances.parquet", _("All substances, Parquet")),
            Download("/api/v1/exports/reports.csv", _("Public counts per substance, country and quarter, CSV")),
        ],
        statistics=[
            Download("/api/v1/statistics/timeline", _("Per year and effect group")),
            Download("/api/v1/statistics/countries", _("Per country")),
            Download("/api/v1/statistics/classes", _("Per chemical class")),
            Download("/api/v1/statistics/latency", _("How long reports take")),
        ],
        feeds=[
            Download("/api/v1/feeds/substances.atom", _("Substances newly reported, Atom")),
            Download("/api/v1/feeds/signals.atom", _("Signals, Atom")),
            Download("/api/v1/feeds/advisories.atom", _("Advisories, Atom")),
        ],
        signed=[
            Download("/api/v1/advisories", _("Advisories, JSON")),
            Download("/bulletins", _("Bulletins")),
            Download("/.well-known/nps-registry-keys.json", _("The public keys that advisories are signed with")),
        ],
    )
    return render(request, "data", page)
