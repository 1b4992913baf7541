"""What curators make of a signal: assess, escalate or dismiss it, with a reason that stays.

Two curators cannot overwrite each other: who read an earlier revision is refused and told what was done meanwhile.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from nps_registry.errors import Conflict, FieldError, InvalidInput, NotFound, NotPermitted
from nps_registry.localisation import gettext as _
from nps_registry.store import audit, changes, outbox, review
from nps_registry.store import signals as stored
from nps_registry.store.audit import AuditEntry
from nps_registry.store.engine import Session
from nps_registry.store.signal_rows import TOPIC
from nps_registry.store.signals import SignalRow
from nps_registry.store.tables import Signal, SignalStep
from nps_registry.store.viewer import Viewer
from nps_registry.store.visibility import REVIEWERS
from nps_registry.vocabulary.signal import SignalAct, SignalState

MOST_WORDS = 4_000
_LEADS_TO = {
    SignalAct.ASSESSED: SignalState.ASSESSED,
    SignalAct.ESCALATED: SignalState.ESCALATED,
    SignalAct.DISMISSED: SignalState.DISMISSED,
}
_FROM = {
    SignalAct.ASSESSED: frozenset({SignalState.OPEN, SignalState.DISMISSED, SignalState.ESCALATED}),
    SignalAct.ESCALATED: frozenset({SignalState.ASSESSED}),
    SignalAct.DISMISSED: frozenset({SignalState.OPEN, SignalState.ASSESSED, SignalState.ESCALATED}),
}
"""What was dismissed or escalated by mistake is assessed anew; nobody escalates what nobody assessed."""
CURATOR_ACTS = tuple(_LEADS_TO)


@dataclass(frozen=True, slots=True)
class Judged:
    """Which signal an act is for, as which revision it was read, and by whom."""

    signal_id: str
    viewer: Viewer
    revision: int | None = None


@dataclass(frozen=True, slots=True)
class ToldStep:
    """One line of a signal's history; *who* is empty where a rule did it."""

    step: SignalStep
    who: str


def find(session: Session, signal_id: str, viewer: Viewer) -> SignalRow:
    """The signal with this id.

    Raises:
        NotFound: there is none that *viewer* may see.
    """
    row = stored.find(session, signal_id, viewer) if len(signal_id) <= 36 else None
    if row is None:
        raise NotFound(_("There is no signal “%(id)s” that you may see.") % {"id": signal_id[:40]})
    return row


def acts_open_to(signal: Signal, viewer: Viewer) -> list[SignalAct]:
    """What *viewer* may make of *signal* as it stands."""
    if viewer.role not in REVIEWERS:
        return []
    return [act for act in CURATOR_ACTS if signal.state in _FROM[act]]


def judge(session: Session, judged: Judged, act: SignalAct, reason: str) -> SignalRow:
    """Let a curator *act* on a signal, for a *reason*.

    Raises:
        NotPermitted: the viewer is no curator.
        NotFound: there is no such signal.
        InvalidInput: no reason, or too long a one.
        Conflict: somebody acted since it was read, or the act does not lead on from where the signal stands.
    """
    if judged.viewer.role not in REVIEWERS:
        raise NotPermitted(_("Signals are assessed by curators."))
    words = _require_reason(reason)
    row = find(session, judged.signal_id, judged.viewer)
    signal = stored.lock(session, row.signal.id)
    if judged.revision is not None and judged.revision != signal.revision:
        raise _changed_meanwhile(session, signal, judged.revision)
    if signal.state not in _FROM[act]:
        raise Conflict(
            _("The signal is %(state)s; for this it has to be: %(possible)s.")
            % {
                "state": signal.state.label.lower(),
                "possible": ", ".join(state.label.lower() for state in SignalState if state in _FROM[act]),
            }
        )
    before = {"state": signal.state.value, "revision": signal.revision}
    signal.state = _LEADS_TO[act]
    signal.revision += 1
    session.add_all([signal, _step(signal, act, words, judged.viewer)])
    session.flush()
    # As with reports, the trail keeps a digest of the words, which may have to go one day.
    digest = hashlib.sha256(words.encode()).hexdigest()
    after = {"state": signal.state.value, "revision": signal.revision, "reason_digest": digest}
    audit.append(session, [AuditEntry(judged.viewer.actor, f"signal.{act.value}", "signal", signal.id, before, after)])
    outbox.add(session, TOPIC, [{"signal": signal.id, "change": act.value}])
    if signal.public:
        changes.touch(session)
    return replace(row, signal=signal)


def history_of(session: Session, signal: Signal, viewer: Viewer) -> list[ToldStep]:
    """What happened to *signal*; only reviewers read who did it and why, and what was before it was last raised.

    Until then it stood on reports that nobody but reviewers may know of any more.
    """
    steps = stored.steps_of(session, signal.id)
    if viewer.role not in REVIEWERS:
        raised = max((number for number, step in enumerate(steps, 1) if step.act is SignalAct.RAISED), default=0)
        steps = steps[raised:]
        return [ToldStep(SignalStep(**step.model_dump(exclude={"reason", "made_by"})), "") for step in steps]
    names = review.names_of_actors(session, {step.made_by for step in steps if step.made_by})
    return [ToldStep(step, names.get(step.made_by, step.made_by)) for step in steps]


def _step(signal: Signal, act: SignalAct, reason: str, viewer: Viewer) -> SignalStep:
    return SignalStep(
        signal_id=signal.id,
        act=act,
        state=signal.state,
        revision=signal.revision,
        reason=reason,
        made_by=viewer.actor,
        made_at=datetime.now(UTC),
    )


def _require_reason(reason: str) -> str:
    words = reason.strip()
    if not words:
        sentence = _("Say why.")
        raise InvalidInput(sentence, errors=[FieldError("reason", sentence)])
    if len(words) > MOST_WORDS:
        sentence = _("Reasons have at most %(most)d characters each.") % {"most": MOST_WORDS}
        raise InvalidInput(sentence, errors=[FieldError("reason", sentence)])
    return words


def _changed_meanwhile(session: Session, signal: Signal, expected: int) -> Conflict:
    steps = [step for step in stored.steps_of(session, signal.id) if step.revision > expected and step.made_by]
    names = review.names_of_actors(session, {step.made_by for step in steps})
    errors = [
        FieldError(
            "revision",
            _("Revision %(revision)d: %(act)s by %(who)s, %(at)s.")
            % {
                "revision": step.revision,
                "act": step.act.label,
                "who": names.get(step.made_by, step.made_by),
                "at": step.made_at.strftime("%Y-%m-%d %H:%M UTC"),
            },
        )
        for step in steps
    ]
    sentence = _("The signal is at revision %(now)d, not %(expected)d: read it again. It is now: %(state)s.") % {
        "now": signal.revision,
        "expected": expected,
        "state": signal.state.label,
    }
    return Conflict(sentence, errors=errors)
