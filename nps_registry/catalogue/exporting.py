"""The catalogue as whole tables: CSV, JSON and SDF, streamed entry by entry.

Withdrawn and merged entries are left out of the SDF (they are no structures to search among) and stand in
the CSV and the JSON with their status.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterator, Mapping
from enum import StrEnum
from typing import Any

from nps_registry.catalogue.grading import derive_status, grade_substance
from nps_registry.catalogue.records import Catalogue, SubstanceRecord
from nps_registry.chemistry.stored import restore
from nps_registry.vocabulary.substance import IdentifierScheme

COLUMNS = (
    "accession", "name", "status", "nature", "evidence", "chemical_class", "smiles", "inchi", "inchikey", "formula",
    "mass_da", "cas", "names",
)  # fmt: skip
"""Columns of the table, as other programs rely on them."""

SEPARATOR = "|"
"""Between the values of one cell; no name and no CAS number holds it."""


class ExportForm(StrEnum):
    """The forms that a catalogue is exported in."""

    CSV = "csv"
    JSON = "json"
    SDF = "sdf"


def export(catalogue: Catalogue, form: ExportForm) -> Iterator[str]:
    """The whole catalogue in *form*, in pieces of text, in order of accessions."""
    writers: Mapping[ExportForm, Callable[[Catalogue], Iterator[str]]] = {
        ExportForm.CSV: export_csv,
        ExportForm.JSON: export_json,
        ExportForm.SDF: export_sdf,
    }
    return writers[form](catalogue)


def tabulate(record: SubstanceRecord, catalogue: Catalogue) -> dict[str, Any]:
    """One row: the values of :data:`COLUMNS`, absent ones as None."""
    graded = grade_substance(record, catalogue.source_by_id)
    structure = record.structure
    numbers = [each.value for each in record.identifiers if each.scheme is IdentifierScheme.CAS]
    values = (
        record.accession,
        record.name,
        derive_status(record, graded).value,
        record.nature.value,
        graded.evidence.value if graded else None,
        record.chemical_class,
        *((structure.smiles, structure.inchi, structure.inchikey, structure.formula, structure.mass_da)
          if structure else (None,) * 5),
        SEPARATOR.join(numbers) or None,
        SEPARATOR.join(name.name for name in record.names),
    )  # fmt: skip
    return dict(zip(COLUMNS, values, strict=True))


def export_csv(catalogue: Catalogue) -> Iterator[str]:
    """One header row, then one row per entry."""
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, COLUMNS, lineterminator="\n")
    writer.writeheader()
    for record in catalogue.substances:
        writer.writerow(tabulate(record, catalogue))
        yield buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()


def export_json(catalogue: Catalogue) -> Iterator[str]:
    """A list of entries as their files state them, with status and evidence derived."""
    for position, record in enumerate(catalogue.substances):
        graded = grade_substance(record, catalogue.source_by_id)
        stated = record.model_dump(mode="json", exclude_defaults=True)
        stated["kind"] = record.kind.value
        stated["status"] = derive_status(record, graded).value
        stated["evidence"] = graded.evidence.value if graded else None
        yield ("[\n" if position == 0 else ",\n") + json.dumps(stated, ensure_ascii=False)
    yield "\n]\n" if catalogue.substances else "[]\n"


def export_sdf(catalogue: Catalogue) -> Iterator[str]:
    """One molfile per living chemical, with the columns of the table as its data fields."""
    # RDKit's drawing takes longer to import than the other forms take to write.
    from nps_registry.chemistry.depict import write_molblock

    for record in catalogue.substances:
        if record.structure is None or record.status is not None:
            continue
        row = tabulate(record, catalogue)
        fields = "".join(f">  <{name}>\n{value}\n\n" for name, value in row.items() if value is not None)
        molblock = write_molblock(restore(record.structure.smiles), name=record.accession)
        yield f"{molblock}{fields}$$$$\n"
