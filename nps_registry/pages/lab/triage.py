"""The triage beside the form: what the registry would make of each detection, as a part of the page or alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import JSONResponse, Response

from nps_registry.chemistry.compare import difference
from nps_registry.chemistry.depict import draw_differing
from nps_registry.chemistry.editing import write_editable
from nps_registry.chemistry.structure import parse
from nps_registry.errors import NotFound, UnreadableStructure
from nps_registry.http.dependencies import Reading, ServicesOfRequest
from nps_registry.http.forms import CheckedForm, text_of
from nps_registry.http.services import services_of
from nps_registry.intake.draft_fields import known_fields
from nps_registry.intake.triage import triage
from nps_registry.localisation import gettext as _
from nps_registry.pages.lab.access import Reporter, reporter_of
from nps_registry.pages.lab.triage_view import TriageView, view_all
from nps_registry.pages.rendering import render
from nps_registry.store import substances as stored
from nps_registry.store.engine import reading

router = APIRouter()


@dataclass(frozen=True, slots=True)
class TriageFragment:
    """The triage of a whole draft."""

    triage: Sequence[TriageView]


@router.post("/lab/triage")
def triage_fragment(request: Request, form: CheckedForm) -> Response:
    """The triage of the form as it stands, without a page around it; nothing is kept.

    It is asked for with every pause in typing: whatever it needs it takes in this one thread, because each
    dependency of a route would wait for a thread of its own.
    """
    services = services_of(request)
    fields = known_fields((name, text) for name, text in form.multi_items() if isinstance(text, str))
    amends = form.get("amends")
    with reading(services.engine) as session:
        person = reporter_of(request, session)
        told = triage(session, services.desk, person.viewer, fields, amends=amends if isinstance(amends, str) else None)
    return render(request, "lab/triage_fragment", TriageFragment(view_all(told, fields, services)))


@dataclass(frozen=True, slots=True)
class DifferencePage:
    """Two structures beside each other, what only one has marked."""

    name: str
    accession: str
    own_svg: str
    other_svg: str
    sentence: str


@router.get("/lab/triage/difference")
def show_difference(
    request: Request,
    _person: Reporter,
    services: ServicesOfRequest,
    session: Reading,
    structure: Annotated[str, Query(max_length=5000)],
    accession: Annotated[str, Query(max_length=40)],
    part: bool = False,
) -> Response:
    """How *structure* differs from a substance, drawn; with *part* without the page around it."""
    other = stored.by_accession(session, accession, _person.viewer)
    if other is None or not other.smiles:
        raise NotFound(_("There is no structure with the accession “%(accession)s”.") % {"accession": accession[:40]})
    own, known = parse(structure).mol, parse(other.smiles).mol
    found = difference(own, known, limit_s=services.settings.comparison_limit_s)
    page = DifferencePage(
        name=other.name,
        accession=other.accession,
        own_svg=draw_differing(own, found.query_atoms, _("Your structure")),
        other_svg=draw_differing(known, found.other_atoms, other.name),
        sentence=found.sentence,
    )
    return render(request, "lab/difference_fragment" if part else "lab/difference", page)


@router.post("/lab/structure")
def editable_structure(_person: Reporter, form: CheckedForm) -> JSONResponse:
    """The structure given, as a molfile that the editor can open, or why it cannot be read."""
    try:
        molfile = write_editable(text_of(form, "structure", most=100_000))
    except UnreadableStructure as refusal:
        return JSONResponse({"message": refusal.detail}, refusal.status)
    return JSONResponse({"molfile": molfile})
