"""The first page: one search box, the state of the registry, what is new."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import APIRouter, Request
from starlette.responses import Response

from nps_registry.http.dependencies import Reading
from nps_registry.pages.cards import PageCard, draw_cards
from nps_registry.pages.rendering import render
from nps_registry.store import statistics, substances
from nps_registry.store.statistics import ClassFigure, Totals

router = APIRouter()
NEWEST = 8


@dataclass(frozen=True, slots=True)
class HomePage:
    """What the first page shows."""

    totals: Totals
    classes: list[ClassFigure]
    newest: list[PageCard]


@router.get("/")
def home(request: Request, session: Reading) -> Response:
    """The first page."""
    page = HomePage(
        totals=statistics.totals(session),
        classes=statistics.classes(session),
        newest=draw_cards(session, substances.newly_reported(session, limit=NEWEST)),
    )
    return render(request, "home", page)
