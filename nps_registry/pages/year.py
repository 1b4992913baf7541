"""The page of one year: what was reported for the first time, and how the year's events spread."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import APIRouter, Request
from starlette.responses import Response

from nps_registry.errors import NotFound
from nps_registry.http.dependencies import Reading
from nps_registry.http.public import PublicRoute
from nps_registry.localisation import gettext as _
from nps_registry.pages.cards import PageCard, draw_cards
from nps_registry.pages.rendering import render
from nps_registry.store import spread
from nps_registry.store import substances as stored
from nps_registry.store.spread import PlaceFigure, Subject
from nps_registry.vocabulary.substance import EffectGroup

router = APIRouter(route_class=PublicRoute)
SHOWN = 48


@dataclass(frozen=True, slots=True)
class YearPage:
    """What the page of a year shows; *groups* are its events by effect group, *cards* its new substances."""

    year: int
    years: list[int]
    groups: list[tuple[EffectGroup, int]]
    countries: list[PlaceFigure]
    cards: list[PageCard]
    new: int


@router.get("/years/{year}")
def year_page(year: str, request: Request, session: Reading) -> Response:
    """The page of one year."""
    years = spread.years_with_events(session)
    if not (year.isascii() and year.isdecimal() and len(year) == 4 and int(year) in years):
        raise NotFound(_("Nothing has been reported in public for the year “%(year)s”.") % {"year": year[:12]})
    number = int(year)
    new = spread.first_seen_in(session, number)
    rows = stored.by_ids(session, [row.substance_id for row in new[:SHOWN]])
    events = {row.effect_group: row.events for row in spread.per_year(session, Subject(year=number))}
    page = YearPage(
        year=number,
        years=years,
        groups=[(group, events[group]) for group in EffectGroup if group in events],
        countries=spread.per_country(session, Subject(year=number)),
        cards=draw_cards(session, [rows[row.substance_id] for row in new[:SHOWN]]),
        new=len(new),
    )
    return render(request, "year", page)
