"""Up to six substances side by side."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from nps_registry.chemistry.compare import difference
from nps_registry.errors import InvalidInput, NotFound
from nps_registry.http.dependencies import Reading, ServicesOfRequest, ViewerOfRequest
from nps_registry.localisation import gettext as _
from nps_registry.pages.cards import PageCard, draw_cards
from nps_registry.pages.rendering import render
from nps_registry.store import substances as stored
from nps_registry.store.tables import Substance

router = APIRouter()
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
    rows: list[Substance] = []
    for accession in accessions:
        row = stored.by_accession(session, accession, viewer)
        if row is None:
            raise NotFound(
                _("There is no substance with the accession “%(accession)s”.") % {"accession": accession[:40]}
            )
        rows.append(row)
    visible = [entry for row in rows if (entry := services.index.snapshot.by_id.get(row.id or 0)) is not None]
    entries = services.index.snapshot.entries
    cards = {card.accession: card for card in draw_cards(session, [entries[position].row for position in visible])}
    limit_s = services.settings.comparison_limit_s / MOST
    columns = [
        Compared(cards[row.accession], row, _differs(rows[0], row, limit_s)) for row in rows if row.accession in cards
    ]
    return render(request, "compare", ComparePage(columns))


def _differs(first: Substance, other: Substance, limit_s: float) -> str:
    if first is other or not first.smiles or not other.smiles:
        return ""
    return difference(other.smiles, first.smiles, limit_s=limit_s).sentence
