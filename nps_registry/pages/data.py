"""The data page: what can be taken away, and how."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from nps_registry import __version__
from nps_registry.http.addresses import base_url_of
from nps_registry.http.dependencies import ServicesOfRequest
from nps_registry.http.dossier_json import LICENCE_URL
from nps_registry.http.public import PublicRoute
from nps_registry.localisation import gettext as _
from nps_registry.pages.rendering import render

router = APIRouter(route_class=PublicRoute)
_MEDIA_TYPES = {
    "csv": "text/csv",
    "sdf": "chemical/x-mdl-sdfile",
    "json": "application/json",
    "parquet": "application/vnd.apache.parquet",
}


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
    citation: str
    linked_data: dict[str, Any]


@router.get("/data")
def data(request: Request, services: ServicesOfRequest) -> Response:
    """Exports, figures, feeds, the API, the licence."""
    exports = [
        Download("/api/v1/exports/substances.csv", _("All substances, CSV")),
        Download("/api/v1/exports/substances.sdf", _("All structures, SDF")),
        Download("/api/v1/exports/substances.json", _("All substances, JSON")),
        Download("/api/v1/exports/substances.parquet", _("All substances, Parquet")),
        Download("/api/v1/exports/reports.csv", _("Public counts per substance, country and quarter, CSV")),
    ]
    base = base_url_of(request)
    page = DataPage(
        exports=exports,
        statistics=[
            Download("/api/v1/statistics/timeline", _("Per year and effect group, JSON")),
            Download("/api/v1/statistics/countries", _("Per country, JSON")),
            Download("/api/v1/statistics/classes", _("Per chemical class, JSON")),
            Download("/api/v1/statistics/latency", _("How long reports take, JSON")),
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
        citation=f"nps-registry, {__version__}, {base}, {_('read on')} {datetime.now(UTC).date().isoformat()}.",
        linked_data=_describe_dataset(base, exports, demonstration=services.demonstration),
    )
    return render(request, "data", page)


def _describe_dataset(base: str, exports: Sequence[Download], *, demonstration: bool) -> dict[str, Any]:
    """What search engines for data read of the whole tables (schema.org, Bioschemas' profile of a dataset)."""
    invented = _("Demonstration: every count in these files is invented; do not cite them.")
    described = _("New psychoactive substances: structures, names, control, and public reports by country and quarter.")
    return {
        "@context": "https://schema.org",
        "@type": "Dataset",
        "@id": f"{base}/data",
        "http://purl.org/dc/terms/conformsTo": {
            "@type": "CreativeWork",
            "@id": "https://bioschemas.org/profiles/Dataset/1.0-RELEASE",
        },
        "identifier": f"{base}/data",
        "url": f"{base}/data",
        "name": "nps-registry",
        "description": f"{described} {invented}" if demonstration else described,
        "keywords": ["new psychoactive substances", "early warning", "forensic chemistry"],
        "license": LICENCE_URL,
        "version": __version__,
        "isAccessibleForFree": True,
        "distribution": [
            {
                "@type": "DataDownload",
                "name": each.label,
                "contentUrl": f"{base}{each.url}",
                "encodingFormat": _MEDIA_TYPES[each.url.rpartition(".")[2]],
            }
            for each in exports
        ],
    }
