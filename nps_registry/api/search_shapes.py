"""The bodies that search takes and the shapes that it answers, for the API's description.

Answers are put together from rendered cards, not from these classes; a test holds the two together.
"""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from nps_registry.search.questions import DEFAULT_LIMIT, DEFAULT_THRESHOLD, MOST_HITS, MOST_STRUCTURES
from nps_registry.vocabulary.search import Fingerprint, Metric
from nps_registry.vocabulary.substance import Stereo


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
    """A substance with the atoms under the pattern, numbered from 0 as in its SMILES."""

    atoms: list[int] = Field(description="The atoms of the first match, in the order of the pattern's atoms.")
    matches: list[list[int]] = Field(description="The first 20 matches.")


class WeighedShape(CardShape):
    """A substance with its mass and how far the asked one lies from it."""

    formula: str | None
    mass_da: float | None
    adduct: str | None
    mz: float | None
    error_ppm: float


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


class SubstructureShape(BaseModel):
    """By accession; ``stopped`` says whether the time limit was reached before every structure was tested."""

    query: dict[str, Any]
    total: int
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


class BatchShape(BaseModel):
    """One result per structure, in order; an ``error`` (a problem document) in place of one that cannot be read."""

    results: list[dict[str, Any]]


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


class StructureBody(BaseModel):
    """One structure, for molfiles, which no address can hold."""

    model_config = ConfigDict(extra="forbid", strict=True)

    structure: str
    stereo: Stereo | None = Field(None, strict=False)


class PatternBody(BaseModel):
    """One pattern: SMARTS, or a molfile."""

    model_config = ConfigDict(extra="forbid", strict=True)

    pattern: str
    limit: int = DEFAULT_LIMIT
