"""What the registry would make of a report that is still being written: the steps of receiving, and nothing kept.

Each detection is taken as far as it goes: what cannot be read is left out and said, and the rest is told all the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from pydantic import ValidationError

from nps_registry.catalogue.classes import ClassSuggestion, suggest
from nps_registry.chemistry.reading import Reading
from nps_registry.errors import FieldError, InvalidInput
from nps_registry.intake.draft_fields import Fields, detection_value, layout_of
from nps_registry.intake.legal_standing import LOOKED_AT, Found, LegalStanding, find_standings
from nps_registry.intake.matching import Identification, Known, pair_of
from nps_registry.intake.provisional import NEIGHBOURS
from nps_registry.intake.recall import recall
from nps_registry.intake.receive import Desk
from nps_registry.intake.steps import Read, Working, work
from nps_registry.intake.submission import DetectionPart, EventPart, ItemPart
from nps_registry.intake.understanding import Considered, consider
from nps_registry.search.similarity import Hit
from nps_registry.store import novelty
from nps_registry.store.engine import Session
from nps_registry.store.listings import Isomer, ListedAs, positional_isomers
from nps_registry.store.novelty import Seen
from nps_registry.store.tables import Substance
from nps_registry.store.viewer import Viewer
from nps_registry.vocabulary.finding import EventType, Match, Result, Specimen
from nps_registry.vocabulary.place import is_country, region_of
from nps_registry.vocabulary.technique import Technique, tells_positional_isomers_apart

LEAST_SCORE = 0.35
"""What resembles less is no analogue, and naming it beside a structure would suggest something."""

_UNTOLD = LegalStanding()
_UNSEEN = Seen(world=False, regions=frozenset(), countries=frozenset())


@dataclass(frozen=True, slots=True)
class Newness:
    """Where the finding would be the first, among what the viewer may see."""

    world: bool
    region: bool
    country: bool


@dataclass(frozen=True, slots=True)
class Analogue:
    """A substance that resembles the one found, with the controls that name it."""

    hit: Hit
    listings: Sequence[ListedAs]


@dataclass(frozen=True, slots=True)
class Indistinct:
    """Isomers that carry the same groups at other places.

    Attributes:
        told_apart: whether the techniques named tell them apart: yes, no, or (none) with reference materials only.
    """

    isomers: Sequence[Isomer]
    told_apart: bool | None


@dataclass(frozen=True, slots=True)
class Triaged:
    """What one detection of a draft would mean.

    Attributes:
        name: the detection's name in the draft.
        errors: what could not be read of it, by the draft's own names.
        identification: none where nothing is said yet, or nothing can be read.
        substance: the known substance, by structure or by name; none where it is new, partial or unknown.
        country: where it would be new.
    """

    name: str
    errors: tuple[FieldError, ...] = ()
    working: Working | None = None
    identification: Identification | None = None
    substance: Substance | None = None
    country: str = ""
    newness: Newness | None = None
    suggestion: ClassSuggestion | None = None
    standing: LegalStanding = _UNTOLD
    analogues: Sequence[Analogue] = ()
    indistinct: Indistinct | None = None


def triage(session: Session, desk: Desk, viewer: Viewer, fields: Fields, *, amends: str | None = None) -> list[Triaged]:
    """What each detection of the draft *fields* would mean to *viewer*; *amends* is the report that it changes."""
    taken = list[tuple[str, Working | None, tuple[FieldError, ...]]]()
    event = _event(fields, viewer)
    for item_index, (key, detections) in enumerate(layout_of(fields).items):
        item = _item(fields, f"items.{key}")
        for index, detection in enumerate(detections):
            name = f"items.{key}.detections.{detection}"
            working, errors = _take(
                detection_value(fields, name), name, (item, event, (item_index, index)), desk.recent
            )
            taken.append((name, working, errors))
    workings = [working for _name, working, _errors in taken if working is not None]
    considered = consider(session, desk, viewer, [workings], partial(_recall, desk))
    facts = _Facts(session, desk, viewer, considered, amends=amends)
    told = iter(zip(considered.worked[0], considered.identified[0], strict=True))
    return [
        Triaged(name, errors) if working is None else facts.tell(name, errors, *next(told), event.country)
        for name, working, errors in taken
    ]


def _recall(desk: Desk, session: Session, workings: Sequence[Working], viewer: Viewer) -> Known:
    return recall(session, desk.index, workings, viewer)


def _event(fields: Fields, viewer: Viewer) -> EventPart:
    """As much of the event as triage asks for, whether or not the rest is valid."""
    kind, country = fields.get("event.type", ""), fields.get("event.country", "").strip().upper()
    known: dict[str, Any] = {"type": EventType(kind) if kind in list(EventType) else None}
    known["country"] = country if is_country(country) else viewer.country or ""
    return EventPart.model_construct(**known)


def _item(fields: Fields, name: str) -> ItemPart:
    specimen = fields.get(f"{name}.specimen", "")
    return ItemPart.model_construct(specimen=Specimen(specimen) if specimen in list(Specimen) else None, detections=[])


def _take(
    value: dict[str, Any], name: str, place: tuple[ItemPart, EventPart, tuple[int, int]], read: Read
) -> tuple[Working | None, tuple[FieldError, ...]]:
    """The detection after all steps, as far as it can be read, and what cannot."""
    part = _part(value)
    if part is None:
        return None, ()
    errors: list[FieldError] = []
    item, event, indices = place
    for _try in range(3):  # the structure and the formula can be at fault, one after the other
        try:
            return work(part, item, event, indices, read), tuple(errors)
        except InvalidInput as refusal:
            at_fault = {error.field.rpartition(".")[2]: error.message for error in refusal.errors}
            errors += [FieldError(f"{name}.{field}", message) for field, message in at_fault.items()]
            part = part.model_copy(update=dict.fromkeys(at_fault))
    return None, tuple(errors)


def _part(value: dict[str, Any]) -> DetectionPart | None:
    """The detection without the fields that are not valid; the form names those itself."""
    for _try in range(4):
        try:
            return DetectionPart.model_validate(value)
        except ValidationError as fault:
            at_fault = {str(error["loc"][0]) for error in fault.errors() if error["loc"]}
            # What contradicts itself: the structure stands, a number without its unit says nothing.
            at_fault = at_fault or {"concentration"} & value.keys() or {"unidentified"} & value.keys()
            if not at_fault:
                return None
            value = {field: given for field, given in value.items() if field not in at_fault}
    return None


class _Facts:
    """What the store knows of all detections of a draft, asked at once."""

    def __init__(
        self, session: Session, desk: Desk, viewer: Viewer, considered: Considered, *, amends: str | None
    ) -> None:
        self.desk, self.novel = desk, considered.novel
        (workings,), (identified,) = considered.worked, considered.identified
        ids = [each.substance.id for each in identified if each.substance and each.substance.id is not None]
        places, own = {working.event.country for working in workings}, [amends] if amends else []
        self.seen = novelty.seen(session, set(ids), viewer, places, excluding_report_ids=own)
        self.hits = {
            working.path: self._nearest(working, each) for working, each in zip(workings, identified, strict=True)
        }
        pairs = list(zip(workings, identified, strict=True))
        asked = [self._ask(working, each) for working, each in pairs]
        self.listings, told = find_standings(session, desk.index, asked, least_score=LEAST_SCORE)
        self.standings = {working.path: standing for working, standing in zip(workings, told, strict=True)}
        described = [each for each in workings if each.reading is not None and self._has_isomers(each.reading)]
        self.keys = {each.path: desk.recent.positional_key(each.reading) for each in described if each.reading}
        self.isomers = positional_isomers(session, {each.formula for each in described}, set(self.keys.values()))

    def _nearest(self, working: Working, identification: Identification) -> Sequence[Hit]:
        novel = self.novel.get(pair_of(working.reading)) if working.reading else None
        if novel is not None:
            return novel.neighbours
        own = identification.substance.id if identification.substance else None
        return self.desk.index.neighbours_of(own, limit=NEIGHBOURS) if own is not None else ()

    def _has_isomers(self, reading: Reading) -> bool:
        """Whether the index knows another skeleton of the same formula: without one, nothing need be looked up."""
        snapshot, asked = self.desk.index.snapshot, reading.identity
        met = (snapshot.entries[position].row for position in snapshot.by_formula.get(asked.formula, ()))
        return any(row.skeleton != asked.skeleton for row in met)

    def _ask(self, working: Working, identification: Identification) -> Found:
        """What is to be looked up in the control lists; a name that several substances have is none of them."""
        own = identification.substance.id if identification.substance else None
        skeleton = working.reading.identity.skeleton if working.reading else None
        if skeleton is None and identification.substance is not None:
            skeleton = identification.substance.skeleton

        def look_further() -> Sequence[Hit]:
            novel = self.novel.get(pair_of(working.reading)) if working.reading else None
            if novel is not None:
                return self.desk.index.neighbours(novel.fingerprint, limit=LOOKED_AT)
            return self.desk.index.neighbours_of(own, limit=LOOKED_AT) if own is not None else ()

        return Found(own, skeleton, self.hits[working.path], look_further)

    def tell(
        self,
        name: str,
        errors: tuple[FieldError, ...],
        working: Working,
        identification: Identification,
        country: str,
    ) -> Triaged:
        """What one detection would mean."""
        substance = identification.substance
        return Triaged(
            name=name,
            errors=errors,
            working=working,
            identification=identification,
            substance=substance,
            country=country,
            newness=self._newness(working, identification, country),
            suggestion=self._suggestion(working.reading, substance),
            standing=self.standings[working.path],
            analogues=[
                Analogue(hit, self.listings.get(hit.entry.row.id, ()))
                for hit in self.hits[working.path]
                if hit.score >= LEAST_SCORE
            ],
            indistinct=self._indistinct(working),
        )

    def _newness(self, working: Working, identification: Identification, country: str) -> Newness | None:
        """None where nothing is counted: a negative or uncertain result, a partial answer, wastewater."""
        counted = identification.substance is not None or identification.match in {Match.NEW, Match.STEREO_VARIANT}
        if not counted or working.part.result is not Result.POSITIVE or working.event.type is EventType.WASTEWATER:
            return None
        own = identification.substance.id if identification.substance else None
        seen = self.seen.get(own, _UNSEEN) if own is not None else _UNSEEN
        region = region_of(country) if is_country(country) else ""
        return Newness(not seen.world, region not in seen.regions, country not in seen.countries)

    def _suggestion(self, reading: Reading | None, substance: Substance | None) -> ClassSuggestion | None:
        if reading is None or substance is not None:
            return None
        novel = self.novel.get(pair_of(reading))
        return novel.suggestion if novel else suggest(reading.standardised.parent, self.desk.rules)

    def _indistinct(self, working: Working) -> Indistinct | None:
        key = self.keys.get(working.path)
        if key is None or working.reading is None:
            return None
        asked = working.reading.identity
        isomers = [
            each
            for each in self.isomers
            if each.positional_key == key and each.formula == asked.formula and each.skeleton != asked.skeleton
        ]
        if not isomers:
            return None
        return Indistinct(
            isomers, tells_apart(working.techniques, with_materials=bool(working.part.reference_material))
        )


def tells_apart(techniques: Sequence[Technique], *, with_materials: bool) -> bool | None:
    """Whether *techniques* together tell positional isomers apart; none where reference materials would let them."""
    answers = {tells_positional_isomers_apart(technique) for technique in techniques}
    if True in answers or (None in answers and with_materials):
        return True
    return None if None in answers else False
