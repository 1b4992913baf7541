"""The page of one country: what has been reported from there in public."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import APIRouter, Request
from starlette.responses import Response

from nps_registry.errors import NotFound
from nps_registry.http.dependencies import Reading
from nps_registry.http.public import PublicRoute
from nps_registry.localisation import gettext as _
from nps_registry.pages.figures.figure import Figure, Scope, years_figure
from nps_registry.pages.rendering import render
from nps_registry.store import spread, statistics
from nps_registry.store.spread import Subject
from nps_registry.store.statistics import CountrySubstance
from nps_registry.vocabulary.place import country_name, is_country, region_name, region_of

router = APIRouter(route_class=PublicRoute)


@dataclass(frozen=True, slots=True)
class CountryPage:
    """What the page of a country shows."""

    code: str
    name: str
    region: str
    events: int
    figures: list[Figure]
    substances: list[CountrySubstance]


@router.get("/countries/{iso2}")
def country(iso2: str, request: Request, session: Reading) -> Response:
    """The page of the country with this ISO 3166-1 alpha-2 code."""
    code = iso2.upper()
    if not is_country(code):
        raise NotFound(_("“%(code)s” is not a country's two-letter code.") % {"code": iso2[:20]})
    rows = statistics.substances_of_country(session, code)
    years = years_figure(Scope.COUNTRIES, code, country_name(code), spread.per_year(session, Subject(country=code)))
    page = CountryPage(
        code=code,
        name=country_name(code),
        region=region_name(region_of(code)),
        events=statistics.events_of_country(session, code),
        figures=[years] if years else [],
        substances=rows,
    )
    return render(request, "country", page)
