"""Deliveries of notices: made once per subscriber and notice, claimed with a lease, settled, tried again, given up.

As with the outbox, a lease that runs out gives the delivery to the next worker; so a notice may arrive twice, under one
name, and none is lost.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, exists, func, or_, select, update
from sqlmodel import col

from nps_registry.store.batches import in_batches
from nps_registry.store.bulk import insert_rows
from nps_registry.store.engine import Session
from nps_registry.store.tables import Delivery, Notice, Subscription
from nps_registry.store.tables.base import random_id
from nps_registry.vocabulary.notice import Channel, DeliveryState, Frequency

_KEPT = 50


def add(session: Session, notice: Notice, rows: Sequence[dict[str, object]]) -> None:
    """Keep *notice* with its deliveries; they exist if and only if the transaction commits."""
    session.add(notice)
    session.flush()
    insert_rows(session, Delivery, [{**row, "notice_id": notice.id} for row in rows])


def is_any_due(session: Session, channels: Collection[Channel], at: datetime) -> bool:
    """Whether there is something to deliver now; it locks nothing."""
    return bool(session.scalar(select(exists().where(_due(channels, at)))))


def claim(
    session: Session, holder: str, channels: Collection[Channel], *, at: datetime, lease: timedelta, limit: int
) -> dict[str, list[Delivery]]:
    """Take about *limit* deliveries that are due for *holder*, by the letter that they travel in.

    A letter is claimed whole: with those that it had at an earlier attempt, and for a daily digest with all that is
    due for its subscriber. Several may claim at once, and no delivery goes to two while its lease lasts.
    """
    session.connection()  # on SQLite this takes the write lock, so that nobody claims between reading and writing
    wanted = (
        select(Delivery, col(Subscription.frequency))
        .join(Subscription, col(Subscription.id) == col(Delivery.subscription_id))
        .where(_due(channels, at))
        .order_by(col(Delivery.available_at), col(Delivery.id))
        .with_for_update(skip_locked=True, of=Delivery)
    )
    first = [(row[0], row[1]) for row in session.execute(wanted.limit(limit))]
    letters = {delivery.letter for delivery, _frequency in first if delivery.letter}
    daily = {delivery.subscription_id for delivery, frequency in first if frequency is Frequency.DAILY}
    fresh_of_daily = and_(col(Delivery.subscription_id).in_(daily), col(Delivery.letter) == "")
    taken = {delivery.id for delivery, _frequency in first}
    rest = session.execute(wanted.where(or_(col(Delivery.letter).in_(letters), fresh_of_daily)))
    claimed = first + [(row[0], row[1]) for row in rest if row[0].id not in taken]
    fresh = {subscription_id: random_id() for subscription_id in daily}
    found: dict[str, list[Delivery]] = {}
    for delivery, frequency in claimed:
        if not delivery.letter:
            delivery.letter = fresh[delivery.subscription_id] if frequency is Frequency.DAILY else delivery.id
        delivery.leased_by, delivery.leased_until = holder, at + lease
        delivery.attempts += 1
        found.setdefault(delivery.letter, []).append(delivery)
    session.flush()
    return found


def _due(channels: Collection[Channel], at: datetime) -> ColumnElement[bool]:
    return and_(
        col(Delivery.state) == DeliveryState.WAITING,
        col(Delivery.channel).in_(channels),
        col(Delivery.available_at) <= at,
        or_(col(Delivery.leased_until).is_(None), col(Delivery.leased_until) <= at),
    )


def end(
    session: Session,
    delivery_ids: Collection[str],
    holder: str,
    *,
    state: DeliveryState,
    at: datetime,
    reason: str = "",
) -> None:
    """Say what became of deliveries that *holder* has; whoever lost the lease meanwhile changes nothing."""
    _release(session, delivery_ids, holder, state=state, ended_at=at, reason=reason[:500])


def postpone(session: Session, delivery_ids: Collection[str], holder: str, until: datetime, reason: str) -> None:
    """Let deliveries that failed wait until then."""
    _release(session, delivery_ids, holder, available_at=until, reason=reason[:500])


def let_wait(session: Session, delivery_ids: Collection[str], holder: str, until: datetime) -> None:
    """Let deliveries wait for something else; that they were taken up does not count as an attempt."""
    _release(session, delivery_ids, holder, available_at=until, attempts=0)


def _release(session: Session, delivery_ids: Collection[str], holder: str, **values: object) -> None:
    for ids in in_batches(delivery_ids):
        own = update(Delivery).where(
            col(Delivery.id).in_(ids), col(Delivery.leased_by) == holder, col(Delivery.state) == DeliveryState.WAITING
        )
        session.execute(
            own.values(leased_by="", leased_until=None, **values), execution_options={"synchronize_session": False}
        )


def notices_of(session: Session, deliveries: Collection[Delivery]) -> dict[str, Notice]:
    """The notices of *deliveries*, by id."""
    ids = {delivery.notice_id for delivery in deliveries}
    return {row.id: row for row in session.scalars(select(Notice).where(col(Notice.id).in_(ids)))}


def list_recent(session: Session, subscription_id: str, limit: int = _KEPT) -> list[tuple[Delivery, Notice]]:
    """The latest deliveries of a subscription with their notices, the newest first."""
    statement = (
        select(Delivery, Notice)
        .join(Notice, col(Notice.id) == col(Delivery.notice_id))
        .where(col(Delivery.subscription_id) == subscription_id)
        .order_by(col(Delivery.made_at).desc(), col(Delivery.id))
        .limit(limit)
    )
    return [(row[0], row[1]) for row in session.execute(statement)]


def list_parked(session: Session, limit: int = 200) -> list[tuple[Delivery, Notice, Subscription]]:
    """Deliveries that were given up, the newest first."""
    statement = (
        select(Delivery, Notice, Subscription)
        .join(Notice, col(Notice.id) == col(Delivery.notice_id))
        .join(Subscription, col(Subscription.id) == col(Delivery.subscription_id))
        .where(col(Delivery.state) == DeliveryState.PARKED)
        .order_by(col(Delivery.made_at).desc(), col(Delivery.id))
        .limit(limit)
    )
    return [(row[0], row[1], row[2]) for row in session.execute(statement)]


def count_by_state(session: Session) -> dict[DeliveryState, int]:
    """How many deliveries wait, and how many were given up."""
    counted = select(col(Delivery.state), func.count()).where(
        col(Delivery.state).in_((DeliveryState.WAITING, DeliveryState.PARKED))
    )
    return {row[0]: row[1] for row in session.execute(counted.group_by(col(Delivery.state)))}


def retry(session: Session, at: datetime, delivery_id: str | None = None) -> int:
    """Let one delivery that was given up, or all of them, be tried anew; answers how many."""
    parked = update(Delivery).where(col(Delivery.state) == DeliveryState.PARKED)
    if delivery_id is not None:
        parked = parked.where(col(Delivery.id) == delivery_id)
    fresh = parked.values(state=DeliveryState.WAITING, available_at=at, attempts=0, ended_at=None, reason="")
    return len(
        session.execute(fresh.returning(col(Delivery.id)), execution_options={"synchronize_session": False}).all()
    )
