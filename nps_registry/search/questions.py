"""One frozen question type per kind of search, the same for the page, the API and the command line.

A question that exists is answerable: its bounds are checked when it is made, all of them at once,
so that a caller learns of every field at fault. What a structure or pattern says is read later.
"""

from __future__ import annotations

from dataclasses import dataclass

from nps_registry.localisation import gettext as _
from nps_registry.search.faults import Faults
from nps_registry.search.restriction import EVERYTHING, Restriction
from nps_registry.vocabulary.search import Fingerprint, Metric, PatternForm
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
MOST_ACCESSION_CHARACTERS = 20
MOST_PEAKS = 10
MOST_FEATURES = 10_000
MOST_ADDUCTS = 12
MOST_BATCH_ROWS = 10_000
ROWS_OF_VISITORS = 200
"""Longer batches are for laboratories and scientists: each row costs some milliseconds."""


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
        among: what is searched.

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
    among: Restriction = EVERYTHING

    def __post_init__(self) -> None:
        faults = Faults()
        faults.require_text("structure", self.structure)
        faults.require_between("threshold", self.threshold, 0.0, 1.0)
        faults.require_limit(self.limit, MOST_HITS)
        faults.require_between("tversky_a", self.tversky_a, 0.0, MOST_TVERSKY_WEIGHT)
        faults.require_between("tversky_b", self.tversky_b, 0.0, MOST_TVERSKY_WEIGHT)
        faults.refuse_if_any()


@dataclass(frozen=True, slots=True)
class SubstructureQuestion:
    """Which substances contain *pattern*?

    Attributes:
        pattern: SMARTS (a SMILES is one too), or a molfile.
        limit: most hits, 1 to 500.
        exact_total: go on after the last hit shown, so that the total counts the others too.
        read_as: whether one line is SMARTS, or a structure whose open places may carry anything.
        among: what is searched.

    Raises:
        InvalidInput: a field is out of its bounds.
    """

    pattern: str
    limit: int = DEFAULT_LIMIT
    exact_total: bool = False
    read_as: PatternForm = PatternForm.SMARTS
    among: Restriction = EVERYTHING

    def __post_init__(self) -> None:
        faults = Faults()
        faults.require_text("pattern", self.pattern)
        faults.require_limit(self.limit, MOST_HITS)
        faults.refuse_if_any()


@dataclass(frozen=True, slots=True)
class SuperstructureQuestion:
    """Which substances are contained in *structure*?

    Attributes:
        structure: SMILES, InChI or molfile; it is standardised before it is searched.
        limit: most hits, 1 to 500.
        exact_total: go on after the last hit shown, so that the total counts the others too.
        among: what is searched.

    Raises:
        InvalidInput: a field is out of its bounds.
    """

    structure: str
    limit: int = DEFAULT_LIMIT
    exact_total: bool = False
    among: Restriction = EVERYTHING

    def __post_init__(self) -> None:
        faults = Faults()
        faults.require_text("structure", self.structure)
        faults.require_limit(self.limit, MOST_HITS)
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
        faults = Faults()
        faults.require_text("structure", self.structure)
        faults.refuse_if_any()


@dataclass(frozen=True, slots=True)
class ExplanationQuestion:
    """Why, and how much, does the substance with *accession* resemble *structure*?

    Attributes:
        structure: SMILES, InChI or molfile.
        accession: of the substance it is compared with.
        fingerprint: how both become bits.

    Raises:
        InvalidInput: a field is empty or too long.
    """

    structure: str
    accession: str
    fingerprint: Fingerprint = Fingerprint.MORGAN

    def __post_init__(self) -> None:
        faults = Faults()
        faults.require_text("structure", self.structure)
        faults.require_text("accession", self.accession)
        faults.require_at_most_characters("accession", self.accession, MOST_ACCESSION_CHARACTERS)
        faults.refuse_if_any()


