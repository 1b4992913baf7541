"""From a message of the outbox to one delivery per subscriber who asked for it and may be told."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from nps_registry.notices.criteria import Criteria, gates_of, matches, read_criteria
from nps_registry.notices.entitlement import is_history, rule
from nps_registry.search.watching import PatternWatch, read_bits, resembles
from nps_registry.store import deliveries, notices, outbox, subscriptions
from nps_registry.store.engine import Engine, Session, reading, writing
from nps_registry.store.notices import Subject, SubstanceFacts
from nps_registry.store.tables import Notice, OutboxMessage, Subscription
from nps_registry.vocabulary.notice import (
    CORRECTIONS,
    UNTOLD,
    Change,
    Channel,
    DeliveryState,
    Frequency,
    NoticeKind,
)

SIGNAL_TOPIC, ADVISORY_TOPIC, LOOK_BACK_TOPIC = "notice.signal", "notice.advisory", "notice.look_back"
TOPICS = (SIGNAL_TOPIC, ADVISORY_TOPIC, LOOK_BACK_TOPIC)
LEASE = timedelta(minutes=10)
DIGEST_HOUR = 6
"""Hour of the day, UTC, at which daily digests leave."""

_AT_ONCE = 20
_MOST_ATTEMPTS = 8


@dataclass(slots=True)
class FanOut:
    """One that turns messages into deliveries, under a name of its own."""

    engine: Engine
    patterns: PatternWatch
    name: str = field(default_factory=lambda: secrets.token_hex(8))

    def run(self) -> int:
        """Work off all that waits; answers how many messages that were."""
        done = 0
        for topic in TOPICS:
            while claimed := self._claim(topic):
                for message in claimed:
                    self._spread(message)
                done += len(claimed)
        return done

    def _claim(self, topic: str) -> list[OutboxMessage]:
        at = datetime.now(UTC)
        with reading(self.engine) as session:
            if not outbox.is_any_due(session, [topic], at):
                return []
        with writing(self.engine) as session:
            return outbox.claim(session, topic, self.name, at=at, lease=LEASE, limit=_AT_ONCE)

    def _spread(self, message: OutboxMessage) -> None:
        """Make the deliveries of one message, and settle it in the same transaction."""
        at = datetime.now(UTC)
        if message.attempts > _MOST_ATTEMPTS:  # it ended every worker that took it up
            with writing(self.engine) as session:
                outbox.park(session, message.id, self.name, "taken up many times and never finished")
            return
        notice = read_notice(message)
        with reading(self.engine) as session:
            subject = notices.read_subject(session, notice) if notice else None
            wanted = self._find_wanted(session, notice, subject, at) if notice and subject else []
        with writing(self.engine) as session:
            if not outbox.is_held(session, message.id, self.name):
                return
            if notice is not None and subject is not None and not notices.is_known(session, notice.id):
                # Who unsubscribed since is not told; what was decided by reading holds for the others.
                living = subscriptions.keep_in_force(session, [each.id for each in wanted])
                deliveries.add(session, notice, [delivery_row(each, at) for each in wanted if each.id in living])
            outbox.settle(session, message.id, self.name, at, message.content)

    def _find_wanted(self, session: Session, notice: Notice, subject: Subject, at: datetime) -> list[Subscription]:
        if notice.change in UNTOLD or (notice.change not in CORRECTIONS and is_history(subject, at.date())):
            return []
        if notice.change in CORRECTIONS:
            told = subscriptions.by_ids(session, notices.subscriptions_told_of(session, notice))
            return [told[each] for each in sorted(told)]
        opened = subscriptions.opened_by(session, gates_of(subject))
        readers = subscriptions.readers(session, opened, at)
        found: list[Subscription] = []
        rulings: dict[object, bool] = {}
        for subscription in opened:
            viewer = readers.get(subscription.id)
            key = viewer and (viewer.role, viewer.organisation_id, viewer.country)
            if key not in rulings:  # most subscribers are visitors: one answer does for all of them
                rulings[key] = rule(session, notice, subject, viewer, subscription.id).goes
            if rulings[key] and self._matches(subscription, subject):
                found.append(subscription)
        return found

    def _matches(self, subscription: Subscription, subject: Subject) -> bool:
        criteria = read_criteria(subscription.criteria)

        def has_structure(substance: SubstanceFacts) -> bool:
            return self._has_structure(subscription, criteria, substance)

        return matches(criteria, subject, has_structure)

    def _has_structure(self, subscription: Subscription, criteria: Criteria, substance: SubstanceFacts) -> bool:
        if not substance.fingerprint:
            return False
        if criteria.structure:
            if subscription.recipe == substance.recipe:
                bits, other = subscription.fingerprint, substance.fingerprint
            else:  # one of the two was made by an earlier version
                bits, other = read_bits(criteria.structure), read_bits(substance.smiles)
            if not resembles(bits, other, criteria.threshold):
                return False
        return not criteria.pattern or self.patterns.contains(
            substance.smiles, substance.pattern_fingerprint, criteria.pattern
        )


def read_notice(message: OutboxMessage) -> Notice | None:
    """The notice of a message of the outbox; none where its content says nothing that is known here."""
    told = message.content
    change = str(told.get("change", ""))
    if change not in set(Change):
        return None
    notice = Notice(id=message.id, kind=NoticeKind.SIGNAL, change=Change(change), made_at=message.created_at)
    if message.topic == SIGNAL_TOPIC:
        notice.signal_id = str(told["signal"])
    elif message.topic == ADVISORY_TOPIC:
        notice.kind, notice.advisory_id = NoticeKind.ADVISORY, str(told["advisory"])
        notice.revision = int(str(told.get("revision", 0)))
    else:
        notice.kind, notice.organisation_id = NoticeKind.LOOK_BACK, str(told["organisation"])
        notice.substance_id = int(str(told["substance"]))
    return notice


def delivery_row(subscription: Subscription, at: datetime) -> dict[str, object]:
    """The row of a delivery to *subscription* made at *at*, without its notice."""
    row: dict[str, object] = {"subscription_id": subscription.id, "channel": subscription.channel, "available_at": at}
    if subscription.channel is Channel.FEED:  # it is read, not sent
        return row | {"state": DeliveryState.SENT, "ended_at": at}
    if subscription.channel is Channel.EMAIL and subscription.frequency is Frequency.DAILY:
        row["available_at"] = next_digest(at)
    return row


def next_digest(at: datetime) -> datetime:
    """When the next daily digest after *at* leaves."""
    today = at.replace(hour=DIGEST_HOUR, minute=0, second=0, microsecond=0)
    return today if at < today else today + timedelta(days=1)
