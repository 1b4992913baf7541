"""The review: the focal point releases facts and sharing, the curator accepts the chemistry.

Each function takes one step of the diagram (:mod:`nps_registry.vocabulary.review`) in the caller's transaction: it
locks the report, refuses what may not be done, writes the state, the step and the audit entry, and lets counts,
firsts and queue follow. Every step raises the report's revision, so whoever read an earlier one is refused.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from nps_registry.errors import Conflict, FieldError, InvalidInput
from nps_registry.intake.receive import publish
from nps_registry.intake.standing import (
    NO_REASON,
    Taken,
    Why,
    keep_steps,
    lock,
    parties_of,
    require_act,
    require_reasons,
    told_of,
    topic_of,
)
from nps_registry.localisation import gettext as _
from nps_registry.store import accounts, outbox, review
from nps_registry.store.engine import Session
from nps_registry.store.tables import Proposal, Report
from nps_registry.store.viewer import Viewer
from nps_registry.vocabulary.reference import REPORT_PREFIX, mint_reference
from nps_registry.vocabulary.report import ReportState, Sharing
from nps_registry.vocabulary.review import Act, Party, ProposalKind


@dataclass(frozen=True, slots=True)
class Terms:
    """Who may see a report, and from when."""

    sharing: Sharing
    hold_until: datetime | None = None
    legal_hold: bool = False

    @classmethod
    def of(cls, report: Report) -> Terms:
        """The terms of *report* as it stands."""
        return cls(report.sharing, report.hold_until, report.legal_hold)


@dataclass(frozen=True, slots=True)
class Asked:
    """Which report a step is for, as which revision it was read, and by whom."""

    report: str
    viewer: Viewer
    revision: int | None = None


def release(session: Session, asked: Asked, terms: Terms | None = None, why: Why = NO_REASON) -> Report:
    """The focal point confirms the facts, and with *terms* decides who may see them.

    Raises:
        NotFound, NotPermitted, Conflict: as :func:`lock` and :func:`require_act` say.
    """
    report, before = _begin(session, asked, Act.RELEASE)
    if terms is not None:
        _put_terms(report, terms)
    report.state, report.released_at = ReportState.RELEASED, datetime.now(UTC)
    return _finish(session, asked, Taken(report, Act.RELEASE, before, why))


def query(session: Session, asked: Asked, why: Why) -> Report:
    """Ask the laboratory something.

    Raises:
        InvalidInput: no question.
        NotFound, NotPermitted, Conflict: as :func:`lock` and :func:`require_act` say.
    """
    report, before = _begin(session, asked, Act.QUERY)
    why = require_reasons(why, _("Write the question to the laboratory."))
    report.state, report.released_at = ReportState.QUERIED, None
    return _finish(session, asked, Taken(report, Act.QUERY, before, why))


def answer(session: Session, asked: Asked, why: Why) -> Report:
    """The laboratory answers a question in words; to correct what the report says, it amends it.

    Raises:
        InvalidInput: no answer.
        NotFound, NotPermitted, Conflict: as :func:`lock` and :func:`require_act` say.
    """
    report, before = _begin(session, asked, Act.ANSWER)
    why = require_reasons(why, _("Write the answer."))
    waives = accounts.country_waives_release(session, review.country_of_report(session, report.id))
    report.state = ReportState.RELEASED if waives else ReportState.SUBMITTED
    report.released_at = datetime.now(UTC) if waives else None
    return _finish(session, asked, Taken(report, Act.ANSWER, before, why))


def accept(session: Session, asked: Asked, why: Why = NO_REASON) -> Report:
    """A curator confirms the chemistry. The first public report of a substance takes two of them.

    The first of the two leaves the report released, with a proposal that another person has to agree to.

    Raises:
        Conflict: the first reviewer of a world-first accepts it a second time; and as :func:`lock` says.
        NotFound, NotPermitted: as :func:`lock` and :func:`require_act` say.
    """
    report, before = _begin(session, asked, Act.ACCEPT)
    proposal = review.open_proposal(session, ProposalKind.ACCEPT, report=report)
    if is_unreviewed_first(session, report) and (proposal is None or proposal.made_by == asked.viewer.actor):
        if proposal is not None:
            raise Conflict(
                _("This is the first public report of a substance: another person than you has to accept it too.")
            )
        propose_acceptance(session, report.id, report.revision + 1, asked.viewer, why.reason)
        return _finish(session, asked, Taken(report, Act.PROPOSE, before, why), keeps_proposals=True)
    mark_accepted(report)
    return _finish(session, asked, Taken(report, Act.ACCEPT, before, why))


def send_back(session: Session, asked: Asked, why: Why) -> Report:
    """Return a report to its laboratory, with reasons for the whole or per field.

    Raises:
        InvalidInput: no reason.
        NotFound, NotPermitted, Conflict: as :func:`lock` and :func:`require_act` say.
    """
    report, before = _begin(session, asked, Act.RETURN)
    why = require_reasons(why, _("Say what has to be corrected, for the whole report or per field."))
    report.state, report.released_at = ReportState.RETURNED, None
    return _finish(session, asked, Taken(report, Act.RETURN, before, why))


def share(session: Session, asked: Asked, terms: Terms, why: Why = NO_REASON) -> Report:
    """Change who may see a report, and from when. Laboratory and focal point do; a curator may only hold it.

    Raises:
        InvalidInput: a curator changes more than the hold.
        NotFound, NotPermitted, Conflict: as :func:`lock` and :func:`require_act` say.
    """
    report, before = _begin(session, asked, Act.SHARE)
    if terms.sharing is not report.sharing and not _decides_sharing(session, report, asked.viewer):
        sentence = _("Who may see a report is decided by its laboratory and its focal point; you can hold it.")
        raise InvalidInput(sentence, errors=[FieldError("sharing", sentence)])
    was_public = report.sharing is Sharing.PUBLIC
    _put_terms(report, terms)
    if report.state is ReportState.ACCEPTED and report.sharing is Sharing.PUBLIC and not was_public:
        if is_unreviewed_first(session, report):
            put_back_to_review(report)
        else:
            report.published_at = report.published_at or datetime.now(UTC)
    return _finish(session, asked, Taken(report, Act.SHARE, before, why))


def _decides_sharing(session: Session, report: Report, viewer: Viewer) -> bool:
    return bool(parties_of(session, report, viewer) - {Party.CURATOR})


def is_unreviewed_first(session: Session, report: Report) -> bool:
    """Whether *report*, shared in public, would be the first public event of a substance."""
    return report.sharing is Sharing.PUBLIC and bool(review.would_be_first(session, [report.id]))


def mark_accepted(report: Report) -> None:
    """Let *report* be accepted from now on."""
    report.state, report.accepted_at = ReportState.ACCEPTED, datetime.now(UTC)
    report.reference = report.reference or mint_reference(REPORT_PREFIX)


def put_back_to_review(report: Report) -> None:
    """Let an accepted report wait for reviewers again: it would be a first that nobody looked at as one."""
    report.state, report.accepted_at = ReportState.RELEASED, None


def propose_acceptance(session: Session, report_id: str, revision: int, viewer: Viewer, reason: str = "") -> None:
    """Keep that *viewer* has accepted a report as the first of two; holds as long as it stays at *revision*."""
    session.add(
        Proposal(kind=ProposalKind.ACCEPT, report_id=report_id, revision=revision, reason=reason, made_by=viewer.actor)
    )


def _begin(session: Session, asked: Asked, act: Act) -> tuple[Report, dict[str, object]]:
    report = lock(session, asked.report, asked.viewer, asked.revision)
    require_act(session, report, asked.viewer, act)
    return report, told_of(report)


def _put_terms(report: Report, terms: Terms) -> None:
    report.sharing, report.hold_until, report.legal_hold = terms.sharing, terms.hold_until, terms.legal_hold


def _finish(session: Session, asked: Asked, taken: Taken, *, keeps_proposals: bool = False) -> Report:
    report = taken.report
    report.revision += 1
    session.add(report)
    session.flush()
    if not keeps_proposals:
        review.end_proposals(session, [report.id], asked.viewer.actor, datetime.now(UTC))
    keep_steps(session, asked.viewer.actor, [taken])
    outbox.add(session, topic_of(taken.act), [{"report_id": report.id, "revision": report.revision}])
    publish(session)
    return report
