"""Sessions of people who signed in: found by the digest of their secret, listed, ended."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import bindparam, select, update
from sqlmodel import col

from nps_registry.store.engine import Session
from nps_registry.store.tables import Membership, Organisation, Person, SignInSession

# Asked with every request of a person who is signed in, so that it is put together once.
_SIGN_IN = (
    select(SignInSession, Person, Membership, Organisation)
    .join(Person, col(Person.id) == col(SignInSession.person_id))
    .outerjoin(Membership, col(Membership.id) == col(SignInSession.membership_id))
    .outerjoin(Organisation, col(Organisation.id) == col(Membership.organisation_id))
    .where(col(SignInSession.digest) == bindparam("digest"))
)


@dataclass(frozen=True, slots=True)
class StoredSignIn:
    """A session with the person it belongs to, and the membership it stands in."""

    session: SignInSession
    person: Person
    membership: Membership | None
    organisation: Organisation | None


def find_sign_in(session: Session, digest: str) -> StoredSignIn | None:
    """The session with this digest, ended and expired ones too."""
    found = session.execute(_SIGN_IN, {"digest": digest}).first()
    return StoredSignIn(found[0], found[1], found[2], found[3]) if found else None


def list_living(session: Session, person_id: str, at: datetime, idle: timedelta) -> list[SignInSession]:
    """The sessions of a person that are neither ended, nor expired, nor unused for too long; the latest seen first."""
    living = (
        select(SignInSession)
        .where(
            col(SignInSession.person_id) == person_id,
            col(SignInSession.ended_at).is_(None),
            col(SignInSession.expires_at) > at,
            col(SignInSession.last_seen_at) > at - idle,
        )
        .order_by(col(SignInSession.last_seen_at).desc(), col(SignInSession.digest))
    )
    return list(session.scalars(living))


def note_seen(session: Session, digest: str, at: datetime) -> None:
    """Keep when a session was seen last."""
    session.execute(update(SignInSession).where(col(SignInSession.digest) == digest).values(last_seen_at=at))


def end(
    session: Session, at: datetime, *, person_id: str, digest: str | None = None, keep: str | None = None
) -> list[str]:
    """End the living sessions of a person: the one with *digest*, or all but *keep*; answers their digests."""
    living = update(SignInSession).where(
        col(SignInSession.person_id) == person_id, col(SignInSession.ended_at).is_(None)
    )
    if digest is not None:
        living = living.where(col(SignInSession.digest) == digest)
    if keep is not None:
        living = living.where(col(SignInSession.digest) != keep)
    ended = session.execute(living.values(ended_at=at).returning(col(SignInSession.digest)))
    return [row[0] for row in ended]


def choose_membership(session: Session, digest: str, membership_id: int) -> None:
    """Let a session stand in another membership of its person."""
    chosen = update(SignInSession).where(col(SignInSession.digest) == digest)
    session.execute(chosen.values(membership_id=membership_id))
