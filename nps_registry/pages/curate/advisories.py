"""Advisories as curators work on them: the list, and how a new one is begun."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.datastructures import FormData
from starlette.responses import Response

from nps_registry.errors import FieldError, InvalidInput, NotFound, Refusal
from nps_registry.http.dependencies import Reading, ServicesOfRequest
from nps_registry.http.forms import CheckedForm, text_of
from nps_registry.localisation import gettext as _
from nps_registry.notices import advisories as life
from nps_registry.notices.advisory_text import MOST_SUBSTANCES, AdvisoryText
from nps_registry.notices.drafting import draft_from
from nps_registry.pages.curate.access import Curator
from nps_registry.pages.rendering import render
from nps_registry.pages.sign_in import leave_for
from nps_registry.store import advisories as stored
from nps_registry.store import review
from nps_registry.store import substances as substances_stored
from nps_registry.store.engine import Session, reading, writing
from nps_registry.store.tables import Advisory, Signal, Substance
from nps_registry.store.viewer import Viewer
from nps_registry.vocabulary.signal import AdvisoryState, TrafficLight

router = APIRouter()
ROWS = 200


@dataclass(frozen=True, slots=True)
class AdvisoryRow:
    """An advisory in the curators' list.

    Attributes:
        works_on: who wrote the text that is not published yet; empty where there is none.
        waits: whether somebody asks for it to be published.
    """

    id: str
    title: str
    state: AdvisoryState
    audience: TrafficLight
    revision: int
    day: str
    works_on: str
    waits: bool


@dataclass(frozen=True, slots=True)
class AdvisoriesPage:
    """All advisories, those that are worked on first."""

    rows: list[AdvisoryRow]


@dataclass(frozen=True, slots=True)
class NewAdvisoryPage:
    """What a new advisory would begin with.

    Attributes:
        signal: the id of the signal that it is written from, if there is one.
        typed: the accessions, as typed.
        text: the draft, where it can be prepared.
    """

    signal: str
    signal_label: str
    typed: str
    text: AdvisoryText | None
    wrong: str


@router.get("/curate/advisories")
def advisories(request: Request, session: Reading, _person: Curator) -> Response:
    """What is worked on, and what was published."""
    rows = stored.list_for_curators(session, limit=ROWS)
    return render(request, "curate/advisories", AdvisoriesPage(rows_of(session, rows)))


def rows_of(session: Session, rows: Sequence[Advisory]) -> list[AdvisoryRow]:
    """*rows* as curators read them in a list."""
    names = review.names_of_actors(session, {row.edited_by for row in rows})
    return [_row(row, names) for row in rows]


def _row(row: Advisory, names: dict[str, str]) -> AdvisoryRow:
    text = AdvisoryText.restored(row.draft) if row.draft is not None else None
    return AdvisoryRow(
        id=row.id,
        title=(text.title if text else row.title) or _("Without a title"),
        state=row.state,
        audience=text.audience if text and not row.revision else row.audience,
        revision=row.revision,
        day=(row.edited_at if text else row.modified_at).strftime("%Y-%m-%d %H:%M"),
        works_on=names.get(row.edited_by, row.edited_by) if text else "",
        waits=bool(row.proposed_by),
    )


@router.get("/curate/advisories/new")
def new_advisory(
    request: Request,
    session: Reading,
    _person: Curator,
    signal: Annotated[str, Query(max_length=36)] = "",
    substance: Annotated[list[str] | None, Query(max_length=MOST_SUBSTANCES)] = None,
) -> Response:
    """Look at what a draft would begin with; nothing is kept yet."""
    return _show_new(request, session, signal, _accessions(substance or []), "")


@router.post("/curate/advisories")
def open_advisory(request: Request, services: ServicesOfRequest, person: Curator, form: CheckedForm) -> Response:
    """Open a draft: from a signal, about substances, or as a copy of another advisory."""
    try:
        with writing(services.engine) as session:
            opened = _open(session, person.viewer, form)
    except (InvalidInput, NotFound) as refusal:
        typed = _accessions([str(each) for each in form.getlist("substance")])
        with reading(services.engine) as session:
            return _show_new(request, session, "", typed, refusal.detail, refusal)
    return leave_for(f"/curate/advisories/{opened.id}")


def _open(session: Session, viewer: Viewer, form: FormData) -> Advisory:
    copied = text_of(form, "advisory", most=24)
    if copied:
        return life.copy(session, life.Asked(copied, viewer))
    signal = _signal(session, text_of(form, "signal", most=36))
    substances = _substances(session, _accessions([str(each) for each in form.getlist("substance")]), signal)
    text = draft_from(session, substances, signal)
    return life.open_draft(session, viewer, text, signal_id=signal.id if signal else None)


def _signal(session: Session, signal_id: str) -> Signal | None:
    if not signal_id:
        return None
    found = session.get(Signal, signal_id)
    if found is None:
        raise NotFound(_("There is no signal “%(id)s”.") % {"id": signal_id[:36]})
    return found


def _accessions(given: Sequence[str]) -> list[str]:
    """Accessions in fields that may hold several, in capitals."""
    return list(dict.fromkeys(each.upper() for text in given for each in text.replace(",", " ").split()))


def _substances(session: Session, accessions: Sequence[str], signal: Signal | None) -> list[Substance]:
    """The substances named, and that of the signal first.

    Raises:
        InvalidInput: one is not there, none is named, or too many are.
    """
    known = substances_stored.by_accessions(session, accessions[: MOST_SUBSTANCES + 1])
    missing = [each for each in accessions if each not in known]
    fault = ""
    if len(accessions) > MOST_SUBSTANCES:
        fault = _("An advisory is about %(most)d substances at most.") % {"most": MOST_SUBSTANCES}
    elif missing:
        fault = _("There is no substance with the accession “%(accession)s”.") % {"accession": missing[0][:40]}
    found = [known[each] for each in accessions if each in known]
    if signal is not None and signal.substance_id is not None:
        own = substances_stored.by_ids(session, [signal.substance_id])
        first = list(substances_stored.follow_merges(session, own.values()).values())
        found = [*first, *(row for row in found if row.id not in {each.id for each in first})]
    if not found and not fault:
        fault = _("Name at least one substance.")
    if fault:
        raise InvalidInput(fault, errors=[FieldError("substance", fault)])
    return found


def _show_new(
    request: Request,
    session: Session,
    signal_id: str,
    accessions: Sequence[str],
    wrong: str,
    refusal: Refusal | None = None,
) -> Response:
    signal = _signal(session, signal_id)
    text = None
    if signal is not None or (accessions and refusal is None):
        try:
            text = draft_from(session, _substances(session, accessions, signal), signal)
        except InvalidInput as fault:
            wrong, refusal = fault.detail, fault
    page = NewAdvisoryPage(
        signal=signal_id, signal_label=signal.kind.label if signal else "", typed=" ".join(accessions), text=text,
        wrong=wrong,
    )  # fmt: skip
    return render(request, "curate/new_advisory", page, status=refusal.status if refusal else 200)
