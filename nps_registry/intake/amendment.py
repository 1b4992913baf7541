"""A report said again, or taken back: history stays, and the public face follows."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from pydantic import ValidationError

from nps_registry.errors import Conflict, FieldError, InvalidInput, field_of, sum_up
from nps_registry.intake.idempotency import digest_of
from nps_registry.intake.receipt import Told, receipt_of
from nps_registry.intake.receive import Receipt, publish, standing_of
from nps_registry.intake.rows import Ledger, Standing, Understood, event_row, identifications
from nps_registry.intake.standing import Taken, Why, changed_meanwhile, keep_steps, told_of, topic_of
from nps_registry.intake.statement import statement_of
from nps_registry.intake.submission import Submission
from nps_registry.intake.understanding import Desk, Readings, Sender, understand
from nps_registry.localisation import gettext as _
from nps_registry.store import accounts, novelty, outbox, review
from nps_registry.store import reports as stored
from nps_registry.store.engine import Session
from nps_registry.store.tables import Report, ReportRevision
from nps_registry.store.viewer import Viewer
from nps_registry.vocabulary.report import ReportState, RevisionCause, Sharing
from nps_registry.vocabulary.review import ENDED, Act

_UNDER_QUESTION = frozenset({ReportState.QUERIED, ReportState.RETURNED})
"""States in which a reviewer found something: what the laboratory says now goes back to review, whoever it is."""


def read_submission(value: Any, *, context: dict[str, bool] | None = None) -> Submission:
    """The submission in a JSON value; *context* says where it came from, if that was not JSON.

    Raises:
        InvalidInput: with every field at fault.
    """
    try:
        return Submission.model_validate(value, context=context)
    except ValidationError as error:
        errors = [field_of(fault["loc"], fault) for fault in error.errors()]
        raise InvalidInput(sum_up(errors), errors=errors) from None


def merge_patch(target: Any, patch: Any) -> Any:
    """JSON Merge Patch (RFC 7396): objects merge, null removes, everything else replaces."""
    if not isinstance(patch, dict):
        return patch
    merged = dict(target) if isinstance(target, dict) else {}
    for key, value in patch.items():
        if value is None:
            merged.pop(key, None)
        else:
            merged[key] = merge_patch(merged.get(key), value)
    return merged


def require_revision(session: Session, report: Report, viewer: Viewer, expected: int | None) -> None:
    """Refuse to write over what somebody else wrote meanwhile.

    Raises:
        Conflict: the report has another revision than the caller read, or has ended.
    """
    if report.state in ENDED:
        raise Conflict(_("This report is %(state)s and cannot be changed.") % {"state": report.state.label.lower()})
    if expected is not None and expected != report.revision:
        raise changed_meanwhile(session, report, expected, viewer)


def amend(
    session: Session, desk: Desk, sender: Sender, report_id: str, patch: Any, *, expected_revision: int | None = None
) -> Receipt:
    """Apply a merge patch to what the report says and answer a fresh receipt.

    Raises:
        Conflict: written meanwhile by somebody else, withdrawn or redacted.
        InvalidInput: the report would not be valid any more; nothing is changed.
    """
    report = stored.lock_report(session, report_id)
    require_revision(session, report, sender.viewer, expected_revision)
    if not isinstance(patch, dict):
        raise InvalidInput(_("A change is a JSON object with the fields to change."))
    value = merge_patch(statement_of(session, report), patch)
    submission = read_submission(value)
    if submission.own_reference != report.own_reference:
        raise InvalidInput(
            _("own_reference cannot be changed."), errors=[FieldError("own_reference", _("cannot be changed"))]
        )
    meaning = understand(session, desk, sender.viewer, [submission], Readings())
    places, own = [submission.event.country], [report.id]
    seen = novelty.seen(session, meaning.substance_ids, sender.viewer, places, excluding_report_ids=own)
    waives = accounts.country_waives_release(session, sender.organisation.country)
    standing = standing_of(
        desk,
        sender,
        meaning.understood[0],
        datetime.now(UTC),
        waives_release=waives,
        may_accept=report.state not in _UNDER_QUESTION,
    )
    before_told, previous = told_of(report), report.payload
    _restate(report, submission, standing, value)
    _rewrite(session, report, submission, meaning.understood[0], previous)
    _tell(session, sender, Taken(report, Act.AMEND, before_told))
    publish(session)
    told = Told(desk.index, meaning.novel, seen, desk.comparison_limit_s)
    row = {name: getattr(report, name) for name in ("id", "reference", "state", "sharing", "demonstration")}
    return receipt_of(submission, row, meaning.understood[0], told)


def _restate(report: Report, submission: Submission, standing: Standing, value: Any) -> None:
    """Put what is said now, and where that makes the report stand, on the report itself."""
    report.revision += 1
    report.payload, report.payload_digest = json.dumps(value, ensure_ascii=False), digest_of(value)
    report.sharing, report.note = submission.sharing, submission.note
    report.hold_until, report.legal_hold = submission.hold_until, submission.legal_hold
    released = standing.state in {ReportState.RELEASED, ReportState.ACCEPTED}
    is_news = standing.state is ReportState.ACCEPTED and submission.sharing is Sharing.PUBLIC
    if is_news and report.accepted_at is not None and report.published_at is None:
        report.published_at = standing.at
    report.state = standing.state
    report.reference = report.reference or standing.reference
    report.released_at = (report.released_at or standing.at) if released else None
    report.accepted_at = (report.accepted_at or standing.at) if standing.state is ReportState.ACCEPTED else None


def _rewrite(
    session: Session, report: Report, submission: Submission, understood: Sequence[Understood], previous: str
) -> None:
    """Replace items and detections; the revision before keeps its payload."""
    ledger = Ledger()
    ledger.enter_contents(submission, understood, report.id)
    stored.replace_contents(session, report, event_row(submission.event), ledger.rows)
    stored.keep_payload_of_revision(session, report.id, report.revision - 1, previous)
    revision = ReportRevision(
        report_id=report.id,
        revision=report.revision,
        cause=RevisionCause.AMENDED,
        payload_digest=report.payload_digest,
        identifications=identifications(understood),
        made_by=report.submitted_by,
    )
    session.add_all([report, revision])
    session.flush()


def _tell(session: Session, sender: Sender, taken: Taken) -> None:
    report, actor = taken.report, sender.viewer.actor
    review.end_proposals(session, [report.id], actor, datetime.now(UTC))
    keep_steps(session, actor, [taken])
    outbox.add(session, topic_of(taken.act), [{"report_id": report.id, "revision": report.revision}])


def withdraw(
    session: Session, sender: Sender, report_id: str, reason: str, *, expected_revision: int | None = None
) -> Report:
    """Take a report back with a reason; it counts no longer, and its history stays.

    Raises:
        Conflict: written meanwhile by somebody else, or withdrawn already.
        InvalidInput: no reason.
    """
    if not reason.strip():
        message = _("Say why the report is withdrawn.")
        raise InvalidInput(message, errors=[FieldError("reason", message)])
    report = stored.lock_report(session, report_id)
    require_revision(session, report, sender.viewer, expected_revision)
    before = told_of(report)
    now = datetime.now(UTC)
    report.state, report.withdrawn_at, report.withdrawal_reason = ReportState.WITHDRAWN, now, reason.strip()
    report.revision += 1
    revision = ReportRevision(
        report_id=report.id,
        revision=report.revision,
        cause=RevisionCause.WITHDRAWN,
        reason=report.withdrawal_reason,
        payload_digest=report.payload_digest,
        made_by=sender.viewer.actor,
    )
    session.add_all([report, revision])
    session.flush()
    _tell(session, sender, Taken(report, Act.WITHDRAW, before, Why(report.withdrawal_reason)))
    publish(session)
    return report
