"""Small tables as files: CSV, workbook or JSON, with nothing in them that a spreadsheet would run."""

from __future__ import annotations

import io
import json
from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import Any

from nps_registry.http.tables import CSV_TYPE, write_csv
from nps_registry.vocabulary.spreadsheet import defuse, fit_cell


class TableForm(StrEnum):
    """The forms that a table is sent in."""

    CSV = "csv"
    XLSX = "xlsx"
    JSON = "json"

    @property
    def media_type(self) -> str:
        """What the file is, to a browser."""
        return _MEDIA_TYPES[self]


_MEDIA_TYPES = {
    TableForm.CSV: CSV_TYPE,
    TableForm.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    TableForm.JSON: "application/json",
}


def write_table(
    form: TableForm, columns: Sequence[str], rows: Iterable[Sequence[Any]], told: dict[str, object]
) -> bytes:
    """A table of *columns* and *rows* as a file; *told* stands beside the rows where the form has room (JSON)."""
    if form is TableForm.JSON:
        records = [dict(zip(columns, row, strict=True)) for row in rows]
        return json.dumps({**told, "rows": records}, ensure_ascii=False, indent=1).encode()
    plain = ([defuse(cell) for cell in row] for row in rows)
    if form is TableForm.CSV:
        return "".join(write_csv(plain, columns)).encode()
    return _write_workbook(columns, plain)


def _write_workbook(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    from openpyxl import Workbook  # a tenth of a second that no other answer needs

    workbook = Workbook(write_only=True)
    sheet = workbook.create_sheet("reports")
    sheet.append(list(columns))
    for row in rows:
        sheet.append([fit_cell(cell) for cell in row])
    buffer = io.BytesIO()
    workbook.save(buffer)
    return buffer.getvalue()
