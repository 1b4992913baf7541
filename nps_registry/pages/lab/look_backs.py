"""What the laboratory's earlier partial identifications could be, by what was listed or refined since."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from fastapi import APIRouter, Request
from starlette.responses import Response

from nps_registry.http.dependencies import Reading
from nps_registry.pages.lab.access import Reporter
from nps_registry.pages.rendering import render
from nps_registry.store import look_backs as stored
from nps_registry.store.look_backs import LookBackRow

router = APIRouter()


@dataclass(frozen=True, slots=True)
class LookBacksPage:
    """The look-backs that are still open, the newest first; *total* counts those not shown too."""

    rows: Sequence[LookBackRow]
    total: int


@router.get("/lab/look-backs")
def look_backs(request: Request, person: Reporter, session: Reading) -> Response:
    """All of them, up to two hundred."""
    rows, total = stored.list_of_laboratory(session, person.viewer)
    return render(request, "lab/look_backs", LookBacksPage(rows, total))
