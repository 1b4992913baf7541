"""The workbook that laboratories fill in: the flat columns, drop-downs for vocabularies, a sheet that explains."""

from __future__ import annotations

import io

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from nps_registry.intake.flat_columns import COLUMNS, DETECTION, EVENT, ITEM, REPORT, FlatColumn
from nps_registry.intake.table import MOST_ROWS
from nps_registry.intake.workbook import SHEET
from nps_registry.localisation import gettext as _
from nps_registry.vocabulary.place import places

_LISTS = "Lists"
_TINTS = {REPORT: "DDE7EA", EVENT: "E8E2D2", ITEM: "DFEADF", DETECTION: "EBDFE6"}
_YES_NO = ("yes", "no")
_NEEDED = frozenset({"event_type", "country"})


def write_template() -> bytes:
    """The workbook, as its bytes."""
    book = Workbook()
    sheet, lists, help_sheet = book.active, book.create_sheet(_LISTS), book.create_sheet(_("Help"))
    assert isinstance(sheet, Worksheet)
    sheet.title = SHEET
    lists.sheet_state = "hidden"
    countries = _write_list(lists, 1, [f"{place.iso2}" for place in places().values()])
    truths, letter = _write_list(lists, 2, _YES_NO), 3
    for number, column in enumerate(COLUMNS, start=1):
        cell = sheet.cell(1, number, column.heading)
        cell.font, cell.fill = Font(bold=True), PatternFill("solid", fgColor=_TINTS[column.part])
        sheet.column_dimensions[get_column_letter(number)].width = max(12, len(column.heading) + 3)
        source = countries if column.is_country else truths if "(yes or no)" in column.label else ""
        if column.terms is not None:
            source, letter = _write_list(lists, letter, [term.value for term in column.terms]), letter + 1
        if source and not column.is_list:
            _offer(sheet, number, source)
    sheet.freeze_panes = "A2"
    _explain(help_sheet)
    kept = io.BytesIO()
    book.save(kept)
    return kept.getvalue()


def _write_list(sheet: Worksheet, column: int, values: list[str] | tuple[str, ...]) -> str:
    """Write *values* below each other; answers the range that they stand in."""
    for row, value in enumerate(values, start=1):
        sheet.cell(row, column, value)
    letter = get_column_letter(column)
    return f"{_LISTS}!${letter}$1:${letter}${len(values)}"


def _offer(sheet: Worksheet, column: int, source: str) -> None:
    """Offer the values of *source* in every cell of a column, and refuse others."""
    offered = DataValidation(type="list", formula1=f"={source}", allow_blank=True, showErrorMessage=True)
    offered.error = _("Choose one of the list.")
    letter = get_column_letter(column)
    offered.add(f"{letter}2:{letter}{MOST_ROWS + 1}")
    sheet.add_data_validation(offered)


def _explain(sheet: Worksheet) -> None:
    lines = (
        _("One row is one detection: one substance in one item. Leave empty what you do not know."),
        _("Rows with the same own_reference are one report; rows with the same item are one item of it."),
        _("Dates are written 2026-10-02, 2026-10 or 2026. Several values in one cell are separated by a semicolon."),
        _("Give at least event_type, country, a date, and what was found: a structure, a name, a formula, candidates, "
          "a chemical class, or unidentified."),
        _("Formulas count as the values shown; nothing in the workbook is run."),
    )  # fmt: skip
    for row, line in enumerate(lines, start=1):
        sheet.cell(row, 1, line)
    start = len(lines) + 2
    for number, text in enumerate((_("Column"), _("What it says"), _("Needed"), _("Values")), start=1):
        sheet.cell(start, number, text).font = Font(bold=True)
    for row, column in enumerate(COLUMNS, start=start + 1):
        for number, text in enumerate(_help_of(column), start=1):
            sheet.cell(row, number, text).alignment = Alignment(wrap_text=number == 4, vertical="top")
    for letter, width in (("A", 26), ("B", 48), ("C", 10), ("D", 90)):
        sheet.column_dimensions[letter].width = width


def _help_of(column: FlatColumn) -> tuple[str, str, str, str]:
    if column.terms is not None:
        values = ", ".join(f"{term.value} ({term.label})" for term in column.terms)
    else:
        values = _("Two-letter code (ISO 3166-1), XK for Kosovo") if column.is_country else ""
    needed = _("yes") if column.heading in _NEEDED else ""
    return column.heading, _(column.label), needed, values
