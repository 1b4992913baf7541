"""What the registry answers, as frozen objects. Members that a later version adds are kept and do no harm."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field


class _Answer(BaseModel):
    model_config = ConfigDict(frozen=True, extra="allow")


class Card(_Answer):
    """A substance in one line."""

    accession: str
    name: str
    smiles: str | None
    inchikey: str | None
    chemical_class: str | None
    status: str
    url: str


class ScoredHit(Card):
    """A substance with its likeness, 0 to 1."""

    score: float


class NamedHit(ScoredHit):
    """A substance with the name of it that was met."""

    matched: str


class MatchedHit(Card):
    """A substance with the atoms under each match, numbered from 0."""

    atoms: tuple[int, ...]
    matches: tuple[tuple[int, ...], ...]


class MassHit(Card):
    """A substance with its mass in dalton and the distance of the asked one in ppm."""

    formula: str | None
    mass_da: float | None
    adduct: str | None
    mz: float | None
    error_ppm: float
    isotope_score: float | None = None


class PeakHit(MassHit):
    """A substance with the peak that it explains, numbered from 0."""

    feature: int
    label: str
    measured_mz: float
    intensity: float | None


class _Hits(_Answer):
    query: dict[str, Any]
    total: int


class ScoredHits(_Hits):
    """By falling score; *total* counts all that reach the threshold."""

    hits: tuple[ScoredHit, ...]


class NamedHits(_Hits):
    """Best first; ``query["meanings"]`` says how many substances carry the very name."""

    hits: tuple[NamedHit, ...]


class PartHits(_Hits):
    """By accession; *stopped* says whether the time limit ended the search, and *message* how far it came."""

    hits: tuple[MatchedHit, ...]
    total_is_exact: bool
    tested: int
    structures: int
    stopped: bool
    message: str


class MassHits(_Hits):
    """Nearest first."""

    hits: tuple[MassHit, ...]


class PeakHits(_Hits):
    """By peak, nearest first; *explained* counts the peaks that have any."""

    hits: tuple[PeakHit, ...]
    explained: int


class Identity(_Answer):
    """Which substance a structure is, and its relatives."""

    query: dict[str, Any]
    exact: tuple[Card, ...]
    stereo_variants: tuple[Card, ...]
    same_skeleton: tuple[Card, ...]
    tautomers: tuple[Card, ...]
    positional_isomers: tuple[Card, ...]
    salt_names: tuple[str, ...]


class Explanation(_Answer):
    """Why a substance resembles a structure; *drawings* are SVG texts, ``asked`` and ``found``."""

    query: dict[str, Any]
    substance: Card
    score: float
    bits: dict[str, int]
    sentence: str
    complete: bool
    common: dict[str, tuple[int, ...]]
    drawings: dict[str, str]


class BatchLine(_Answer):
    """One line of the answer to a list; *error* says why its row cannot be answered, where that is so."""

    row: int
    given: str
    label: str
    read_as: str | None
    match: str
    score: float | None
    note: str
    error: str
    substance: Card | None


class Batch(_Answer):
    """In the order of the rows, each of which has one line at least."""

    query: dict[str, Any]
    found: int
    errors: int
    lines: tuple[BatchLine, ...]


class Structure(_Answer):
    """A structure in the forms that programs read."""

    smiles: str | None
    inchi: str | None
    inchikey: str | None
    stereo: str | None
    formula: str | None
    mass_da: float | None


class Substance(_Answer):
    """Everything public about one substance; lists of facts are as the HTTP interface describes them."""

    accession: str
    name: str
    kind: str
    nature: str
    status: str
    evidence: str | None
    structure: Structure | None
    names: tuple[dict[str, Any], ...]
    identifiers: dict[str, tuple[Any, ...]]
    chemical_class: Any
    controls: tuple[dict[str, Any], ...]
    reports: dict[str, Any]
    demonstration: bool


class SubstancePage(_Answer):
    """A page of the list of substances; *next* is the cursor of the one behind it."""

    items: tuple[Card, ...]
    total: int
    next: str | None


class Analogue(_Answer):
    """A substance near to one that is new."""

    accession: str
    name: str
    score: float


class DetectionReceipt(_Answer):
    """What the registry recognised in one detection of a report."""

    item: int
    index: int
    substance: dict[str, Any] | None
    match: str
    novelty: dict[str, Any] | None
    analogues: tuple[Analogue, ...] = ()
    notes: tuple[dict[str, Any], ...] = ()


class Receipt(_Answer):
    """The answer to a report."""

    id: str
    reference: str | None
    state: str
    detections: tuple[DetectionReceipt, ...]
    signals: tuple[dict[str, Any], ...] = ()


class FieldProblem(_Answer):
    """What is wrong with one field of a request."""

    field: str
    message: str


class Problem(_Answer):
    """A refusal as it was sent (RFC 9457)."""

    type: str = "about:blank"
    title: str = ""
    status: int
    detail: str = ""
    errors: tuple[FieldProblem, ...] = Field(default=())
