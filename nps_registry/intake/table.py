"""Tables as laboratories send them, row by row: CSV, workbooks, JSON Lines."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import BinaryIO

from nps_registry.errors import InvalidInput, TooLarge
from nps_registry.intake.mapping import Mapping
from nps_registry.localisation import gettext as _
from nps_registry.localisation import ngettext

MOST_ROWS = 50_000
"""Rows of a table that comes over HTTP."""

MOST_COLUMNS = 200
_DELIMITERS = ",;\t|"


@dataclass(frozen=True)
class TableRow:
    """A row as it stood in the file: its 1-based number and its cells by heading.

    Attributes:
        fault: why the row cannot be read as one, where it cannot.
    """

    number: int
    cells: dict[str, str]
    fault: str = ""

    @cached_property
    def payload(self) -> str:
        """The row verbatim, as JSON."""
        return json.dumps(self.cells, ensure_ascii=False)

    @cached_property
    def payload_digest(self) -> str:
        """SHA-256 of the payload, hexadecimal."""
        return digest_of_text(self.payload)


@dataclass(frozen=True, slots=True)
class Table:
    """A whole table in memory: its headings in order, and its rows."""

    headings: tuple[str, ...]
    rows: Sequence[TableRow]

    @property
    def signature(self) -> str:
        """What tables of one layout have in common: SHA-256 over the headings, whatever their order."""
        return signature_of(self.headings)


@dataclass(slots=True)
class Tally:
    """What was met while rows were read: names answered with nothing, texts that said nothing."""

    silent: Counter[str] = field(default_factory=Counter)


def digest_of_text(text: str) -> str:
    """SHA-256 of *text* in UTF-8, hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()


def signature_of(headings: Collection[str]) -> str:
    """The signature of a table with these headings."""
    return digest_of_text("\n".join(sorted(heading.strip().casefold() for heading in headings)))


def file_digest(path: Path) -> str:
    """SHA-256 of the file, hexadecimal.

    Raises:
        InvalidInput: it cannot be read.
    """
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise _unreadable(path, error.strerror) from None


def read_table(path: Path, mapping: Mapping) -> Iterator[TableRow]:
    """The rows of the CSV file at *path*, one at a time.

    Raises:
        InvalidInput: it cannot be read, or lacks a column that the mapping names.
    """
    try:
        with path.open(encoding=mapping.encoding, newline="") as lines:
            reader = csv.DictReader(lines, delimiter=mapping.delimiter, strict=True)
            require_columns(mapping, reader.fieldnames or (), str(path))
            yield from _rows_of(reader)
    except OSError as error:
        raise _unreadable(path, error.strerror) from None
    except (UnicodeDecodeError, LookupError, csv.Error) as error:
        raise _unreadable(path, error) from None


def require_columns(mapping: Mapping, headings: Collection[str], path: str) -> None:
    """Refuse a table that lacks a column that *mapping* names; *path* is what people call it.

    Raises:
        InvalidInput: naming the columns that it lacks.
    """
    missing = [column for column in mapping.columns if column not in headings]
    if missing:
        told = ", ".join(f"“{column}”" for column in missing)
        raise InvalidInput(
            ngettext("%(path)s has no column %(columns)s.", "%(path)s has no columns %(columns)s.", len(missing))
            % {"path": path, "columns": told}
        )


def read_csv(file: BinaryIO, name: str) -> Table:
    """A CSV file as laboratories' programs write it: UTF-8 (or UTF-16 with its mark), the separator found out.

    Raises:
        InvalidInput: it cannot be read; a heading is missing or stands twice.
        TooLarge: more rows or columns than a table may have here.
    """
    head = file.read(2)
    file.seek(0)
    encoding = "utf-16" if head in {b"\xff\xfe", b"\xfe\xff"} else "utf-8-sig"
    try:
        with io.TextIOWrapper(file, encoding, newline="") as lines:
            first = lines.readline(100_000)
            lines.seek(0)
            delimiter = max(_DELIMITERS, key=first.count)
            reader = csv.DictReader(lines, delimiter=delimiter, strict=True)
            headings = require_headings([heading.strip() for heading in reader.fieldnames or ()], name)
            reader.fieldnames = headings
            return Table(tuple(headings), bounded(_rows_of(reader)))
    except UnicodeError:
        raise InvalidInput(_("%(name)s is not UTF-8; save it as “CSV UTF-8”.") % {"name": name}) from None
    except csv.Error as error:
        raise _unreadable(name, error) from None


def require_headings(headings: list[str], name: str) -> list[str]:
    """The headings of a table, each there once.

    Raises:
        InvalidInput: there is none, one is empty or stands twice.
        TooLarge: there are too many.
    """
    while headings and not headings[-1]:
        headings = headings[:-1]
    if not headings:
        raise InvalidInput(_("%(name)s is empty: its first row must name the columns.") % {"name": name})
    if len(headings) > MOST_COLUMNS:
        raise TooLarge(_("A table has at most %(most)d columns.") % {"most": MOST_COLUMNS})
    twice = sorted(heading for heading, count in Counter(headings).items() if count > 1 or not heading)
    if twice:
        raise InvalidInput(
            _("The heading “%(heading)s” is empty or stands twice in %(name)s.") % {"heading": twice[0], "name": name}
        )
    return headings


def bounded(rows: Iterator[TableRow]) -> list[TableRow]:
    """*rows* that say anything, in memory.

    Raises:
        TooLarge: more than a table may have here.
    """
    kept: list[TableRow] = []
    for row in rows:
        if not row.fault and not any(text.strip() for text in row.cells.values()):
            continue
        if len(kept) == MOST_ROWS:
            raise TooLarge(_("A table has at most %(most)d rows; send it in parts.") % {"most": MOST_ROWS})
        kept.append(row)
    return kept


def _rows_of(reader: csv.DictReader[str]) -> Iterator[TableRow]:
    for number, cells in enumerate(reader, start=1):
        # What stands beyond the last heading belongs to no column: dropping it would lose it in silence.
        beyond = any(cells.pop(None, ()) or ())  # under no heading the reader puts what is too much
        fault = _("The row has more cells than there are headings.") if beyond else ""
        yield TableRow(number, {name: text or "" for name, text in cells.items()}, fault)


def _unreadable(path: object, reason: object) -> InvalidInput:
    return InvalidInput(_("%(path)s cannot be read: %(reason)s.") % {"path": path, "reason": reason})
