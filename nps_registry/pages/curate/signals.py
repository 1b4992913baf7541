"""Signals at the curators' desk: the weightiest first, each with its reasons, its evidence and what was made of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from starlette.datastructures import FormData
from starlette.responses import Response

from nps_registry.errors import Conflict, FieldError, InvalidInput, NotFound, Refusal
from nps_registry.http.dependencies import Reading, ServicesOfRequest
from nps_registry.http.forms import CheckedForm, number_of, text_of
from nps_registry.http.signal_json import read_question
from nps_registry.http.signed_in import SignedIn
from nps_registry.localisation import gettext as _
from nps_registry.pages.curate.access import Curator
from nps_registry.pages.curate.advisories import AdvisoryRow, rows_of
from nps_registry.pages.rendering import render
from nps_registry.pages.sign_in import leave_for
from nps_registry.pages.signals import ANY, SignalLine, line_of
from nps_registry.signals import score, triage, wording
from nps_registry.signals.triage import MOST_WORDS, Judged, ToldStep
from nps_registry.store import advisories as advisories_stored
from nps_registry.store import signals as stored
from nps_registry.store.engine import Session, reading, writing
from nps_registry.store.signals import SignalRow
from nps_registry.store.tables import Report
from nps_registry.vocabulary.place import countries
from nps_registry.vocabulary.signal import SignalAct, SignalKind, SignalState
from nps_registry.vocabulary.substance import Nature

router = APIRouter()
ROWS, REPORTS = 40, 200
_ACT_NAMES = {"assess": SignalAct.ASSESSED, "escalate": SignalAct.ESCALATED, "dismiss": SignalAct.DISMISSED}


@dataclass(frozen=True, slots=True)
class Weighed:
    """A signal with its weight and what that is made of, each reason with its points."""

    line: SignalLine
    score: float
    reasons: list[tuple[str, int]]
    audience: str
    raised_at: datetime


@dataclass(frozen=True, slots=True)
class SignalsPage:
    """What the desk's list shows."""

    rows: list[Weighed]
    total: int
    kinds: list[SignalKind]
    states: list[SignalState]
    natures: list[Nature]
    countries: list[tuple[str, str]]
    chosen: dict[str, str]
    next_url: str
    first_url: str


@dataclass(frozen=True, slots=True)
class SignalPage:
    """One signal at the desk.

    Attributes:
        weeks: the weeks that rose, of an increase; empty for all others.
        acts: what may be made of it, by the name in the address.
        advisories: what was written from it.
        typed: the reason that was typed into a form that was not taken; *wrong*: why; *changes*: what others did.
    """

    weighed: Weighed
    rule: str
    explanation: str
    weeks: str
    revision: int
    acts: list[tuple[str, SignalAct]]
    steps: list[ToldStep]
    reports: list[Report]
    reports_total: int
    advisories: list[AdvisoryRow]
    typed: str
    typed_for: str
    wrong: str
    changes: list[FieldError]


@router.get("/curate/signals")
def signals(
    request: Request,
    session: Reading,
    person: Curator,
    kind: Annotated[str, Query(max_length=48)] = "",
    state: Annotated[str, Query(max_length=48)] = SignalState.OPEN.value,
    nature: Annotated[str, Query(max_length=48)] = "",
    country: Annotated[str, Query(max_length=2)] = "",
    since: Annotated[str, Query(alias="from", max_length=10)] = "",
    cursor: Annotated[str, Query(max_length=300)] = "",
) -> Response:
    """What waits to be looked at, of the last year where no other time is asked for."""
    last_year = f"{datetime.now(UTC).year - 1}-Q{(datetime.now(UTC).month + 2) // 3}"
    shown_since = since or last_year
    question = read_question(kind, "", country, "" if state == ANY else state, shown_since, nature=nature)
    page = stored.list_by_score(session, person.viewer, question, limit=ROWS, cursor=cursor or None)
    chosen = {"kind": kind, "state": state, "nature": nature, "country": country.upper(), "from": shown_since}
    shown = SignalsPage(
        rows=[_weigh(row) for row in page.items],
        total=page.total,
        kinds=list(SignalKind),
        states=list(SignalState),
        natures=list(Nature),
        countries=sorted(countries(), key=lambda pair: pair[1]),
        chosen=chosen,
        next_url=f"/curate/signals?{urlencode({**chosen, 'cursor': page.next})}" if page.next else "",
        first_url=f"/curate/signals?{urlencode(chosen)}" if cursor else "",
    )
    return render(request, "curate/signals", shown)


@router.get("/curate/signals/{signal_id}")
def signal(signal_id: str, request: Request, session: Reading, person: Curator) -> Response:
    """One signal with its evidence and history."""
    return _show(request, session, (signal_id, person), None)


@router.post("/curate/signals/{signal_id}/{act}")
def act_on_signal(
    signal_id: str, act: str, request: Request, services: ServicesOfRequest, person: Curator, form: CheckedForm
) -> Response:
    """Assess, escalate or dismiss; the reason stays on the page where that is refused."""
    if act not in _ACT_NAMES:
        raise NotFound(_("There is nothing at this address."))
    try:
        reason = text_of(form, "reason", most=MOST_WORDS)
        judged = Judged(signal_id, person.viewer, number_of(form, "revision"))
        with writing(services.engine) as session:
            triage.judge(session, judged, _ACT_NAMES[act], reason)
    except (Conflict, InvalidInput) as refusal:
        with reading(services.engine) as session:
            return _show(request, session, (signal_id, person), (refusal, form, act))
    services.index.refresh()
    return leave_for(f"/curate/signals/{signal_id}#history")


def _weigh(row: SignalRow) -> Weighed:
    signal = row.signal
    reasons = score.explain(signal.evidence.get("weights"))
    return Weighed(line_of(row, is_reviewer=True), signal.score, reasons, signal.audience, signal.raised_at)


def _show(
    request: Request,
    session: Session,
    asked: tuple[str, SignedIn],
    refused: tuple[Refusal, FormData, str] | None,
) -> Response:
    signal_id, person = asked
    row = triage.find(session, signal_id, person.viewer)
    open_acts = triage.acts_open_to(row.signal, person.viewer)
    reports, total = stored.reports_of(session, row.signal.id, person.viewer, limit=REPORTS)
    refusal, form, act = refused or (None, FormData(), "")
    typed = form.get("reason", "")
    page = SignalPage(
        weighed=_weigh(row),
        rule=row.signal.rule,
        explanation=wording.explain_rule(row.signal.kind),
        weeks=wording.tell_weeks(row.signal),
        revision=row.signal.revision,
        acts=[(name, each) for name, each in _ACT_NAMES.items() if each in open_acts],
        steps=triage.history_of(session, row.signal, person.viewer),
        reports=reports,
        reports_total=total,
        advisories=rows_of(session, advisories_stored.of_signal(session, row.signal.id)),
        typed=typed if isinstance(typed, str) else "",
        typed_for=act,
        wrong=refusal.detail if refusal else "",
        changes=[error for error in refusal.errors if error.message != refusal.detail] if refusal else [],
    )
    return render(request, "curate/signal", page, status=refusal.status if refusal else 200)
