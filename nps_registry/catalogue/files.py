"""Reading the catalogue's files, whole or only what changed, with every fault collected.

The layout below the catalogue's directory::

    sources.toml                     every source
    retired.toml                     accessions that must not be given again
    classes/<class>.toml             one class
    controls/<list>.toml             one control list
    curation/                        decisions for the tools that compile the catalogue; not read here
    <class or kind>/NPS-000123.toml  one substance
    curation/*.toml                  corrections that the compiler reads; no part of the catalogue

``tomli`` reads the files: the same parser and the same faults as the standard library's ``tomllib``,
compiled, which makes it about three times as fast.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import tomli
from pydantic import ValidationError

from nps_registry.catalogue.faults import Fault, explain, refuse
from nps_registry.catalogue.records import (
    Catalogue,
    ClassRecord,
    ControlList,
    RetiredAccession,
    RetiredFile,
    SourceFile,
    SubstanceRecord,
)
from nps_registry.catalogue.records.shape import Record
from nps_registry.collection import collection_paused
from nps_registry.errors import CatalogueFault, NotFound
from nps_registry.localisation import gettext as _

CLASSES, CONTROLS, SOURCES, RETIRED = "classes", "controls", "sources.toml", "retired.toml"
CURATION = "curation"
"""The curator's corrections, which the compiler reads and the catalogue does not."""

AnyRecord = TypeVar("AnyRecord", bound=Record)


@dataclass(frozen=True)
class CatalogueChanges:
    """What differs between the files and an earlier reading of them.

    Attributes:
        substances: records of new and changed files.
        gone: accessions that were there and have no file now.
        frame: the catalogue without its substances (classes, sources, controls, retired), always read whole.
        frame_changed: whether any file of the frame differs.
        digests: SHA-256 of every file there is now, by relative path.
    """

    substances: tuple[SubstanceRecord, ...]
    gone: tuple[str, ...]
    frame: Catalogue
    frame_changed: bool
    digests: Mapping[str, str]


def read_catalogue(directory: Path, told: Callable[[Catalogue, SubstanceRecord], None] | None = None) -> Catalogue:
    """Read every file of the catalogue.

    Args:
        directory: where it is.
        told: told each entry as soon as it is read, by rising accession, with the frame (sources, classes, controls)
            that it stands in; more files may be read, and refused, afterwards.

    Raises:
        NotFound: there is no catalogue in *directory*.
        CatalogueFault: files break the format; ``errors`` holds every fault with file, line and field.
    """
    reader = _Reader(_require(directory))
    frame = _read_frame(reader)
    paths = sorted(_substance_paths(reader), key=_accession_of)
    substances = _read_substances(reader, paths, partial(told, frame) if told else None)
    reader.refuse_faults()
    substances.sort(key=lambda pair: pair[1].accession)
    return Catalogue(
        substances=tuple(record for _path, record in substances),
        classes=frame.classes,
        sources=frame.sources,
        controls=frame.controls,
        paths={record.accession: path for path, record in substances},
        digests=dict(sorted(reader.digests.items())),
        retired=frame.retired,
    )


def read_changed(directory: Path, known: Mapping[str, str]) -> CatalogueChanges:
    """Read what differs from *known*, the digests of an earlier reading by relative path.

    Unchanged substance files are hashed and not parsed.

    Raises:
        NotFound: there is no catalogue in *directory*.
        CatalogueFault: a file that was read breaks the format.
    """
    reader = _Reader(_require(directory))
    frame = _read_frame(reader)
    frame_digests = dict(reader.digests)
    paths = _substance_paths(reader)
    changed = [path for path in paths if reader.digest(path) != known.get(path)]
    substances = _read_substances(reader, changed)
    reader.refuse_faults()
    before = {_accession_of(path) for path in known if not _in_frame(path)}
    known_frame = {path: digest for path, digest in known.items() if _in_frame(path)}
    return CatalogueChanges(
        substances=tuple(sorted((record for _path, record in substances), key=lambda record: record.accession)),
        gone=tuple(sorted(before - {_accession_of(path) for path in paths})),
        frame=frame,
        frame_changed=frame_digests != known_frame,
        digests=dict(sorted(reader.digests.items())),
    )


def read_classes(directory: Path) -> tuple[ClassRecord, ...]:
    """The classes alone, in the order of their rules.

    Raises:
        NotFound: there is no catalogue in *directory*.
        CatalogueFault: a class's file breaks the format.
    """
    reader = _Reader(_require(directory))
    classes = _read_classes(reader)
    reader.refuse_faults()
    return classes


def read_retired(directory: Path) -> Mapping[str, RetiredAccession]:
    """The numbers that have no entry any more, by accession.

    Raises:
        NotFound: there is no catalogue in *directory*.
        CatalogueFault: the file breaks the format.
    """
    reader = _Reader(_require(directory))
    retired = _read_retired(reader)
    reader.refuse_faults()
    return retired


def read_substance(path: Path) -> SubstanceRecord:
    """Read one substance's file by itself.

    Raises:
        CatalogueFault: the file breaks the format.
    """
    reader = _Reader(path.parent)
    record = reader.read(path.name, SubstanceRecord)
    reader.refuse_faults()
    assert record is not None  # no fault was found, so there is a record
    return record


def parse_toml(text: str, path: str) -> dict[str, Any]:
    """The content of one TOML file.

    Raises:
        CatalogueFault: the text is not TOML; the fault names the line.
    """
    try:
        return tomli.loads(text)
    except tomli.TOMLDecodeError as error:
        message = _("it is not valid TOML: {reason}").format(reason=error.msg)
        raise refuse([Fault(path, "", message, error.lineno)]) from error


