"""What changed this month, or in any month: new substances, signals, listings, controls; public facts only.

A month that is over stays as it was told, except for what was retracted or corrected since.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from nps_registry.errors import FieldError, InvalidInput
from nps_registry.http.dependencies import Reading
from nps_registry.http.public import PublicRoute
from nps_registry.localisation import gettext as _
from nps_registry.pages.cards import PageCard, draw_cards
from nps_registry.pages.rendering import render
from nps_registry.pages.signals import SignalLine, lines_of
from nps_registry.store import recent, signals
from nps_registry.store.engine import Session
from nps_registry.store.recent import ControlFigure
from nps_registry.store.signals import SignalQuestion
from nps_registry.store.tables import Substance
from nps_registry.store.viewer import VISITOR
from nps_registry.vocabulary.substance import Nature

router = APIRouter(route_class=PublicRoute)
FIRST_YEAR = 2000
SIGNALS, CARDS = 60, 24
_MONTH = re.compile(r"(\d{4})-(0[1-9]|1[0-2])")


@dataclass(frozen=True, slots=True)
class ChangesPage:
    """What changed in one month.

    Attributes:
        reported: substances first reported in public; *listed*: those that got an entry; each with how many they are.
            What is no NPS is named as what it is.
        signals: about NPS, raised in the month and about the year before its end; *signals_total* counts older ones
            too, and *others_total* those about substances of another nature.
        later: the month behind; empty for the present one.
    """

    month: str
    is_over: bool
    earlier: str
    later: str
    reported: list[PageCard]
    reported_total: int
    signals: list[SignalLine]
    signals_total: int
    others_total: int
    listed: list[PageCard]
    listed_total: int
    controls: list[ControlFigure]


@router.get("/changes")
def changes(request: Request, session: Reading, month: Annotated[str, Query(max_length=7)] = "") -> Response:
    """The present month, or the one that is asked for."""
    today = datetime.now(UTC)
    present = today.year * 12 + today.month - 1
    asked = _read_month(month, present) if month else present
    year, number = asked // 12, asked % 12 + 1
    since, before = recent.bounds_of(year, number)
    every = SignalQuestion(raised_since=since, raised_before=before)
    of_nps = replace(every, nature=Nature.NPS)
    news = replace(of_nps, since=(year - 1, (number + 2) // 3))
    found = signals.list_signals(session, VISITOR, news, limit=SIGNALS, cursor=None)
    signals_total = signals.count_signals(session, VISITOR, of_nps)
    reported, reported_total = recent.first_reported_in(session, year, number, limit=CARDS)
    listed, listed_total = recent.listed_in(session, year, number, limit=CARDS)
    page = ChangesPage(
        month=_write_month(asked),
        is_over=asked < present,
        earlier=_write_month(asked - 1) if asked > FIRST_YEAR * 12 else "",
        later=_write_month(asked + 1) if asked < present else "",
        reported=_draw_cards(session, reported),
        reported_total=reported_total,
        signals=lines_of(found.items),
        signals_total=signals_total,
        others_total=signals.count_signals(session, VISITOR, every) - signals_total,
        listed=_draw_cards(session, listed),
        listed_total=listed_total,
        controls=recent.entering_into_force(session, year, number),
    )
    return render(request, "changes", page)


def _draw_cards(session: Session, rows: Sequence[Substance]) -> list[PageCard]:
    natures = [(None, "" if row.nature is Nature.NPS else row.nature.label) for row in rows]
    return draw_cards(session, rows, natures)


def _read_month(text: str, present: int) -> int:
    """The month that *text* names, 12 a year.

    Raises:
        InvalidInput: it names none, or one to come.
    """
    found = _MONTH.fullmatch(text) if text.isascii() else None
    asked = int(found[1]) * 12 + int(found[2]) - 1 if found else -1
    if not FIRST_YEAR * 12 <= asked <= present:
        sentence = _("“%(text)s” is not a month that is or was; write it as 2026-10.") % {"text": text[:20]}
        raise InvalidInput(sentence, errors=[FieldError("month", sentence)])
    return asked


def _write_month(month: int) -> str:
    return f"{month // 12:04d}-{month % 12 + 1:02d}"
