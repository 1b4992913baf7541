"""Provisional substances: what laboratories reported first, waiting for a name and a place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.datastructures import FormData
from starlette.responses import Response

from nps_registry.errors import Conflict, FieldError, InvalidInput, NotFound, Refusal
from nps_registry.http.dependencies import Reading, ServicesOfRequest
from nps_registry.http.forms import TOKEN_FIELD, CheckedForm, text_of
from nps_registry.http.services import Services
from nps_registry.http.signed_in import SignedIn
from nps_registry.intake import curation, reidentification
from nps_registry.intake.curation import Curated, ListingPart, sources_in
from nps_registry.intake.reidentification import Correction
from nps_registry.intake.standing import Why
from nps_registry.localisation import gettext as _
from nps_registry.pages.cards import PageCard, draw_cards
from nps_registry.pages.curate.access import Curator
from nps_registry.pages.curate.acts import WORDS, revision_of, target_of
from nps_registry.pages.curate.findings import analogues_of
from nps_registry.pages.rendering import render
from nps_registry.pages.sign_in import leave_for
from nps_registry.store import curation as stored
from nps_registry.store import review
from nps_registry.store import substances as substances_stored
from nps_registry.store.curation import DetectionOf, Provisional
from nps_registry.store.dossiers import class_labels
from nps_registry.store.engine import Session, reading, writing
from nps_registry.store.tables import Proposal, Substance
from nps_registry.vocabulary.review import ProposalKind
from nps_registry.vocabulary.substance import Nature, Status

router = APIRouter()
ROWS, DETECTIONS = 40, 200


@dataclass(frozen=True, slots=True)
class SubstancesPage:
    """The list of provisional substances."""

    rows: list[tuple[Provisional, PageCard]]
    total: int
    next_url: str


@dataclass(frozen=True, slots=True)
class SubstancePage:
    """One provisional substance, and what may be decided of it.

    Attributes:
        proposal: how it is proposed to be listed, and by whom; none where nothing is proposed.
        typed: what was typed into a form that was not taken; *wrong* and *errors*: why.
    """

    entry: Provisional
    substance: Substance
    card: PageCard
    analogues: list[PageCard]
    detections: list[DetectionOf]
    natures: list[Nature]
    classes: list[tuple[str, str]]
    proposal: Proposal | None
    proposed_by: str
    is_proposer: bool
    typed: dict[str, str]
    chosen: list[str]
    wrong: str
    errors: list[FieldError]


@router.get("/curate/substances")
def substances(
    request: Request, session: Reading, _person: Curator, cursor: Annotated[str, Query(max_length=300)] = ""
) -> Response:
    """What waits to be named, latest first."""
    page = stored.list_provisional(session, limit=ROWS, cursor=cursor or None)
    cards = draw_cards(session, [row.substance for row in page.items])
    next_url = f"/curate/substances?cursor={page.next}" if page.next else ""
    shown = SubstancesPage(list(zip(page.items, cards, strict=True)), page.total, next_url)
    return render(request, "curate/substances", shown)


@router.get("/curate/substances/{accession}")
def substance(
    accession: str, request: Request, services: ServicesOfRequest, session: Reading, person: Curator
) -> Response:
    """One of them; where it is provisional no more, its public page."""
    return _show(request, services, session, (accession, person), None)


@router.post("/curate/substances/{accession}/{act}")
def act_on_substance(
    accession: str, act: str, request: Request, services: ServicesOfRequest, person: Curator, form: CheckedForm
) -> Response:
    """Merge, propose a listing, agree to one, or move detections elsewhere."""
    try:
        with writing(services.engine) as session:
            _act(session, services, person, accession, (act, form))
    except (Conflict, InvalidInput) as refusal:
        with reading(services.engine) as session:
            return _show(request, services, session, (accession, person), (refusal, form))
    services.index.refresh()
    return leave_for(f"/curate/substances/{accession}")


def _act(session: Session, services: Services, person: SignedIn, accession: str, sent: tuple[str, FormData]) -> None:
    act, form = sent
    curated = Curated(accession, person.viewer, revision_of(form))
    if act == "merge":
        why = Why(text_of(form, "reason", most=WORDS))
        curation.merge(session, curated, text_of(form, "into", most=16), why)
    elif act == "propose-listing":
        curation.propose_listing(session, curated, listing_of(form))
    elif act == "agree":
        curation.agree_to_listing(session, curated, services.rules)
    elif act == "split":
        chosen = tuple(str(each) for each in form.getlist("report") if isinstance(each, str))
        if not chosen:
            message = _("Choose the reports whose detections go elsewhere.")
            raise InvalidInput(message, errors=[FieldError("report", message)])
        correction = Correction(
            to=target_of(form), reason=text_of(form, "reason", most=WORDS), substance=accession, references=chosen
        )
        reidentification.reidentify(session, services.desk, person.viewer, correction)
    else:
        raise NotFound(_("There is nothing at this address."))


def listing_of(form: FormData) -> ListingPart:
    """How a substance is to be listed, as the form says.

    Raises:
        InvalidInput: the nature is none.
    """
    nature = text_of(form, "nature", most=48)
    if nature not in set(Nature):
        message = _("Choose what the substance is to the field.")
        raise InvalidInput(message, errors=[FieldError("nature", message)])
    return ListingPart(
        name=text_of(form, "name", most=500),
        nature=Nature(nature),
        chemical_class=text_of(form, "chemical_class", most=64),
        note=text_of(form, "note", most=10_000),
        sources=tuple(sources_in(text_of(form, "sources", most=20_000))),
        class_reason=text_of(form, "class_reason", most=WORDS),
    )


def _show(
    request: Request,
    services: Services,
    session: Session,
    asked: tuple[str, SignedIn],
    refused: tuple[Refusal, FormData] | None,
) -> Response:
    accession, person = asked
    row = substances_stored.by_accessions(session, [accession]).get(accession)
    if row is None or row.id is None:
        raise NotFound(_("There is no substance with the accession “%(accession)s”.") % {"accession": accession[:40]})
    if row.status is not Status.PROVISIONAL and refused is None:
        return leave_for(f"/substances/{accession}")
    proposal = review.open_proposal(session, ProposalKind.LIST, substance=row)
    names = review.names_of_actors(session, {proposal.made_by}) if proposal else {}
    form = refused[1] if refused else FormData()
    page = SubstancePage(
        entry=stored.describe(session, [row])[0],
        substance=row,
        card=draw_cards(session, [row])[0],
        analogues=analogues_of(session, services, row),
        detections=stored.detections_of(session, row.id, most=DETECTIONS),
        natures=list(Nature),
        classes=sorted(class_labels(session).items(), key=lambda pair: pair[1]),
        proposal=proposal,
        proposed_by=names.get(proposal.made_by, proposal.made_by) if proposal else "",
        is_proposer=proposal is not None and proposal.made_by == person.actor,
        typed={key: value for key, value in form.multi_items() if isinstance(value, str) and key != TOKEN_FIELD},
        chosen=[str(each) for each in form.getlist("report")],
        wrong=refused[0].detail if refused else "",
        errors=[error for error in refused[0].errors if error.message != refused[0].detail] if refused else [],
    )
    return render(request, "curate/substance", page, status=refused[0].status if refused else 200)