def parse_substance(text: str, path: str) -> SubstanceRecord:
    """The record in *text*, the content of the file called *path*.

    Raises:
        CatalogueFault: the text breaks the format.
    """
    try:
        return SubstanceRecord.model_validate(parse_toml(text, path))
    except ValidationError as error:
        raise refuse(explain(error, path, text)) from error


@dataclass
class _Reader:
    """Reads files below one directory, keeping digests and faults."""

    directory: Path
    faults: list[Fault] = field(default_factory=list)
    digests: dict[str, str] = field(default_factory=dict)
    _contents: dict[str, bytes] = field(default_factory=dict)

    def digest(self, path: str) -> str:
        """SHA-256 of the file, whose content is kept until it is read."""
        if path not in self.digests:
            content = (self.directory / path).read_bytes()
            self._contents[path] = content
            self.digests[path] = hashlib.sha256(content).hexdigest()
        return self.digests[path]

    def read(self, path: str, model: type[AnyRecord]) -> AnyRecord | None:
        """The file's record, or nothing and one fault or more."""
        self.digest(path)
        text = self._decode(path, self._contents.pop(path))
        if text is None:
            return None
        try:
            return model.model_validate(tomli.loads(text))
        except tomli.TOMLDecodeError as error:
            message = _("it is not valid TOML: {reason}").format(reason=error.msg)
            self.faults.append(Fault(path, "", message, error.lineno))
        except ValidationError as error:
            self.faults.extend(explain(error, path, text))
        return None

    def read_if_there(self, path: str, model: type[AnyRecord]) -> AnyRecord | None:
        """As :meth:`read`; nothing for a file that does not exist."""
        return self.read(path, model) if (self.directory / path).is_file() else None

    def list_files(self, pattern: str) -> list[str]:
        """Relative paths, with ``/``, of the files that match *pattern*, in order."""
        return sorted(path.relative_to(self.directory).as_posix() for path in self.directory.glob(pattern))

    def refuse_faults(self) -> None:
        """Raise one refusal with every fault found so far, in order of their files."""
        if self.faults:
            raise refuse(sorted(self.faults, key=lambda fault: (fault.path, fault.line or 0)))

    def _decode(self, path: str, content: bytes) -> str | None:
        try:
            return content.decode("utf-8").replace("\r\n", "\n")
        except UnicodeDecodeError as error:
            line = content[: error.start].count(b"\n") + 1
            self.faults.append(Fault(path, "", _("it is not UTF-8; save it as UTF-8 without a mark"), line))
            return None


def _read_frame(reader: _Reader) -> Catalogue:
    sources = reader.read_if_there(SOURCES, SourceFile)
    controls = [reader.read(path, ControlList) for path in reader.list_files(f"{CONTROLS}/*.toml")]
    return Catalogue(
        substances=(),
        classes=_read_classes(reader),
        sources=sources.sources if sources else (),
        controls=tuple(record for record in controls if record is not None),
        retired=_read_retired(reader),
    )


def _read_retired(reader: _Reader) -> dict[str, RetiredAccession]:
    read = reader.read_if_there(RETIRED, RetiredFile)
    return {entry.accession: entry for entry in read.retired} if read else {}


def _read_classes(reader: _Reader) -> tuple[ClassRecord, ...]:
    read = [reader.read(path, ClassRecord) for path in reader.list_files(f"{CLASSES}/*.toml")]
    found = [record for record in read if record is not None]
    return tuple(sorted(found, key=lambda record: (record.order, record.key)))


def _substance_paths(reader: _Reader) -> list[str]:
    """Paths of the substance files; a stray TOML file or a second file of one accession is a fault."""
    paths, first_of = [], dict[str, str]()
    for path in reader.list_files("*/*.toml"):
        accession = _accession_of(path)
        if _in_frame(path) or path.startswith(f"{CURATION}/"):
            continue
        if not accession.startswith("NPS-"):
            reader.faults.append(Fault(path, "", _("a substance's file is named after its accession: NPS-000123.toml")))
        elif accession in first_of:
            message = _("{accession} has a second file, {other}; keep one").format(
                accession=accession, other=first_of[accession]
            )
            reader.faults.append(Fault(path, "", message))
        else:
            first_of[accession] = path
            paths.append(path)
    return paths


def _read_substances(
    reader: _Reader, paths: Iterable[str], told: Callable[[SubstanceRecord], None] | None = None
) -> list[tuple[str, SubstanceRecord]]:
    found = []
    with collection_paused():
        for path in paths:
            record = reader.read(path, SubstanceRecord)
            found.append((path, record))
            if told and record:
                told(record)
    read = []
    for path, record in found:
        if record is None:
            continue
        if record.accession != _accession_of(path):
            message = _("it is {accession}, but the file is named {name}; one of them is wrong").format(
                accession=record.accession, name=Path(path).name
            )
            reader.faults.append(Fault(path, "accession", message))
            continue
        read.append((path, record))
    return read


def _in_frame(path: str) -> bool:
    return "/" not in path or path.split("/", 1)[0] in (CLASSES, CONTROLS, CURATION)


def _accession_of(path: str) -> str:
    return path.rsplit("/", 1)[-1].removesuffix(".toml")


def _require(directory: Path) -> Path:
    if not (directory / SOURCES).is_file():
        raise NotFound(
            _("There is no catalogue in {directory}: it has no sources.toml; name the folder that holds it.").format(
                directory=directory
            )
        )
    return directory


__all__ = [
    "CatalogueChanges",
    "CatalogueFault",
    "parse_substance",
    "parse_toml",
    "read_catalogue",
    "read_changed",
    "read_classes",
    "read_retired",
    "read_substance",
]
