"""A backup put back: every part compared with its digest before the first row is written."""

from __future__ import annotations

import base64
import hashlib
import json
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import DateTime, LargeBinary, delete, func, insert, select, text
from sqlalchemy import Table as SchemaTable

from nps_registry.errors import Conflict, InvalidInput, NotReady
from nps_registry.localisation import gettext as _
from nps_registry.store import audit, schema
from nps_registry.store.attached_files import AttachedFiles
from nps_registry.store.backup import FORMAT, MANIFEST, stored_columns
from nps_registry.store.columns import Instant, PartialDay
from nps_registry.store.engine import Engine, Session, is_sqlite, reading, writing
from nps_registry.store.tables import Table
from nps_registry.vocabulary.partial_date import PartialDate

_ROWS_AT_ONCE = 2_000
_PIECE_BYTES = 1 << 20
_DAMAGED = (zipfile.BadZipFile, zipfile.LargeZipFile, EOFError, NotImplementedError, RuntimeError, OSError, ValueError)


@dataclass(frozen=True, slots=True)
class RestoreResult:
    """What was put back."""

    tables: int
    rows: int
    files: int


def restore_backup(
    engine: Engine,
    files: AttachedFiles,
    path: Path,
    *,
    overwrite: bool = False,
    progress: Callable[[str], None] = lambda _part: None,
) -> RestoreResult:
    """Put the backup at *path* into the database, whose tables are made where they are missing.

    All rows are written in one transaction: a restore that stops leaves the database as it was. Attached files are
    written before it, each under its digest, where they harm nobody.

    Raises:
        InvalidInput: it is no backup, of another version, or a part is damaged; the sentence says which.
        Conflict: the registry is not empty, and *overwrite* is not wished.
        NotReady: the database cannot be reached.
    """
    with _opened(path) as packed:
        manifest = _read_manifest(packed, path)
        _verify_parts(packed, manifest, path, progress)
        schema.upgrade(engine)
        with reading(engine) as session:
            if not overwrite and not _is_empty(session):
                raise Conflict(
                    _("The registry is not empty; restore with --overwrite to lose what it holds, or into another one.")
                )
        digests = [name.removeprefix("attachments/") for name in manifest["parts"] if name.startswith("attachments/")]
        for digest in digests:
            files.keep(packed.read(f"attachments/{digest}"))
        with writing(engine) as session:
            rows = _write_tables(session, packed, progress)
            _verify_audit(session, manifest)
    return RestoreResult(len(manifest["parts"]) - len(digests), rows, len(digests))


def _opened(path: Path) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(path)
    except FileNotFoundError:
        raise InvalidInput(_("There is no backup %(path)s.") % {"path": path}) from None
    except _DAMAGED:
        raise InvalidInput(_("%(path)s is no backup, or its end is missing.") % {"path": path}) from None


def _read_manifest(packed: zipfile.ZipFile, path: Path) -> dict[str, Any]:
    try:
        manifest: dict[str, Any] = json.loads(packed.read(MANIFEST))
        known = manifest["format"] == FORMAT and isinstance(manifest["parts"], dict)
        revision = str(manifest["schema_revision"])
    except (KeyError, TypeError, *_DAMAGED):
        raise InvalidInput(_("The manifest of the backup %(path)s is missing or damaged.") % {"path": path}) from None
    if not known or revision != schema.head():
        raise InvalidInput(
            _("The backup is of revision %(revision)s and this version works on %(own)s: restore it with version "
              "%(version)s, then upgrade.")
            % {"revision": revision, "own": schema.head(), "version": manifest.get("registry_version")}
        )  # fmt: skip
    return manifest


def _verify_parts(
    packed: zipfile.ZipFile, manifest: dict[str, Any], path: Path, progress: Callable[[str], None]
) -> None:
    there = set(packed.namelist()) - {MANIFEST}
    for name in sorted(there ^ manifest["parts"].keys()):
        raise InvalidInput(_("The backup %(path)s is damaged: the part %(part)s is missing or too much.")
                           % {"path": path, "part": name})  # fmt: skip
    for name, described in manifest["parts"].items():
        progress(name)
        if _digest_of(packed, name) != described["sha256"]:
            raise InvalidInput(
                _("The backup %(path)s is damaged: the part %(part)s is not what was written. Nothing was restored.")
                % {"path": path, "part": name}
            )


