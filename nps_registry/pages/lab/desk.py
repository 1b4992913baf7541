"""The laboratory's desk: what waits to be done, the drafts, the latest reports."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from nps_registry.http.dependencies import Reading
from nps_registry.intake.draft_fields import layout_of
from nps_registry.intake.drafts import Content
from nps_registry.localisation import gettext as _
from nps_registry.pages.formats import write_instant
from nps_registry.pages.lab.access import Reporter
from nps_registry.pages.lab.draft_view import called
from nps_registry.pages.lab.reports import ReportRow, rows_of
from nps_registry.pages.rendering import render
from nps_registry.store import drafts as stored
from nps_registry.store import own_reports
from nps_registry.store.engine import Session
from nps_registry.store.own_reports import OwnReports
from nps_registry.store.tables import Draft
from nps_registry.vocabulary.report import ReportState

router = APIRouter()
SHOWN = 10
WAITING = (ReportState.RETURNED, ReportState.QUERIED)


@dataclass(frozen=True, slots=True)
class DraftRow:
    """A draft in a list."""

    url: str
    called: str
    amends: bool
    detections: int
    saved_at: str
    saved_by: str


@dataclass(frozen=True, slots=True)
class DeskPage:
    """What a laboratory sees first.

    Attributes:
        waiting: reports that a reviewer has returned or asked about.
        counts: how many reports stand in each state, as links to the list.
    """

    waiting: Sequence[ReportRow]
    waiting_total: int
    drafts: Sequence[DraftRow]
    drafts_total: int
    drafts_next: str
    reports: Sequence[ReportRow]
    counts: Sequence[tuple[str, str, int]]


@router.get("/lab")
def desk(
    request: Request, person: Reporter, session: Reading, cursor: str | None = Query(None, max_length=200)
) -> Response:
    """What waits, the drafts, the latest reports."""
    organisation = person.organisation_id
    waiting = own_reports.list_own(session, OwnReports(organisation, WAITING), limit=SHOWN)
    latest = own_reports.list_own(session, OwnReports(organisation), limit=SHOWN)
    drafts = stored.list_drafts(session, organisation, limit=SHOWN, cursor=cursor)
    counts = own_reports.count_by_state(session, organisation)
    page = DeskPage(
        waiting=rows_of(session, waiting.items),
        waiting_total=waiting.total,
        drafts=_draft_rows(session, drafts.items),
        drafts_total=drafts.total,
        drafts_next=f"/lab?cursor={drafts.next}" if drafts.next else "",
        reports=rows_of(session, latest.items),
        counts=[
            (f"/lab/reports?state={state}", state.label, counts[state]) for state in ReportState if state in counts
        ],
    )
    return render(request, "lab/desk", page)


def _draft_rows(session: Session, drafts: Sequence[Draft]) -> list[DraftRow]:
    people = (
        stored.names_of(session, {each.person_id for each in drafts if each.person_id}, drafts[0].organisation_id)
        if drafts
        else {}
    )
    return [_draft_row(draft, people.get(draft.person_id or "", "")) for draft in drafts]


def _draft_row(draft: Draft, saved_by: str) -> DraftRow:
    fields = Content.of(draft).fields
    names = [f"items.{key}.detections.{each}" for key, detections in layout_of(fields).items for each in detections]
    words = [word for word in (called(fields, name) for name in names) if word]
    own = fields.get("own_reference", "")
    return DraftRow(
        url=f"/lab/drafts/{draft.id}",
        called=" · ".join([*([own] if own else []), ", ".join(words[:3])]).strip(" ·") or _("Untitled"),
        amends=draft.report_id is not None,
        detections=len(names),
        saved_at=write_instant(draft.saved_at),
        saved_by=saved_by,
    )
