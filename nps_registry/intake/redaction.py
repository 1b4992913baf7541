"""Redaction: an administrator's decision that a second person agrees to, with the audit chain left whole.

The audit trail never held what a report says, only digests and states; so nothing in it has to change.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime

from nps_registry.errors import Conflict
from nps_registry.intake.receive import publish
from nps_registry.intake.review import Asked
from nps_registry.intake.standing import Taken, Why, keep_steps, lock, require_act, require_reasons, told_of, topic_of
from nps_registry.localisation import gettext as _
from nps_registry.store import outbox, review
from nps_registry.store import redaction as stored
from nps_registry.store.engine import Session
from nps_registry.store.tables import Proposal, Report, ReportRevision
from nps_registry.vocabulary.report import ReportState, RevisionCause
from nps_registry.vocabulary.review import Act, ProposalKind


def propose_redaction(session: Session, asked: Asked, why: Why) -> Report:
    """An administrator asks for a report to be redacted; nothing is taken away yet.

    Raises:
        InvalidInput: no reason.
        NotFound, NotPermitted, Conflict: as :func:`lock` and :func:`require_act` say.
    """
    report = lock(session, asked.report, asked.viewer, asked.revision)
    require_act(session, report, asked.viewer, Act.PROPOSE_REDACTION)
    why = require_reasons(why, _("Say why the report has to be redacted, without repeating what it says."))
    before = told_of(report)
    report.revision += 1
    session.add(report)
    session.flush()
    review.end_proposals(session, [report.id], asked.viewer.actor, datetime.now(UTC))
    session.add(
        Proposal(
            kind=ProposalKind.REDACT,
            report_id=report.id,
            revision=report.revision,
            reason=why.reason,
            made_by=asked.viewer.actor,
        )
    )
    keep_steps(session, asked.viewer.actor, [Taken(report, Act.PROPOSE_REDACTION, before, why)])
    publish(session)
    return report


def redact(session: Session, asked: Asked) -> Report:
    """A second person agrees: payloads, free text and contents give way to a tombstone, files are to be deleted.

    Raises:
        Conflict: nobody proposed it, the report changed since, or the same person proposed it.
        NotFound, NotPermitted: as :func:`lock` and :func:`require_act` say.
    """
    report = lock(session, asked.report, asked.viewer, asked.revision)
    require_act(session, report, asked.viewer, Act.REDACT)
    proposal = review.open_proposal(session, ProposalKind.REDACT, report=report)
    if proposal is None:
        raise Conflict(_("An administrator has to propose the redaction first; a change of the report voids that."))
    if proposal.made_by == asked.viewer.actor:
        raise Conflict(_("You proposed this yourself: another person than you has to agree."))
    before, now = told_of(report), datetime.now(UTC)
    tombstone = {"redacted_at": now.isoformat(), "decision": proposal.id, "payload_digest": report.payload_digest}
    report.revision += 1
    report.state = ReportState.REDACTED
    stored.redact(session, report, json.dumps({"tombstone": tombstone}), now)
    session.add(
        ReportRevision(
            report_id=report.id,
            revision=report.revision,
            cause=RevisionCause.REDACTED,
            payload_digest=report.payload_digest,
            made_by=asked.viewer.actor,
            made_at=now,
        )
    )
    session.flush()
    review.end_proposals(session, [report.id], asked.viewer.actor, now)
    keep_steps(session, asked.viewer.actor, [Taken(report, Act.REDACT, before)])
    files = stored.redacted_files(session, [report.id])
    outbox.add(session, topic_of(Act.REDACT), [{"report_id": report.id, "files": files}])
    publish(session)
    return report
