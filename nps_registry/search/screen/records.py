"""Records out of a library's file: SMILES, SD or CSV, plain or gzipped, read as a stream and in bounded memory."""

from __future__ import annotations

import csv
import gzip
import io
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import IO, NamedTuple

from nps_registry.errors import InvalidInput
from nps_registry.localisation import gettext as _

PART_RECORDS = 2_000
_LONGEST = 1_000_000
_STRUCTURE_COLUMNS = ("smiles", "canonical_smiles", "structure", "inchi")
_NAME_COLUMNS = ("name", "id", "identifier", "title", "accession", "code")
_SUFFIXES = {
    ".smi": "smiles", ".smiles": "smiles", ".ism": "smiles", ".txt": "smiles", ".sdf": "sdf", ".sd": "sdf",
    ".mol": "sdf", ".csv": "csv", ".tsv": "csv",
}  # fmt: skip


class Record(NamedTuple):
    """One structure of a library: its 1-based row (of an SD file its number), its name, and the text that draws it."""

    row: int
    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Part:
    """Some records that are worked on together; *number* counts the parts of a library from 0."""

    number: int
    records: tuple[Record, ...]

    @property
    def texts(self) -> list[str]:
        """What draws the structures: all that a worker needs to know."""
        return [record.text for record in self.records]


@dataclass(eq=False)
class Library:
    """A file of structures.

    Attributes:
        path: where it is.
        form: ``smiles``, ``sdf`` or ``csv``.
        part_records: how many records make a part.
        ended_early: why the file could not be read to its end; empty where it was.
        read_bytes: how much of the file has been read, of :attr:`size_bytes`.
    """

    path: Path
    form: str
    part_records: int = PART_RECORDS
    ended_early: str = ""
    _raw: IO[bytes] | None = field(default=None, repr=False)

    @classmethod
    def at(cls, path: Path) -> Library:
        """The library in the file *path*, of the form that its name ends in.

        Raises:
            InvalidInput: the name ends in no form that is read.
            OSError: there is no such file.
        """
        suffixes = [suffix.lower() for suffix in path.suffixes if suffix.lower() not in {".gz", ".gzip"}]
        form = _SUFFIXES.get(suffixes[-1]) if suffixes else None
        if form is None:
            sentence = _("%(path)s: give a file that ends in .smi, .sdf, .csv or .tsv, or one of these and .gz.")
            raise InvalidInput(sentence % {"path": path})
        path.stat()
        return cls(path, form)

    @property
    def size_bytes(self) -> int:
        """The length of the file as it lies there."""
        return self.path.stat().st_size

    @property
    def read_bytes(self) -> int:
        """How much of it has been read."""
        return self._raw.tell() if self._raw is not None and not self._raw.closed else 0

    def parts(self) -> Iterator[Part]:
        """The file in parts, always the same ones.

        A file that breaks off, as a truncated gzip does, ends there: :attr:`ended_early` says so.

        Raises:
            InvalidInput: a CSV file has no column of structures.
        """
        stream = self.records()
        for number, start in enumerate(iter(lambda: tuple(islice(stream, self.part_records)), ())):
            yield Part(number, start)

    def records(self) -> Iterator[Record]:
        """Every record in order.

        Raises:
            InvalidInput: a CSV file has no column of structures.
        """
        readers: dict[str, Callable[[Iterator[str]], Iterator[Record]]] = {
            "smiles": _read_smiles, "sdf": _read_sdf, "csv": self._read_csv,
        }  # fmt: skip
        return readers[self.form](self._lines())

    def _lines(self) -> Iterator[str]:
        with self.path.open("rb") as raw:
            self._raw = raw
            zipped = raw.read(2) == b"\x1f\x8b"
            raw.seek(0)
            stream: IO[bytes] = io.BufferedReader(gzip.GzipFile(fileobj=raw)) if zipped else raw
            encoding = "utf-8-sig"
            while True:
                try:
                    line = stream.readline(_LONGEST)
                except (EOFError, zlib.error, gzip.BadGzipFile) as error:
                    self.ended_early = _("the gzip file breaks off (%(reason)s)") % {"reason": error}
                    return
                if not line:
                    return
                yield line.decode(encoding, "replace")
                encoding = "utf-8"

    def _read_csv(self, lines: Iterator[str]) -> Iterator[Record]:
        head = next(lines, "")
        delimiter = max(",;\t", key=head.count)
        columns = [name.strip().lower() for name in next(csv.reader([head], delimiter=delimiter), [])]
        structure = next((columns.index(name) for name in _STRUCTURE_COLUMNS if name in columns), None)
        if structure is None:
            sentence = _("%(path)s has no column of structures; name one of its columns smiles.")
            raise InvalidInput(sentence % {"path": self.path})
        name = next((columns.index(each) for each in _NAME_COLUMNS if each in columns), None)
        rows = csv.reader(lines, delimiter=delimiter)
        number = 1
        while True:
            try:
                cells = next(rows, None)
            except csv.Error as error:
                number += 1
                yield Record(number, "", f"?{error}")
                continue
            if cells is None:
                return
            number += 1
            if any(cells):
                text = cells[structure].strip() if len(cells) > structure else ""
                yield Record(number, cells[name].strip() if name is not None and len(cells) > name else "", text)


def _read_smiles(lines: Iterator[str]) -> Iterator[Record]:
    for row, line in enumerate(lines, start=1):
        words = line.split(maxsplit=1)
        if not words or (row == 1 and words[0].lower() in _STRUCTURE_COLUMNS):
            continue
        yield Record(row, words[1].strip() if len(words) > 1 else "", words[0])


def _read_sdf(lines: Iterator[str]) -> Iterator[Record]:
    block: list[str] = []
    number, length = 1, 0
    for line in lines:
        if line.startswith("$$$$"):
            yield _sdf_record(number, block)
            block, length, number = [], 0, number + 1
        elif length < _LONGEST:
            block.append(line)
            length += len(line)
    if any(line.strip() for line in block):
        yield _sdf_record(number, block)


def _sdf_record(number: int, block: list[str]) -> Record:
    return Record(number, block[0].strip() if block else "", "".join(block) or "\n")
