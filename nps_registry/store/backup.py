"""A backup: every table as lines of JSON and every attached file, in one ZIP whose manifest names each part's digest.

It does not depend on the database that it was taken from: what came from SQLite can be restored into PostgreSQL. All
tables are read in one transaction that sees one unchanging state, so it is consistent while the registry serves.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import zipfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import Enum
from pathlib import Path
from typing import IO, Any

from sqlalchemy import Table as SchemaTable
from sqlalchemy import select

from nps_registry import __version__
from nps_registry.errors import NotReady
from nps_registry.localisation import gettext as _
from nps_registry.store import audit, schema
from nps_registry.store.attached_files import AttachedFiles
from nps_registry.store.engine import Engine, Session, reading
from nps_registry.store.tables import Attachment, Table
from nps_registry.vocabulary.partial_date import PartialDate

MANIFEST = "manifest.json"
FORMAT = 1
_ROWS_AT_ONCE = 2_000
_PIECE_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class BackupResult:
    """What a backup holds."""

    path: Path
    tables: int
    rows: int
    files: int


class _Part:
    """A part of the ZIP that is being written; counts and digests what goes through it."""

    def __init__(self, into: IO[bytes]) -> None:
        self._into, self._digest, self.size_bytes, self.lines = into, hashlib.sha256(), 0, 0

    def write(self, piece: bytes) -> None:
        self._into.write(piece)
        self._digest.update(piece)
        self.size_bytes += len(piece)

    def described(self) -> dict[str, object]:
        return {"sha256": self._digest.hexdigest(), "size_bytes": self.size_bytes, "rows": self.lines}


def write_backup(
    engine: Engine, files: AttachedFiles, path: Path, *, progress: Callable[[str], None] = lambda _part: None
) -> BackupResult:
    """Write a backup to *path*, which appears there whole or not at all.

    Raises:
        NotReady: the database cannot be read, an attached file is missing, or there is no room.
    """
    fresh = path.with_name(f".{path.name}.part")
    try:
        with _sealed(fresh, path) as packed:
            return _fill(engine, files, packed, path, progress)
    except OSError as error:
        raise NotReady(
            _("The backup %(path)s cannot be written: %(reason)s.") % {"path": path, "reason": error.strerror}
        ) from None
    finally:
        fresh.unlink(missing_ok=True)


@contextmanager
def _sealed(fresh: Path, path: Path) -> Iterator[zipfile.ZipFile]:
    """A ZIP that takes its name only when it is whole and on the disk."""
    with fresh.open("xb") as file:
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=3) as packed:
            yield packed
        file.flush()
        os.fsync(file.fileno())
    fresh.rename(path)


def _fill(
    engine: Engine, files: AttachedFiles, packed: zipfile.ZipFile, path: Path, progress: Callable[[str], None]
) -> BackupResult:
    parts: dict[str, dict[str, object]] = {}
    with reading(engine) as session:
        for table in Table.metadata.sorted_tables:
            name = f"tables/{table.name}.jsonl"
            progress(name)
            parts[name] = _write_table(session, table, packed, name)
        digests = sorted(set(session.scalars(select(Attachment.digest))))  # type: ignore[call-overload]  # a column
        sequence, newest = audit.newest(session)
    for digest in digests:
        name = f"attachments/{digest}"
        progress(name)
        parts[name] = _write_file(files, digest, packed, name)
    manifest = {
        "format": FORMAT,
        "registry_version": __version__,
        "schema_revision": schema.head(),
        "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "audit": {"sequence": sequence, "digest": newest},
        "parts": parts,
    }
    packed.writestr(MANIFEST, json.dumps(manifest, indent=1))
    rows = sum(int(str(part["rows"])) for part in parts.values())
    return BackupResult(path, len(parts) - len(digests), rows, len(digests))


def stored_columns(table: SchemaTable) -> list[str]:
    """The columns of *table* that hold something of their own; what the database computes is left out."""
    return [column.name for column in table.columns if column.computed is None]


def _write_table(session: Session, table: SchemaTable, packed: zipfile.ZipFile, name: str) -> dict[str, object]:
    names = stored_columns(table)
    statement = select(*(table.c[each] for each in names)).order_by(*table.primary_key.columns)
    with packed.open(name, "w", force_zip64=True) as into:
        part = _Part(into)
        result = session.execute(statement.execution_options(yield_per=_ROWS_AT_ONCE))
        for row in result:
            part.write(_line(row))
            part.lines += 1
    return part.described()


def _line(row: Iterable[Any]) -> bytes:
    values = [_plain(value) for value in row]
    return json.dumps(values, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def _plain(value: Any) -> Any:
    """*value* as JSON; the type of its column says how it is read again."""
    match value:
        case bytes() | memoryview():
            return base64.b64encode(bytes(value)).decode()
        case datetime() | date():
            return value.isoformat()
        case PartialDate():
            return str(value)
        case Enum():
            return value.value
        case _:
            return value


def _write_file(files: AttachedFiles, digest: str, packed: zipfile.ZipFile, name: str) -> dict[str, object]:
    # Spectra compress, photographs do not: neither is worth the time.
    entry = zipfile.ZipInfo(name)
    with packed.open(entry, "w", force_zip64=True) as into:
        part = _Part(into)
        for piece in files.read(digest):
            part.write(piece)
    described = part.described()
    if described["sha256"] != digest:
        raise NotReady(
            _("The attached file %(digest)s is damaged on the disk; the backup was not made.") % {"digest": digest}
        )
    return described
