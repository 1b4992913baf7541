"""The findings of a report for those who review it: the laboratory's words beside what was made of them."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

from nps_registry.chemistry.compare import difference
from nps_registry.chemistry.depict import draw_svg
from nps_registry.chemistry.structure import parse
from nps_registry.errors import UnreadableStructure
from nps_registry.http.services import Services
from nps_registry.localisation import gettext as _
from nps_registry.pages.cards import PageCard, draw_cards
from nps_registry.store import curation
from nps_registry.store.dossiers import drawings
from nps_registry.store.engine import Session
from nps_registry.store.reports import Contents
from nps_registry.store.tables import Detection, Item, Substance

ANALOGUES = 3
Fact = tuple[str, str]


@dataclass(frozen=True, slots=True)
class ShownDetection:
    """A detection as it was sent and as it was understood.

    Attributes:
        said: the laboratory's words and figures, each with its label.
        drawn: the structure as the laboratory drew it (SVG), counter-ions included; empty where there is none.
        understood: the entry's drawing.
        controlled: accessions, among the analogues, that a control list names.
    """

    place: tuple[int, int]
    detection: Detection
    substance: Substance | None
    said: list[Fact]
    drawn: str
    understood: str
    analogues: list[PageCard]
    controlled: frozenset[str]


@dataclass(frozen=True, slots=True)
class ShownItem:
    """An item with its detections."""

    position: int
    facts: list[Fact]
    form: str
    detections: list[ShownDetection]


def show_items(session: Session, services: Services, contents: Contents) -> list[ShownItem]:
    """The items of a report, with drawings and analogues; what differs is said while time allows."""
    svgs = drawings(session, list(contents.substances))
    deadline = time.monotonic() + services.settings.comparison_limit_s
    return [
        ShownItem(
            item.position,
            _facts_of_item(item),
            item.form.label,
            [_show(session, services, (item, detection), contents, (svgs, deadline)) for detection in detections],
        )
        for item, detections in contents.items
    ]


def places_of(contents: Contents) -> list[tuple[str, str]]:
    """The places of a report that a reason can be given for: path, and what people call it."""
    places = [
        ("event.collected_on", _("Day of collection")),
        ("event.country", _("Country")),
        ("event.type", _("Kind of event")),
    ]
    for item, detections in contents.items:
        path = f"items[{item.position}]"
        places.append((path, _("Item %(number)d") % {"number": item.position + 1}))
        for detection in detections:
            told = {"number": item.position + 1, "what": detection.reported_as[:60] or _("detection")}
            places.append((f"{path}.detections[{detection.position}]", _("Item %(number)d, “%(what)s”") % told))
    return places


def _show(
    session: Session,
    services: Services,
    which: tuple[Item, Detection],
    contents: Contents,
    drawing: tuple[dict[int, str], float],
) -> ShownDetection:
    item, detection = which
    svgs, deadline = drawing
    substance = contents.substances.get(detection.substance_id or 0)
    analogues = _analogues(session, services, substance, deadline) if substance else []
    accessions = [card.accession for card in analogues]
    return ShownDetection(
        place=(item.position, detection.position),
        detection=detection,
        substance=substance,
        said=_said(detection),
        drawn=_draw(detection.structure_given),
        understood=svgs.get(detection.substance_id or 0, ""),
        analogues=analogues,
        controlled=curation.controlled_accessions(session, accessions),
    )


def analogues_of(session: Session, services: Services, substance: Substance) -> list[PageCard]:
    """The nearest public substances, each with what differs."""
    return _analogues(session, services, substance, time.monotonic() + services.settings.comparison_limit_s)


def _analogues(session: Session, services: Services, substance: Substance, deadline: float) -> list[PageCard]:
    if substance.id is None or not substance.smiles:
        return []
    hits = services.index.neighbours_of(substance.id, limit=ANALOGUES)
    answers: list[tuple[float | None, str]] = []
    for hit in hits:
        left_s = deadline - time.monotonic()
        told = left_s > 0 and hit.entry.row.smiles is not None
        sentence = difference(substance.smiles, hit.entry.row.smiles, limit_s=left_s / 2).sentence if told else ""  # type: ignore[arg-type]
        answers.append((hit.score, sentence))
    return draw_cards(session, [hit.entry.row for hit in hits], answers)


def _draw(structure: str) -> str:
    """The structure as it was given; nothing where it cannot be read, which its remarks tell."""
    if not structure.strip():
        return ""
    try:
        return draw_svg(parse(structure).mol, title=_("As the laboratory drew it"))
    except UnreadableStructure:
        return ""


def _said(detection: Detection) -> list[Fact]:
    purity = f"{detection.purity_percent:g} %" if detection.purity_percent is not None else ""
    if purity and detection.purity_basis:
        purity = f"{purity} ({detection.purity_basis.label.lower()})"
    amount = f"{detection.amount_per_unit_mg:g} mg" if detection.amount_per_unit_mg is not None else ""
    concentration = f"{detection.concentration:g} {detection.concentration_unit}" if detection.concentration else ""
    return _told([
        (_("Name given"), detection.name_given),
        (_("Structure given"), detection.structure_given[:2_000]),
        (_("Stereochemistry stated"), detection.stereo_given.label if detection.stereo_given else ""),
        (_("Class named"), detection.chemical_class),
        (_("Could be"), ", ".join(detection.candidates)),
        (_("Result"), detection.result.label),
        (_("Role"), detection.role.label),
        (_("Salt form"), detection.salt_form),
        (_("Purity"), purity),
        (_("Amount per unit"), amount),
        (_("Concentration"), concentration),
        (_("Techniques"), ", ".join(detection.techniques)),
        (_("Reference material"), _("yes") if detection.reference_material else ""),
        (_("Part in the case"), detection.causality.label if detection.causality else ""),
    ])  # fmt: skip


def _facts_of_item(item: Item) -> list[Fact]:
    return _told([
        (_("Specimen"), item.specimen.label if item.specimen else ""),
        (_("Net mass"), f"{item.net_mass_g:g} g" if item.net_mass_g is not None else ""),
        (_("Gross mass"), f"{item.gross_mass_g:g} g" if item.gross_mass_g is not None else ""),
        (_("Volume"), f"{item.volume_ml:g} ml" if item.volume_ml is not None else ""),
        (_("Units"), str(item.units) if item.units is not None else ""),
        (_("Appearance"), item.appearance),
        (_("Sold as"), item.sold_as),
        (_("Counterfeit medicine"), _("yes") if item.counterfeit_medicine else ""),
    ])  # fmt: skip


def _told(facts: Sequence[Fact]) -> list[Fact]:
    return [(label, text) for label, text in facts if text]
