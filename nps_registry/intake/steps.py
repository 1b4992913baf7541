"""What is done to each detection as it arrives: small steps in one order, each told in notes.

The verb of a step tells its effect: ``require_`` refuses, ``derive_`` fills what follows from what was
given, ``repair_`` changes what was given and says so. The laboratory's words are never changed; what
the registry understood stands beside them.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field, replace

from nps_registry.chemistry.masses import find_adduct, formula_mass_da, ion_mz, neutral_mass_da, parse_formula
from nps_registry.chemistry.reading import Reading
from nps_registry.errors import FieldError, InvalidInput, UnreadableStructure
from nps_registry.intake.minimum import highest_rung, meets_swgdrug_minimum, techniques_of
from nps_registry.intake.salts import split_salt_words
from nps_registry.intake.submission import DetectionPart, EventPart, ItemPart
from nps_registry.localisation import gettext as _
from nps_registry.search.questions import DEFAULT_ADDUCT, DEFAULT_PPM
from nps_registry.vocabulary.finding import Result
from nps_registry.vocabulary.substance import Stereo
from nps_registry.vocabulary.technique import Rung, Technique

Read = Callable[[str, Stereo | None], Reading]


@dataclass(frozen=True, slots=True)
class Remark:
    """Something the laboratory should know; a *problem* keeps a report from being accepted on arrival."""

    code: str
    message: str
    problem: bool = False


@dataclass(frozen=True, slots=True)
class MassWindow:
    """The monoisotopic masses, in dalton, that a measured m/z leaves; the adduct is the one that was named or meant."""

    adduct: str
    ppm: float
    low_da: float
    high_da: float


@dataclass(frozen=True, slots=True)
class Working:
    """A detection on its way: what was given, and what the steps so far made of it."""

    part: DetectionPart
    item: ItemPart
    event: EventPart
    item_index: int
    index: int
    reading: Reading | None = None
    reported_as: str = ""
    name: str = ""
    salt_form: str = ""
    formula: str = ""
    mass: MassWindow | None = None
    isotopes: bool = False
    techniques: tuple[Technique, ...] = ()
    meets_swgdrug_minimum: bool | None = None
    remarks: tuple[Remark, ...] = field(default=())

    @property
    def path(self) -> str:
        """Where the detection stands in the submission."""
        return f"items[{self.item_index}].detections[{self.index}]"

    def noting(self, code: str, message: str, *, problem: bool = False) -> Working:
        """The same, with one more remark."""
        return replace(self, remarks=(*self.remarks, Remark(code, message, problem)))


def require_readable_structure(working: Working, read: Read) -> Working:
    """Read the structure, where one was given; its own notes become remarks.

    Raises:
        UnreadableStructure: pointing at the field of this detection.
    """
    given = working.part.structure
    if given is None or not given.strip():
        return working
    try:
        reading = read(given, working.part.stereo)
    except UnreadableStructure as refusal:
        raise refusal.at(f"{working.path}.structure") from None
    for note in reading.notes:
        working = working.noting(note.code, note.message)
    return replace(working, reading=reading, formula=reading.identity.formula)


def require_readable_formula(working: Working, _read: Read) -> Working:
    """Check the formula, and that it is the structure's own where both were given.

    Raises:
        InvalidInput: not a formula, or another one than the structure's.
    """
    given = (working.part.formula or "").strip()
    if not given:
        return working
    path = f"{working.path}.formula"
    try:
        formula = parse_formula(given)
    except InvalidInput as refusal:
        raise InvalidInput(refusal.detail, errors=[FieldError(path, refusal.detail)]) from None
    if working.reading is None:
        return replace(working, formula=str(formula))
    if str(formula) == working.formula:
        return working
    return working.noting(
        "formula_differs",
        _("The formula given, %(given)s, is not that of the structure without counter-ions, %(own)s.")
        % {"given": given, "own": working.formula},
        problem=True,
    )


def require_known_adduct(working: Working, _read: Read) -> Working:
    """The masses that a measured m/z leaves, by its adduct and accuracy; a structure or formula has to have one.

    Raises:
        InvalidInput: no adduct of that name, or an m/z that no molecule could have with it.
    """
    part = working.part
    if part.mz is None:
        return working
    try:
        adduct = find_adduct(part.adduct or DEFAULT_ADDUCT)
    except InvalidInput as refusal:
        raise InvalidInput(refusal.detail, errors=[FieldError(f"{working.path}.adduct", refusal.detail)]) from None
    ppm = part.ppm or DEFAULT_PPM
    low, high = (neutral_mass_da(part.mz * (1 + side * ppm * 1e-6), adduct) for side in (-1, 1))
    if low <= 0:
        sentence = _("No molecule shows at m/z %(mz)s as %(adduct)s.") % {"mz": part.mz, "adduct": adduct.name}
        raise InvalidInput(sentence, errors=[FieldError(f"{working.path}.mz", sentence)])
    working = replace(working, mass=MassWindow(adduct.name, ppm, low, high))
    own = formula_mass_da(parse_formula(working.formula).counts) if working.formula else None
    if own is None or low <= own <= high:
        return working
    return working.noting(
        "mass_differs",
        _("%(formula)s as %(adduct)s would show at m/z %(own).4f, not at the %(given)s measured.")
        % {"formula": working.formula, "adduct": adduct.name, "own": ion_mz(own, adduct), "given": part.mz},
        problem=True,
    )


def derive_reported_as(working: Working, _read: Read) -> Working:
    """Keep the laboratory's words; where it gave none, the name it gave, else its structure."""
    part = working.part
    words = part.reported_as or part.name or ", ".join(part.candidates) or part.formula or part.structure or ""
    if working.mass is not None and not words:
        words = f"m/z {part.mz} {working.mass.adduct}"
    return replace(working, reported_as=words[:500], name=(part.name or part.reported_as or "").strip())


