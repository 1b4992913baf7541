"""Search results: one box that takes anything, and the same for a structure's relatives, a pattern, a mass."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import RedirectResponse, Response

from nps_registry.errors import InvalidInput, Refusal
from nps_registry.http.dependencies import Reading, ServicesOfRequest
from nps_registry.http.services import Services
from nps_registry.localisation import gettext as _
from nps_registry.pages.cards import PageCard, draw_cards
from nps_registry.pages.rendering import render
from nps_registry.search.identity import find_identical
from nps_registry.search.interpretation import interpret
from nps_registry.search.mass import find_by_mass
from nps_registry.search.names import find_by_name
from nps_registry.search.questions import (
    IdentityQuestion,
    MassQuestion,
    NameQuestion,
    SimilarityQuestion,
    SubstructureQuestion,
)
from nps_registry.search.similarity import find_similar
from nps_registry.search.snapshot import Entry
from nps_registry.store.engine import Session
from nps_registry.vocabulary.search import TextSort

router = APIRouter()
SHOWN = 48


@dataclass(frozen=True, slots=True)
class Results:
    """One list of results under its heading; *note* says how far the search went or what was done."""

    heading: str
    cards: list[PageCard]
    total: int
    note: str = ""


@dataclass(frozen=True, slots=True)
class SearchPage:
    """What the results show: what was asked, how it was understood, the lists, or why there are none."""

    searched: str
    structure: str
    pattern: str
    threshold: float
    mz: str
    adduct: str
    understood: str
    groups: list[Results]
    refusal: str


@router.get("/search")
def search(
    request: Request,
    services: ServicesOfRequest,
    session: Reading,
    q: Annotated[str, Query(max_length=5000)] = "",
    structure: Annotated[str, Query(max_length=5000)] = "",
    pattern: Annotated[str, Query(max_length=2000)] = "",
    threshold: Annotated[str, Query(max_length=10)] = "0.5",
    mz: Annotated[str, Query(max_length=20)] = "",
    adduct: Annotated[str, Query(max_length=20)] = "[M+H]+",
) -> Response:
    """Results for whatever was asked; with nothing asked, the ways to ask."""
    groups: list[Results] = []
    understood, refusal = "", ""
    try:
        least = _number("threshold", threshold)
        if q.strip():
            understood, groups = _anything(services, session, q.strip())
        elif structure.strip():
            groups = _structure(services, session, structure.strip(), least)
        elif pattern.strip():
            groups = [_pattern(services, session, pattern.strip())]
        elif mz.strip():
            groups = [_mass(services, session, MassQuestion(mz=_number("mz", mz), adduct=adduct))]
    except Refusal as refused:
        least, refusal = 0.5, refused.detail
    if q and len(groups) == 1 and groups[0].total == 1 and groups[0].cards[0].score is None:
        return RedirectResponse(f"/substances/{groups[0].cards[0].accession}", 303)
    page = SearchPage(q, structure, pattern, least, mz, adduct, understood, groups, refusal)
    return render(request, "search", page, status=200 if not refusal else 422)


def _number(name: str, text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise InvalidInput(_("“%(text)s” is not a number (%(name)s).") % {"text": text, "name": name}) from None


def _anything(services: Services, session: Session, text: str) -> tuple[str, list[Results]]:
    """What the one box answers: by what the text most likely is."""
    meant = interpret(services.index.snapshot, text)
    if meant.sort in {TextSort.SMILES, TextSort.INCHI}:
        return meant.sort.label, _structure(services, session, meant.text, 0.5)
    if meant.sort is TextSort.FORMULA:
        return meant.sort.label, [_mass(services, session, MassQuestion(formula=meant.text))]
    answer = find_by_name(services.index.snapshot, NameQuestion(meant.text, SHOWN))
    details = [
        _("Also called %(name)s") % {"name": hit.matched} if hit.matched != hit.entry.row.name else ""
        for hit in answer.hits
    ]
    certain = [hit for hit in answer.hits if hit.score >= 1.0]
    hits = list(certain or answer.hits)
    cards = draw_cards(session, [hit.entry.row for hit in hits], [(None, detail) for detail in details[: len(hits)]])
    heading = _("Substances of this name") if certain else _("Names that are nearly so")
    # One certain meaning is the page itself; a guess is always shown as a guess.
    total = len(certain) if certain else max(answer.total, 2 if answer.hits else 0)
    return meant.sort.label, [Results(heading, cards, total)]


def _structure(services: Services, session: Session, text: str, threshold: float) -> list[Results]:
    snapshot = services.index.snapshot
    identical = find_identical(snapshot, IdentityQuestion(text))
    groups = [
        Results(heading, _plain(session, entries), len(entries))
        for heading, entries in (
            (_("This very substance"), identical.exact),
            (_("The same with another stereochemistry"), identical.stereo_variants),
            (_("Tautomers"), identical.tautomers),
        )
        if entries
    ]
    answer = find_similar(snapshot, SimilarityQuestion(text, threshold, SHOWN))
    cards = draw_cards(session, [hit.entry.row for hit in answer.hits], [(hit.score, "") for hit in answer.hits])
    note = " ".join(note.message for note in answer.notes)
    return [*groups, Results(_("Similar substances"), cards, answer.total, note)]


def _plain(session: Session, entries: Sequence[Entry]) -> list[PageCard]:
    return draw_cards(session, [entry.row for entry in entries])


def _pattern(services: Services, session: Session, text: str) -> Results:
    answer = services.substructure.find(services.index.snapshot, SubstructureQuestion(text, SHOWN))
    cards = draw_cards(session, [hit.entry.row for hit in answer.hits])
    return Results(_("Substances that contain this pattern"), cards, answer.total, answer.sentence)


def _mass(services: Services, session: Session, question: MassQuestion) -> Results:
    answer = find_by_mass(services.index.snapshot, question)
    details = ["" if question.formula else _("%(error).2f ppm") % {"error": hit.error_ppm} for hit in answer.hits]
    cards = draw_cards(session, [hit.entry.row for hit in answer.hits], [(None, detail) for detail in details])
    heading = _("Substances of this formula") if question.formula else _("Substances of this mass")
    return Results(heading, cards, max(answer.total, 2) if answer.total else 0)
