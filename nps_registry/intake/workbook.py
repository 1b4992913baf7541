"""Workbooks (XLSX) read as tables: values only, within bounds, nothing in them run.

A workbook is a ZIP of XML files. What it would unfold to is judged by the directory of the ZIP before anything is
unpacked; entities and external references are refused by defusedxml, which openpyxl uses where it is there.
"""

from __future__ import annotations

import struct
import zipfile
import zlib
from collections.abc import Iterator
from datetime import date, datetime, time
from typing import BinaryIO
from xml.etree.ElementTree import ParseError

from defusedxml.common import DefusedXmlException
from openpyxl import DEFUSEDXML, load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from nps_registry.errors import InvalidInput, NotReady, TooLarge
from nps_registry.intake.table import MOST_COLUMNS, MOST_ROWS, Table, TableRow, bounded, require_headings
from nps_registry.localisation import gettext as _

SHEET = "Reports"
"""The sheet that is read where a workbook has several; else the first."""

_MOST_ENTRIES = 1_000
_MOST_BYTES = 400_000_000
_MOST_RATIO = 250
_RATIO_FROM_BYTES = 2_000_000
# What openpyxl and zipfile raise of a damaged file; they do not promise less.
_DAMAGED = (
    InvalidFileException, ParseError, zipfile.BadZipFile, zlib.error, struct.error, LookupError, ValueError, TypeError,
    AttributeError, ArithmeticError, AssertionError, RuntimeError, EOFError, OSError,
)  # fmt: skip


def read_workbook(file: BinaryIO, name: str) -> Table:
    """The first row that says anything as headings, and the rows below it.

    A formula counts as the value that was stored with it; it is never computed here. A date without a time is a day.

    Raises:
        InvalidInput: it is no workbook, or a heading is missing or stands twice.
        TooLarge: it unfolds to more than any real table.
    """
    if not DEFUSEDXML:
        raise NotReady(_("Workbooks are read with defusedxml only; install it."))
    _require_bounds(file, name)
    try:
        workbook = load_workbook(file, read_only=True, data_only=True, keep_links=False)
        try:
            sheet = workbook[SHEET] if SHEET in workbook.sheetnames else workbook.worksheets[0]
            sheet.reset_dimensions()  # what a file says of its size is not believed
            rows = sheet.iter_rows(max_row=MOST_ROWS + 100, max_col=MOST_COLUMNS + 1, values_only=True)
            return _table_of(([_text_of(value) for value in row] for row in rows), name)
        finally:
            workbook.close()
    except (*_DAMAGED, DefusedXmlException):
        raise InvalidInput(
            _("%(name)s cannot be read as a workbook; save it again as XLSX, without macros or links.") % {"name": name}
        ) from None


def _require_bounds(file: BinaryIO, name: str) -> None:
    """Judge a workbook by its directory, before anything is unpacked."""
    try:
        with zipfile.ZipFile(file) as packed:
            entries = packed.infolist()
    except (zipfile.BadZipFile, ValueError, OSError):
        raise InvalidInput(_("%(name)s is no workbook: it is not a ZIP file.") % {"name": name}) from None
    bomb = any(
        entry.file_size > _RATIO_FROM_BYTES and entry.file_size > _MOST_RATIO * max(entry.compress_size, 1)
        for entry in entries
    )
    if bomb or len(entries) > _MOST_ENTRIES or sum(entry.file_size for entry in entries) > _MOST_BYTES:
        raise TooLarge(_("%(name)s unfolds to more than any real workbook; it is not opened.") % {"name": name})
    file.seek(0)


def _table_of(rows: Iterator[list[str]], name: str) -> Table:
    headings: list[str] = []
    for row in rows:
        if any(row):
            headings = require_headings([text.strip() for text in row], name)
            break
    headings = headings or require_headings([], name)
    return Table(tuple(headings), bounded(_rows_below(rows, headings)))


def _rows_below(rows: Iterator[list[str]], headings: list[str]) -> Iterator[TableRow]:
    for number, cells in enumerate(rows, start=1):
        fault = _("The row has more cells than there are headings.") if any(cells[len(headings) :]) else ""
        filled = cells + [""] * (len(headings) - len(cells))
        yield TableRow(number, dict(zip(headings, filled, strict=False)), fault)


def _text_of(value: object) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case float() if value.is_integer() and abs(value) < 1e15:
            return str(int(value))
        case datetime() if value.time() == time():
            return value.date().isoformat()
        case datetime() | date() | time():
            return value.isoformat()
        case _:
            return str(value)
