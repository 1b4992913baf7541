"""Results as files. Each says by itself where it comes from: the question, the day, the version, the recipe.

Where it says so differs by what the form allows: JSON in a member ``about``, Parquet in its metadata, a workbook in a
sheet of its own, SDF in fields of each record, CSV in a last column of each row, since it may have neither comment
lines nor a second table.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from nps_registry import __version__
from nps_registry.search.asked import Asked, describe_asked
from nps_registry.search.rendering import to_json
from nps_registry.search.result_table import Cell, ResultTable
from nps_registry.vocabulary.search import FileForm
from nps_registry.vocabulary.spreadsheet import defuse, fit_cell

MEDIA_TYPES = {
    FileForm.CSV: "text/csv; charset=utf-8",
    FileForm.JSON: "application/json",
    FileForm.SDF: "chemical/x-mdl-sdfile",
    FileForm.PARQUET: "application/vnd.apache.parquet",
    FileForm.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
ABOUT = "about"
_LONGEST_ASKED = 500


@dataclass(frozen=True, slots=True)
class About:
    """Where a result comes from.

    Attributes:
        kind: of the question.
        asked: the question, as every answer repeats it.
        made_on: the day, UTC.
        version: of the registry's software.
        recipe: how fingerprints were made; none where none were compared.
        total: hits there were, in the file or not.
        demonstration: whether the reports of this registry are invented.
        address: of the registry.
    """

    kind: str
    asked: Asked
    made_on: date
    version: str
    recipe: str | None
    total: int
    demonstration: bool
    address: str

    @property
    def members(self) -> dict[str, object]:
        """All of it by name, for forms that hold objects."""
        return {
            "question": self.kind,
            "query": self.asked,
            "date": self.made_on.isoformat(),
            "registry_version": self.version,
            "recipe": self.recipe,
            "total": self.total,
            "demonstration": self.demonstration,
            "registry": self.address,
        }

    @property
    def line(self) -> str:
        """All of it in one line, for forms that hold text."""
        asked = " ".join(f"{name}={_plain(value)}" for name, value in self.asked.items() if value not in ("", [], None))
        parts = [
            f"nps-registry {self.version}",
            self.address,
            self.made_on.isoformat(),
            f"{self.kind}: {asked}",
            f"total={self.total}",
            f"recipe={self.recipe}" if self.recipe else "",
            "DEMONSTRATION" if self.demonstration else "",
        ]
        return "; ".join(part for part in parts if part)


def make_about(table: ResultTable, answer: object, address: str, *, demonstration: bool) -> About:
    """Where *table*, made of *answer* today by the registry at *address*, comes from."""
    recipe = getattr(answer, "recipe", None)
    return About(
        table.kind,
        describe_asked(answer),
        datetime.now(UTC).date(),
        __version__,
        recipe.id if recipe else None,
        table.total,
        demonstration,
        address,
    )


def _plain(value: object) -> str:
    """*value* on one line and of bounded length; a molfile is not repeated in each row."""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    single = " ".join(text.split())
    return single if len(single) <= _LONGEST_ASKED else f"{single[:_LONGEST_ASKED]}…"


def write_file(
    table: ResultTable, about: About, form: FileForm, *, molblocks: Mapping[int, str] | None = None, answer: bytes = b""
) -> bytes:
    """*table* as a file of *form*.

    Args:
        table: the result.
        about: where it comes from.
        form: which file.
        molblocks: molfiles by the id of their substance, for SDF.
        answer: the answer as the API gives it, for JSON.
    """
    match form:
        case FileForm.CSV:
            return _write_csv(table, about)
        case FileForm.JSON:
            return b'%b,"%b":%b}' % (answer[:-1], ABOUT.encode(), to_json(about.members))
        case FileForm.SDF:
            return _write_sdf(table, about, molblocks or {})
        case FileForm.PARQUET:
            return _write_parquet(table, about)
        case FileForm.XLSX:
            return _write_workbook(table, about)


def _write_csv(table: ResultTable, about: About) -> bytes:
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow((*table.columns, ABOUT))
    writer.writerows((*map(defuse, row), about.line) for row in table.rows)
    return buffer.getvalue().encode()


def _write_sdf(table: ResultTable, about: About, molblocks: Mapping[int, str]) -> bytes:
    """One record per row that has a structure; the others cannot stand in an SDF."""
    records: list[str] = []
    for entry, row in zip(table.entries, table.rows, strict=True):
        molblock = molblocks.get(entry.row.id, "") if entry else ""
        if not molblock:
            continue
        cells = {**dict(zip(table.columns, row, strict=True)), ABOUT: about.line}
        # A blank line ends a field, so none may stand inside one.
        told = {name: " ".join(str(value).split()) for name, value in cells.items() if value not in (None, "")}
        data = "".join(f">  <{name}>\n{value}\n\n" for name, value in told.items())
        records.append(f"{molblock.rstrip()}\n{data}$$$$\n")
    return "".join(records).encode()


def _write_parquet(table: ResultTable, about: About) -> bytes:
    import pyarrow as pa  # tens of milliseconds that no other answer needs
    from pyarrow import parquet

    columns = list(zip(*table.rows, strict=True)) or [()] * len(table.columns)
    arrays = [_arrow_array(pa, name, list(values)) for name, values in zip(table.columns, columns, strict=True)]
    metadata = {name: json.dumps(value, ensure_ascii=False) for name, value in about.members.items()}
    schema = pa.schema(
        [pa.field(name, array.type) for name, array in zip(table.columns, arrays, strict=True)], metadata=metadata
    )
    sink = pa.BufferOutputStream()
    parquet.write_table(pa.Table.from_arrays(arrays, schema=schema), sink)
    return bytes(sink.getvalue().to_pybytes())


_WHOLE = frozenset({"row", "feature", "matches"})
_REAL = frozenset({"score", "mass_da", "mz", "measured_mz", "intensity", "error_ppm", "isotope_score"})


def _arrow_array(pa: Any, name: str, values: list[Cell]) -> Any:
    """The values as one typed column, of the same type whether or not there are any."""
    kind = pa.int64() if name in _WHOLE else pa.float64() if name in _REAL else pa.string()
    return pa.array(values, kind)


def _write_workbook(table: ResultTable, about: About) -> bytes:
    from openpyxl import Workbook  # for this form only
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Font

    workbook, bold = Workbook(write_only=True), Font(bold=True)

    def head(sheet: Any, text: str) -> Any:
        cell = WriteOnlyCell(sheet, fit_cell(text))
        cell.font = bold
        return cell

    sheet = workbook.create_sheet("results")
    sheet.freeze_panes = "A2"
    sheet.append([head(sheet, column) for column in table.columns])
    for row in table.rows:
        sheet.append([fit_cell(cell) for cell in row])
    told = workbook.create_sheet(ABOUT)
    for name, value in about.members.items():
        text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        told.append([head(told, name), fit_cell(text)])
    buffer = io.BytesIO()
    workbook.save(buffer)
    return buffer.getvalue()