def repair_salt_in_name(working: Working, _read: Read) -> Working:
    """Look the name up without the words of a salt, and say so."""
    name, salt = split_salt_words(working.name)
    if salt is None or not name:
        return working
    told = working.noting(
        "salt_in_name", _("“%(name)s” was looked up as “%(base)s”.") % {"name": working.name, "base": name}
    )
    return replace(told, name=name, salt_form=salt)


def derive_salt_form(working: Working, _read: Read) -> Working:
    """The salt form as given, else from the counter-ions drawn, else from the words of the name."""
    given = working.part.salt_form.strip()
    drawn = working.reading.standardised.counter_ions if working.reading else ()
    isotopes = working.reading.standardised.isotopes if working.reading else False
    salt = given or ", ".join(drawn) or working.salt_form
    working = replace(working, salt_form=salt[:80], isotopes=isotopes)
    if (
        given
        and drawn
        and not any(given.casefold() in ion.casefold() or ion.casefold() in given.casefold() for ion in drawn)
    ):
        return working.noting(
            "salt_differs",
            _("The salt form given, %(given)s, is not the counter-ion drawn, %(drawn)s.")
            % {"given": given, "drawn": ", ".join(drawn)},
        )
    return working


def derive_techniques(working: Working, _read: Read) -> Working:
    """Recognise the techniques; what is not recognised is kept and counts for nothing."""
    techniques, unknown = techniques_of(working.part.techniques)
    working = replace(working, techniques=techniques)
    for text in unknown:
        working = working.noting(
            "technique_unknown",
            _("“%(text)s” is kept, but not recognised as a technique; it does not count towards the minimum.")
            % {"text": text},
        )
    return working


def derive_minimum(working: Working, _read: Read) -> Working:
    """Whether the finding meets the SWGDRUG minimum, from its techniques and result alone."""
    meets = meets_swgdrug_minimum(
        working.techniques,
        result=working.part.result,
        event_type=working.event.type,
        specimen=working.item.specimen,
    )
    return replace(working, meets_swgdrug_minimum=meets)


def derive_rung(working: Working, _read: Read) -> Working:
    """Say where a structure was stated that the named techniques alone cannot reach."""
    if working.reading is None or working.part.result is not Result.POSITIVE or not working.techniques:
        return working
    if working.part.reference_material or highest_rung(working.techniques) >= Rung.STRUCTURE:
        return working
    return working.noting(
        "rung_exceeded",
        _(
            "These techniques alone do not tell a structure from its positional isomers; "
            "name the reference material or a further technique if one was used."
        ),
    )


def repair_stereo_words(working: Working, _read: Read) -> Working:
    """A stereo statement without a structure says nothing of itself: keep it, and say so."""
    if working.part.stereo is None or working.reading is not None:
        return working
    return working.noting(
        "stereo_without_structure", _("The stereochemistry stated is kept, but without a structure it is not used.")
    )


Step = Callable[[Working, Read], Working]
STEPS: tuple[Step, ...] = (
    require_readable_structure,
    require_readable_formula,
    require_known_adduct,
    derive_reported_as,
    repair_salt_in_name,
    derive_salt_form,
    derive_techniques,
    derive_minimum,
    derive_rung,
    repair_stereo_words,
)


Told = Hashable
"""What the steps read of a detection and of what it stands in: two that agree in it come out alike."""


def told_of(part: DetectionPart, item: ItemPart, event: EventPart) -> Told:
    """All that the steps read; whatever a step reads beside must be added here."""
    return (
        part.structure, part.stereo, part.name, part.reported_as, part.formula, tuple(part.candidates), part.salt_form,
        tuple(part.techniques), part.result, part.reference_material, item.specimen, event.type,
        part.mz, part.adduct, part.ppm,
    )  # fmt: skip


def work(part: DetectionPart, item: ItemPart, event: EventPart, place: tuple[int, int], read: Read) -> Working:
    """Take one detection, the item and its own index given as *place*, through all steps.

    Raises:
        InvalidInput: naming the field at fault.
    """
    working = Working(part, item, event, *place)
    for step in STEPS:
        working = step(working, read)
    return working
