"""Whether a subscriber may be told of something, asked again at every delivery."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from nps_registry.store import notices, signals
from nps_registry.store.advisories import may_read
from nps_registry.store.engine import Session
from nps_registry.store.notices import Subject
from nps_registry.store.tables import Notice
from nps_registry.store.viewer import Viewer
from nps_registry.vocabulary.notice import CORRECTIONS, DeliveryState, NoticeKind
from nps_registry.vocabulary.signal import AdvisoryState, SignalState, TrafficLight

HISTORY = timedelta(days=365)
"""A signal whose quarter ended longer ago is history, and nobody is told of it as news."""

_STANDING = (AdvisoryState.PUBLISHED, AdvisoryState.UPDATED)
_OPENLY = (TrafficLight.CLEAR, TrafficLight.GREEN)


@dataclass(frozen=True, slots=True)
class Ruling:
    """Whether a notice may go to a subscriber, now.

    Attributes:
        waits: what it would take back is itself still on its way, so it comes later.
        openly: whether the message may say what it is about; else it says only that something waits.
        reason: why it may not.
    """

    goes: bool
    openly: bool = False
    waits: bool = False
    reason: str = ""


_LOST = Ruling(goes=False, reason="no longer entitled")
_STALE = Ruling(goes=False, reason="no longer so")
_NOTHING = Ruling(goes=False, reason="nothing to take back")


def rule(
    session: Session, notice: Notice, subject: Subject | None, viewer: Viewer | None, subscription_id: str
) -> Ruling:
    """Whether *notice* on *subject* may go to *viewer*, who stands behind the subscription *subscription_id*.

    *viewer* is none where nobody does any longer: the role was removed, the account or the token ended.
    """
    if viewer is None or subject is None:
        return _LOST
    if notice.kind is NoticeKind.TEST:
        return Ruling(goes=True, openly=True)
    if notice.kind is NoticeKind.LOOK_BACK:
        of_laboratory = viewer.organisation_id is not None and viewer.organisation_id == notice.organisation_id
        return Ruling(goes=True) if of_laboratory else _LOST
    if notice.change in CORRECTIONS:
        return _rule_correction(session, notice, subject, viewer, subscription_id)
    if not stands(subject):
        return _STALE
    return Ruling(goes=True, openly=is_open(subject)) if may_know(session, subject, viewer) else _LOST


def _rule_correction(
    session: Session, notice: Notice, subject: Subject, viewer: Viewer, subscription_id: str
) -> Ruling:
    """Who was told is told that it holds no longer, and no more than they knew; not where it holds again by now."""
    may_read = may_know(session, subject, viewer)
    if may_read and stands(subject):
        return _STALE
    told = notices.told_of(session, subscription_id, notice)
    if told is DeliveryState.WAITING:
        return Ruling(goes=False, waits=True)
    if told is None:
        return _NOTHING
    return Ruling(goes=True, openly=is_open(subject) and may_read)


def stands(subject: Subject) -> bool:
    """Whether what is told is still so."""
    if subject.signal is not None:
        return not subject.signal.retracted and subject.signal.state is not SignalState.DISMISSED
    return subject.advisory is not None and subject.advisory.state in _STANDING


def may_know(session: Session, subject: Subject, viewer: Viewer) -> bool:
    """Whether *viewer* may know of the signal or advisory, by the rule of each."""
    if subject.signal is not None:
        return signals.may_see(session, subject.signal.id, viewer)
    return subject.advisory is not None and may_read(subject.advisory, viewer)


def is_open(subject: Subject) -> bool:
    """Whether a message may say what it is about: mail and webhooks pass through the hands of others."""
    if subject.signal is not None:
        return subject.signal.public
    return subject.advisory is not None and subject.advisory.audience in _OPENLY


def is_history(subject: Subject, today: date) -> bool:
    """Whether a signal lies too far back to be news."""
    if subject.signal is None:
        return False
    year, quarter = subject.signal.year, subject.signal.quarter or 4
    following = date(year + 1, 1, 1) if quarter == 4 else date(year, quarter * 3 + 1, 1)
    return following + HISTORY <= today
