"""Which form a table has: by what its sender calls it, else by its first bytes."""

from __future__ import annotations

import hashlib
import io
from enum import StrEnum

from nps_registry.errors import UnsupportedForm
from nps_registry.intake.json_lines import read_json_lines
from nps_registry.intake.table import Table, read_csv
from nps_registry.intake.workbook import read_workbook
from nps_registry.localisation import gettext as _


class TableForm(StrEnum):
    """The forms of tables that are read, by their usual ending."""

    CSV = "csv"
    XLSX = "xlsx"
    JSON_LINES = "jsonl"


XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MEDIA_TYPES = {
    "text/csv": TableForm.CSV,
    "application/csv": TableForm.CSV,
    XLSX_TYPE: TableForm.XLSX,
    "application/x-ndjson": TableForm.JSON_LINES,
    "application/ndjson": TableForm.JSON_LINES,
    "application/jsonl": TableForm.JSON_LINES,
    "application/x-jsonlines": TableForm.JSON_LINES,
    "application/jsonlines": TableForm.JSON_LINES,
    "application/json-lines": TableForm.JSON_LINES,
}
# What a sender says who does not know, or an office program that says "spreadsheet" of everything.
_GENERIC = frozenset({"", "application/octet-stream", "text/plain", "application/vnd.ms-excel", "application/zip"})


def form_of(media_type: str, body: bytes) -> TableForm:
    """The form of the table in *body*.

    Raises:
        UnsupportedForm: *media_type* is that of something else.
    """
    media_type = media_type.partition(";")[0].strip().lower()
    if media_type in MEDIA_TYPES:
        return MEDIA_TYPES[media_type]
    if media_type not in _GENERIC:
        raise UnsupportedForm(
            _("The body is %(given)s; send CSV (text/csv), a workbook (XLSX) or JSON Lines (application/x-ndjson).")
            % {"given": media_type[:80]}
        )
    if body.startswith(b"PK\x03\x04"):
        return TableForm.XLSX
    return TableForm.JSON_LINES if body.lstrip(b"\xef\xbb\xbf \r\n\t")[:1] == b"{" else TableForm.CSV


def read_whole_table(body: bytes, form: TableForm, name: str) -> Table:
    """The table in *body*; *name* is what people call it.

    Raises:
        InvalidInput: it cannot be read.
        MalformedRequest: JSON Lines that are empty or not UTF-8.
        TooLarge: more than a table may hold.
    """
    readers = {TableForm.CSV: read_csv, TableForm.XLSX: read_workbook, TableForm.JSON_LINES: read_json_lines}
    return readers[form](io.BytesIO(body), name)


def digest_of_bytes(body: bytes) -> str:
    """SHA-256 of *body*, hexadecimal."""
    return hashlib.sha256(body).hexdigest()
