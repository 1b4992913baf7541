"""The bodies that search takes and the shapes that it answers, for the API's description.

Answers are put together from rendered cards, not from these classes; a test holds the two together.
"""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from nps_registry.search.questions import (
    DEFAULT_ADDUCT,
    DEFAULT_LIMIT,
    DEFAULT_PPM,
    DEFAULT_THRESHOLD,
    MOST_ADDUCTS,
    MOST_BATCH_ROWS,
    MOST_FEATURES,
    MOST_HITS,
    MOST_STRUCTURES,
)
from nps_registry.search.restriction import EVERYTHING, Restriction
from nps_registry.vocabulary.search import FileForm, Fingerprint, Metric, PatternForm, RowMatch, TextSort
from nps_registry.vocabulary.substance import EffectGroup, Stereo

_FORMAT = Field(None, strict=False, description="A file to be kept, as with the GET; JSON without it.")


class CardShape(BaseModel):
    """A substance in one line."""

    accession: str
    name: str
    smiles: str | None
    inchikey: str | None
    chemical_class: str | None
    status: str
    url: str = Field(description="The substance's page, relative to the registry's address.")


class ScoredShape(CardShape):
    """A substance with its likeness, 0 to 1."""

    score: float


class NamedShape(ScoredShape):
    """A substance with the name of it that was met."""

    matched: str


class MatchedShape(CardShape):
    """A substance with the atoms under each match, numbered from 0 as in its SMILES.

    Of a search for superstructures they are atoms of the structure asked, numbered as in ``query.smiles``.
    """

    atoms: list[int] = Field(description="The atoms of the first match, in the order of the pattern's atoms.")
    matches: list[list[int]] = Field(description="The first 20 matches.")


class WeighedShape(CardShape):
    """A substance with its mass and how far the asked one lies from it."""

    formula: str | None
    mass_da: float | None
    adduct: str | None
    mz: float | None
    error_ppm: float
    isotope_score: float | None = Field(None, description="0 to 1; only where isotope peaks were given.")


class SimilarityShape(BaseModel):
    """By falling score, ties by accession."""

    query: dict[str, Any]
    total: int = Field(description="Substances that reach the threshold, shown or not.")
    hits: list[ScoredShape]


class NameShape(BaseModel):
    """Best first; substances that share a name stand together."""

    query: dict[str, Any]
    total: int
    hits: list[NamedShape]


class IdentityShape(BaseModel):
    """What a structure is; every list is by accession."""

    query: dict[str, Any]
    exact: list[CardShape]
    stereo_variants: list[CardShape]
    same_skeleton: list[CardShape] = Field(description="All others of the same connectivity, stereo variants included.")
    tautomers: list[CardShape]
    positional_isomers: list[CardShape] = Field(
        description="The same formula, and the same rings carrying the same groups at other places."
    )
    salt_names: list[str] = Field(description="Names of salts that the exact substance carries.")


class SubstructureShape(BaseModel):
    """By accession; ``stopped`` says whether the time limit was reached before the search had gone as far as asked."""

    query: dict[str, Any]
    total: int = Field(description="Substances found to match, shown or not.")
    total_is_exact: bool = Field(description="Whether every structure was decided, so that there are no more.")
    tested: int
    structures: int
    stopped: bool
    message: str
    hits: list[MatchedShape]


class MassShape(BaseModel):
    """Nearest first."""

    query: dict[str, Any]
    total: int
    hits: list[WeighedShape]


class ExplainingShape(WeighedShape):
    """A substance with the peak that it explains."""

    feature: int = Field(description="Number of the peak in the list, from 0.")
    label: str
    measured_mz: float
    intensity: float | None


class FeatureListShape(BaseModel):
    """By peak, nearest first."""

    query: dict[str, Any]
    total: int
    explained: int = Field(description="Peaks that some substance explains.")
    hits: list[ExplainingShape]


class LineShape(BaseModel):
    """One line of the answer to a list; a row that means several substances has several lines."""

    row: int = Field(description="Number of the row that the line answers, from 1.")
    given: str
    label: str
    read_as: TextSort | None
    match: RowMatch
    score: float | None
    note: str
    error: str = Field(description="Why the row cannot be answered; empty where it can.")
    substance: CardShape | None


class RowListShape(BaseModel):
    """In the order of the rows, each of which has one line at least."""

    query: dict[str, Any]
    found: int = Field(description="Rows that name or draw a substance of the registry or a variant of one.")
    errors: int
    lines: list[LineShape]


class BitsShape(BaseModel):
    """Bits of two fingerprints."""

    common: int
    asked: int
    found: int