@dataclass(frozen=True, slots=True)
class MassQuestion:
    """Which substances have this mass, give this ion, or have this formula? Exactly one of the three is asked.

    Attributes:
        mass_da: monoisotopic neutral mass.
        mz: mass-to-charge ratio of the ion named by *adduct*.
        formula: molecular formula, elements in any order; ``?`` behind an element is none or one of it, ``*`` any
            number, ``(2-4)`` from two to four.
        adduct: the ion that *mz* was measured of.
        ppm: half width of the window around the mass, in parts per million.
        limit: most hits, 1 to 500; the total counts the others too.
        isotopes: measured heights of M, M+1, M+2 …, in any unit; hits are then ordered by how well theirs agree.
        among: what is searched.

    Raises:
        InvalidInput: none or several of the three, or a field out of its bounds.
    """

    mass_da: float | None = None
    mz: float | None = None
    formula: str | None = None
    adduct: str = DEFAULT_ADDUCT
    ppm: float = DEFAULT_PPM
    limit: int = DEFAULT_LIMIT
    isotopes: tuple[float, ...] = ()
    among: Restriction = EVERYTHING

    def __post_init__(self) -> None:
        faults = Faults()
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
        faults.require_limit(self.limit, MOST_HITS)
        faults.require_heights("isotopes", self.isotopes, MOST_PEAKS)
        faults.refuse_if_any()


@dataclass(frozen=True, slots=True)
class Feature:
    """One peak of a list: its m/z, its intensity in any unit where it is known, and a name of the asker's own."""

    mz: float
    intensity: float | None = None
    label: str = ""


@dataclass(frozen=True, slots=True)
class FeatureQuestion:
    """Which substances explain which of these peaks?

    Attributes:
        features: 1 to 10,000.
        adducts: names of the ions that a substance may show as.
        ppm: half width of the window around each m/z, in parts per million.
        among: what is searched.

    Raises:
        InvalidInput: a field is out of its bounds; a feature at fault is named by its number.
    """

    features: tuple[Feature, ...]
    adducts: tuple[str, ...] = (DEFAULT_ADDUCT,)
    ppm: float = DEFAULT_PPM
    among: Restriction = EVERYTHING

    def __post_init__(self) -> None:
        faults = Faults()
        faults.require_count("features", len(self.features), MOST_FEATURES)
        faults.require_count("adducts", len(self.adducts), MOST_ADDUCTS)
        faults.require_above_zero("ppm", self.ppm, MOST_PPM)
        for number, feature in enumerate(self.features[:MOST_FEATURES]):
            faults.require_above_zero(f"features[{number}].mz", feature.mz, MOST_DA)
            if feature.intensity is not None:
                faults.require_height(f"features[{number}].intensity", feature.intensity)
        faults.refuse_if_any()


@dataclass(frozen=True, slots=True)
class NameQuestion:
    """Which substances carry this name, or one that is typed nearly so?

    Attributes:
        text: the name as typed, at most 500 characters.
        limit: most hits, 1 to 500.
        among: what is searched.

    Raises:
        InvalidInput: a field is out of its bounds.
    """

    text: str
    limit: int = DEFAULT_LIMIT
    among: Restriction = EVERYTHING

    def __post_init__(self) -> None:
        faults = Faults()
        faults.require_text("q", self.text)
        faults.require_at_most_characters("q", self.text, MOST_NAME_CHARACTERS)
        faults.require_limit(self.limit, MOST_HITS)
        faults.refuse_if_any()


@dataclass(frozen=True, slots=True)
class BatchRow:
    """One row of a batch: a structure, a name or a number as given.

    Attributes:
        text: what is looked up.
        label: the asker's own word for the row.
        number: of the row in the file that it stands in, as an editor or a spreadsheet counts, from 1; 0 where it
            stands in none, and its place among the others counts.
    """

    text: str
    label: str = ""
    number: int = 0


@dataclass(frozen=True, slots=True)
class BatchQuestion:
    """Which substances are these structures and names?

    Attributes:
        rows: 1 to 10,000; a row that cannot be read is answered by its error, in its place.
        threshold: least similarity at which the nearest substance stands for one that is not listed, 0 to 1.

    Raises:
        InvalidInput: no row or too many, or a threshold out of its bounds.
    """

    rows: tuple[BatchRow, ...]
    threshold: float = DEFAULT_THRESHOLD

    def __post_init__(self) -> None:
        faults = Faults()
        faults.require_count("rows", len(self.rows), MOST_BATCH_ROWS)
        faults.require_between("threshold", self.threshold, 0.0, 1.0)
        faults.refuse_if_any()
