"""Sign-in sessions: a random secret in the browser, its digest here; seen, renewed and ended."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from nps_registry.accounts.tokens import digest_of
from nps_registry.store import accounts as stored
from nps_registry.store import audit, sign_ins
from nps_registry.store.audit import AuditEntry
from nps_registry.store.engine import Session
from nps_registry.store.sign_ins import StoredSignIn
from nps_registry.store.tables import Person, SignInSession
from nps_registry.store.viewer import Viewer
from nps_registry.vocabulary.report import Role

HALF_LIFE = timedelta(minutes=15)
"""How long a session waits for the second factor."""

# A visit is written down at most this often, so that reading a page is not a write each time.
_SEEN_NOTED_EVERY = timedelta(minutes=5)
_LONGEST_SECRET = 100
_LONGEST_AGENT = 200


@dataclass(frozen=True, slots=True)
class SignInRules:
    """How long a session lives without being used, and at the longest; how often one may try to begin one."""

    idle: timedelta
    longest: timedelta
    attempts_per_hour: int


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A person who is signed in, as pages and API know them.

    Attributes:
        role: the role of the membership that the session stands in.
        viewer: the same person as far as seeing reports goes.
        session_digest: names the session; its secret is in the browser only.
        second_factor: whether this session has passed the second factor.
        second_factor_set_up: whether the person has one at all.
        seen_is_due: whether this visit is to be written down.
    """

    person_id: str
    email: str
    name: str
    role: Role
    organisation_id: str
    organisation_name: str
    country: str
    accept_on_arrival: bool
    viewer: Viewer
    session_digest: str
    second_factor: bool
    second_factor_set_up: bool = True
    seen_is_due: bool = False

    @property
    def actor(self) -> str:
        """What the audit trail calls this person."""
        return self.viewer.actor

    @property
    def called(self) -> str:
        """What the pages call this person."""
        return self.name or self.email


def start_session(session: Session, person: Person, *, agent: str, rules: SignInRules, second_factor: bool) -> str:
    """Begin a session for *person* in their first membership; answers its secret, which is kept nowhere here.

    Without the second factor it lives a quarter of an hour, long enough to give one.
    """
    secret, at = secrets.token_urlsafe(32), datetime.now(UTC)
    memberships = stored.memberships_of(session, person.id)
    row = SignInSession(
        digest=digest_of(secret),
        person_id=person.id,
        membership_id=memberships[0][0].id if memberships else None,
        second_factor_at=at if second_factor else None,
        created_at=at,
        last_seen_at=at,
        expires_at=at + (rules.longest if second_factor else HALF_LIFE),
        agent="".join(character for character in agent if character.isprintable())[:_LONGEST_AGENT],
    )
    session.add(row)
    session.flush()
    after: dict[str, object] = {"second_factor": second_factor, "agent": row.agent}
    entry = AuditEntry(actor_of(person.id), "session.started", "session", row.digest, None, after)
    audit.append(session, [entry])
    return secret


def find_signed_in(session: Session, secret: str, idle: timedelta) -> SignedIn | None:
    """Who the session with this *secret* belongs to; none where it is unknown, ended, expired or unused too long."""
    if not secret or len(secret) > _LONGEST_SECRET or not secret.isascii():
        return None
    found, at = sign_ins.find_sign_in(session, digest_of(secret)), datetime.now(UTC)
    return _describe(found, at) if found is not None and _lives(found, at, idle) else None


def _lives(found: StoredSignIn, at: datetime, idle: timedelta) -> bool:
    in_time = found.expires_at > at and found.last_seen_at + idle > at
    return found.ended_at is None and in_time and found.active


def _describe(found: StoredSignIn, at: datetime) -> SignedIn:
    return SignedIn(
        person_id=found.person_id,
        email=found.email,
        name=found.name,
        role=found.role,
        organisation_id=found.organisation_id,
        organisation_name=found.organisation_name,
        country=found.country,
        accept_on_arrival=found.accept_on_arrival,
        viewer=Viewer(found.role, found.organisation_id, found.country, actor=actor_of(found.person_id)),
        session_digest=found.digest,
        second_factor=found.second_factor_at is not None,
        second_factor_set_up=found.has_totp,
        seen_is_due=at - found.last_seen_at > _SEEN_NOTED_EVERY,
    )


def actor_of(person_id: str) -> str:
    """What the audit trail calls a person."""
    return f"person:{person_id}"


def end_sessions(
    session: Session, person_id: str, *, actor: str, digest: str | None = None, keep: str | None = None
) -> int:
    """End one session of a person (*digest*) or all but *keep*; answers how many were ended."""
    ended = sign_ins.end(session, datetime.now(UTC), person_id=person_id, digest=digest, keep=keep)
    entries = [AuditEntry(actor, "session.ended", "session", each, None, {"person": person_id}) for each in ended]
    if entries:
        audit.append(session, entries)
    return len(ended)
