"""One frozen question type per kind of search, the same for the page, the API and the command line.

A question that exists is answerable: its bounds are checked when it is made, all of them at once,
so that a caller learns of every field at fault. What a structure or pattern says is read later.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from nps_registry.errors import FieldError, InvalidInput
from nps_registry.localisation import gettext as _
from nps_registry.vocabulary.search import Fingerprint, Metric
from nps_registry.vocabulary.substance import Stereo

DEFAULT_THRESHOLD = 0.5
DEFAULT_LIMIT = 50
MOST_HITS = 500
MOST_STRUCTURES = 1_000
MOST_NAME_CHARACTERS = 500
DEFAULT_ADDUCT = "[M+H]+"
DEFAULT_PPM = 5.0
MOST_PPM = 1_000.0
MOST_DA = 10_000.0
MOST_TVERSKY_WEIGHT = 100.0


@dataclass(frozen=True, slots=True)
class SimilarityQuestion:
    """Which substances resemble *structure*?

    Attributes:
        structure: SMILES, InChI or molfile; it is standardised before it is compared.
        threshold: least score of a hit, 0 to 1.
        limit: most hits, 1 to 500; the total counts the others too.
        fingerprint: how structures become bits.
        metric: how bits are compared.
        tversky_a: weight of what only *structure* has, for Tversky.
        tversky_b: weight of what only the substance has, for Tversky.

    Raises:
        InvalidInput: a field is out of its bounds.
    """

    structure: str
    threshold: float = DEFAULT_THRESHOLD
    limit: int = DEFAULT_LIMIT
    fingerprint: Fingerprint = Fingerprint.MORGAN
    metric: Metric = Metric.TANIMOTO
    tversky_a: float = 0.5
    tversky_b: float = 0.5

    def __post_init__(self) -> None:
        faults = _Faults()
        faults.require_text("structure", self.structure)
        faults.require_between("threshold", self.threshold, 0.0, 1.0)
        faults.require_limit(self.limit)
        faults.require_between("tversky_a", self.tversky_a, 0.0, MOST_TVERSKY_WEIGHT)
        faults.require_between("tversky_b", self.tversky_b, 0.0, MOST_TVERSKY_WEIGHT)
        faults.refuse_if_any()


@dataclass(frozen=True, slots=True)
class SubstructureQuestion:
    """Which substances contain *pattern*?

    Attributes:
        pattern: SMARTS (a SMILES is one too), or a molfile.
        limit: most hits, 1 to 500; the total counts the others too.

    Raises:
        InvalidInput: a field is out of its bounds.
    """

    pattern: str
    limit: int = DEFAULT_LIMIT

    def __post_init__(self) -> None:
        faults = _Faults()
        faults.require_text("pattern", self.pattern)
        faults.require_limit(self.limit)
        faults.refuse_if_any()


@dataclass(frozen=True, slots=True)
class IdentityQuestion:
    """Which substance is *structure*, and which are its variants?

    Attributes:
        structure: SMILES, InChI or molfile.
        stereo: what is said of its stereochemistry beside the drawing.

    Raises:
        InvalidInput: the structure is empty.
    """

    structure: str
    stereo: Stereo | None = None

    def __post_init__(self) -> None:
        faults = _Faults()
        faults.require_text("structure", self.structure)
        faults.refuse_if_any()


@dataclass(frozen=True, slots=True)
class MassQuestion:
    """Which substances have this mass, give this ion, or have this formula? Exactly one of the three is asked.

    Attributes:
        mass_da: monoisotopic neutral mass.
        mz: mass-to-charge ratio of the ion named by *adduct*.
        formula: molecular formula, elements in any order.
        adduct: the ion that *mz* was measured of.
        ppm: half width of the window around the mass, in parts per million.
        limit: most hits, 1 to 500; the total counts the others too.

    Raises:
        InvalidInput: none or several of the three, or a field out of its bounds.
    """

    mass_da: float | None = None
    mz: float | None = None
    formula: str | None = None
    adduct: str = DEFAULT_ADDUCT
    ppm: float = DEFAULT_PPM
    limit: int = DEFAULT_LIMIT

    def __post_init__(self) -> None:
        faults = _Faults()
        asked = [name for name in ("mass_da", "mz", "formula") if getattr(self, name) is not None]
        if len(asked) != 1:
            faults.add(asked[1] if asked else "mass_da", _("Give exactly one of mass_da, mz and formula."))
        if self.mass_da is not None:
            faults.require_above_zero("mass_da", self.mass_da, MOST_DA)
        if self.mz is not None:
            faults.require_above_zero("mz", self.mz, MOST_DA)
        if self.formula is not None:
            faults.require_text("formula", self.formula)
        faults.require_above_zero("ppm", self.ppm, MOST_PPM)
        faults.require_limit(self.limit)
        faults.refuse_if_any()


@dataclass(frozen=True, slots=True)
class NameQuestion:
    """Which substances carry this name, or one that is typed nearly so?

    Attributes:
        text: the name as typed, at most 500 characters.
        limit: most hits, 1 to 500.

    Raises:
        InvalidInput: a field is out of its bounds.
    """

    text: str
    limit: int = DEFAULT_LIMIT

    def __post_init__(self) -> None:
        faults = _Faults()
        faults.require_text("q", self.text)
        if len(self.text) > MOST_NAME_CHARACTERS:
            sentence = _("A name has at most %(most)d characters; this has %(count)d.")
            faults.add("q", sentence % {"most": MOST_NAME_CHARACTERS, "count": len(self.text)})
        faults.require_limit(self.limit)
        faults.refuse_if_any()


class _Faults:
    """What is wrong with a question so far, field by field."""

    def __init__(self) -> None:
        self._errors: list[FieldError] = []

    def add(self, field: str, message: str) -> None:
        self._errors.append(FieldError(field, message))

    def require_text(self, field: str, text: str) -> None:
        if not text.strip():
            self.add(field, _("Nothing was given; write something to search for."))
        elif "\x00" in text:
            self.add(field, _("It holds a null byte; send plain text."))

    def require_between(self, field: str, number: float, least: float, most: float) -> None:
        if not least <= number <= most:  # false for NaN too
            sentence = _("%(given)s is out of range; give a number from %(least)g to %(most)g.")
            self.add(field, sentence % {"given": number, "least": least, "most": most})

    def require_above_zero(self, field: str, number: float, most: float) -> None:
        if math.isnan(number) or not 0 < number <= most:
            sentence = _("%(given)s is out of range; give a number above 0, at most %(most)g.")
            self.add(field, sentence % {"given": number, "most": most})

    def require_limit(self, limit: int) -> None:
        if not 1 <= limit <= MOST_HITS:
            sentence = _("%(given)d hits cannot be asked for; ask for 1 to %(most)d.")
            self.add("limit", sentence % {"given": limit, "most": MOST_HITS})

    def refuse_if_any(self) -> None:
        if self._errors:
            detail = " ".join(f"{error.field}: {error.message}" for error in self._errors)
            raise InvalidInput(detail, errors=self._errors)