def _digest_of(packed: zipfile.ZipFile, name: str) -> str:
    """The SHA-256 of a part; empty where it cannot be read."""
    digest = hashlib.sha256()
    try:
        with packed.open(name) as part:
            while piece := part.read(_PIECE_BYTES):
                digest.update(piece)
    except (*_DAMAGED, zlib.error):
        return ""
    return digest.hexdigest()


def _is_empty(session: Session) -> bool:
    """Whether no table holds a row; a fresh registry has none either."""
    return all(session.scalar(select(func.count()).select_from(table)) == 0 for table in Table.metadata.sorted_tables)


def _write_tables(session: Session, packed: zipfile.ZipFile, progress: Callable[[str], None]) -> int:
    connection = session.connection()
    for table in reversed(Table.metadata.sorted_tables):
        connection.execute(delete(table))
    rows = 0
    for table in Table.metadata.sorted_tables:
        progress(table.name)
        rows += _write_table(session, packed, table)
    return rows


def _write_table(session: Session, packed: zipfile.ZipFile, table: SchemaTable) -> int:
    connection, names, count = session.connection(), stored_columns(table), 0
    own = [name for name in names if any(key.column.table is table for key in table.c[name].foreign_keys)]
    linked: list[dict[str, Any]] = []
    with packed.open(f"tables/{table.name}.jsonl") as lines:
        rows = (_read_row(table, names, line) for line in lines)
        while chunk := list(islice(rows, _ROWS_AT_ONCE)):
            # Rows that refer to a row of their own table come behind the one that they refer to.
            linked += [row for row in chunk if any(row[name] is not None for name in own)]
            free = [row for row in chunk if all(row[name] is None for name in own)]
            if free:
                connection.execute(insert(table), free)
            count += len(chunk)
    while linked:
        waiting = {row["id"] for row in linked}
        ready = [row for row in linked if not any(row[name] in waiting for name in own)]
        if not ready:
            raise NotReady(_("The backup's table %(table)s refers to itself in a circle.") % {"table": table.name})
        connection.execute(insert(table), ready)
        linked = [row for row in linked if any(row[name] in waiting for name in own)]
    _go_on_counting(session, table)
    return count


def _read_row(table: SchemaTable, names: list[str], line: bytes) -> dict[str, Any]:
    return {name: _read(table.c[name].type, value) for name, value in zip(names, json.loads(line), strict=True)}


def _read(kind: object, value: Any) -> Any:
    if value is None:
        return None
    if isinstance(kind, (Instant, DateTime)):
        return datetime.fromisoformat(value)
    if isinstance(kind, PartialDay):
        return PartialDate.read(value)
    if isinstance(kind, LargeBinary):
        return base64.b64decode(value)
    return value


def _go_on_counting(session: Session, table: SchemaTable) -> None:
    """Have PostgreSQL give numbers behind those that were restored."""
    column = table.autoincrement_column
    if is_sqlite(session) or column is None:
        return
    sequence = session.scalar(text("SELECT pg_get_serial_sequence(:name, :column)"),
                              {"name": f'"{table.name}"', "column": column.name})  # fmt: skip
    if sequence is not None:
        highest = session.scalar(select(func.max(column)))
        session.execute(
            text("SELECT setval(CAST(:sequence AS regclass), :highest, :used)"),
            {"sequence": sequence, "highest": highest or 1, "used": highest is not None},
        )


def _verify_audit(session: Session, manifest: dict[str, Any]) -> None:
    """Refuse to end with an audit trail that does not hold.

    Raises:
        NotReady: naming the entry; nothing is restored.
    """
    kept = manifest["audit"]
    broken = audit.verify(session, (int(kept["sequence"]), str(kept["digest"])) if kept["sequence"] else None)
    if broken is not None:
        raise NotReady(
            _("The audit trail of the backup breaks at entry %(sequence)d: it %(reason)s. Nothing was restored.")
            % {"sequence": broken.sequence, "reason": broken.reason}
        )
