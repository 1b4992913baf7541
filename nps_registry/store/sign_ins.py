"""Sessions of people who signed in: found by the digest of their secret, listed, ended."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, bindparam, select, update
from sqlmodel import col

from nps_registry.store.engine import Session
from nps_registry.store.plain_columns import select_plain, table_of
from nps_registry.store.tables import Membership, Organisation, Person, SignInSession
from nps_registry.vocabulary.report import Role

_SESSION, _PERSON = table_of(SignInSession), table_of(Person)
_MEMBERSHIP, _ORGANISATION = table_of(Membership), table_of(Organisation)

# Asked with every request of a person who is signed in, so that it is put together once.
_SIGN_IN = (
    select(
        *(
            _SESSION.c.digest,
            _SESSION.c.second_factor_at,
            _SESSION.c.last_seen_at,
            _SESSION.c.expires_at,
            _SESSION.c.ended_at,
        ),
        *(_PERSON.c.id, _PERSON.c.email, _PERSON.c.name, _PERSON.c.active, _PERSON.c.totp_secret != ""),
        _MEMBERSHIP.c.role,
        *(_ORGANISATION.c.id, _ORGANISATION.c.name, _ORGANISATION.c.country, _ORGANISATION.c.accept_on_arrival),
    )
    .join_from(_SESSION, _PERSON, _PERSON.c.id == _SESSION.c.person_id)
    .join(
        _MEMBERSHIP,
        and_(_MEMBERSHIP.c.id == _SESSION.c.membership_id, _MEMBERSHIP.c.person_id == _SESSION.c.person_id),
    )
    .join(_ORGANISATION, _ORGANISATION.c.id == _MEMBERSHIP.c.organisation_id)
    .where(_SESSION.c.digest == bindparam("digest"))
)


@dataclass(frozen=True, slots=True)
class StoredSignIn:
    """A session with the person it belongs to, and the membership of theirs that it stands in.

    Attributes:
        has_totp: whether the person has set up a second factor.
    """

    digest: str
    second_factor_at: datetime | None
    last_seen_at: datetime
    expires_at: datetime
    ended_at: datetime | None
    person_id: str
    email: str
    name: str
    active: bool
    has_totp: bool
    role: Role
    organisation_id: str
    organisation_name: str
    country: str
    accept_on_arrival: bool


def find_sign_in(session: Session, digest: str) -> StoredSignIn | None:
    """The session with this digest, ended and expired ones too; none where it stands in no membership of its person."""
    found = select_plain(session, _SIGN_IN, {"digest": digest}).first()
    return StoredSignIn(*tuple[Any, ...](found)) if found else None


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
