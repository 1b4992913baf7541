"""Up to six substances side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from nps_registry.chemistry.compare import difference
from nps_registry.errors import InvalidInput, NotFound
from nps_registry.http.dependencies import Reading, ServicesOfRequest, ViewerOfRequest
from nps_registry.localisation import gettext as _
from nps_registry.pages.cards import PageCard, draw_cards
from nps_registry.pages.public import PublicRoute
from nps_registry.pages.rendering import render
from nps_registry.store import substances as stored
from nps_registry.store.engine import Session
from nps_registry.store.tables import Substance
from nps_registry.store.viewer import Viewer
from nps_registry.store.visibility import visible_substance_ids

router = APIRouter(route_class=PublicRoute)
MOST = 6


@dataclass(frozen=True, slots=True)
class Compared:
    """One substance of the comparison; *differs* says how it differs from the first."""

    card: PageCard
    substance: Substance
    differs: str


@dataclass(frozen=True, slots=True)
class ComparePage:
    """What the comparison shows."""

    columns: list[Compared]


@router.get("/compare")
def compare(
    request: Request,
    services: ServicesOfRequest,
    session: Reading,
    viewer: ViewerOfRequest,
    ids: Annotated[str, Query(max_length=200, description="accessions, separated by commas")] = "",
) -> Response:
    """The substances named by *ids*, side by side."""
    accessions = list(dict.fromkeys(part.strip() for part in ids.split(",") if part.strip()))
    if len(accessions) > MOST:
        raise InvalidInput(_("At most %(most)d substances can be compared at once.") % {"most": MOST})
    rows = _find(session, accessions, viewer)
    limit_s = services.settings.comparison_limit_s / MOST
    columns = [
        Compared(card, row, _differs(rows[0], row, limit_s))
        for card, row in zip(draw_cards(session, rows), rows, strict=True)
    ]
    return render(request, "compare", ComparePage(columns))


def _find(session: Session, accessions: Sequence[str], viewer: Viewer) -> list[Substance]:
    """The substances with *accessions*, each once; for one that was merged, the one that it went into.

    Raises:
        NotFound: there is none, or none that the viewer may see: the answer is the same.
    """
    found = stored.by_accessions(session, accessions)
    visible = visible_substance_ids(session, {row.id for row in found.values() if row.id is not None}, viewer)
    for accession in accessions:
        if accession not in found or found[accession].id not in visible:
            raise NotFound(
                _("There is no substance with the accession “%(accession)s”.") % {"accession": accession[:40]}
            )
    ends = stored.follow_merges(session, found.values())
    standing = [ends[found[accession].id] for accession in accessions]
    return list({row.id: row for row in standing}.values())


def _differs(first: Substance, other: Substance, limit_s: float) -> str:
    if first is other or not first.smiles or not other.smiles:
        return ""
    return difference(other.smiles, first.smiles, limit_s=limit_s).sentence
