"""The cells of a row as fields of a submission; what earlier rows said in the same cells is not read again."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Mapping as ReadOnly
from dataclasses import dataclass
from typing import Any, NamedTuple, Self

from nps_registry.errors import FieldError, InvalidInput
from nps_registry.intake.flat_columns import DETECTION, EVENT, ITEM, REPORT, readers_by_field
from nps_registry.intake.mapping import Cell, Mapping, Value
from nps_registry.intake.table import TableRow
from nps_registry.localisation import gettext as _

PARTS_KEPT = 5_000
"""Parts that later rows are compared with: a table of millions of rows is read in bounded memory."""


class Fields(NamedTuple):
    """What a row says of one part, not to be changed, and what is wrong with its cells."""

    said: ReadOnly[str, Any]
    faults: tuple[FieldError, ...]


class PartReader:
    """Reads the cells of one part of a submission, *values* by its fields."""

    def __init__(self, part: str, values: ReadOnly[str, Value]) -> None:
        self._values, self._readers = values, readers_by_field(part)
        self._columns = [value.column for value in values.values() if isinstance(value, Cell)]
        self._known: dict[tuple[str, ...], Fields] = {}

    def read(self, row: TableRow) -> Fields:
        """What *row* says; silent fields are left out."""
        texts = tuple(map(row.cells.__getitem__, self._columns))
        known = self._known.get(texts)
        if known is None:
            if len(self._known) == PARTS_KEPT:
                self._known.clear()
            known = self._known[texts] = _read_fields(self._values, self._readers, row)
        return known


@dataclass(frozen=True, slots=True)
class TableCells:
    """The readers of all parts that a mapping names; *findings* in the order of the mapping."""

    report: PartReader
    event: PartReader
    item: PartReader
    findings: tuple[PartReader, ...]

    @classmethod
    def of(cls, mapping: Mapping) -> Self:
        """The readers that *mapping* asks for."""
        return cls(
            PartReader(REPORT, mapping.report),
            PartReader(EVENT, mapping.event),
            PartReader(ITEM, mapping.item),
            tuple(PartReader(DETECTION, findings.fields) for findings in mapping.findings),
        )


def _read_fields(
    values: ReadOnly[str, Value], readers: ReadOnly[str, Callable[[str], object]], row: TableRow
) -> Fields:
    found: dict[str, Any] = {}
    faults: list[FieldError] = []
    for name, value in values.items():
        try:
            said = value_of(value, row)
        except InvalidInput as refusal:
            faults += refusal.errors
            continue
        if name in readers and said and isinstance(said, str):
            said = readers[name](said)
        if said not in (None, "", []):
            found[name] = said
    return Fields(found, tuple(faults))


def value_of(value: Value, row: TableRow) -> Any:
    """What *value* is in *row*.

    Raises:
        InvalidInput: a text that is not among the words of the mapping.
    """
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
