"""Who may do what to a report, and that nobody writes over what somebody else wrote meanwhile."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime

from nps_registry.errors import Conflict, FieldError, InvalidInput, NotPermitted
from nps_registry.intake.history import find, steps_with_names
from nps_registry.localisation import gettext as _
from nps_registry.store import accounts, audit, review
from nps_registry.store import reports as stored
from nps_registry.store.audit import AuditEntry
from nps_registry.store.engine import Session
from nps_registry.store.tables import Report, ReviewStep
from nps_registry.store.viewer import Viewer
from nps_registry.vocabulary.report import ReportState, Role
from nps_registry.vocabulary.review import DIAGRAM, ENDED, Act, Party, is_arrow


@dataclass(frozen=True, slots=True)
class Why:
    """The reasons of a step.

    Attributes:
        fields: reasons per field, named by its path (``items[0].detections[1].structure``).
    """

    reason: str = ""
    fields: tuple[FieldError, ...] = ()

    @property
    def digest(self) -> str:
        """SHA-256 of the words; the audit trail keeps this, since words must be able to go with a redaction."""
        words = "\n".join([self.reason, *(f"{each.field}: {each.message}" for each in self.fields)])
        return hashlib.sha256(words.encode()).hexdigest() if words.strip() else ""


NO_REASON = Why()


def lock(session: Session, id_or_reference: str, viewer: Viewer, expected_revision: int | None) -> Report:
    """The report as it is now, where *viewer* may see it, kept from other writers until the transaction ends.

    Raises:
        NotFound: there is none that the viewer may see.
        Conflict: it has another revision than the caller read; the errors tell what was done meanwhile.
    """
    report = stored.lock_report(session, find(session, id_or_reference, viewer).id)
    if expected_revision is not None and expected_revision != report.revision:
        raise changed_meanwhile(session, report, expected_revision, viewer)
    return report


def changed_meanwhile(session: Session, report: Report, expected: int, viewer: Viewer) -> Conflict:
    """The refusal of somebody who read an earlier revision, with what was done since."""
    errors = [
        FieldError("revision", _tell(step, who))
        for step, who in steps_with_names(session, report, viewer)
        if step.revision > expected
    ]
    sentence = _("The report is at revision %(now)d, not %(expected)d: read it again. It is now: %(state)s.") % {
        "now": report.revision,
        "expected": expected,
        "state": report.state.label,
    }
    return Conflict(sentence, errors=errors)


def _tell(step: ReviewStep, who: str) -> str:
    told = {
        "revision": step.revision,
        "act": step.act.label,
        "who": who,
        "at": step.made_at.strftime("%Y-%m-%d %H:%M UTC"),
    }
    return _("Revision %(revision)d: %(act)s by %(who)s, %(at)s.") % told


def parties_of(session: Session, report: Report, viewer: Viewer) -> set[Party]:
    """As what *viewer* stands to *report*."""
    parties: set[Party] = set()
    if viewer.organisation_id is not None and viewer.organisation_id == report.organisation_id:
        parties.add(Party.LABORATORY)
    if viewer.role is Role.FOCAL_POINT and viewer.country is not None:
        country = review.country_of_report(session, report.id)
        if country == viewer.country and not accounts.country_waives_release(session, country):
            parties.add(Party.FOCAL_POINT)
    if viewer.role is Role.CURATOR:
        parties.add(Party.CURATOR)
    if viewer.role is Role.ADMINISTRATOR:
        parties.add(Party.ADMINISTRATOR)
    return parties


def acts_open_to(session: Session, report: Report, viewer: Viewer) -> set[Act]:
    """What *viewer* may do to *report* as it stands."""
    parties = parties_of(session, report, viewer)
    return {act for act, arrow in DIAGRAM.items() if report.state in arrow.sources and arrow.by & parties}


def require_act(session: Session, report: Report, viewer: Viewer, act: Act) -> None:
    """Refuse what *viewer* may not do, or what cannot be done to a report that stands where this one does.

    Raises:
        NotPermitted: others do this.
        Conflict: the diagram has no such step from here.
    """
    arrow = DIAGRAM[act]
    if not arrow.by & parties_of(session, report, viewer):
        whom = ", ".join(party.label for party in Party if party in arrow.by)
        raise NotPermitted(_("This is not yours to do; it is done by: %(whom)s.") % {"whom": whom})
    if report.state in arrow.sources:
        return
    if report.state in ENDED:
        raise Conflict(_("This report is %(state)s and cannot be changed.") % {"state": report.state.label.lower()})
    possible = ", ".join(state.label.lower() for state in ReportState if state in arrow.sources)
    raise Conflict(
        _("The report is %(state)s; for this it has to be: %(possible)s.")
        % {"state": report.state.label.lower(), "possible": possible}
    )


def told_of(report: Report) -> dict[str, object]:
    """What the audit trail keeps of a report: nothing that a redaction would have to take away."""
    return {
        "state": report.state.value,
        "sharing": report.sharing.value,
        "payload_digest": report.payload_digest,
        "revision": report.revision,
    }


@dataclass(frozen=True, slots=True)
class Taken:
    """A step that was taken: what the report was, and what it is."""

    report: Report
    act: Act
    before: dict[str, object]
    why: Why = NO_REASON

    @property
    def from_state(self) -> ReportState:
        """Where the report stood."""
        return ReportState(str(self.before["state"]))


def keep_steps(session: Session, actor: str, taken: Collection[Taken]) -> None:
    """Keep each step with its report and in the audit trail; one that the diagram lacks is a defect and fails."""
    now = datetime.now(UTC)
    steps: list[ReviewStep] = []
    entries: list[AuditEntry] = []
    for each in taken:
        assert is_arrow(each.act, each.from_state, each.report.state), (each.act, each.from_state, each.report.state)
        steps.append(
            ReviewStep(
                report_id=each.report.id,
                from_state=each.from_state,
                to_state=each.report.state,
                act=each.act,
                revision=each.report.revision,
                made_by=actor,
                made_at=now,
                reason=each.why.reason,
                field_reasons=[{"field": error.field, "message": error.message} for error in each.why.fields],
            )
        )
        after = told_of(each.report) | ({"reason_digest": each.why.digest} if each.why.digest else {})
        entries.append(AuditEntry(actor, _ACTION[each.act], "report", each.report.id, each.before, after))
    review.add_steps(session, steps)
    audit.append(session, entries)


_ACTION: dict[Act, str] = {
    Act.RELEASE: "report.released",
    Act.QUERY: "report.queried",
    Act.ANSWER: "report.answered",
    Act.PROPOSE: "report.acceptance_proposed",
    Act.ACCEPT: "report.accepted",
    Act.RETURN: "report.returned",
    Act.SHARE: "report.shared",
    Act.AMEND: "report.amended",
    Act.REIDENTIFY: "report.reidentified",
    Act.WITHDRAW: "report.withdrawn",
    Act.PROPOSE_REDACTION: "report.redaction_proposed",
    Act.REDACT: "report.redacted",
}


def topic_of(act: Act) -> str:
    """The outbox topic of *act*."""
    return _ACTION[act]


def require_reasons(why: Why, sentence: str, *, most: int = 4_000) -> Why:
    """*why* without empty words.

    Raises:
        InvalidInput: no words at all, saying *sentence*; or too many.
    """
    fields = tuple(error for error in why.fields if error.message.strip())
    plain = Why(why.reason.strip(), fields)
    if not plain.reason and not fields:
        raise InvalidInput(sentence, errors=[FieldError("reason", sentence)])
    if max(len(words) for words in [plain.reason, *(error.message for error in fields)]) > most or len(fields) > 200:
        told = _("Reasons have at most %(most)d characters each.") % {"most": most}
        raise InvalidInput(told, errors=[FieldError("reason", told)])
    return plain
