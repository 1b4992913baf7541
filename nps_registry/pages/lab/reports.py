"""The laboratory's own reports, a page at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from nps_registry.errors import FieldError, InvalidInput
from nps_registry.http.dependencies import Reading
from nps_registry.localisation import gettext as _
from nps_registry.pages.formats import write_day
from nps_registry.pages.lab.access import Reporter
from nps_registry.pages.rendering import render
from nps_registry.store import own_reports
from nps_registry.store import reports as stored
from nps_registry.store.contents import Contents
from nps_registry.store.engine import Session
from nps_registry.store.own_reports import OwnReports
from nps_registry.store.tables import Detection, Report
from nps_registry.vocabulary.report import ReportState

router = APIRouter()
SHOWN = 50
LATE = 10_000


@dataclass(frozen=True, slots=True)
class ReportRow:
    """A report in a list."""

    id: str
    called: str
    reference: str
    state: ReportState
    found: str
    country: str
    dated: str
    submitted_on: str


@dataclass(frozen=True, slots=True)
class ReportsPage:
    """One page of the list.

    Attributes:
        many: whether there are more than are counted.
        next_url: of the next page; empty at the end.
    """

    rows: Sequence[ReportRow]
    total: int
    many: bool
    states: Sequence[ReportState]
    state: str
    q: str
    first_url: str
    next_url: str


@router.get("/lab/reports")
def list_reports(
    request: Request,
    person: Reporter,
    session: Reading,
    state: Annotated[str, Query(max_length=20)] = "",
    q: Annotated[str, Query(max_length=200)] = "",
    cursor: Annotated[str, Query(max_length=200)] = "",
) -> Response:
    """The reports of the organisation, newest first."""
    if state and state not in list(ReportState):
        message = _("“%(state)s” is not a state of a report.") % {"state": state}
        raise InvalidInput(message, errors=[FieldError("state", message)])
    wanted = OwnReports(person.organisation_id, (ReportState(state),) if state else (), q)
    found = own_reports.list_own(session, wanted, limit=SHOWN, cursor=cursor or None)
    asked = {name: value for name, value in (("state", state), ("q", q)) if value}
    page = ReportsPage(
        rows=rows_of(session, found.items),
        total=min(found.total, LATE),
        many=found.total > LATE,
        states=[each for each in ReportState if each is not ReportState.DRAFT],
        state=state,
        q=q,
        first_url=f"/lab/reports?{urlencode(asked)}" if cursor else "",
        next_url=f"/lab/reports?{urlencode(asked | {'cursor': found.next})}" if found.next else "",
    )
    return render(request, "lab/reports", page)


def rows_of(session: Session, reports: Sequence[Report]) -> list[ReportRow]:
    """The rows of *reports*: a few queries, however many there are."""
    contents = stored.contents(session, [report.id for report in reports])
    return [_row(report, contents[report.id]) for report in reports]


def _row(report: Report, held: Contents) -> ReportRow:
    detections = [detection for _item, inner in held.items for detection in inner]
    names = list(dict.fromkeys(name_of(detection, held) for detection in detections))
    more = _(" and %(count)d more") % {"count": len(names) - 3} if len(names) > 3 else ""
    event = held.event
    return ReportRow(
        id=report.id,
        called=called(report),
        reference=report.reference or "",
        state=report.state,
        found=", ".join(names[:3]) + more,
        country=event.country,
        dated=str(event.collected_on or event.analysed_on or event.year),
        submitted_on=write_day(report.submitted_at),
    )


def called(report: Report) -> str:
    """What a laboratory calls its report: its own reference, else the public one, else the beginning of the id."""
    return report.own_reference or report.reference or report.id[:8]


def name_of(detection: Detection, held: Contents) -> str:
    """What was found: the registry's name, else the laboratory's words."""
    substance = held.substances.get(detection.substance_id) if detection.substance_id is not None else None
    return substance.name if substance else detection.reported_as or _("unidentified")
