"""The keys that what is published is signed with: one in use, the retired ones kept to verify by."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlmodel import col

from nps_registry.store.engine import Session, take_turn
from nps_registry.store.tables import SigningKey


def list_keys(session: Session) -> list[SigningKey]:
    """All keys, the one in use first, then by age, the youngest first."""
    order = (col(SigningKey.retired_at).is_not(None), col(SigningKey.created_at).desc(), col(SigningKey.id))
    return list(session.scalars(select(SigningKey).order_by(*order)))


def key_in_use(session: Session) -> SigningKey | None:
    """The key that is signed with now."""
    return session.scalars(select(SigningKey).where(col(SigningKey.retired_at).is_(None))).first()


def lock_keys(session: Session) -> None:
    """Wait until nobody else makes or retires a key."""
    take_turn(session)


def keep(session: Session, key: SigningKey, *, retired_at: datetime) -> None:
    """Sign with *key* from now on; the one in use is retired."""
    for before in session.scalars(select(SigningKey).where(col(SigningKey.retired_at).is_(None))):
        before.retired_at = retired_at
    session.add(key)
    session.flush()
