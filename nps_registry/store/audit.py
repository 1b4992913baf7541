"""The audit trail: who did what to what and when, each entry sealed with the one before it.

The digest of an entry is SHA-256 over canonical JSON (RFC 8785 for the values that occur here: sorted
keys, no spaces, UTF-8) of all its fields and the digest before. Changing, removing or slipping in
an entry breaks the chain from there on; :func:`verify` says where.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import and_, or_, select
from sqlmodel import col

from nps_registry.store.bulk import insert_rows
from nps_registry.store.engine import Session, take_turn
from nps_registry.store.tables import AuditEvent

_CANONICAL = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
NO_DIGEST = "0" * 64
"""What the first entry has for the digest before it."""


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One act, as it is to be written down. *before* and *after* hold JSON values only."""

    actor: str
    action: str
    subject_kind: str
    subject_id: str
    before: dict[str, object] | None = None
    after: dict[str, object] | None = None


@dataclass(frozen=True, slots=True)
class Break:
    """Where the chain does not hold: the sequence number, and why."""

    sequence: int
    reason: str


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """Which entries are asked for; what is empty leaves all. *since* is included, *until* is not."""

    actor: str = ""
    action: str = ""
    subject_kind: str = ""
    subject_id: str = ""
    since: datetime | None = None
    until: datetime | None = None


def append(session: Session, entries: Sequence[AuditEntry]) -> None:
    """Write *entries* behind the last one; waits for other transactions that do so."""
    take_turn(session)
    sequence, previous = newest(session)
    at, rows = datetime.now(UTC), []
    for entry in entries:
        sequence += 1
        row = _seal(entry, sequence, at, previous)
        rows.append(row)
        previous = str(row["digest"])
    insert_rows(session, AuditEvent, rows)


def verify(session: Session, kept: tuple[int, str] | None = None) -> Break | None:
    """Check every entry from the first on; answers the first break, none where the chain holds.

    The chain alone cannot show that its last entries were cut off or all were written anew: *kept*, what
    :func:`newest` answered earlier and somebody kept elsewhere (a backup does), shows that too.
    """
    previous = NO_DIGEST
    statement = select(AuditEvent).order_by(col(AuditEvent.sequence))
    for sequence, event in enumerate(session.scalars(statement.execution_options(yield_per=1_000)), start=1):
        if event.sequence != sequence:
            return Break(sequence, "missing")
        if event.previous_digest != previous:
            return Break(sequence, "does not follow the entry before it")
        if event.digest != _digest(event):
            return Break(sequence, "was changed")
        previous = event.digest
        if kept is not None and sequence == kept[0] and previous != kept[1]:
            return Break(sequence, "is not the entry that was kept elsewhere")
    return _cut_off(session, kept)


def newest(session: Session) -> tuple[int, str]:
    """Sequence number and digest of the last entry, to be kept elsewhere; 0 and zeros where there is none."""
    last = select(col(AuditEvent.sequence), col(AuditEvent.digest)).order_by(col(AuditEvent.sequence).desc())
    found = session.execute(last.limit(1)).first()
    return (found[0], found[1]) if found else (0, NO_DIGEST)


def history_of(session: Session, subject_kind: str, subject_id: str) -> list[AuditEvent]:
    """All that was done to one subject, oldest first."""
    of_subject = select(AuditEvent).where(
        col(AuditEvent.subject_kind) == subject_kind, col(AuditEvent.subject_id) == subject_id
    )
    return list(session.scalars(of_subject.order_by(col(AuditEvent.sequence))))


def search(session: Session, question: AuditFilter, *, before: int | None, limit: int) -> list[AuditEvent]:
    """Entries that *question* leaves, newest first, from below the sequence number *before* on."""
    statement = select(AuditEvent).order_by(col(AuditEvent.sequence).desc()).limit(limit)
    for column, wanted in (
        (AuditEvent.actor, question.actor),
        (AuditEvent.action, question.action),
        (AuditEvent.subject_kind, question.subject_kind),
        (AuditEvent.subject_id, question.subject_id),
    ):
        if wanted:
            statement = statement.where(col(column) == wanted)
    if question.since is not None:
        statement = statement.where(col(AuditEvent.at) >= question.since)
    if question.until is not None:
        statement = statement.where(col(AuditEvent.at) < question.until)
    if before is not None:
        statement = statement.where(col(AuditEvent.sequence) < before)
    return list(session.scalars(statement))


def newest_about_person(session: Session, person_id: str, limit: int) -> list[AuditEvent]:
    """The last that was done by a person or to their account, newest first."""
    by_person = col(AuditEvent.actor) == f"person:{person_id}"
    to_person = and_(col(AuditEvent.subject_kind) == "person", col(AuditEvent.subject_id) == person_id)
    statement = select(AuditEvent).where(or_(by_person, to_person)).order_by(col(AuditEvent.sequence).desc())
    return list(session.scalars(statement.limit(limit)))


def _cut_off(session: Session, kept: tuple[int, str] | None) -> Break | None:
    if kept is None or newest(session)[0] >= kept[0]:
        return None
    return Break(kept[0], "missing")


def _seal(entry: AuditEntry, sequence: int, at: datetime, previous: str) -> dict[str, object]:
    """The row of *entry*, with its digest."""
    row: dict[str, object] = {
        "sequence": sequence,
        "at": at,
        "actor": entry.actor,
        "action": entry.action,
        "subject_kind": entry.subject_kind,
        "subject_id": entry.subject_id,
        "before": entry.before,
        "after": entry.after,
        "previous_digest": previous,
    }
    fields = {
        "sequence": sequence,
        "at": at.astimezone(UTC).isoformat(timespec="microseconds"),
        "actor": entry.actor,
        "action": entry.action,
        "subject": [entry.subject_kind, entry.subject_id],
        "before": entry.before,
        "after": entry.after,
        "previous": previous,
    }
    row["digest"] = hashlib.sha256(_CANONICAL.encode(fields).encode()).hexdigest()
    return row


def _digest(event: AuditEvent) -> object:
    """The digest that *event* must have."""
    entry = AuditEntry(event.actor, event.action, event.subject_kind, event.subject_id, event.before, event.after)
    return _seal(entry, event.sequence, event.at, event.previous_digest)["digest"]
