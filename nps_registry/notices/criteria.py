"""What a subscriber wants to be told of. Fields combine: all of them must hold, and of each any value may."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, Protocol, TypeVar

from nps_registry.errors import FieldError, InvalidInput
from nps_registry.localisation import gettext as _
from nps_registry.store.notices import Subject, SubstanceFacts
from nps_registry.vocabulary.advisory import Severity
from nps_registry.vocabulary.notice import NoticeKind
from nps_registry.vocabulary.place import is_country, places, region_of
from nps_registry.vocabulary.signal import SignalKind
from nps_registry.vocabulary.substance import EffectGroup
from nps_registry.vocabulary.term import Term

NEAR = 0.6
"""Tanimoto from which on a substance resembles the structure watched for, where nothing else is said."""

LEAST_NEAR = 0.3
MOST_VALUES = 60
MOST_CHARACTERS = 20_000
ABOUT = (NoticeKind.SIGNAL, NoticeKind.ADVISORY, NoticeKind.LOOK_BACK)
Kind = TypeVar("Kind", bound=Term)


class StructureTest(Protocol):
    """Says whether a substance has the structure that a subscriber watches for."""

    def __call__(self, substance: SubstanceFacts, /) -> bool:
        """Whether it has."""
        ...


@dataclass(frozen=True, slots=True)
class Criteria:
    """A subscriber's wishes. An empty field wishes nothing.

    Attributes:
        about: signals, advisories, look-backs; *kinds* narrows the signals only, *severities* the advisories only.
        substances: accessions; those that were merged mean the substance they lead to.
        structure: substances that resemble this (SMILES, InChI or molfile) by Morgan and Tanimoto …
        threshold: … as far as this, 0.3 to 1.
        pattern: substances that contain this (SMARTS).
    """

    about: tuple[NoticeKind, ...] = ABOUT
    substances: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()
    effects: tuple[EffectGroup, ...] = ()
    countries: tuple[str, ...] = ()
    kinds: tuple[SignalKind, ...] = ()
    severities: tuple[Severity, ...] = ()
    structure: str = ""
    threshold: float = NEAR
    pattern: str = ""

    @property
    def asks_for_structure(self) -> bool:
        """Whether structures have to be compared."""
        return bool(self.structure or self.pattern)

    @property
    def asks_for_substance(self) -> bool:
        """Whether a notice has to be about a substance at all."""
        return bool(self.substances or self.classes or self.effects or self.asks_for_structure)

    def told(self) -> dict[str, object]:
        """The criteria as JSON: what is empty or as usual is left out."""
        found: dict[str, object] = {}
        for field in fields(self):
            value = getattr(self, field.name)
            if value and value != field.default:
                found[field.name] = list(map(str, value)) if isinstance(value, tuple) else value
        if self.structure:
            found["threshold"] = self.threshold
        return found

    def gates(self) -> list[str]:
        """Facts of which a notice must have one to match at all: those of the field that leaves the fewest notices."""
        chosen: list[tuple[str, tuple[str, ...]]] = [
            ("substance", self.substances),
            ("structure", ("any",) if self.asks_for_structure else ()),
            ("class", self.classes),
            ("effect", self.effects),
            ("country", self.countries),
            ("kind", self.kinds if set(self.about) == {NoticeKind.SIGNAL} else ()),
            ("severity", self.severities if set(self.about) == {NoticeKind.ADVISORY} else ()),
        ]
        for name, values in chosen:
            if values:
                return [f"{name}:{value}" for value in values]
        return [f"about:{kind}" for kind in self.about]


def gates_of(subject: Subject) -> list[str]:
    """The gates that a notice about *subject* opens."""
    opened = {f"about:{subject.kind}"}
    for substance in subject.substances:
        opened |= {f"substance:{accession}" for accession in substance.accessions} | {"structure:any"}
        opened.add(f"class:{substance.chemical_class}")
        opened |= {f"effect:{group}" for group in substance.effect_groups}
    opened |= {f"country:{code}" for code in places() if _concerns(subject, code)}
    opened.add(f"kind:{subject.signal_kind}")
    opened.add(f"severity:{subject.severity}")
    return sorted(opened)


def matches(criteria: Criteria, subject: Subject, has_structure: StructureTest) -> bool:
    """Whether *subject* is what *criteria* ask for; structures, which cost most, are compared last."""
    if subject.kind not in criteria.about:
        return False
    if subject.kind is NoticeKind.SIGNAL and criteria.kinds and subject.signal_kind not in criteria.kinds:
        return False
    if subject.kind is NoticeKind.ADVISORY and criteria.severities and subject.severity not in criteria.severities:
        return False
    if criteria.countries and not any(_concerns(subject, code) for code in criteria.countries):
        return False
    if not criteria.asks_for_substance:
        return True
    asked_for = [each for each in subject.substances if _is_asked_for(criteria, each)]
    return any(map(has_structure, asked_for)) if criteria.asks_for_structure else bool(asked_for)


def _concerns(subject: Subject, country: str) -> bool:
    """Whether a notice concerns *country*: it names it, or a region that it lies in, or no place at all."""
    if subject.countries:
        return country in subject.countries
    return subject.region is None or (is_country(country) and region_of(country) == subject.region)


def _is_asked_for(criteria: Criteria, substance: SubstanceFacts) -> bool:
    return (
        (not criteria.substances or not substance.accessions.isdisjoint(criteria.substances))
        and (not criteria.classes or substance.chemical_class in criteria.classes)
        and (not criteria.effects or not substance.effect_groups.isdisjoint(criteria.effects))
    )


def read_criteria(given: Mapping[str, Any]) -> Criteria:
    """The criteria of a JSON object or of a form's fields, texts in lists; what they name is looked up elsewhere.

    Raises:
        InvalidInput: naming every field at fault.
    """
    faults: list[FieldError] = []
    known = {field.name for field in fields(Criteria)}
    faults += [FieldError(str(name)[:80], _("There is no such criterion.")) for name in given if name not in known]
    criteria = Criteria(
        about=_terms(given, "about", NoticeKind, faults, among=ABOUT) or ABOUT,
        substances=tuple(text.upper() for text in _texts(given, "substances", faults)),
        classes=_texts(given, "classes", faults),
        effects=_terms(given, "effects", EffectGroup, faults),
        countries=tuple(text.upper() for text in _texts(given, "countries", faults)),
        kinds=_terms(given, "kinds", SignalKind, faults),
        severities=_terms(given, "severities", Severity, faults),
        structure=_text(given, "structure", faults),
        threshold=_threshold(given, faults),
        pattern=_text(given, "pattern", faults),
    )
    message = _("“%(code)s” is not a country; use its two-letter ISO 3166-1 code (XK for Kosovo).")
    faults += [
        FieldError("countries", message % {"code": code[:40]}) for code in criteria.countries if not is_country(code)
    ]
    if faults:
        raise InvalidInput(faults[0].message, errors=faults)
    return criteria


def _texts(given: Mapping[str, Any], name: str, faults: list[FieldError]) -> tuple[str, ...]:
    values = given.get(name) or []
    if not isinstance(values, list) or not all(isinstance(value, str) and value.isprintable() for value in values):
        faults.append(FieldError(name, _("“%(field)s” is a list of texts.") % {"field": name}))
        return ()
    if len(values) > MOST_VALUES:
        message = _("“%(field)s” has at most %(most)d values.") % {"field": name, "most": MOST_VALUES}
        faults.append(FieldError(name, message))
        return ()
    return tuple(dict.fromkeys(value.strip()[:64] for value in values if value.strip()))


def _terms(
    given: Mapping[str, Any], name: str, terms: type[Kind], faults: list[FieldError], among: tuple[Kind, ...] = ()
) -> tuple[Kind, ...]:
    known = {term.value: term for term in among or terms}
    texts = _texts(given, name, faults)
    message = _("“%(value)s” is none of: %(known)s.")
    faults += [
        FieldError(name, message % {"value": text, "known": ", ".join(known)}) for text in texts if text not in known
    ]
    return tuple(known[text] for text in texts if text in known)


def _text(given: Mapping[str, Any], name: str, faults: list[FieldError]) -> str:
    value = given.get(name) or ""
    if not isinstance(value, str) or len(value) > MOST_CHARACTERS or "\x00" in value:
        message = _("“%(field)s” is a text of %(most)d characters at most.")
        faults.append(FieldError(name, message % {"field": name, "most": MOST_CHARACTERS}))
        return ""
    return value.strip() if "\n" not in value.strip() else value


def _threshold(given: Mapping[str, Any], faults: list[FieldError]) -> float:
    value = given.get("threshold")
    if value is None or value == "":
        return NEAR
    try:
        read = float(value) if isinstance(value, str | int | float) and not isinstance(value, bool) else 2.0
    except (ValueError, OverflowError):
        read = 2.0
    if not LEAST_NEAR <= read <= 1.0:
        message = _("“threshold” is a number from %(least)g to 1.") % {"least": LEAST_NEAR}
        faults.append(FieldError("threshold", message))
        return NEAR
    return read
