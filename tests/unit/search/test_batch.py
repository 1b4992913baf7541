"""A list in, a table out: every row answered in its place, every meaning told."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rdkit import Chem

from nps_registry.errors import InvalidInput
from nps_registry.search.batch import identify_batch
from nps_registry.search.lists import decode_list, guess_form, read_features, read_rows
from nps_registry.search.questions import BatchQuestion, BatchRow, Feature
from nps_registry.vocabulary.search import ListForm, RowMatch
from tests.unit.search.library import library, make_row, snapshot_of


def ask(*rows: str) -> list[tuple[int, str, str | None]]:
    answer = identify_batch(library(), BatchQuestion(tuple(map(BatchRow, rows))))
    return [(line.number, line.match.value, line.entry.name if line.entry else None) for line in answer.lines]


def test_each_row_is_answered_by_what_it_is() -> None:
    assert ask("CNC(C)C(=O)c1cccc(C)c1.Cl", "metaphedrone", "C22H28N2O", "CN[C@@H](C)Cc1ccc2OCOc2c1", "Mephedron") == [
        (1, "exact", "3-MMC"),
        (2, "name", "3-MMC"),
        (3, "formula", "Fentanyl"),
        (4, "stereo_variant", "MDMA"),
        (4, "stereo_variant", "(R)-MDMA"),
        (5, "nearly_name", "Mephedrone"),
    ]


@pytest.mark.parametrize(
    ("text", "form", "numbers"),
    [
        ("\nCCO\n\n\nCCN\n", ListForm.LINES, [2, 5]),
        ("smiles name\nCCO a\n\nCCN b\n", ListForm.SMILES, [2, 4]),
        ("\r\n\r\nsmiles\r\nCCO\r\n\r\nCCN\r\n", ListForm.TABLE, [4, 6]),
        ("first\n$$$$\n$$$$\nthird\n", ListForm.SDF, [1, 3]),
    ],
)
def test_rows_have_the_numbers_that_an_editor_shows(text: str, form: ListForm, numbers: list[int]) -> None:
    rows = read_rows(text, form)
    assert [row.number for row in rows] == numbers
    assert [line.number for line in identify_batch(library(), BatchQuestion(rows)).lines] == numbers


def test_what_cannot_be_read_is_told_in_its_place() -> None:
    answer = identify_batch(library(), BatchQuestion((BatchRow("CC(C"), BatchRow("3-MMC"), BatchRow(" "))))
    first, second, third = answer.lines
    assert (first.match, second.match, third.match) == (RowMatch.ERROR, RowMatch.NAME, RowMatch.ERROR)
    assert "position" in first.error
    assert (answer.found, answer.errors) == (1, 2)


def test_a_structure_that_is_not_listed_is_answered_by_the_nearest_or_by_nothing() -> None:
    near = BatchRow("CCCNC(C)C(=O)c1ccc(C)cc1")
    assert identify_batch(library(), BatchQuestion((near,), threshold=0.5)).lines[0].match is RowMatch.SIMILAR
    assert identify_batch(library(), BatchQuestion((near,), threshold=1.0)).lines[0].match is RowMatch.NONE


def test_an_ambiguous_name_has_a_line_for_each_meaning() -> None:
    rows = [make_row(1, "One", "CCO", ("Spice",)), make_row(2, "Two", "CCN", ("Spice",))]
    answer = identify_batch(snapshot_of(rows), BatchQuestion((BatchRow("spice"),)))
    assert [line.entry.name for line in answer.lines if line.entry] == ["One", "Two"]
    assert "ambiguous" in answer.lines[0].note
    assert answer.found == 1


def test_a_row_with_more_meanings_than_lines_says_so() -> None:
    isomers = snapshot_of([make_row(number, f"Isomer {number}", "CCO") for number in range(1, 13)])
    lines = identify_batch(isomers, BatchQuestion((BatchRow("C2H6O"),))).lines
    assert len(lines) == 10
    assert "12 substances" in lines[0].note


def test_a_salt_by_name_is_found_and_told() -> None:
    (line,) = identify_batch(library(), BatchQuestion((BatchRow("Ketamine hydrochloride"),))).lines
    assert line.entry is not None
    assert (line.entry.name, line.note) == ("Ketamine", "Found without “hydrochloride”.")


@given(st.lists(st.text(max_size=30).filter(lambda text: "\x00" not in text), min_size=1, max_size=8))
def test_every_row_has_a_line_whatever_it_says(rows: list[str]) -> None:
    answer = identify_batch(library(), BatchQuestion(tuple(map(BatchRow, rows))))
    assert sorted({line.number for line in answer.lines}) == list(range(1, len(rows) + 1))


MOLFILE = Chem.MolToMolBlock(Chem.MolFromSmiles("CCO"))


@pytest.mark.parametrize(
    ("text", "name", "form", "rows"),
    [
        ("CCO\n\n3-MMC\tsample 7\n", "", ListForm.LINES, [("CCO", ""), ("3-MMC", "sample 7")]),
        ("smiles name\nCCO ethanol\nCCN\n", "x.smi", ListForm.SMILES, [("CCO", "ethanol"), ("CCN", "")]),
        ("id;smiles;name\n1;CCO;\n2;;1,4-butanediol\n", "", ListForm.TABLE, [("CCO", "1"), ("1,4-butanediol", "2")]),
        ('Name,Code\n"1,4-BDO",A\n', "x.csv", ListForm.TABLE, [("1,4-BDO", "A")]),
        ("1,4-butanediol", "", ListForm.LINES, [("1,4-butanediol", "")]),
        (f"{MOLFILE}> <x>\n1\n\n$$$$\n", "", ListForm.SDF, [(MOLFILE, "")]),
        ("\ufeffCCO".encode().decode("utf-8-sig"), "", ListForm.LINES, [("CCO", "")]),
    ],
)
def test_a_list_is_read_by_its_form(text: str, name: str, form: ListForm, rows: list[tuple[str, str]]) -> None:
    assert guess_form(text, name) is form
    assert [(row.text, row.label) for row in read_rows(text, form)] == rows


@pytest.mark.parametrize(
    ("text", "form"),
    [("", ListForm.LINES), ("\n \n", ListForm.LINES), ("a,b\n1,2", ListForm.TABLE), ("C\n" * 10_001, ListForm.LINES)],
)
def test_a_list_without_rows_or_with_too_many_is_refused(text: str, form: ListForm) -> None:
    with pytest.raises(InvalidInput):
        read_rows(text, form)


def test_bytes_that_are_no_text_are_refused_with_their_place() -> None:
    with pytest.raises(InvalidInput, match="byte 3"):
        decode_list(b"ab\xff")
    assert decode_list("C\n".encode("utf-16")) == "C\n"


@pytest.mark.parametrize(
    "text", ["178.1 100\n179.1", "178.1;100\n179.1", "# peaks\n178.1,100\n179.1", "mz,intensity\n178.1,100\n179.1,"]
)
def test_peaks_are_read_from_lines_and_tables(text: str) -> None:
    assert read_features(text) == (Feature(178.1, 100.0), Feature(179.1))


def test_a_peak_that_is_no_number_names_its_line() -> None:
    with pytest.raises(InvalidInput, match="Line 2"):
        read_features("178.1\nmuch")
