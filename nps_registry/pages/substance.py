"""The page of one substance: every statement with its source."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from nps_registry.chemistry.compare import difference_at_a_glance
from nps_registry.chemistry.isotopes import IsotopePeak
from nps_registry.errors import NotFound
from nps_registry.http.addresses import base_url_of
from nps_registry.http.dependencies import Reading, ServicesOfRequest, ViewerOfRequest
from nps_registry.http.dossier_json import dossier_jsonld
from nps_registry.http.missing import LONGEST_ACCESSION, no_such_substance
from nps_registry.http.public import PublicRoute, machine_form
from nps_registry.http.services import Services
from nps_registry.http.shapes import (
    CountrySpread,
    Ion,
    ions_of,
    isotopes_of,
    last_edit,
    spread_over_countries,
    spread_over_years,
)
from nps_registry.localisation import gettext as _
from nps_registry.localisation import ngettext
from nps_registry.pages.advisories.view import AdvisoryLine, lines_standing
from nps_registry.pages.cards import PageCard, draw_cards, fill_cards
from nps_registry.pages.figures.card import draw_link_card
from nps_registry.pages.figures.charts import draw_png
from nps_registry.pages.figures.figure import Figure, quarters_figure, world_figure, years_figure
from nps_registry.pages.figures.figure import Scope as FigureScope
from nps_registry.pages.rendering import render
from nps_registry.pages.signals import SignalLine, lines_of
from nps_registry.pages.statements import (
    ControlLine,
    IdentifierLine,
    NameLine,
    RelationGroup,
    controls_of,
    has_stereo_variants,
    identifiers_of,
    names_of,
    relations_of,
)
from nps_registry.search.similarity import Hit
from nps_registry.store import substances as stored
from nps_registry.store.dossiers import Dossier, find_dossier
from nps_registry.store.engine import Session, reading
from nps_registry.store.signals import SignalRow, list_of_substance
from nps_registry.store.spread import PlaceFigure, YearFigure, quarters_of
from nps_registry.store.tables import Claim, Source, Substance
from nps_registry.store.viewer import VISITOR, Viewer
from nps_registry.vocabulary.cases import open_cases, tell_cases
from nps_registry.vocabulary.place import country_name
from nps_registry.vocabulary.substance import (
    EffectGroup,
    EntryChange,
    Evidence,
    Kind,
    Nature,
    Status,
    Stereo,
)

router = APIRouter(route_class=PublicRoute)
ANALOGUES = 6
ADVISORIES = 5
SIGNALS = 6
CARD_PX = (1200, 630)
"""What the networks that show a card of a link want (Open Graph)."""


@dataclass(frozen=True, slots=True)
class SubstancePage:
    """What the page of a substance shows."""

    accession: str
    name: str
    summary: str
    standing: str
    merged: list[str]
    canonical: str
    citation: str
    kind: Kind
    nature: Nature
    status: Status
    evidence: Evidence | None
    effect_groups: list[EffectGroup]
    chemical_class: str | None
    class_label: str
    class_overruled: str
    svg: str
    stereo: Stereo | None
    formula: str | None
    mass_da: float | None
    structure_texts: list[tuple[str, str]]
    advisories: list[AdvisoryLine]
    events: int
    harm: str
    countries: list[CountrySpread]
    figures: list[Figure]
    sparkline: Figure | None
    signals: list[SignalLine]
    signals_total: int
    analogues: list[PageCard]
    relations: list[RelationGroup]
    controls: list[ControlLine]
    has_stereo_variants: bool
    names: list[NameLine]
    identifiers: list[IdentifierLine]
    masses: list[Ion]
    isotopes: tuple[IsotopePeak, ...]
    claims: list[Claim]
    conflicts: list[str]
    comment: str
    sources: Mapping[str, Source]
    revision: int
    history: list[tuple[str, list[EntryChange]]]
    updated_on: str
    linked_data: dict[str, Any]
    withdrawn_because: str = ""
    instead: str = ""


@router.get("/substances/{accession}")
def substance(accession: str, request: Request, services: ServicesOfRequest, viewer: ViewerOfRequest) -> Response:
    """The page of one substance; a merged entry leads to where it went."""
    # Opened here: as a dependency it would take two more turns of the thread pool, and this is the page most asked for.
    with reading(services.engine) as session:
        return _answer(request, services, session, viewer, accession)


def _answer(request: Request, services: Services, session: Session, viewer: Viewer, accession: str) -> Response:
    found = stored.by_accession(session, accession, viewer) if len(accession) <= LONGEST_ACCESSION else None
    if found is None:
        written = accession[:LONGEST_ACCESSION].upper()
        if written != accession and stored.by_accession(session, written, viewer) is not None:
            return RedirectResponse(f"/substances/{written}", 308)
        raise no_such_substance(services, accession)
    if found.status is Status.MERGED and found.merged_into_id is not None:
        target = stored.follow_merges(session, [found])[found.id]
        return RedirectResponse(f"/substances/{target.accession}", 308)
    form = machine_form(request)
    if form is not None:
        return RedirectResponse(f"/api/v1/substances/{found.accession}{form}", 303, headers={"vary": "Accept"})
    assert found.id is not None  # it was read from the store
    near = services.index.neighbours_of(found.id, limit=ANALOGUES)
    dossier = find_dossier(session, found, viewer, beside=[hit.entry.row.id for hit in near])
    own, analogues = _cards(dossier, near)
    told = lines_standing(session, limit=ADVISORIES, substance_id=found.id)
    noticed = list_of_substance(session, found.id, limit=SIGNALS)
    page = _page(dossier, (own, analogues), (told, noticed), base_url_of(request))
    retired = services.retired.get(accession) if found.status is Status.WITHDRAWN else None
    if retired is not None:
        page = replace(page, withdrawn_because=retired.reason, instead=retired.instead or "")
    return render(request, "substance", page, status=410 if found.status is Status.WITHDRAWN else 200)


@router.get("/substances/{accession}/card.png")
def link_card(accession: str, services: ServicesOfRequest, session: Reading) -> Response:
    """The picture that goes with a link to the page: name, class and structure."""
    found = stored.by_accession(session, accession, VISITOR) if len(accession) <= LONGEST_ACCESSION else None
    if found is None or found.smiles is None:
        raise NotFound(_("There is no picture of “%(accession)s”.") % {"accession": accession[:40]})
    (card,) = draw_cards(session, [found])
    label = _(card.class_label) if card.class_label else ""
    drawn = draw_link_card(card.name, label, card.svg, CARD_PX, demonstration=services.demonstration)
    return Response(draw_png(drawn, scale=1.0), media_type="image/png")


def _page(
    dossier: Dossier,
    cards: tuple[PageCard, list[PageCard]],
    warnings: tuple[list[AdvisoryLine], tuple[list[SignalRow], int]],
    base_url: str,
) -> SubstancePage:
    (own, analogues), (told, noticed) = cards, warnings
    row = dossier.substance
    countries = spread_over_countries(dossier.counts)
    label = _(own.class_label) if own.class_label else ""
    canonical = f"{base_url}/substances/{row.accession}"
    return SubstancePage(
        accession=row.accession,
        name=row.name,
        summary=_summary(dossier, label, countries),
        standing=_standing(row.status),
        merged=dossier.merged,
        canonical=canonical,
        citation=_citation(dossier, canonical),
        kind=row.kind,
        nature=row.nature,
        status=row.status,
        evidence=row.evidence,
        effect_groups=[EffectGroup(group) for group in sorted(row.effect_groups)],
        chemical_class=row.chemical_class,
        class_label=label,
        class_overruled=row.class_overruled,
        svg=own.svg,
        stereo=row.stereo,
        formula=row.formula,
        mass_da=row.mass_da,
        structure_texts=_structure_texts(row),
        advisories=told,
        events=sum(country.events for country in countries),
        harm=tell_cases(open_cases(*dossier.harm)),
        countries=countries,
        figures=_figures(dossier, countries),
        sparkline=_sparkline(dossier),
        signals=lines_of(noticed[0]),
        signals_total=noticed[1],
        analogues=analogues,
        relations=relations_of(dossier),
        controls=controls_of(dossier),
        has_stereo_variants=has_stereo_variants(dossier),
        names=names_of(dossier),
        identifiers=identifiers_of(dossier),
        masses=ions_of(row.mass_da),
        isotopes=isotopes_of(row.formula),
        claims=dossier.claims,
        conflicts=row.conflicts,
        comment=row.comment,
        sources=dossier.sources,
        revision=row.revision,
        history=[(each["on"], [EntryChange(key) for key in each["what"]]) for each in reversed(row.history)],
        updated_on=(last_edit(row) or "")[:10],
        linked_data=dossier_jsonld(dossier, base_url),
    )


def _structure_texts(row: Substance) -> list[tuple[str, str]]:
    named = (("SMILES", row.smiles), ("InChI", row.inchi), ("InChIKey", row.inchikey))
    return [(name, text) for name, text in named if text]


def _figures(dossier: Dossier, countries: list[CountrySpread]) -> list[Figure]:
    """How it spread over years and countries, as far as there is anything to show."""
    row = dossier.substance
    years = [YearFigure(year.year, "", year.events) for year in spread_over_years(dossier.counts) if year.events]
    places = [PlaceFigure(country.country, country.events, 1) for country in countries]
    drawn = (
        years_figure(FigureScope.SUBSTANCES, row.accession, row.name, years),
        world_figure(FigureScope.SUBSTANCES, row.accession, row.name, places),
    )
    return [figure for figure in drawn if figure is not None]


def _sparkline(dossier: Dossier) -> Figure | None:
    """The latest quarters, where anything is known to the quarter."""
    quarters = quarters_of(dossier.counts)
    return quarters_figure(dossier.substance.accession, dossier.substance.name, quarters) if quarters else None


def _summary(dossier: Dossier, label: str, countries: list[CountrySpread]) -> str:
    """One sentence that says what it is and where it was seen."""
    row = dossier.substance
    what = f"{row.name}: {row.nature.label}" + (f", {label}" if label else "") + "."
    names = ", ".join(country_name(country.country) for country in countries[:3])
    where = (
        ngettext(
            "Reported from %(names)s and %(more)d more country.",
            "Reported from %(names)s and %(more)d more countries.",
            len(countries) - 3,
        )
        % {"names": names, "more": len(countries) - 3}
        if len(countries) > 3
        else _("Reported from %(names)s.") % {"names": names}
        if countries
        else ""
    )
    return " ".join(part for part in (what, _standing(row.status), where) if part)


def _standing(status: Status) -> str:
    """What a reader should know of an entry that is not simply listed."""
    return {
        Status.WITHDRAWN: _("This entry was withdrawn from the catalogue."),
        Status.PROVISIONAL: _("First seen by laboratories of this registry; not in the catalogue yet."),
        Status.UNCONFIRMED: _("Only one source gives this structure: treat it with care."),
    }.get(status, "")


def _citation(dossier: Dossier, canonical: str) -> str:
    row = dossier.substance
    return (
        f"nps-registry, {row.name} ({row.accession}), {_('revision')} {row.revision}, "
        f"{canonical}, {_('read on')} {datetime.now(UTC).date().isoformat()}."
    )


def _cards(dossier: Dossier, near: Sequence[Hit]) -> tuple[PageCard, list[PageCard]]:
    """The card of the substance itself, and those of its nearest analogues."""
    row = dossier.substance
    told: list[tuple[float | None, str]] = [(None, "")]
    own = (row.formula or "", row.skeleton or "")
    for hit in near:
        # What swapped where takes a search of a tenth of a second: the comparison tells, one link away.
        told.append(
            (hit.score, difference_at_a_glance((hit.entry.row.formula or "", hit.entry.row.skeleton or ""), own))
        )
    own_card, *analogues = fill_cards([row, *(hit.entry.row for hit in near)], dossier.looks, told)
    return own_card, analogues