class CommonShape(BaseModel):
    """Atoms in common: the n-th of one is the n-th of the other."""

    asked_atoms: list[int] = Field(description="Numbered from 0 as in query.smiles.")
    found_atoms: list[int] = Field(description="Numbered from 0 as in the substance's SMILES.")


class DrawingsShape(BaseModel):
    """Both as SVG, the common part laid out alike."""

    asked: str
    found: str


class ExplanationShape(BaseModel):
    """Why a substance resembles a structure."""

    query: dict[str, Any]
    substance: CardShape
    score: float = Field(description="Tanimoto: bits in common over bits in either.")
    bits: BitsShape
    sentence: str = Field(description="What differs, about the substance.")
    complete: bool = Field(description="Whether the search for the common part ended before its time limit.")
    limit_s: float
    common: CommonShape
    drawings: DrawingsShape


class BatchShape(BaseModel):
    """One result per structure, in order; an ``error`` (a problem document) in place of one that cannot be read."""

    results: list[dict[str, Any]]


class RestrictionBody(BaseModel):
    """What the search is restricted to."""

    model_config = ConfigDict(extra="forbid", strict=True)

    chemical_class: str | None = None
    effect: EffectGroup | None = Field(None, strict=False)
    country: str | None = None
    control: str | None = None
    first_reported_from: int | None = None
    first_reported_until: int | None = None

    @property
    def restriction(self) -> Restriction:
        """The same as the question's.

        Raises:
            InvalidInput: a code is none, or a year out of bounds.
        """
        return Restriction(**self.model_dump())


def read_restriction(among: RestrictionBody | None) -> Restriction:
    """What *among* restricts a search to; nothing where it was not given."""
    return among.restriction if among else EVERYTHING


class SimilarityBatch(BaseModel):
    """Several structures, compared alike."""

    model_config = ConfigDict(extra="forbid", strict=True)

    structures: list[str] = Field(min_length=1, max_length=MOST_STRUCTURES)
    threshold: float = DEFAULT_THRESHOLD
    limit: int = Field(DEFAULT_LIMIT, ge=1, le=MOST_HITS)
    fingerprint: Fingerprint = Field(Fingerprint.MORGAN, strict=False)
    metric: Metric = Field(Metric.TANIMOTO, strict=False)
    tversky_a: float = 0.5
    tversky_b: float = 0.5
    among: RestrictionBody | None = None


class StructureBody(BaseModel):
    """One structure, for molfiles, which no address can hold."""

    model_config = ConfigDict(extra="forbid", strict=True)

    structure: str
    stereo: Stereo | None = Field(None, strict=False)
    format: FileForm | None = _FORMAT


class PatternBody(BaseModel):
    """One pattern: SMARTS, or a molfile."""

    model_config = ConfigDict(extra="forbid", strict=True)

    pattern: str
    limit: int = DEFAULT_LIMIT
    total: Literal["found", "exact"] = "found"
    read_as: PatternForm = Field(PatternForm.SMARTS, strict=False)
    among: RestrictionBody | None = None
    format: FileForm | None = _FORMAT


class SuperstructureBody(BaseModel):
    """One structure, for molfiles, which no address can hold."""

    model_config = ConfigDict(extra="forbid", strict=True)

    structure: str
    limit: int = DEFAULT_LIMIT
    total: Literal["found", "exact"] = "found"
    among: RestrictionBody | None = None
    format: FileForm | None = _FORMAT


class ListBody(BaseModel):
    """Structures, names and numbers, one a row."""

    model_config = ConfigDict(extra="forbid", strict=True)

    rows: list[str] = Field(min_length=1, max_length=MOST_BATCH_ROWS)
    threshold: float = DEFAULT_THRESHOLD


class PeakBody(BaseModel):
    """One peak of a list."""

    model_config = ConfigDict(extra="forbid", strict=True)

    mz: float = Field(description="Mass-to-charge ratio.")
    intensity: float | None = Field(None, description="Height or area, in any unit.")
    label: str = Field("", max_length=200, description="The asker's own word for it.")


class FeatureBody(BaseModel):
    """Peaks, and the ions that a substance may show as."""

    model_config = ConfigDict(extra="forbid", strict=True)

    features: list[PeakBody] = Field(min_length=1, max_length=MOST_FEATURES)
    adducts: list[str] = Field([DEFAULT_ADDUCT], min_length=1, max_length=MOST_ADDUCTS)
    ppm: float = DEFAULT_PPM
    among: RestrictionBody | None = None
