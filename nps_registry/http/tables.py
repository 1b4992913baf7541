"""Tables that leave as CSV: nothing in them that a spreadsheet would run."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from urllib.parse import quote

from starlette.responses import Response

from nps_registry.vocabulary.spreadsheet import defuse

CSV_TYPE = "text/csv; charset=utf-8"


def write_csv(rows: Iterable[Sequence[object]], header: Sequence[str]) -> Iterator[str]:
    """*rows* as CSV (RFC 4180), a piece at a time."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow(header)
    for number, row in enumerate(rows, start=1):
        writer.writerow(row)
        if number % 200 == 0:
            yield buffer.getvalue()
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue()


def csv_answer(rows: Iterable[Sequence[object]], header: Sequence[str], name: str) -> Response:
    """A small table to download, every text in it defused."""
    content = "".join(write_csv(([defuse(value) for value in row] for row in rows), header))
    return Response(content, media_type=CSV_TYPE, headers={"Content-Disposition": attachment_header(name)})


def attachment_header(name: str) -> str:
    """The header that offers a file under *name* (RFC 6266), whatever characters it has."""
    ascii_name = re.sub(r"[^A-Za-z0-9._ -]", "_", name)
    return f"attachment; filename=\"{ascii_name}\"; filename*=UTF-8''{quote(name, safe='')}"
