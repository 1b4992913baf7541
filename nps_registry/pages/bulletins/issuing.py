"""Issuing bulletins: for curators."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from fastapi import APIRouter, Request
from starlette.responses import Response

from nps_registry.errors import Conflict, InvalidInput
from nps_registry.http.dependencies import Reading, ServicesOfRequest
from nps_registry.http.forms import CheckedForm, text_of
from nps_registry.notices.bulletins import issue, require_period
from nps_registry.pages.curate.access import Curator
from nps_registry.pages.rendering import render
from nps_registry.pages.sign_in import leave_for
from nps_registry.store import bulletins as stored
from nps_registry.store.engine import Session, reading, writing
from nps_registry.vocabulary.period import Period

router = APIRouter()
MONTHS, QUARTERS = 6, 4


@dataclass(frozen=True, slots=True)
class PeriodRow:
    """A period that has ended; *version* is 0 where no bulletin was issued."""

    period: str
    version: int
    day: str


@dataclass(frozen=True, slots=True)
class IssuingPage:
    """Periods whose bulletin can be issued."""

    rows: list[PeriodRow]
    typed: str
    wrong: str


@router.get("/curate/bulletins")
def bulletins(request: Request, session: Reading, _person: Curator) -> Response:
    """The last months and quarters."""
    return _show(request, session, "", "", 200)


@router.post("/curate/bulletins")
def issue_bulletin(request: Request, services: ServicesOfRequest, person: Curator, form: CheckedForm) -> Response:
    """Issue a bulletin, or a further version where its figures have changed."""
    typed = text_of(form, "period", most=20)
    try:
        with writing(services.engine) as session:
            row, _fresh = issue(session, services.seal, require_period(typed), actor=person.actor)
            to = f"/bulletins/{row.period}"
    except (Conflict, InvalidInput) as refusal:
        with reading(services.engine) as session:
            return _show(request, session, typed, refusal.detail, refusal.status)
    services.index.refresh()
    return leave_for(to)


def _show(request: Request, session: Session, typed: str, wrong: str, status: int) -> Response:
    now = datetime.now(UTC)
    month = Period(now.year, now.month, 1)
    quarter = Period(now.year, 3 * month.quarter - 2, 3)
    periods = [month.before(count) for count in range(1, MONTHS + 1)]
    periods += [quarter.before(count) for count in range(1, QUARTERS + 1)]
    issued = {row.period: row for row in stored.list_bulletins(session)}
    keys = dict.fromkeys([*(period.key for period in periods), *issued])
    rows = [
        PeriodRow(
            key,
            issued[key].version if key in issued else 0,
            issued[key].issued_at.date().isoformat() if key in issued else "",
        )
        for key in keys
    ]
    return render(request, "curate/bulletins", IssuingPage(rows, typed, wrong), status=status)
