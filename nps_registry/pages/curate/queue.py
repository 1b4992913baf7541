"""The queue of those who review: what matters most first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from nps_registry.http.dependencies import Reading
from nps_registry.http.filters import require_queue_filters
from nps_registry.pages.curate.access import Reviewer
from nps_registry.pages.rendering import render
from nps_registry.store import reports as reports_stored
from nps_registry.store import review_queue as stored
from nps_registry.store.dossiers import class_labels
from nps_registry.store.engine import Session
from nps_registry.store.review_queue import COUNTED_TO, QueueQuestion
from nps_registry.store.tables import Detection, ReviewEntry
from nps_registry.vocabulary.finding import EventType
from nps_registry.vocabulary.report import ReportState, Role
from nps_registry.vocabulary.review import WAITING, Reason

router = APIRouter()
ROWS = 50


@dataclass(frozen=True, slots=True)
class Choice:
    """A value of a filter."""

    value: str
    label: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class QueueRow:
    """One report that waits.

    Attributes:
        found: what was found, in the registry's words, a few of them.
        reasons: why it stands where it does.
    """

    id: str
    laboratory: str
    country: str
    event_type: EventType
    state: ReportState
    waiting_since: datetime
    reasons: list[Reason]
    found: list[str]


@dataclass(frozen=True, slots=True)
class QueuePage:
    """What the queue shows."""

    rows: list[QueueRow]
    total: int
    counted_to: int
    states: list[Choice]
    countries: list[Choice]
    classes: list[Choice]
    next_url: str
    first_url: str
    within_country: str


@router.get("/curate")
def queue(
    request: Request,
    session: Reading,
    person: Reviewer,
    state: str = "",
    country: Annotated[str, Query(max_length=2)] = "",
    chemical_class: Annotated[str, Query(max_length=64)] = "",
    cursor: Annotated[str, Query(max_length=300)] = "",
) -> Response:
    """What waits; for a focal point, from its country."""
    wanted = ReportState(state) if state in {each.value for each in WAITING} else None
    question = require_queue_filters(session, QueueQuestion(wanted, country or None, chemical_class or None))
    page = stored.read_queue(session, person.viewer, question, limit=ROWS, cursor=cursor or None)
    filters = {"state": state, "country": country, "chemical_class": chemical_class}
    given = {name: value for name, value in filters.items() if value}
    is_focal_point = person.role is Role.FOCAL_POINT
    labels = class_labels(session)
    shown = QueuePage(
        rows=_rows(session, page.items),
        total=page.total,
        counted_to=COUNTED_TO,
        states=[Choice(each.value, each.label, each is wanted) for each in WAITING],
        countries=[]
        if is_focal_point
        else [Choice(code, code, code == question.country) for code in stored.countries_of_queue(session)],
        classes=[
            Choice(key, label, key == chemical_class) for key, label in sorted(labels.items(), key=lambda x: x[1])
        ],
        next_url=f"/curate?{urlencode({**given, 'cursor': page.next})}" if page.next else "",
        first_url=f"/curate?{urlencode(given)}" if cursor else "",
        within_country=person.country if is_focal_point else "",
    )
    return render(request, "curate/queue", shown)


def _rows(session: Session, entries: Sequence[ReviewEntry]) -> list[QueueRow]:
    contents = reports_stored.contents(session, [entry.report_id for entry in entries])
    rows = []
    for entry in entries:
        held = contents[entry.report_id]
        detections = [each for _item, group in held.items for each in group]
        names = [
            _name(each, held.substances[each.substance_id].name if each.substance_id else "") for each in detections
        ]
        rows.append(
            QueueRow(
                id=entry.report_id,
                laboratory=held.organisation.name,
                country=entry.country,
                event_type=held.event.type,
                state=entry.state,
                waiting_since=entry.waiting_since,
                reasons=[Reason(each) for each in entry.reasons],
                found=list(dict.fromkeys(names))[:4],
            )
        )
    return rows


def _name(detection: Detection, name: str) -> str:
    return name or detection.reported_as[:80] or detection.formula or detection.chemical_class
