"""Invitations: a link by mail that makes an account, or adds a role to one, once and within a week."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from nps_registry.accounts.passwords import hash_password, require_good_password
from nps_registry.accounts.people import add_membership, read_email, read_name
from nps_registry.accounts.seal import Seal
from nps_registry.accounts.sessions import SignedIn
from nps_registry.accounts.tokens import digest_of
from nps_registry.errors import Conflict, InvalidInput, NotFound
from nps_registry.localisation import gettext as _
from nps_registry.store import accounts as stored
from nps_registry.store import audit, invitations, outbox
from nps_registry.store.audit import AuditEntry
from nps_registry.store.engine import Engine, Session, hold, writing
from nps_registry.store.tables import Invitation, Organisation, Person
from nps_registry.vocabulary.report import Role

MAIL_TOPIC = "mail"
OPEN_FOR = timedelta(days=7)
_LONGEST_SECRET = 100


@dataclass(frozen=True, slots=True)
class Invited:
    """What a link invites to.

    Attributes:
        account_exists: whether the address has an account already, which gets a further role.
    """

    digest: str
    email: str
    organisation: Organisation
    role: Role
    account_exists: bool


def path_of_invitation(secret: str) -> str:
    """The path of the page that the link leads to."""
    return f"/invitations/{secret}"


def invite(
    session: Session,
    seal: Seal,
    email: str,
    organisation: Organisation,
    role: Role,
    *,
    actor: str = "command",
    invited_by: str | None = None,
) -> str:
    """Invite *email* to *role* in *organisation*, by a mail that the outbox holds; answers the link's secret.

    An unused invitation to the same is withdrawn by it.

    Raises:
        InvalidInput: not an address, or a visitor's role.
        Conflict: the person has this role there already.
    """
    email = read_email(email)
    if role is Role.VISITOR:
        raise InvalidInput(_("A visitor needs no account; choose another role."))
    hold(session, f"invitation:{email}")
    person = stored.find_person(session, email)
    if person is not None and any(
        (membership.role, holder.id) == (role, organisation.id)
        for membership, holder in stored.memberships_of(session, person.id)
    ):
        raise Conflict(
            _("%(email)s is %(role)s of “%(organisation)s” already.")
            % {"email": email, "role": role.label, "organisation": organisation.name}
        )
    invitations.withdraw_invitations(session, email, organisation.id, role)
    secret = secrets.token_urlsafe(32)
    row = Invitation(
        digest=digest_of(secret),
        email=email,
        organisation_id=organisation.id,
        role=role,
        invited_by=invited_by,
        expires_at=datetime.now(UTC) + OPEN_FOR,
    )
    session.add(row)
    session.flush()
    told: dict[str, object] = {"kind": "invitation", "to": email, "sealed": seal.close(secret)}
    outbox.add(session, MAIL_TOPIC, [told | {"organisation": organisation.name, "role": role.value}])
    after: dict[str, object] = {"email": email, "organisation": organisation.name, "role": role.value}
    audit.append(session, [AuditEntry(actor, "invitation.sent", "invitation", row.digest, None, after)])
    return secret


def find_invited(session: Session, secret: str) -> Invited:
    """What the link with this *secret* invites to.

    Raises:
        NotFound: unknown, used, withdrawn or expired, in one sentence.
    """
    known = 0 < len(secret) <= _LONGEST_SECRET and secret.isascii()
    found = invitations.find_invitation(session, digest_of(secret)) if known else None
    if found is None or found[0].used_at is not None or found[0].expires_at <= datetime.now(UTC):
        raise NotFound(_("This invitation was used, withdrawn or is too old; ask for a new one."))
    row, organisation = found
    exists = stored.find_person(session, row.email) is not None
    return Invited(row.digest, row.email, organisation, row.role, exists)


def accept_with_new_account(engine: Engine, secret: str, name: str, password: str) -> Person:
    """Make the account that the link invites to.

    Raises:
        NotFound: the link opens nothing.
        InvalidInput: the password is not good enough, or the name too long.
        Conflict: the address has an account by now.
    """
    with writing(engine) as session:
        email = find_invited(session, secret).email
    require_good_password(password, email)
    hashed = hash_password(password)  # outside the transaction: it takes its time
    with writing(engine) as session:
        invited = _use(session, secret)
        if stored.find_person(session, invited.email) is not None:
            raise Conflict(_("There is an account with this address by now; sign in and open the link again."))
        person = Person(email=invited.email, name=read_name(name), password_hash=hashed)
        session.add(person)
        session.flush()
        after: dict[str, object] = {"email": person.email, "name": person.name}
        audit.append(session, [AuditEntry(f"person:{person.id}", "person.created", "person", person.id, None, after)])
        add_membership(session, person, invited.organisation, invited.role, actor=f"person:{person.id}")
        return person


def accept_with_account(engine: Engine, secret: str, person: SignedIn) -> None:
    """Add the role that the link invites to, to the account of the *person* who is signed in.

    Raises:
        NotFound: the link opens nothing.
        Conflict: it was sent to somebody else.
    """
    with writing(engine) as session:
        invited = _use(session, secret)
        row = stored.find_person(session, invited.email)
        if row is None or row.id != person.person_id:
            raise Conflict(_("This invitation was sent to another address than yours; sign in with that one."))
        add_membership(session, row, invited.organisation, invited.role, actor=person.actor)


def _use(session: Session, secret: str) -> Invited:
    invited = find_invited(session, secret)
    hold(session, f"invitation:{invited.email}")
    if not invitations.use_invitation(session, invited.digest, datetime.now(UTC)):
        raise NotFound(_("This invitation was used, withdrawn or is too old; ask for a new one."))
    return invited


def withdraw_invitation(session: Session, digest: str, *, actor: str) -> None:
    """Take an invitation back that nobody has accepted.

    Raises:
        NotFound: there is none.
    """
    row = invitations.withdraw_invitation(session, digest)
    if row is None:
        raise NotFound(_("There is no such invitation any longer."))
    before: dict[str, object] = {"email": row.email, "role": row.role.value}
    audit.append(session, [AuditEntry(actor, "invitation.withdrawn", "invitation", digest, before)])
