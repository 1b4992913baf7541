"""The catalogue as tables."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace

from nps_registry.catalogue.exporting import COLUMNS, ExportForm, export
from nps_registry.chemistry.structure import parse
from tests.unit.catalogue.small import small


def test_the_csv_has_one_header_row_and_one_row_per_entry() -> None:
    rows = list(csv.DictReader(io.StringIO("".join(export(small(), ExportForm.CSV)))))

    assert tuple(rows[0]) == COLUMNS
    assert len(rows) == len(small().substances)
    assert rows[0]["cas"] == "1246911-86-3"
    assert rows[0]["names"].split("|")[0] == rows[0]["name"] == "3-MMC"


def test_a_kind_without_a_structure_has_empty_cells_for_it() -> None:
    rows = {row["accession"]: row for row in csv.DictReader(io.StringIO("".join(export(small(), ExportForm.CSV))))}

    assert rows["NPS-000013"]["smiles"] == rows["NPS-000013"]["evidence"] == ""


def test_the_json_holds_what_the_files_state_and_what_is_derived() -> None:
    entries = {entry["accession"]: entry for entry in json.loads("".join(export(small(), ExportForm.JSON)))}

    assert entries["NPS-000001"]["evidence"] == "A"
    assert entries["NPS-000018"]["status"] == "unconfirmed"
    assert entries["NPS-000022"]["status"] == "merged"
    assert entries["NPS-000001"]["claims"][0]["source"] == "fda-unii"


def test_the_sdf_holds_every_living_chemical_with_its_structure() -> None:
    blocks = "".join(export(small(), ExportForm.SDF)).split("$$$$\n")[:-1]
    living = [record for record in small().substances if record.structure and record.status is None]

    assert len(blocks) == len(living)
    for block, record in zip(blocks, living, strict=True):
        assert f">  <accession>\n{record.accession}\n" in block
        assert parse(block[: block.index("M  END") + len("M  END\n")]).mol.GetNumAtoms() > 3


def test_an_empty_catalogue_is_an_empty_list() -> None:
    assert json.loads("".join(export(replace(small(), substances=()), ExportForm.JSON))) == []
