"""A laboratory's submissions from arrival to receipt, one or thousands: one pass down, one up.

Everything happens in the caller's transaction. Nothing is half-written: a refusal is raised before
the first row, and the caller commits before the answer leaves.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime

from nps_registry.intake.receipt import Told, receipt_of
from nps_registry.intake.rows import Arrival, Ledger, Row, Standing, Understood
from nps_registry.intake.steps import Working
from nps_registry.intake.submission import Submission
from nps_registry.intake.understanding import Desk, Readings, Sender, understand
from nps_registry.signals import following
from nps_registry.signals.following import Followed
from nps_registry.store import accounts, audit, changes, novelty, outbox, review_queue, signals
from nps_registry.store import reports as stored
from nps_registry.store.audit import AuditEntry
from nps_registry.store.counts import as_counted
from nps_registry.store.engine import Session
from nps_registry.store.marks import Marked, read_marked
from nps_registry.store.tables import Report
from nps_registry.vocabulary.reference import REPORT_PREFIX, mint_reference
from nps_registry.vocabulary.report import ReportState

Receipt = dict[str, object]
__all__ = ["Desk", "Readings", "Receipt", "Sender", "arrival_of", "publish", "receive", "standing_of"]


def arrival_of(body: bytes, text: str) -> Arrival:
    """How a single submission came in."""
    return Arrival(payload=text, payload_digest=hashlib.sha256(body).hexdigest())


def receive(
    session: Session,
    desk: Desk,
    sender: Sender,
    submissions: Sequence[tuple[Submission, Arrival]],
    *,
    readings: Readings | None = None,
    worked: Sequence[Sequence[Working]] | None = None,
    analogues: bool = True,
) -> list[Receipt]:
    """Keep *submissions* and answer a receipt for each, in order.

    *worked* are the detections of each, where the caller has taken them through the steps already. Without
    *analogues* the receipts leave out what each structure resembles, which nobody reads of thousands.

    Raises:
        InvalidInput: a submission that cannot be kept; nothing of any of them is.
    """
    parts = [submission for submission, _arrival in submissions]
    meaning = understand(session, desk, sender.viewer, parts, readings or Readings(), worked=worked)
    seen = novelty.seen(session, meaning.substance_ids, sender.viewer, {part.event.country for part in parts})
    reports = _write(session, desk, sender, submissions, meaning.understood)
    raised = publish(session, arrived=[Marked.of_new(report) for report in reports]).signals.raised
    ids = [str(report["id"]) for report in reports]
    watched = signals.raised_on_reports(session, raised, ids, sender.viewer) if raised else {}
    told = Told(desk.index, meaning.novel, seen, desk.comparison_limit_s if analogues else None, watched)
    return [
        receipt_of(submission, report, entries, told)
        for submission, report, entries in zip(parts, reports, meaning.understood, strict=True)
    ]


def standing_of(
    desk: Desk,
    sender: Sender,
    understood: Sequence[Understood],
    now: datetime,
    *,
    waives_release: bool,
    may_accept: bool = True,
) -> Standing:
    """Where a report stands on arrival: accepted at once where the organisation is trusted and nothing is odd.

    *waives_release* says whether the sender's country has no release by its focal point; without *may_accept*
    the report waits for its reviewers in any case.
    """
    problem = any(entry.has_problem for entry in understood)
    state, reference = ReportState.SUBMITTED, None
    if may_accept and sender.organisation.accept_on_arrival and not problem:
        state, reference = ReportState.ACCEPTED, mint_reference(REPORT_PREFIX)
    elif waives_release:
        state = ReportState.RELEASED
    return Standing(sender.organisation.id, sender.viewer.actor, state, reference, now, desk.demonstration)


def _write(
    session: Session,
    desk: Desk,
    sender: Sender,
    submissions: Sequence[tuple[Submission, Arrival]],
    understood: Sequence[Sequence[Understood]],
) -> list[Row]:
    ledger, reports, now = Ledger(), [], datetime.now(UTC)
    waives = accounts.country_waives_release(session, sender.organisation.country)
    for (submission, arrival), entries in zip(submissions, understood, strict=True):
        standing = standing_of(desk, sender, entries, arrival.received_at or now, waives_release=waives)
        reports.append(ledger.enter(submission, entries, arrival, standing))
    ledger.rows[Report] = [{**report, **as_counted(report, now)} for report in reports]
    for table, rows in ledger.rows.items():
        stored.insert_rows(session, table, rows)
    audit.append(session, [_audit_entry(sender, report) for report in reports])
    outbox.add(session, "report.received", [{"report_id": report["id"]} for report in reports])
    return reports


def _audit_entry(sender: Sender, report: Row) -> AuditEntry:
    after = {
        "state": str(report["state"]),
        "sharing": str(report["sharing"]),
        "payload_digest": str(report["payload_digest"]),
        "revision": report["revision"],
    }
    return AuditEntry(sender.viewer.actor, "report.submitted", "report", str(report["id"]), None, after)


def publish(session: Session, now: datetime | None = None, arrived: Sequence[Marked] = ()) -> Followed:
    """Bring queue, public counts and signals up to date with what this transaction changed, and tell the index.

    *now* is the instant up to which holds have ended; *arrived* are new reports, whose rows bear no mark.
    """
    changed = read_marked(session)
    review_queue.drop_settled(session, changed)
    marked = [*changed, *arrived]
    followed = following.follow(session, now, marked)
    review_queue.follow(session, marked, followed.moved)
    if followed.moved or followed.signals.public:
        changes.touch(session, followed.moved)
    return followed
