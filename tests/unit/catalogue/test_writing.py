"""Writing a substance's file."""

from __future__ import annotations

import tomllib

from hypothesis import given

from nps_registry.catalogue.files import parse_substance
from nps_registry.catalogue.records import SubstanceRecord
from nps_registry.catalogue.writing import substance_path, write_substance
from tests.unit.catalogue.records import make_substance, substances


@given(record=substances())
def test_reading_what_was_written_gives_the_same_record(record: SubstanceRecord) -> None:
    assert parse_substance(write_substance(record), "any.toml") == record


@given(record=substances())
def test_a_file_that_was_written_is_toml_to_the_standard_library_too(record: SubstanceRecord) -> None:
    assert tomllib.loads(write_substance(record))["accession"] == record.accession


@given(record=substances())
def test_writing_twice_gives_the_same_text(record: SubstanceRecord) -> None:
    once = write_substance(record)

    assert write_substance(parse_substance(once, "any.toml")) == once


def test_the_preferred_name_stands_on_the_second_line_and_the_structure_before_the_names() -> None:
    lines = write_substance(make_substance()).splitlines()

    assert lines[:2] == ['accession = "NPS-000001"', 'name = "3-MMC"']
    assert lines.index("[structure]") < lines.index("[[names]]")


def test_what_a_field_does_not_say_is_not_written() -> None:
    text = write_substance(make_substance())

    assert "comment" not in text
    assert "ambiguous" not in text


def test_a_smiles_with_backslashes_is_written_without_escapes() -> None:
    record = make_substance()
    assert record.structure is not None
    bent = record.model_copy(update={"structure": record.structure.model_copy(update={"smiles": r"C/C=C\C"})})

    assert r"smiles = 'C/C=C\C'" in write_substance(bent)


def test_a_long_list_has_one_value_per_line() -> None:
    text = write_substance(make_substance(conflicts=["first " * 15 + "end", "second " * 15 + "end"]))

    assert text.count('\n    "') == 2


def test_a_substance_lies_in_the_folder_of_its_class_and_another_kind_in_its_own() -> None:
    botanical = make_substance(kind="botanical", structure=None, chemical_class=None)

    assert substance_path(make_substance()) == "synthetic_cathinone/NPS-000001.toml"
    assert substance_path(botanical) == "botanical/NPS-000001.toml"
