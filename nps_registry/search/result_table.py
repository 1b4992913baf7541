"""Answers as tables: one row per hit, the same columns whatever file they are written to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import singledispatch

from nps_registry.search.batch import BatchAnswer
from nps_registry.search.features import FeatureAnswer
from nps_registry.search.identity import IdentityAnswer
from nps_registry.search.mass import MassAnswer
from nps_registry.search.names import NameAnswer
from nps_registry.search.rendering import feature_members, line_members, mass_members
from nps_registry.search.similarity import SimilarityAnswer
from nps_registry.search.snapshot import Entry
from nps_registry.search.substructure import SubstructureAnswer
from nps_registry.vocabulary.search import RowMatch

Cell = str | int | float | None

ENTRY_COLUMNS = (
    "accession", "name", "status", "nature", "chemical_class", "smiles", "inchi", "inchikey", "formula", "mass_da",
)  # fmt: skip
"""What every row says of its substance; empty where a row has none."""


@dataclass(frozen=True, slots=True)
class ResultTable:
    """An answer, row by row.

    Attributes:
        kind: of the question (``similarity``, ``mass`` …).
        columns: names, those of the answer first and then :data:`ENTRY_COLUMNS`.
        rows: one cell per column; a number is a number.
        entries: the substance of each row; none where it has none.
        total: how many hits there are, shown or not.
    """

    kind: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    entries: tuple[Entry | None, ...]
    total: int


@singledispatch
def tabulate(answer: object) -> ResultTable:
    """*answer* as a table."""
    raise TypeError(f"no answer of a search: {type(answer).__name__}")


@tabulate.register
def _similarity(answer: SimilarityAnswer) -> ResultTable:
    return _table("similarity", ("score",), ((hit.entry, {"score": hit.score}) for hit in answer.hits), answer.total)


@tabulate.register
def _substructure(answer: SubstructureAnswer) -> ResultTable:
    kind = "substructure" if hasattr(answer.question, "pattern") else "superstructure"
    rows = ((hit.entry, {"atoms": " ".join(map(str, hit.atoms)), "matches": len(hit.matches)}) for hit in answer.hits)
    return _table(kind, ("atoms", "matches"), rows, answer.total)


@tabulate.register
def _identity(answer: IdentityAnswer) -> ResultTable:
    skeleton = [entry for entry in answer.same_skeleton if entry not in answer.stereo_variants]
    lists: tuple[tuple[str, Sequence[Entry]], ...] = (
        (RowMatch.EXACT.value, answer.exact),
        (RowMatch.STEREO_VARIANT.value, answer.stereo_variants),
        (RowMatch.SAME_SKELETON.value, skeleton),
        (RowMatch.TAUTOMER.value, answer.tautomers),
        ("positional_isomer", answer.positional_isomers),
    )
    rows = [(entry, {"match": match}) for match, entries in lists for entry in entries]
    return _table("identity", ("match",), rows, len(rows))


@tabulate.register
def _mass(answer: MassAnswer) -> ResultTable:
    columns = ("adduct", "mz", "error_ppm", *(("isotope_score",) if answer.question.isotopes else ()))
    return _table("mass", columns, ((hit.entry, mass_members(hit)) for hit in answer.hits), answer.total)


@tabulate.register
def _features(answer: FeatureAnswer) -> ResultTable:
    columns = ("feature", "label", "measured_mz", "intensity", "adduct", "mz", "error_ppm", "isotope_score")
    return _table("features", columns, ((hit.entry, feature_members(hit)) for hit in answer.hits), len(answer.hits))


@tabulate.register
def _name(answer: NameAnswer) -> ResultTable:
    rows = ((hit.entry, {"matched": hit.matched, "score": hit.score}) for hit in answer.hits)
    return _table("name", ("matched", "score"), rows, answer.total)


@tabulate.register
def _batch(answer: BatchAnswer) -> ResultTable:
    columns = ("row", "label", "given", "read_as", "match", "score", "note", "error")
    return _table("batch", columns, ((line.entry, line_members(line)) for line in answer.lines), len(answer.lines))


def _table(
    kind: str, columns: tuple[str, ...], rows: Iterable[tuple[Entry | None, Mapping[str, object]]], total: int
) -> ResultTable:
    given = list(rows)
    return ResultTable(
        kind,
        (*columns, *ENTRY_COLUMNS),
        tuple((*(_cell(members[name]) for name in columns), *_entry_cells(entry)) for entry, members in given),
        tuple(entry for entry, _members in given),
        total,
    )


def _cell(value: object) -> Cell:
    return value if isinstance(value, str | int | float) or value is None else str(value)


def _entry_cells(entry: Entry | None) -> tuple[Cell, ...]:
    if entry is None:
        return (None,) * len(ENTRY_COLUMNS)
    row = entry.row
    return (
        row.accession,
        row.name,
        row.status.value,
        row.nature.value,
        row.chemical_class,
        row.smiles,
        row.inchi,
        row.inchikey,
        row.formula,
        None if row.mass_da is None else round(row.mass_da, 4),
    )
