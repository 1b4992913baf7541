"""The two tables that the catalogue is compiled from, as anybody can build them from the public sources.

The *evidence* table has one row per claim ("this source gives this structure, under these names"):

================  ==============================================================================================
``skeleton``      first block of the InChIKey of the largest organic fragment, neutralised
``source``        which table or list the claim comes from (see :mod:`.origins`)
``group``         independence group: claims of one group are copies of each other or could be
``names``         the source's names, separated by ``|``; empty where it gives a structure only
``smiles``        the structure as given, or as derived from the source's systematic name
``inchikey``      its standard InChIKey, for sources that give nothing else
``cas``           CAS Registry Number, if the source gives one
``source_class``  the class in which the source puts the substance, in its own words
``place_in_source``  where in the source: an id, a row, a record
================  ==============================================================================================

The *merged* table has one row per skeleton: ``skeleton``, ``systematic_name`` (machine-generated from the
structure) and ``medicine`` (1 where a marketed medicine is suspected). Its other columns are not read.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from nps_registry.errors import NotFound

EVIDENCE_COLUMNS = (
    "skeleton",
    "source",
    "group",
    "names",
    "smiles",
    "inchikey",
    "cas",
    "source_class",
    "place_in_source",
)
MERGED_COLUMNS = ("skeleton", "systematic_name", "medicine")


@dataclass(frozen=True, slots=True)
class EvidenceRow:
    """One claim as the table has it."""

    line: int
    skeleton: str
    source: str
    names: tuple[str, ...]
    smiles: str
    inchikey: str
    cas: str
    source_class: str
    place: str


@dataclass(frozen=True, slots=True)
class MergedRow:
    """What the merged table adds for one skeleton."""

    systematic_name: str
    medicine: bool


def read_evidence(path: Path) -> tuple[EvidenceRow, ...]:
    """The claims of the table at *path*, in its order.

    Raises:
        NotFound: if there is no such file or it lacks a column.
    """
    return tuple(
        EvidenceRow(
            line=line,
            skeleton=row["skeleton"],
            source=row["source"],
            names=tuple(row["names"].split("|")) if row["names"] else (),
            smiles=row["smiles"],
            inchikey=row["inchikey"],
            cas=row["cas"].strip(),
            source_class=row["source_class"],
            place=row["place_in_source"].strip(),
        )
        for line, row in enumerate(_rows(path, EVIDENCE_COLUMNS), start=2)
    )


def read_merged(path: Path) -> Mapping[str, MergedRow]:
    """The merged table at *path*, by skeleton.

    Raises:
        NotFound: if there is no such file or it lacks a column.
    """
    return {
        row["skeleton"]: MergedRow(systematic_name=row["systematic_name"].strip(), medicine=row["medicine"] == "1")
        for row in _rows(path, MERGED_COLUMNS)
    }


def _rows(path: Path, columns: tuple[str, ...]) -> list[dict[str, str]]:
    if not path.is_file():
        raise NotFound(
            f"There is no table {path.name}: give the path of a CSV file with the columns {', '.join(columns)}."
        )
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        missing = [column for column in columns if column not in (reader.fieldnames or ())]
        if missing:
            raise NotFound(f"The table {path.name} lacks the columns {', '.join(missing)}.")
        return list(reader)
