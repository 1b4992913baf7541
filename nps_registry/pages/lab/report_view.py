"""A report in words for its laboratory: what it said, what the registry understood, what happened since."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from nps_registry.localisation import gettext as _
from nps_registry.pages.formats import write_instant, write_truth
from nps_registry.pages.lab.form_fields import asked_fields
from nps_registry.pages.lab.triage_view import Named
from nps_registry.store import drafts as people
from nps_registry.store import reports as stored
from nps_registry.store import substances
from nps_registry.store.contents import Contents
from nps_registry.store.engine import Session
from nps_registry.store.tables import Detection, Event, Report, ReviewStep, Substance
from nps_registry.vocabulary.place import country_name
from nps_registry.vocabulary.review import DIAGRAM, Act, Party
from nps_registry.vocabulary.term import Term

Fact = tuple[str, str]
"""A label and what stands behind it."""

_PLACE = re.compile(r"items\[(\d{1,4})\](?:\.detections\[(\d{1,4})\])?")
_COUNTRIES = ("country", "departure_country", "destination_country")
_EVENT = (
    "type", "country", "collected_on", "analysed_on", "setting", "case_reference", "subdivision", "city",
    "departure_country", "transit_countries", "destination_country", "transport", "concealment", "case_type", "outcome",
    "age_band", "sex",
)  # fmt: skip
_ITEM = (
    "form", "net_mass_g", "gross_mass_g", "volume_ml", "units", "counterfeit_medicine", "sold_as", "appearance",
    "specimen", "specimen_site", "sampling_interval_h",
)  # fmt: skip
_SAID = {
    "reported_as": "reported_as", "name_given": "name", "structure_given": "structure", "stereo_given": "stereo",
    "formula": "formula", "chemical_class": "chemical_class", "candidates": "candidates",
    "mz": "mz", "adduct": "adduct", "ppm": "ppm",
    "unidentified": "unidentified", "result": "result", "role": "role", "purity_percent": "purity_percent",
    "purity_basis": "purity_basis", "purity_per": "purity_per", "amount_per_unit_mg": "amount_per_unit_mg",
    "concentration": "concentration", "concentration_unit": "concentration_unit",
    "limit_of_quantification": "limit_of_quantification", "techniques": "techniques",
    "reference_material": "reference_material", "library_match": "library_match", "causality": "causality",
    "causality_final": "causality_final",
}  # fmt: skip
"""Columns of a detection that hold what the laboratory said, by the names of the form."""


@dataclass(frozen=True, slots=True)
class SaidDetection:
    """One detection: what was said, verbatim, and what was understood."""

    called: str
    said: Sequence[Fact]
    understood: Sequence[Fact]
    substance: Named | None
    candidates: Sequence[Named]
    notes: Sequence[str]


@dataclass(frozen=True, slots=True)
class SaidItem:
    """An item with its detections."""

    number: int
    facts: Sequence[Fact]
    detections: Sequence[SaidDetection]


@dataclass(frozen=True, slots=True)
class Moment:
    """Something that happened to a report."""

    at: str
    what: str
    who: str
    reason: str
    fields: Sequence[Fact]


def event_facts(event: Event) -> list[Fact]:
    """What was said of the event."""
    return _facts(event, {name: name for name in _EVENT})


def said_items(session: Session, held: Contents) -> list[SaidItem]:
    """The items of a report with what was said and understood of each detection."""
    wanted = {each for _item, inner in held.items for detection in inner for each in detection.candidate_ids}
    candidates = substances.by_ids(session, wanted) if wanted else {}
    return [
        SaidItem(
            number,
            _facts(item, {name: name for name in _ITEM}),
            [_detection(detection, held, candidates) for detection in detections],
        )
        for number, (item, detections) in enumerate(held.items, start=1)
    ]


def _detection(detection: Detection, held: Contents, candidates: dict[int, Substance]) -> SaidDetection:
    substance = held.substances.get(detection.substance_id) if detection.substance_id is not None else None
    said = dict(_SAID)
    if detection.structure_given:
        del said["formula"]  # it was derived from the structure, or compared with it
    understood = [(_("Understood as"), detection.match.label)]
    understood += [(_("Formula"), detection.formula)] if detection.formula else []
    understood += [(_("Salt form"), detection.salt_form)] if detection.salt_form else []
    understood += [(_("Isotopes marked"), write_truth(True))] if detection.isotopes else []
    if detection.meets_swgdrug_minimum is not None:
        understood.append((_("Meets the SWGDRUG minimum"), write_truth(detection.meets_swgdrug_minimum)))
    return SaidDetection(
        called=substance.name if substance else detection.reported_as or _("unidentified"),
        said=_facts(detection, said),
        understood=understood,
        substance=_named(substance) if substance else None,
        candidates=[_named(candidates[each]) for each in detection.candidate_ids if each in candidates],
        notes=[note["message"] for note in detection.notes],
    )


def _named(substance: Substance) -> Named:
    return Named(substance.accession, substance.name, substance.accession)


def _facts(row: Any, names: dict[str, str]) -> list[Fact]:
    """The columns *names* of *row* that say something, each under the label of its field of the form."""
    labels = dict(asked_fields())
    facts: list[Fact] = []
    for column, name in names.items():
        text = _text(getattr(row, column), name)
        if text:
            unit = labels[name].unit
            facts.append((_(labels[name].label), f"{text} {unit}" if unit else text))
    return facts


def _text(value: Any, name: str) -> str:
    if value is None or value in ("", []) or (value is False and name == "unidentified"):
        return ""
    if isinstance(value, bool):
        return write_truth(value)
    if isinstance(value, Term):
        return value.label
    if isinstance(value, list):
        return ", ".join(country_name(each) if name == "transit_countries" else str(each) for each in value)
    if name in _COUNTRIES:
        return country_name(str(value))
    return f"{value:g}" if isinstance(value, float) else str(value)


_TOLD_BY_REVISIONS = frozenset({Act.AMEND, Act.REIDENTIFY, Act.WITHDRAW, Act.REDACT})


def history_of(session: Session, report: Report, steps: Sequence[ReviewStep]) -> list[Moment]:
    """Every revision and every decision, oldest first. Reviewers are told as such, colleagues by name."""
    revisions = stored.revisions(session, report.id)
    own = {each.made_by.removeprefix("person:") for each in revisions if each.made_by.startswith("person:")}
    names = people.names_of(session, own, report.organisation_id)
    moments: list[tuple[datetime, Moment]] = [
        (
            each.made_at,
            Moment(write_instant(each.made_at), each.cause.label, _who(each.made_by, names), each.reason, []),
        )
        for each in revisions
    ]
    for step in steps:
        if step.act in _TOLD_BY_REVISIONS:
            continue
        fields = [(label_of(each.get("field", "")), each.get("message", "")) for each in step.field_reasons]
        who = _who(step.made_by, names) if DIAGRAM[step.act].by == {Party.LABORATORY} else _("a reviewer")
        told = Moment(write_instant(step.made_at), step.act.label, who, step.reason, fields)
        moments.append((step.made_at, told))
    return [moment for _at, moment in sorted(moments, key=lambda pair: pair[0])]


def _who(actor: str, names: dict[str, str]) -> str:
    if actor.startswith("token:"):
        return _("a program of your laboratory")
    if not actor.startswith("person:"):
        return ""  # a command or an import: nobody to name
    return names.get(actor.removeprefix("person:"), _("a reviewer"))


def label_of(path: str) -> str:
    """A field's path in the words of the form: ``items[0].form`` is “Item 1: Form”."""
    labels = {name: asked.label for name, asked in asked_fields()}
    own = path.rpartition(".")[2]
    named = _(labels[own]) if own in labels else ""
    met = _PLACE.match(path)
    if met is None:
        return named or path
    place = {"item": int(met[1]) + 1, "detection": int(met[2] or 0) + 1}
    where = (_("Item %(item)d, detection %(detection)d") if met[2] else _("Item %(item)d")) % place
    return f"{where}: {named}" if named else where
