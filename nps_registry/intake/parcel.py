"""Rows of a table as the report that they are: through a mapping and the answers to names.

Mostly one row is one report; where the mapping says so, all rows with one reference are. Every fault is told at the
row and the column that it stands in.
"""

from __future__ import annotations

import ast
import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Mapping as ReadOnly
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from nps_registry.errors import FieldError, InvalidInput, MalformedRequest
from nps_registry.intake.answers import detection_of
from nps_registry.intake.cells import PartReader, TableCells, value_of
from nps_registry.intake.mapping import Cell, Findings, Mapping, Value
from nps_registry.intake.strict_json import read_json
from nps_registry.intake.table import TableRow, Tally, digest_of_text
from nps_registry.localisation import gettext as _

_LONGEST_LIST = 20_000
_PLACE = re.compile(r"items\[(\d+)\](?:\.detections\[(\d+)\])?(?:\.(\w+))?")
AnswersByName = ReadOnly[str, str]
NOTHING_FOUND: dict[str, Any] = {"unidentified": True, "result": "negative"}


@dataclass(frozen=True)
class Parcel:
    """Rows that are one report, in the order of the table.

    Attributes:
        whole: the column that holds the report as JSON, where the rows are such.
    """

    rows: tuple[TableRow, ...]
    whole: str = ""

    @property
    def number(self) -> int:
        """The number of its first row, by which it is known again."""
        return self.rows[0].number

    @cached_property
    def payload(self) -> str:
        """The rows verbatim, as JSON: an object for one row, a list for several, a whole report as it stood."""
        if self.whole:
            return self.rows[0].cells[self.whole]
        if len(self.rows) == 1:
            return self.rows[0].payload
        return json.dumps([row.cells for row in self.rows], ensure_ascii=False)

    @cached_property
    def payload_digest(self) -> str:
        """SHA-256 of the payload, hexadecimal."""
        return digest_of_text(self.payload)


class RowFaults(Exception):
    """Rows that cannot be a report: what is wrong, by the number of the row."""

    def __init__(self, faults: ReadOnly[int, Sequence[FieldError]]) -> None:
        super().__init__()
        self.faults = faults


@dataclass
class Said:
    """What a parcel says, as a JSON value for the boundary schema, and where each part of it stands.

    Attributes:
        places: the row and the heading of every item ``(i, None)`` and detection ``(i, j)``.
    """

    value: dict[str, Any]
    mapping: Mapping
    first: int
    places: dict[tuple[int, int | None], tuple[int, Findings | None]] = field(default_factory=dict)

    def locate(self, errors: Iterable[FieldError]) -> dict[int, list[FieldError]]:
        """*errors* of the schema or the steps by row, each named by the heading of its column where there is one."""
        found: dict[int, list[FieldError]] = defaultdict(list)
        for error in errors:
            row, name = self._place_of(error.field)
            found[row].append(FieldError(name, error.message))
        return found

    def _place_of(self, path: str) -> tuple[int, str]:
        if self.mapping.whole:
            return self.first, path
        met = _PLACE.match(path)
        if met is None:
            part, _dot, name = path.rpartition(".")
            values = self.mapping.event if part == "event" else self.mapping.report
            if name == "own_reference" and isinstance(self.mapping.own_reference, Cell):
                return self.first, self.mapping.own_reference.column
            return self.first, _heading(values.get(re.sub(r"\[\d+\]", "", name)), path)
        item, detection, name = int(met[1]), int(met[2]) if met[2] else None, met[3] or ""
        row, findings = self.places.get((item, detection), (self.first, None))
        if findings is None:
            return row, _heading(self.mapping.item.get(name), path)
        return row, findings.column or _heading(findings.fields.get(name or "name"), path)


def _heading(value: Value | None, otherwise: str) -> str:
    return value.column if isinstance(value, Cell) else otherwise


def gather(rows: Iterable[TableRow], mapping: Mapping) -> Iterator[Parcel]:
    """*rows* as parcels, in the order of their first rows."""
    if not mapping.grouped or mapping.own_reference is None:
        yield from (Parcel((row,), mapping.whole) for row in rows)
        return
    together: dict[object, list[TableRow]] = {}
    for row in rows:
        reference = reference_of(row, mapping)
        together.setdefault(reference or row.number, []).append(row)
    yield from (Parcel(tuple(each)) for each in together.values())


def reference_of(row: TableRow, mapping: Mapping) -> str:
    """The laboratory's own reference in *row*; empty where it gives none."""
    value = mapping.own_reference
    return str(value_of(value, row)).strip() if isinstance(value, Cell) else ""


def say(parcel: Parcel, mapping: Mapping, answers: AnswersByName, tally: Tally, cells: TableCells) -> Said:
    """What *parcel* says; *cells* are the readers of *mapping*.

    Raises:
        RowFaults: cells that cannot be turned into what the mapping asks, all of them at once.
    """
    broken = {row.number: [FieldError("", row.fault)] for row in parcel.rows if row.fault}
    if broken:
        raise RowFaults(broken)
    if mapping.whole:
        return _say_whole(parcel, mapping)
    return _Reader(parcel, mapping, answers, tally, cells).read()


def _say_whole(parcel: Parcel, mapping: Mapping) -> Said:
    try:
        value = read_json(parcel.rows[0].cells[mapping.whole])
    except MalformedRequest as refusal:
        raise RowFaults({parcel.number: [FieldError(mapping.whole, refusal.detail)]}) from None
    if not isinstance(value, dict):
        raise RowFaults({parcel.number: [FieldError(mapping.whole, _("The line is not a JSON object."))]})
    return Said(value, mapping, parcel.number)


