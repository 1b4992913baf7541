"""Links that were sent by mail: invitations and resets of passwords, found by the digest of their secret."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, select, update
from sqlmodel import col

from nps_registry.store.engine import Session
from nps_registry.store.tables import Invitation, Organisation, PasswordReset, Person
from nps_registry.vocabulary.report import Role


def find_invitation(session: Session, digest: str) -> tuple[Invitation, Organisation] | None:
    """The invitation with this digest and the organisation invited to, used and expired ones too."""
    statement = (
        select(Invitation, Organisation)
        .join(Organisation, col(Organisation.id) == col(Invitation.organisation_id))
        .where(col(Invitation.digest) == digest)
    )
    found = session.execute(statement).first()
    return (found[0], found[1]) if found else None


def list_open_invitations(session: Session, at: datetime) -> list[tuple[Invitation, Organisation]]:
    """The invitations that nobody has accepted yet, those that expire first in front."""
    statement = (
        select(Invitation, Organisation)
        .join(Organisation, col(Organisation.id) == col(Invitation.organisation_id))
        .where(col(Invitation.used_at).is_(None), col(Invitation.expires_at) > at)
        .order_by(col(Invitation.expires_at), col(Invitation.digest))
    )
    return [(invitation, organisation) for invitation, organisation in session.execute(statement)]


def use_invitation(session: Session, digest: str, at: datetime) -> bool:
    """Use an invitation up; answers whether it was there, unused and in time."""
    unused = update(Invitation).where(
        col(Invitation.digest) == digest, col(Invitation.used_at).is_(None), col(Invitation.expires_at) > at
    )
    return bool(session.execute(unused.values(used_at=at).returning(col(Invitation.digest))).first())


def withdraw_invitation(session: Session, digest: str) -> Invitation | None:
    """Remove an invitation that nobody has accepted; answers what it was."""
    unused = select(Invitation).where(col(Invitation.digest) == digest, col(Invitation.used_at).is_(None))
    found = session.scalars(unused.with_for_update()).one_or_none()
    if found is not None:
        session.delete(found)
        session.flush()
    return found


def withdraw_invitations(session: Session, email: str, organisation_id: str, role: Role) -> None:
    """Remove the unused invitations of this address to the same role: a new one takes their place."""
    session.execute(
        delete(Invitation).where(
            col(Invitation.email) == email,
            col(Invitation.organisation_id) == organisation_id,
            col(Invitation.role) == role,
            col(Invitation.used_at).is_(None),
        )
    )


def find_reset(session: Session, digest: str, at: datetime) -> Person | None:
    """Whose password the link with this digest sets, where it is unused and in time."""
    statement = (
        select(Person)
        .join(PasswordReset, col(PasswordReset.person_id) == col(Person.id))
        .where(
            col(PasswordReset.digest) == digest,
            col(PasswordReset.used_at).is_(None),
            col(PasswordReset.expires_at) > at,
            col(Person.active),
        )
    )
    return session.scalars(statement).one_or_none()


def use_reset(session: Session, digest: str, at: datetime) -> bool:
    """Use a reset up; answers whether it was there, unused and in time."""
    unused = update(PasswordReset).where(
        col(PasswordReset.digest) == digest, col(PasswordReset.used_at).is_(None), col(PasswordReset.expires_at) > at
    )
    return bool(session.execute(unused.values(used_at=at).returning(col(PasswordReset.digest))).first())


def end_resets(session: Session, person_id: str, at: datetime) -> None:
    """Let no link that was sent to this person work any longer."""
    unused = update(PasswordReset).where(
        col(PasswordReset.person_id) == person_id, col(PasswordReset.used_at).is_(None)
    )
    session.execute(unused.values(used_at=at))
