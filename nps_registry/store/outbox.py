"""What is to be told to others, written in the transaction that makes it true, and delivered at least once.

Who delivers claims messages with a lease. A lease that runs out, because its holder was killed or cannot reach the
database, gives the message to the next one; so a message may arrive twice, and none is lost.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, exists, func, or_, select, update
from sqlmodel import col

from nps_registry.store.bulk import delete_rows, insert_rows
from nps_registry.store.engine import Session
from nps_registry.store.tables import OutboxMessage


def add(session: Session, topic: str, contents: Sequence[dict[str, object]]) -> None:
    """Put one message per content under *topic*; they exist if and only if the transaction commits."""
    insert_rows(session, OutboxMessage, [{"topic": topic, "content": content} for content in contents])


def list_ids(session: Session, topic: str) -> set[str]:
    """The messages under *topic*, delivered or not."""
    return set(session.scalars(select(col(OutboxMessage.id)).where(col(OutboxMessage.topic) == topic)))


def drop(session: Session, message_ids: Collection[str]) -> None:
    """Let nobody be told of these, which this transaction put there."""
    delete_rows(session, OutboxMessage, ("id",), [(each,) for each in message_ids])


def claim(
    session: Session, topic: str, holder: str, *, at: datetime, lease: timedelta, limit: int
) -> list[OutboxMessage]:
    """Take up to *limit* waiting messages of *topic* for *holder*, the oldest first, and count the attempt.

    Several may claim at once: nobody waits for another, and no message goes to two while its lease lasts.
    """
    waiting = (
        select(OutboxMessage)
        .where(col(OutboxMessage.topic) == topic, *_due(at))
        .order_by(col(OutboxMessage.available_at), col(OutboxMessage.id))
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    session.connection()  # on SQLite this takes the write lock, so that nobody claims between reading and writing
    claimed = list(session.scalars(waiting))
    for message in claimed:
        message.leased_by, message.leased_until = holder, at + lease
        message.attempts += 1
    session.flush()
    return claimed


def _due(at: datetime) -> tuple[ColumnElement[bool], ...]:
    return (
        col(OutboxMessage.delivered_at).is_(None),
        col(OutboxMessage.parked_reason) == "",
        col(OutboxMessage.available_at) <= at,
        or_(col(OutboxMessage.leased_until).is_(None), col(OutboxMessage.leased_until) <= at),
    )


def is_held(session: Session, message_id: str, holder: str) -> bool:
    """Whether *holder* has the lease of a message still; if so nobody takes it until the transaction ends."""
    session.connection()
    own = select(col(OutboxMessage.id)).where(
        col(OutboxMessage.id) == message_id, col(OutboxMessage.leased_by) == holder
    )
    waiting = own.where(col(OutboxMessage.delivered_at).is_(None)).with_for_update()
    return session.scalar(waiting) is not None


def is_any_due(session: Session, topics: Collection[str], at: datetime) -> bool:
    """Whether a message of *topics* waits to be claimed; it locks nothing."""
    return bool(session.scalar(select(exists().where(col(OutboxMessage.topic).in_(topics), *_due(at)))))


def settle(session: Session, message_id: str, holder: str, at: datetime, content: dict[str, object]) -> None:
    """Mark a message as delivered; *content*, what may be kept of it, takes the place of what was sent."""
    _release(session, message_id, holder, delivered_at=at, content=content)


def postpone(session: Session, message_id: str, holder: str, until: datetime) -> None:
    """Let a message that could not be delivered wait until then."""
    _release(session, message_id, holder, available_at=until)


def park(session: Session, message_id: str, holder: str, reason: str) -> None:
    """Give a message up, and say why; a person looks at it."""
    _release(session, message_id, holder, parked_reason=reason)


def count_waiting(session: Session, topic: str) -> int:
    """Messages of *topic* that are neither delivered nor given up."""
    waiting = select(func.count()).where(
        col(OutboxMessage.topic) == topic,
        col(OutboxMessage.delivered_at).is_(None),
        col(OutboxMessage.parked_reason) == "",
    )
    return session.scalar(waiting) or 0


def count_parked(session: Session, topic: str) -> int:
    """Messages of *topic* that were given up."""
    parked = select(func.count()).where(col(OutboxMessage.topic) == topic, col(OutboxMessage.parked_reason) != "")
    return session.scalar(parked) or 0


def _release(session: Session, message_id: str, holder: str, **values: object) -> None:
    """End the lease of *holder*; whoever lost it meanwhile changes nothing."""
    own = update(OutboxMessage).where(col(OutboxMessage.id) == message_id, col(OutboxMessage.leased_by) == holder)
    session.execute(own.values(leased_by="", leased_until=None, **values))
