"""The figures behind every chart."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from nps_registry.api.description import answers, resource
from nps_registry.api.figure_shapes import ClassesShape, CountriesShape, LatencyShape, TimelineShape
from nps_registry.http.dependencies import Reading, ServicesOfRequest
from nps_registry.http.public import PublicRoute
from nps_registry.store import delays
from nps_registry.store import statistics as stored
from nps_registry.vocabulary.place import country_name, region_name, region_of

router = resource("/statistics", "statistics", PublicRoute)


@router.get(
    "/timeline",
    summary="Events and substances per year and effect group",
    response_model=None,
    responses=answers(TimelineShape),
)
def tell_timeline(services: ServicesOfRequest, session: Reading) -> dict[str, Any]:
    """Public events with a new psychoactive substance, and such substances, new ones apart."""
    items = [asdict(row) for row in stored.timeline(session)]
    return {"items": items, "total": len(items), "counted": "events", "demonstration": services.demonstration}


@router.get(
    "/countries",
    summary="Events and substances per country",
    response_model=None,
    responses=answers(CountriesShape),
)
def tell_countries(services: ServicesOfRequest, session: Reading) -> dict[str, Any]:
    """Public events with a new psychoactive substance per country, with its UN M49 sub-region."""
    items = [
        {
            **asdict(row),
            "name": country_name(row.country),
            "region": region_of(row.country),
            "region_name": region_name(region_of(row.country)),
        }
        for row in stored.countries(session)
    ]
    return {"items": items, "total": len(items), "counted": "events", "demonstration": services.demonstration}


@router.get(
    "/classes",
    summary="Substances and events per chemical class",
    response_model=None,
    responses=answers(ClassesShape),
)
def tell_classes(services: ServicesOfRequest, session: Reading) -> dict[str, Any]:
    """Listed new psychoactive substances per chemical class, and public events with one of the class."""
    items = [asdict(row) for row in stored.classes(session)]
    return {"items": items, "total": len(items), "counted": "events", "demonstration": services.demonstration}


@router.get(
    "/latency",
    summary="Days from stage to stage of public reports",
    response_model=None,
    responses=answers(LatencyShape),
)
def tell_latency(services: ServicesOfRequest, session: Reading) -> dict[str, Any]:
    """Medians per year of the event: collected, analysed, submitted, accepted, published; of few reports, withheld."""
    items = [
        {"stage": row.stage.value, "year": row.year, "median_days": row.median_days, "reports": row.reports}
        for row in delays.medians(session)
    ]
    return {
        "items": items,
        "total": len(items),
        "counted": "days",
        "fewest_reports": delays.FEWEST_REPORTS,
        "demonstration": services.demonstration,
    }
