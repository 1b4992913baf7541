"""The hits as one CSV, Parquet or JSON Lines file, and what could not be read as another."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from nps_registry.errors import InvalidInput
from nps_registry.localisation import gettext as _

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import pyarrow as pa

    Write = Callable[[pa.Table], None]

FORMS = (".parquet", ".csv", ".jsonl")
META_KEY = b"nps_registry"


def require_form(output: Path) -> None:
    """Refuse an *output* of a form that is not written.

    Raises:
        InvalidInput: with those that are.
    """
    if output.suffix.lower() not in FORMS:
        sentence = _("%(output)s: hits are written as .parquet, .csv or .jsonl; name the file so.")
        raise InvalidInput(sentence % {"output": output})


def write_hits(output: Path, tables: Iterable[pa.Table], about: Mapping[str, Any]) -> int:
    """Write *tables*, all of one schema, to *output* in one step; answers how many hits there are.

    What is said *about* them stands in a Parquet file's own metadata, and beside the others in ``OUTPUT.meta.json``.

    Raises:
        OSError: it cannot be written.
    """
    partial = output.with_name(f".{output.name}.partial")
    form = output.suffix.lower()
    hits = 0
    open_writer = {".parquet": _parquet, ".csv": _csv, ".jsonl": _json_lines}[form]
    try:
        writer: AbstractContextManager[Write] = open_writer(partial, about)
        with writer as write:
            for table in tables:
                hits += len(table)
                write(table)
        if form != ".parquet":
            text = json.dumps(about, indent=2, ensure_ascii=False) + "\n"
            output.with_name(output.name + ".meta.json").write_text(text, encoding="utf-8")
        partial.replace(output)
    finally:
        partial.unlink(missing_ok=True)
    return hits


def write_faults(output: Path, faults: Iterable[tuple[str, int, str]]) -> Path:
    """Write file, row and reason of everything that could not be compared beside *output*; answers where."""
    path = output.with_name(f"{output.stem}.faults.csv")
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["file", "row", "reason"])
        writer.writerows(faults)
    return path


@contextmanager
def _parquet(path: Path, about: Mapping[str, Any]) -> Iterator[Write]:
    import pyarrow.parquet as pq  # only this form needs it

    writer = None

    def write(table: pa.Table) -> None:
        nonlocal writer
        described = table.schema.with_metadata({META_KEY: json.dumps(about, ensure_ascii=False).encode()})
        if writer is None:
            writer = pq.ParquetWriter(path, described, compression="zstd")
        writer.write_table(table.cast(described))

    try:
        yield write
    finally:
        if writer is not None:
            writer.close()


@contextmanager
def _csv(path: Path, _about: Mapping[str, Any]) -> Iterator[Write]:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        begun = False

        def write(table: pa.Table) -> None:
            nonlocal begun
            if not begun:
                writer.writerow(table.column_names)
                begun = True
            writer.writerows(zip(*(column.to_pylist() for column in table.columns), strict=True))

        yield write


@contextmanager
def _json_lines(path: Path, _about: Mapping[str, Any]) -> Iterator[Write]:
    file: IO[str]
    with path.open("w", encoding="utf-8") as file:

        def write(table: pa.Table) -> None:
            file.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in table.to_pylist())

        yield write
