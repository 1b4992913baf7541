"""A laboratory's own table through a mapping."""

from __future__ import annotations

from pathlib import Path

import pytest

from nps_registry.errors import InvalidInput
from nps_registry.intake.answers import Unrecognised, detection_of, read_answers, write_unrecognised
from nps_registry.intake.cells import TableCells
from nps_registry.intake.mapping import Mapping, read_mapping
from nps_registry.intake.parcel import Parcel, RowFaults, say
from nps_registry.intake.table import TableRow, Tally, read_table

MAPPING = """
sharing = "public"
nothing_found = ["No match"]

[event]
type = "collected_sample"
country = "CA"
collected_on = {column = "Date"}
city = {column = "Town"}
setting = {column = "Site", words = {"Insite" = "drug_checking"}, other = "other"}

[item]
sold_as = {column = "Expected"}

[[findings]]
column = "Spectrometer"
split = "python_list"
detection = {techniques = ["portable FTIR"]}

[[findings]]
column = "Strip"
results = {"True" = "positive", "False" = "negative"}
detection = {chemical_class = "fentanyl_analogue", techniques = ["test strip"]}
"""
HEADING = "Date,Town,Site,Expected,Spectrometer,Strip\n"


@pytest.fixture
def mapping(tmp_path: Path) -> Mapping:
    path = tmp_path / "mapping.toml"
    path.write_text(MAPPING)
    return read_mapping(path)


def row(spectrometer: str, strip: str = "N/A") -> Parcel:
    cells = {
        "Date": "2020-11-01", "Town": "Trail", "Site": "Insite", "Expected": "Down", "Spectrometer": spectrometer,
        "Strip": strip,
    }  # fmt: skip
    return Parcel((TableRow(1, cells),))


def test_a_row_becomes_a_submission_with_the_words_of_the_laboratory(mapping: Mapping) -> None:
    value = say(row("['Cocaine HCl', 'Caffeine']", "True"), mapping, {}, Tally(), TableCells.of(mapping)).value
    assert value["event"] == {
        "type": "collected_sample", "country": "CA", "collected_on": "2020-11-01", "city": "Trail",
        "setting": "drug_checking",
    }  # fmt: skip
    detections = value["items"][0]["detections"]
    assert [(detection["reported_as"], detection.get("name")) for detection in detections] == [
        ("Cocaine HCl", "Cocaine HCl"), ("Caffeine", "Caffeine"), ("Strip: True", None),
    ]  # fmt: skip
    assert detections[2]["chemical_class"] == "fentanyl_analogue"
    assert detections[2]["result"] == "positive"


def test_an_answer_of_the_curator_is_used_and_the_words_stay(mapping: Mapping) -> None:
    answers = {"Fentanyl or Analog": "class:fentanyl_analogue", "Sugar?": "uncertain:Mannitol", "Blank": "nothing"}
    value = say(
        row("['Fentanyl or Analog', 'Sugar?', 'Blank']"), mapping, answers, Tally(), TableCells.of(mapping)
    ).value
    first, second = value["items"][0]["detections"]
    assert first["reported_as"] == "Fentanyl or Analog"
    assert first["chemical_class"] == "fentanyl_analogue"
    assert (second["name"], second["result"]) == ("Mannitol", "uncertain")


def test_a_row_in_which_nothing_was_found_says_so(mapping: Mapping) -> None:
    tally = Tally()
    value = say(row("['No match', '']"), mapping, {}, tally, TableCells.of(mapping)).value
    assert value["items"][0]["detections"] == [{"unidentified": True, "result": "negative"}]
    assert tally.silent == {"No match": 1, "": 1, "Strip: N/A": 1}


@pytest.mark.parametrize("cell", ["['a'", "__import__('os')", "{'a': 1}", "[1]", "(" * 5000, "x" * 30_000])
def test_a_cell_that_is_no_list_of_names_is_refused_and_never_run(mapping: Mapping, cell: str) -> None:
    with pytest.raises(RowFaults) as broken:
        say(row(cell), mapping, {}, Tally(), TableCells.of(mapping))
    (error,) = broken.value.faults[1]
    assert error.field == "Spectrometer"
    assert "is not a list of names" in error.message


def test_a_column_that_is_not_there_is_named(mapping: Mapping, tmp_path: Path) -> None:
    table = tmp_path / "table.csv"
    table.write_text("Date,Town,Site,Expected,Strip\n2020-01-01,Trail,Insite,Down,True\n")
    with pytest.raises(InvalidInput, match="no column “Spectrometer”"):
        list(read_table(table, mapping))


def test_bytes_in_another_encoding_are_refused_in_a_sentence(mapping: Mapping, tmp_path: Path) -> None:
    table = tmp_path / "table.csv"
    table.write_bytes(HEADING.encode() + "2020-01-01,Nelson,Insite,Café,[],True\n".encode("latin-1"))
    with pytest.raises(InvalidInput, match="cannot be read"):
        list(read_table(table, mapping))


@pytest.mark.parametrize("text", ["event = 3", "[event", "[event]\ntype = 'seizure'\n", "findings = []\n[event]\n"])
def test_a_mapping_with_faults_says_which(tmp_path: Path, text: str) -> None:
    path = tmp_path / "mapping.toml"
    path.write_text(text)
    with pytest.raises(InvalidInput, match="mapping"):
        read_mapping(path)


def test_the_file_of_unrecognised_names_can_be_answered_and_read_back(tmp_path: Path) -> None:
    path = tmp_path / "names.csv"
    found = [Unrecognised("Sugar, maybe", 3), Unrecognised("=cmd()", 9, "caffeine")]
    assert write_unrecognised(path, found, {"Old": "caffeine"}) == 2
    assert read_answers(path) == {"Old": "caffeine"}
    text = path.read_text().replace('"Sugar, maybe",3,,', '"Sugar, maybe",3,,candidates:Lactose|Mannitol')
    path.write_text(text)
    assert read_answers(path)["Sugar, maybe"] == "candidates:Lactose|Mannitol"
    assert detection_of("candidates:Lactose|Mannitol") == {"candidates": ["Lactose", "Mannitol"]}


def test_a_name_answered_twice_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "names.csv"
    path.write_text("name,count,suggestion,answer\na,1,,caffeine\na,1,,mannitol\n")
    with pytest.raises(InvalidInput, match="second time"):
        read_answers(path)