class _Reader:
    """Reads one parcel; gathers its faults on the way."""

    def __init__(
        self, parcel: Parcel, mapping: Mapping, answers: AnswersByName, tally: Tally, cells: TableCells
    ) -> None:
        self.parcel, self.mapping, self.answers, self.tally, self.cells = parcel, mapping, answers, tally, cells
        self.faults: dict[int, list[FieldError]] = defaultdict(list)

    def read(self) -> Said:
        value: dict[str, Any] = {"sharing": self.mapping.sharing, "event": {}, "items": []}
        said = Said(value, self.mapping, self.parcel.number)
        items: dict[object, int] = {}
        for row in self.parcel.rows:
            self._join(value, self._fields(self.cells.report, row), row, self.mapping.report)
            self._join(value["event"], self._fields(self.cells.event, row), row, self.mapping.event)
            self._read_item(said, items, row)
        own = self.mapping.own_reference
        reference = reference_of(self.parcel.rows[0], self.mapping) if isinstance(own, Cell) else str(own or "")
        if reference:
            value["own_reference"] = reference
        for position, item in enumerate(value["items"]):
            if not item["detections"]:
                self._note_nothing(said, position, item)
        if self.faults:
            raise RowFaults(self.faults)
        return said

    def _join(
        self, into: dict[str, Any], fields: ReadOnly[str, Any], row: TableRow, values: ReadOnly[str, Value]
    ) -> None:
        """Put *fields* to what earlier rows said; a later row may be silent, and must not say something else."""
        for name, said in fields.items():
            if row is self.parcel.rows[0]:
                into[name] = said
            elif into.setdefault(name, said) != said:
                message = _("Row %(row)d says something else of the same report.") % {"row": self.parcel.number}
                self.faults[row.number].append(FieldError(_heading(values[name], name), message))

    def _read_item(self, said: Said, items: dict[object, int], row: TableRow) -> None:
        fields = self._fields(self.cells.item, row)
        number = self.mapping.item_number
        given = row.cells[number.column].strip() if isinstance(number, Cell) else str(number or "")
        key = given or (json.dumps(fields, sort_keys=True) if len(self.parcel.rows) > 1 else "")
        rows: list[dict[str, Any]] = said.value["items"]
        if key not in items:
            items[key] = len(rows)
            said.places[len(rows), None] = (row.number, None)
            rows.append({**fields, "detections": []})
        position = items[key]
        self._join_item(rows[position], fields, row)
        for findings, reader in zip(self.mapping.findings, self.cells.findings, strict=True):
            for detection in self._detections(row, findings, reader):
                said.places[position, len(rows[position]["detections"])] = (row.number, findings)
                rows[position]["detections"].append(detection)

    def _join_item(self, item: dict[str, Any], fields: ReadOnly[str, Any], row: TableRow) -> None:
        for name, value in fields.items():
            if item.setdefault(name, value) != value:
                message = _("An earlier row says something else of the same item.")
                self.faults[row.number].append(FieldError(_heading(self.mapping.item[name], name), message))

    def _note_nothing(self, said: Said, position: int, item: dict[str, Any]) -> None:
        """An item without a detection: nothing was found where columns are asked for it, else nothing is said."""
        if any(findings.column for findings in self.mapping.findings):
            item["detections"] = [dict(NOTHING_FOUND)]
            return
        row, _findings = said.places[position, None]
        message = _(
            "Say what was found: structure, name, formula, chemical_class, candidates, mz, or unidentified: true."
        )
        name = next((_heading(value, name) for name, value in self.mapping.findings[0].fields.items()), "")
        self.faults[row].append(FieldError(name, message))

    def _fields(self, reader: PartReader, row: TableRow) -> ReadOnly[str, Any]:
        fields = reader.read(row)
        if fields.faults:
            self.faults[row.number] += fields.faults
        return fields.said

    def _detections(self, row: TableRow, findings: Findings, reader: PartReader) -> Iterator[dict[str, Any]]:
        if not findings.column:
            fields = self._fields(reader, row)
            if any(isinstance(findings.fields[name], Cell) for name in fields):
                yield from self._answered({**findings.detection, **fields})
            return
        cell = row.cells[findings.column]
        if findings.results:
            yield from self._tested(cell.strip(), findings)
            return
        try:
            names = split_cell(cell, findings)
        except InvalidInput as refusal:
            self.faults[row.number] += refusal.errors
            return
        for name in names:
            if name and name not in self.mapping.nothing_found:
                yield from self._answered({**findings.detection, "name": name}, words=name)
            else:
                self.tally.silent[name] += 1

    def _tested(self, text: str, findings: Findings) -> Iterator[dict[str, Any]]:
        result = findings.results.get(text)
        if result is None:
            self.tally.silent[f"{findings.column}: {text}"] += 1
        else:
            yield {"reported_as": f"{findings.column}: {text}", **findings.detection, "result": result}

    def _answered(self, detection: dict[str, Any], words: str | None = None) -> Iterator[dict[str, Any]]:
        """*detection* with the answer that was given to its name put in the name's place."""
        name = str(detection.get("name", ""))
        if words is not None:
            detection = {"reported_as": words, **detection}
        if name not in self.answers or detection.get("structure"):
            yield detection
            return
        answer = detection_of(self.answers[name])
        if answer is None:
            self.tally.silent[name] += 1
            return
        rest = {key: value for key, value in detection.items() if key != "name"}
        yield {"reported_as": name, **rest, **answer}


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
