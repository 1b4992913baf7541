"""Up to six substances side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from nps_registry.errors import InvalidInput
from nps_registry.http.dependencies import Reading, ServicesOfRequest, ViewerOfRequest
from nps_registry.http.missing import no_such_substance
from nps_registry.http.public import PublicRoute
from nps_registry.http.services import Services
from nps_registry.localisation import gettext as _
from nps_registry.pages.cards import PageCard, draw_cards
from nps_registry.pages.rendering import render
from nps_registry.search.drawing import draw_alone, draw_beside
from nps_registry.store import counts
from nps_registry.store import substances as stored
from nps_registry.store.dossiers import controls_of
from nps_registry.store.engine import Session
from nps_registry.store.tables import Substance
from nps_registry.store.viewer import Viewer
from nps_registry.store.visibility import visible_substance_ids
from nps_registry.vocabulary.place import country_name
from nps_registry.vocabulary.substance import EffectGroup

router = APIRouter(route_class=PublicRoute)
MOST = 6


@dataclass(frozen=True, slots=True)
class Compared:
    """One substance of the comparison.

    Attributes:
        card: with the drawing, laid out as the first one's is.
        substance: its row.
        differs: how it differs from the first, in a sentence.
        effects: its effect groups, in words.
        controls: jurisdiction, instrument and schedule of its standing controls.
        events: public reports, counted as events.
        countries: how many countries they come from.
        first_year: the year of the earliest of them.
    """

    card: PageCard
    substance: Substance
    differs: str
    effects: list[str]
    controls: list[str]
    events: int
    countries: int
    first_year: int | None


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
    ids: Annotated[str, Query(description="accessions, separated by commas")] = "",
) -> Response:
    """The substances named by *ids*, side by side."""
    accessions = list(dict.fromkeys(part.strip().upper() for part in ids.split(",") if part.strip()))
    if len(accessions) > MOST:
        raise InvalidInput(_("At most %(most)d substances can be compared at once.") % {"most": MOST})
    rows = _find(services, session, accessions, viewer)
    columns = _lay_out(session, rows, services.settings.comparison_limit_s / MOST)
    return render(request, "compare", ComparePage(columns))


def _find(services: Services, session: Session, accessions: Sequence[str], viewer: Viewer) -> list[Substance]:
    """The substances with *accessions*, each once; for one that was merged, the one that it went into.

    Raises:
        NotFound: there is none, or none that the viewer may see: the answer is the same.
        Gone: there was one, and its number is retired.
    """
    found = stored.by_accessions(session, accessions)
    visible = visible_substance_ids(session, {row.id for row in found.values() if row.id is not None}, viewer)
    for accession in accessions:
        if accession not in found or found[accession].id not in visible:
            raise no_such_substance(services, accession)
    ends = stored.follow_merges(session, found.values())
    standing = [ends[found[accession].id] for accession in accessions]
    return list({row.id: row for row in standing}.values())


def _lay_out(session: Session, rows: Sequence[Substance], limit_s: float) -> list[Compared]:
    """The columns of the comparison, in the order asked: four queries in all."""
    ids = [row.id for row in rows if row.id is not None]
    controls, counted = controls_of(session, ids), counts.counts_of(session, ids)
    columns = []
    for card, row in zip(draw_cards(session, rows), rows, strict=True):
        drawn, differs = _draw(card, rows[0], row, limit_s)
        own = [count for count in counted if count.substance_id == row.id and count.events > 0]
        columns.append(
            Compared(
                card=drawn,
                substance=row,
                differs=differs,
                effects=[EffectGroup(group).label for group in sorted(row.effect_groups)],
                controls=[_say_control(*control) for control in controls.get(row.id or 0, ())],
                events=sum(count.events for count in own),
                countries=len({count.country for count in own}),
                first_year=min((count.year for count in own), default=None),
            )
        )
    return columns


def _draw(card: PageCard, first: Substance, other: Substance, limit_s: float) -> tuple[PageCard, str]:
    """The card of *other* with its drawing laid out as that of *first*, and how it differs."""
    if not first.smiles or not other.smiles:
        return card, ""
    if first is other:
        return replace(card, svg=draw_alone(first.smiles, first.name)), ""
    sentence, svg = draw_beside(first.smiles, other.smiles, (first.name, other.name), limit_s)
    return replace(card, svg=svg), sentence


def _say_control(jurisdiction: str, instrument: str, schedule: str) -> str:
    where = _("United Nations") if jurisdiction == "UN" else country_name(jurisdiction)
    return f"{where}: {instrument}, {schedule}" if schedule else f"{where}: {instrument}"
