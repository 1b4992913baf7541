"""Rows that are reports already, read again: what a curator answered since, and what the registry learnt since.

Only what was identified changes. The laboratory's row and its words stay, the event stays, the revision
before keeps what it said, and a report that somebody else has changed meanwhile is left alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from nps_registry.intake.receive import publish, standing_of
from nps_registry.intake.rows import Ledger, Understood, detection_row, identifications
from nps_registry.intake.standing import topic_of
from nps_registry.intake.steps import Working
from nps_registry.intake.submission import Submission
from nps_registry.intake.understanding import Desk, Readings, Sender, understand
from nps_registry.store import accounts, audit, imported, outbox, recipients, substances
from nps_registry.store import reports as stored
from nps_registry.store.audit import AuditEntry
from nps_registry.store.engine import Session
from nps_registry.store.imported import DetectionFacts, Held
from nps_registry.store.tables import ReportRevision
from nps_registry.vocabulary.report import ReportState, RevisionCause
from nps_registry.vocabulary.review import Act

REASON = "The laboratory's table was read again."
# What a detection says; how it was matched follows from these, and the wording of notes may change with a version.
_SAID = (
    "substance_id", "match", "reported_as", "name_given", "structure_given", "stereo_given", "chemical_class",
    "candidates", "candidate_ids", "unidentified", "role", "result", "mz", "adduct", "ppm",
)  # fmt: skip
_ENDED = frozenset({ReportState.WITHDRAWN, ReportState.REDACTED})


@dataclass(frozen=True, slots=True)
class Reread:
    """A row read again: the report that it is, and what it says now."""

    held: Held
    submission: Submission
    workings: Sequence[Working]


@dataclass(frozen=True, slots=True)
class Answered:
    """What reading rows again did: what each says now, and which reports were identified anew."""

    understood: Sequence[Sequence[Understood]]
    changed: Sequence[str]
    accepted: Sequence[str]


def may_be_reread(held: Held) -> bool:
    """Whether the report still says what its row said, and nobody but the import has had a hand in it."""
    return held.state not in _ENDED and not held.touched and held.payload_digest == held.first_digest


def reread(session: Session, desk: Desk, sender: Sender, rows: Sequence[Reread], readings: Readings) -> Answered:
    """Identify *rows* anew and write those that say something else now; counts and firsts follow.

    A report of a trusted laboratory that waited for a person only because of a name that is answered now
    is accepted, as it would have been on arrival; one that was accepted stays so.
    """
    meaning = understand(
        session,
        desk,
        sender.viewer,
        [row.submission for row in rows],
        readings,
        worked=[row.workings for row in rows],
    )
    said = imported.detections_of(session, [row.held.report_id for row in rows], _SAID)
    changed = [
        (row, understood)
        for row, understood in zip(rows, meaning.understood, strict=True)
        if _facts(said[row.held.report_id]) != _facts([detection_row(entry, "", "", 0) for entry in understood])
    ]
    told = _messages(session, changed, said) if changed else []  # to those who could read them as they were
    accepted = _write(session, desk, sender, changed) if changed else []
    outbox.add(session, topic_of(Act.REIDENTIFY), told)
    return Answered(meaning.understood, [row.held.report_id for row, _entries in changed], accepted)


def _messages(
    session: Session,
    changed: Sequence[tuple[Reread, Sequence[Understood]]],
    said: Mapping[str, Sequence[DetectionFacts]],
) -> list[dict[str, object]]:
    """Word for everybody who could read the reports, as after a correction by hand; ``now`` where that is one entry."""
    ids = [row.held.report_id for row, _entries in changed]
    before = {each: {fact["substance_id"] for fact in said[each]} - {None} for each in ids}
    known = substances.by_ids(session, {int(str(found)) for each in before.values() for found in each})
    contents: dict[str, dict[str, object]] = {}
    for row, entries in changed:
        was = {known[int(str(found))].accession for found in before[row.held.report_id]}
        now = {entry.substance.accession for entry in entries if entry.substance is not None}
        fresh = now - was or now
        one = next(iter(fresh)) if len(fresh) == 1 else None
        contents[row.held.report_id] = {"previous": sorted(was - now), "now": one}
    audience = recipients.of_reports(session, list(stored.lock_reports(session, ids).values()))
    return audience.messages(contents)


def _facts(detections: Sequence[DetectionFacts]) -> list[tuple[object, ...]]:
    """What *detections* say; how a substance was recognised is no part of it, that it was not is."""
    return [
        tuple(
            None if name == "match" and detection["substance_id"] is not None else _plain(detection[name])
            for name in _SAID
        )
        for detection in detections
    ]


def _plain(value: object) -> object:
    return tuple(value) if isinstance(value, list) else value


def _write(
    session: Session, desk: Desk, sender: Sender, changed: Sequence[tuple[Reread, Sequence[Understood]]]
) -> list[str]:
    """Put what is identified now in the place of what was; answer the reports accepted by it."""
    ledger, now = Ledger(), datetime.now(UTC)
    waives = accounts.country_waives_release(session, sender.organisation.country)
    restated: dict[str, dict[str, object]] = {}
    for row, understood in changed:
        standing = standing_of(desk, sender, understood, now, waives_release=waives)
        accepts = row.held.state is ReportState.SUBMITTED and standing.state is ReportState.ACCEPTED
        restated[row.held.report_id] = (
            {"state": standing.state, "reference": standing.reference, "released_at": now, "accepted_at": now}
            if accepts
            else {}
        )
        ledger.enter_contents(row.submission, understood, row.held.report_id)
    imported.replace_items(session, restated, ledger.rows)
    stored.insert_rows(session, ReportRevision, [_revision(sender, row, entries, now) for row, entries in changed])
    audit.append(session, [_audit_entry(sender, row, restated[row.held.report_id]) for row, _entries in changed])
    publish(session)
    return [report_id for report_id, changes in restated.items() if changes]


def _revision(sender: Sender, row: Reread, understood: Sequence[Understood], now: datetime) -> dict[str, object]:
    return {
        "report_id": row.held.report_id,
        "revision": row.held.revision + 1,
        "cause": RevisionCause.REIDENTIFIED,
        "reason": REASON,
        "payload": "",
        "payload_digest": row.held.payload_digest,
        "identifications": identifications(understood),
        "made_by": sender.viewer.actor,
        "made_at": now,
    }


def _audit_entry(sender: Sender, row: Reread, changes: Mapping[str, object]) -> AuditEntry:
    before: dict[str, object] = {"state": row.held.state.value, "revision": row.held.revision}
    after = {"state": str(changes.get("state", row.held.state)), "revision": row.held.revision + 1, "reason": REASON}
    return AuditEntry(sender.viewer.actor, "report.reidentified", "report", row.held.report_id, before, after)
