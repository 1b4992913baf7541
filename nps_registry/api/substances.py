"""Substances over HTTP: the list with its filters, all that is public about one, its structure in several forms."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Query, Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from nps_registry.api.description import answers, problems, resource, sends
from nps_registry.api.substance_shapes import DossierShape, SubstanceListShape
from nps_registry.errors import NotFound
from nps_registry.http.addresses import base_url_of
from nps_registry.http.dependencies import Reading, ServicesOfRequest, ViewerOfRequest
from nps_registry.http.dossier_json import dossier_json, dossier_jsonld
from nps_registry.http.filters import require_filters
from nps_registry.http.missing import LONGEST_ACCESSION, no_such_substance
from nps_registry.http.services import Services
from nps_registry.localisation import gettext as _
from nps_registry.search.cards import card_of
from nps_registry.store import substances as stored
from nps_registry.store.dossiers import find_dossier
from nps_registry.store.engine import Session
from nps_registry.store.substances import Browse
from nps_registry.store.tables import Rendering, Substance
from nps_registry.store.viewer import Viewer
from nps_registry.vocabulary.substance import EffectGroup, Nature, Status

router = resource("/substances", "substances")
MOL_TYPE, SDF_TYPE = "chemical/x-mdl-molfile", "chemical/x-mdl-sdfile"
SVG_TYPE, JSONLD_TYPE = "image/svg+xml", "application/ld+json"


@router.get(
    "",
    summary="Substances, filtered and sorted",
    response_model=None,
    responses=answers(SubstanceListShape, 401),
)
def list_substances(
    services: ServicesOfRequest,
    session: Reading,
    viewer: ViewerOfRequest,
    q: Annotated[str, Query(max_length=500, description="part of a name")] = "",
    chemical_class: Annotated[str | None, Query(max_length=64)] = None,
    effect: EffectGroup | None = None,
    nature: Nature | None = None,
    status: Status | None = None,
    country: Annotated[str | None, Query(max_length=2, description="with public reports from there")] = None,
    control: Annotated[str | None, Query(max_length=2, description="named by a control list of UN, DE, CN ...")] = None,
    first_reported_from: Annotated[int | None, Query(ge=1900, le=9999, description="year of the first report")] = None,
    sort: Annotated[str, Query(pattern="^(name|accession|mass|newest|reports)$")] = "name",
    limit: Annotated[int, Query(ge=1, le=500)] = 50,
    cursor: Annotated[str | None, Query(max_length=500)] = None,
) -> dict[str, Any]:
    """Cards of substances; ``next`` is the cursor of the page behind."""
    question = Browse(
        q=q, chemical_class=chemical_class, effect=effect, nature=nature, status=status, country=country,
        control=control, first_reported_from=first_reported_from, sort=sort,
    )  # fmt: skip
    page = stored.browse(session, require_filters(session, question), viewer, limit=limit, cursor=cursor)
    items = [card_of(row) for row in page.items]
    return {"items": items, "total": page.total, "next": page.next, "demonstration": services.demonstration}


def find_visible(services: Services, session: Session, accession: str, viewer: Viewer) -> Substance:
    """The substance with *accession*, as far as *viewer* may know of it.

    Raises:
        NotFound: there is none, or none that the viewer may see: the answer is the same.
        Gone: there was one, and its number is retired.
    """
    found = stored.by_accession(session, accession, viewer) if len(accession) <= LONGEST_ACCESSION else None
    if found is None:
        raise no_such_substance(services, accession)
    return found


def find_standing(services: Services, session: Session, accession: str, viewer: Viewer) -> Substance:
    """As :func:`find_visible`; for an entry that was merged, the one that it went into.

    Raises:
        NotFound: there is none that the viewer may see.
        Gone: there was one, and its number is retired.
    """
    found = find_visible(services, session, accession, viewer)
    return stored.follow_merges(session, [found])[found.id]


def _rendering(services: Services, session: Session, accession: str, viewer: Viewer) -> tuple[Substance, Rendering]:
    substance = find_standing(services, session, accession, viewer)
    rendering = session.get(Rendering, substance.id)
    if rendering is None:
        raise NotFound(_("%(accession)s has no structure of its own.") % {"accession": accession})
    return substance, rendering


@router.get(
    "/{accession}.mol",
    summary="The structure as a molfile",
    response_class=Response,
    responses=sends(MOL_TYPE, 401, 404, 410),
)
def as_molfile(accession: str, services: ServicesOfRequest, session: Reading, viewer: ViewerOfRequest) -> Response:
    """The structure as an MDL molfile (V2000, or V3000 where the structure needs it)."""
    substance, rendering = _rendering(services, session, accession, viewer)
    return _file(rendering.molblock, MOL_TYPE, f"{substance.accession}.mol")


@router.get(
    "/{accession}.sdf",
    summary="The structure with its data as SDF",
    response_class=Response,
    responses=sends(SDF_TYPE, 401, 404, 410),
)
def as_sdf(accession: str, services: ServicesOfRequest, session: Reading, viewer: ViewerOfRequest) -> Response:
    """One SDF record: the molfile and the identifying fields."""
    substance, rendering = _rendering(services, session, accession, viewer)
    return _file(sdf_record(substance, rendering.molblock), SDF_TYPE, f"{substance.accession}.sdf")


@router.get(
    "/{accession}.svg",
    summary="The structure as a drawing",
    response_class=Response,
    responses=sends(SVG_TYPE, 401, 404, 410),
)
def as_drawing(accession: str, services: ServicesOfRequest, session: Reading, viewer: ViewerOfRequest) -> Response:
    """The drawing as SVG; its bonds take the colour of the text around it."""
    substance, rendering = _rendering(services, session, accession, viewer)
    return _file(rendering.svg, SVG_TYPE, f"{substance.accession}.svg")


@router.get(
    "/{accession}.jsonld",
    summary="The substance as schema.org JSON-LD",
    response_class=Response,
    responses={200: {"content": {JSONLD_TYPE: {"schema": {"type": "object"}}}}, **problems(401, 404, 410)},
)
def as_jsonld(
    accession: str, request: Request, services: ServicesOfRequest, session: Reading, viewer: ViewerOfRequest
) -> Response:
    """The substance as a Bioschemas ``MolecularEntity``."""
    substance = find_standing(services, session, accession, viewer)
    base = base_url_of(request)
    return JSONResponse(dossier_jsonld(find_dossier(session, substance, viewer), base), media_type=JSONLD_TYPE)


@router.get(
    "/{accession}",
    summary="Everything public about one substance",
    responses=answers(DossierShape, 401, 404, 410) | {308: {"description": "A merged entry: where it went."}},
)
def one(accession: str, services: ServicesOfRequest, session: Reading, viewer: ViewerOfRequest) -> Response:
    """Everything public about one substance, each fact with its source; a merged entry redirects."""
    substance = find_visible(services, session, accession, viewer)
    standing = stored.follow_merges(session, [substance])[substance.id]
    if standing is not substance:
        return RedirectResponse(f"/api/v1/substances/{standing.accession}", 308)
    return JSONResponse(dossier_json(find_dossier(session, substance, viewer), demonstration=services.demonstration))


def sdf_record(substance: Substance, molblock: str) -> str:
    """One SDF record of *substance*."""
    fields = {
        "accession": substance.accession,
        "name": substance.name,
        "status": substance.status.value,
        "smiles": substance.smiles,
        "inchi": substance.inchi,
        "inchikey": substance.inchikey,
        "stereo": substance.stereo.value if substance.stereo else None,
        "formula": substance.formula,
        "mass_da": f"{substance.mass_da:.4f}" if substance.mass_da is not None else None,
    }
    data = "".join(f">  <{name}>\n{value}\n\n" for name, value in fields.items() if value)
    return f"{molblock.rstrip()}\n{data}$$$$\n"


def _file(text: str, media_type: str, name: str) -> Response:
    return Response(text, media_type=media_type, headers={"Content-Disposition": f'inline; filename="{name}"'})
