"""JSON Lines read as tables: each line a whole report as ``POST /api/v1/reports`` takes it, or flat columns."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, BinaryIO

from nps_registry.errors import InvalidInput, MalformedRequest
from nps_registry.intake.strict_json import decode_text, read_json
from nps_registry.intake.table import Table, TableRow, bounded, require_headings
from nps_registry.localisation import gettext as _

REPORT_COLUMN = "report"
"""The column of a table whose rows are whole reports."""


def read_json_lines(file: BinaryIO, name: str) -> Table:
    """The table in *file*; a line that is no JSON object is a row with a fault and holds up no other.

    Raises:
        InvalidInput: it holds no line that can be read.
        MalformedRequest: it is empty or not UTF-8.
        TooLarge: more rows than a table may have here.
    """
    lines = [line for line in decode_text(file.read()).split("\n") if line.strip()]
    if not lines:
        raise InvalidInput(_("%(name)s is empty.") % {"name": name})
    first, first_fault = _first_readable(lines)
    if first_fault:
        raise InvalidInput(
            _("%(name)s holds no line that can be read; the first: %(fault)s") % {"name": name, "fault": first_fault}
        )
    if is_whole(first):
        return Table((REPORT_COLUMN,), bounded(_whole_rows(lines)))
    read = [_read(line) for line in lines]
    headings = require_headings(list(dict.fromkeys(key for value, _fault in read for key in value)), name)
    return Table(tuple(headings), bounded(_flat_rows(read, headings)))


def _first_readable(lines: list[str]) -> tuple[dict[str, Any], str]:
    """The first object on *lines*; where there is none, why the first line is none."""
    read = (_read(line) for line in lines)
    start = next(read)
    return start if not start[1] else next(((value, "") for value, fault in read if not fault), start)


def is_whole(value: dict[str, Any]) -> bool:
    """Whether *value* is a whole report rather than flat columns."""
    return isinstance(value.get("event"), dict) or isinstance(value.get("items"), list)


def _whole_rows(lines: list[str]) -> Iterator[TableRow]:
    for number, line in enumerate(lines, start=1):
        yield TableRow(number, {REPORT_COLUMN: line})


def _flat_rows(read: list[tuple[dict[str, Any], str]], headings: list[str]) -> Iterator[TableRow]:
    for number, (value, fault) in enumerate(read, start=1):
        yield TableRow(number, {heading: _text_of(value.get(heading)) for heading in headings}, fault)


def _read(line: str) -> tuple[dict[str, Any], str]:
    """The object on *line*, or why there is none."""
    try:
        value = read_json(line)
    except MalformedRequest as refusal:
        return {}, refusal.detail
    if not isinstance(value, dict):
        return {}, _("The line is not a JSON object.")
    return value, ""


def _text_of(value: Any) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case list():
            return ";".join(_text_of(each) for each in value)
        case _:
            return str(value)
