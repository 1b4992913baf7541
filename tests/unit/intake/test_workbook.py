"""Workbooks from strangers: read by their values, bombs and entities refused."""

from __future__ import annotations

import io
import zipfile
from contextlib import suppress
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from nps_registry.errors import InvalidInput, Refusal, TooLarge
from nps_registry.intake.flat_columns import COLUMNS, column_called, flat_mapping
from nps_registry.intake.table_form import TableForm, read_whole_table
from nps_registry.intake.template import write_template
from nps_registry.intake.workbook import read_workbook

TEMPLATE = write_template()


def workbook(*rows: list[object]) -> bytes:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(row)
    kept = io.BytesIO()
    book.save(kept)
    return kept.getvalue()


def with_sheet(xml: str) -> bytes:
    """A workbook whose first sheet is replaced by *xml*."""
    kept = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(workbook(["name"], ["caffeine"]))) as old,
        zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for entry in old.infolist():
            body = old.read(entry)
            new.writestr(entry.filename, xml if entry.filename == "xl/worksheets/sheet1.xml" else body)
    return kept.getvalue()


def test_numbers_days_and_truths_become_the_texts_that_people_see() -> None:
    table = read_workbook(
        io.BytesIO(workbook(["a", "b", "c", "d"], [12.0, 0.5, date(2026, 2, 3), True])),
        "table",
    )
    assert table.rows[0].cells == {"a": "12", "b": "0.5", "c": "2026-02-03", "d": "true"}


def test_a_zip_bomb_is_not_opened() -> None:
    with pytest.raises(TooLarge, match="unfolds to more"):
        read_workbook(io.BytesIO(with_sheet(" " * 40_000_000)), "table")


def test_xml_entities_are_refused() -> None:
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;">]><worksheet>&b;</worksheet>'
    with pytest.raises(InvalidInput, match="cannot be read"):
        read_workbook(io.BytesIO(with_sheet(bomb)), "table")


def test_a_sheet_that_claims_a_million_rows_is_read_to_its_limit() -> None:
    row = '<row r="1"><c r="A1" t="inlineStr"><is><t>name</t></is></c></row>'
    far = '<row r="1048576"><c r="A1048576" t="inlineStr"><is><t>caffeine</t></is></c></row>'
    space = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    table = read_workbook(
        io.BytesIO(with_sheet(f"<worksheet {space}><sheetData>{row}{far}</sheetData></worksheet>")), "t"
    )
    assert table.headings == ("name",)
    assert len(table.rows) <= 1


@settings(max_examples=40)
@given(st.binary(max_size=300), st.integers(0, 3_000), st.sampled_from(list(TableForm)))
def test_a_damaged_table_is_refused_and_never_breaks_anything(noise: bytes, at: int, form: TableForm) -> None:
    whole = TEMPLATE if form is TableForm.XLSX else b"name,country\ncaffeine,DE\n"
    at %= len(whole)
    with suppress(Refusal):
        read_whole_table(whole[:at] + noise + whole[at + len(noise) :], form, "table")


def test_the_template_has_every_column_and_offers_the_vocabularies() -> None:
    book = load_workbook(io.BytesIO(write_template()))
    sheet = book["Reports"]
    headings = [cell.value for cell in sheet[1]]
    assert headings == [column.heading for column in COLUMNS]
    offered = {str(each.sqref).split("2:")[0]: each.formula1 for each in sheet.data_validations.dataValidation}
    assert len(offered) >= 20
    values = [cell.value for cell in next(book["Lists"].iter_cols(min_col=4, max_col=4))]
    assert "seizure" in values
    assert flat_mapping([str(heading) for heading in headings]).grouped


def test_other_spellings_of_a_heading_mean_the_same() -> None:
    for heading in ("event.country", "Event_Country", " COUNTRY ", "items[0].form", "Net mass (g)", "SMILES"):
        assert column_called(heading) is not None, heading
    assert column_called("Dosage") is None
