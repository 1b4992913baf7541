"""Rows of a laboratory's own table as submissions, through a mapping and a curator's answers."""

from __future__ import annotations

import ast
import csv
import hashlib
import json
from collections import Counter
from collections.abc import Iterator
from collections.abc import Mapping as ReadOnly
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from nps_registry.errors import FieldError, InvalidInput
from nps_registry.intake.answers import detection_of
from nps_registry.intake.mapping import Cell, Findings, Mapping, Value
from nps_registry.localisation import gettext as _
from nps_registry.localisation import ngettext

_LONGEST_LIST = 20_000
AnswersByName = ReadOnly[str, str]


@dataclass(frozen=True, slots=True)
class TableRow:
    """A row as it stood in the file: its 1-based number and its cells by heading."""

    number: int
    cells: dict[str, str]

    @property
    def payload(self) -> str:
        """The row verbatim, as JSON."""
        return json.dumps(self.cells, ensure_ascii=False)

    @property
    def payload_digest(self) -> str:
        """SHA-256 of the payload, hexadecimal."""
        return digest_of_text(self.payload)


@dataclass(slots=True)
class Tally:
    """What was met while rows were read: names answered with nothing, texts that said nothing."""

    silent: Counter[str] = field(default_factory=Counter)


def digest_of_text(text: str) -> str:
    """SHA-256 of *text* in UTF-8, hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()


def file_digest(path: Path) -> str:
    """SHA-256 of the file, hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def read_table(path: Path, mapping: Mapping) -> Iterator[TableRow]:
    """The rows of the CSV file at *path*, one at a time.

    Raises:
        InvalidInput: it cannot be read, or lacks a column that the mapping names.
    """
    try:
        with path.open(encoding=mapping.encoding, newline="") as lines:
            reader = csv.DictReader(lines, delimiter=mapping.delimiter, strict=True)
            missing = [column for column in mapping.columns if column not in (reader.fieldnames or ())]
            if missing:
                told = ", ".join(f"“{column}”" for column in missing)
                raise InvalidInput(
                    ngettext(
                        "%(path)s has no column %(columns)s.", "%(path)s has no columns %(columns)s.", len(missing)
                    )
                    % {"path": path, "columns": told}
                )
            for number, cells in enumerate(reader, start=1):
                yield TableRow(number, {name: text or "" for name, text in cells.items() if name is not None})
    except OSError as error:
        raise InvalidInput(
            _("%(path)s cannot be read: %(reason)s.") % {"path": path, "reason": error.strerror}
        ) from None
    except (UnicodeDecodeError, LookupError, csv.Error) as error:
        raise InvalidInput(_("%(path)s cannot be read: %(reason)s.") % {"path": path, "reason": error}) from None


def submission_of(row: TableRow, mapping: Mapping, answers: AnswersByName, tally: Tally) -> dict[str, Any]:
    """The submission that *row* says, as a JSON value for the boundary schema.

    Raises:
        InvalidInput: a cell that cannot be turned into what the mapping asks.
    """
    detections = [
        detection for findings in mapping.findings for detection in _detections(row, findings, mapping, answers, tally)
    ]
    if not detections:
        detections = [{"unidentified": True, "result": "negative"}]
    value: dict[str, Any] = {
        "event": _fields(mapping.event, row),
        "sharing": mapping.sharing,
        "items": [{**_fields(mapping.item, row), "detections": detections}],
    }
    if mapping.own_reference is not None:
        value["own_reference"] = str(_value(mapping.own_reference, row))
    return value


def _fields(values: dict[str, Value], row: TableRow) -> dict[str, Any]:
    found = {name: _value(value, row) for name, value in values.items()}
    return {name: value for name, value in found.items() if value not in (None, "")}


def _value(value: Value, row: TableRow) -> Any:
    if not isinstance(value, Cell):
        return value
    text = row.cells[value.column].strip()
    if not value.words:
        return text
    if text in value.words:
        return value.words[text]
    if value.other is not None:
        return value.other
    message = _("“%(text)s” is not among the words of the mapping") % {"text": text[:80]}
    raise InvalidInput(f"{value.column}: {message}.", errors=[FieldError(value.column, message)])


def _detections(
    row: TableRow, findings: Findings, mapping: Mapping, answers: AnswersByName, tally: Tally
) -> Iterator[dict[str, Any]]:
    cell = row.cells[findings.column]
    if findings.results:
        result = findings.results.get(cell.strip())
        if result is None:
            tally.silent[f"{findings.column}: {cell.strip()}"] += 1
        else:
            yield {"reported_as": f"{findings.column}: {cell.strip()}", **findings.detection, "result": result}
        return
    for name in split_cell(cell, findings):
        answered = _said(name, mapping, answers)
        if answered is None:
            tally.silent[name] += 1
        else:
            yield {"reported_as": name, **findings.detection, **answered}


def _said(name: str, mapping: Mapping, answers: AnswersByName) -> dict[str, Any] | None:
    """What a name in a cell says; none where it says that nothing was found."""
    if not name or name in mapping.nothing_found:
        return None
    return detection_of(answers[name]) if name in answers else {"name": name}


def split_cell(cell: str, findings: Findings) -> list[str]:
    """The names in one cell.

    Raises:
        InvalidInput: the cell is not the kind of list that the mapping says.
    """
    try:
        names = _split(cell, findings)
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        names = None
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        message = _("“%(text)s” is not a list of names") % {"text": cell[:80]}
        raise InvalidInput(f"{findings.column}: {message}.", errors=[FieldError(findings.column, message)])
    return [name.strip() for name in names]


def _split(cell: str, findings: Findings) -> Any:
    if findings.split == "one":
        return [cell]
    if findings.split == "separated":
        return cell.split(findings.separator)
    if len(cell) > _LONGEST_LIST:
        raise ValueError("longer than any real list")
    return json.loads(cell) if findings.split == "json" else ast.literal_eval(cell)
