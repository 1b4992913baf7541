"""Results on stdout: a table on a terminal, JSON or CSV otherwise or when asked."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Mapping, Sequence
from enum import StrEnum


class Format(StrEnum):
    """How results are written."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"


def write_rows(rows: Sequence[Mapping[str, object]], form: Format | None) -> None:
    """Write *rows*, all with the same keys; a table on a terminal and JSON otherwise, unless *form* says."""
    chosen = form or (Format.TABLE if sys.stdout.isatty() else Format.JSON)
    if chosen is Format.JSON:
        sys.stdout.write(json.dumps(list(rows), ensure_ascii=False, indent=2, default=str) + "\n")
    elif chosen is Format.CSV:
        _write_csv(rows)
    else:
        _write_table(rows)


def _write_csv(rows: Sequence[Mapping[str, object]]) -> None:
    if rows:
        writer = csv.DictWriter(sys.stdout, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def _write_table(rows: Sequence[Mapping[str, object]]) -> None:
    from rich.console import Console  # only a terminal needs it
    from rich.table import Table

    table = Table(*(str(name) for name in rows[0])) if rows else Table()
    for row in rows:
        table.add_row(*("" if value is None else str(value) for value in row.values()))
    Console().print(table)
