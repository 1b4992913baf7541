"""Limits that several workers share: one row each for what was used up, by the generic cell rate algorithm.

A limit allows *burst* acts at once and one more every *every* seconds. The row keeps one instant, up to which the
allowance is used (the "theoretical arrival time" of ITU-T I.371); nothing has to be counted or swept.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete, exists, select
from sqlmodel import col

from nps_registry.store.engine import Session, hold
from nps_registry.store.tables import Allowance


def take(session: Session, key: str, *, burst: int, every: timedelta, at: datetime) -> timedelta:
    """Use up one act of the allowance *key*; answers how long to wait where there is none left, else nothing."""
    hold(session, f"allowance:{key}")
    # Locked, so that nobody who forgets whole allowances takes the row away before it is written.
    row = session.get(Allowance, key, populate_existing=True, with_for_update=True)
    # A clock that was set back must not make anybody wait for longer than a full allowance takes.
    used_until = max(min(row.used_until, at + burst * every), at) if row else at
    wait = used_until - at - (burst - 1) * every
    if wait > timedelta(0):
        return wait
    if row is None:
        session.add(Allowance(key=key, used_until=used_until + every))
    else:
        row.used_until = used_until + every
    session.flush()
    return timedelta(0)


def give_back(session: Session, key: str) -> None:
    """Make the allowance *key* whole again."""
    session.execute(delete(Allowance).where(col(Allowance.key) == key))


def is_any_whole(session: Session, at: datetime) -> bool:
    """Whether there is a row that says nothing any longer."""
    return bool(session.scalar(select(exists().where(col(Allowance.used_until) <= at))))


def forget_whole(session: Session, at: datetime) -> None:
    """Remove the rows that say nothing any longer."""
    whole = select(col(Allowance.key)).where(col(Allowance.used_until) <= at)
    # Rows that somebody is using just now are left for the next time.
    session.execute(delete(Allowance).where(col(Allowance.key).in_(whole.with_for_update(skip_locked=True))))
