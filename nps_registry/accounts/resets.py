"""A forgotten password: a link by mail sets a new one, once and within an hour.

Asking is the same work for every address: one row in the outbox that says who asked. Whether there is such an account
is looked up when the mail is delivered, out of sight of whoever asked.
"""

from __future__ import annotations

import secrets
from datetime import UTC, datetime, timedelta

from nps_registry.accounts.invitations import MAIL_TOPIC
from nps_registry.accounts.limits import limits_of_reset, use_up
from nps_registry.accounts.passwords import hash_password, require_good_password
from nps_registry.accounts.people import read_email
from nps_registry.accounts.sessions import actor_of, end_sessions
from nps_registry.accounts.tokens import digest_of
from nps_registry.errors import NotFound
from nps_registry.localisation import gettext as _
from nps_registry.store import accounts as stored
from nps_registry.store import audit, invitations, outbox
from nps_registry.store.audit import AuditEntry
from nps_registry.store.engine import Engine, Session, reading, writing
from nps_registry.store.tables import PasswordReset, Person

OPEN_FOR = timedelta(hours=1)
_LONGEST_SECRET = 100


def path_of_reset(secret: str) -> str:
    """The path of the page that the link leads to."""
    return f"/password/{secret}"


def ask_for_reset(engine: Engine, email: str, address: str) -> None:
    """Put the wish for a reset into the outbox, whoever's address it is.

    Raises:
        InvalidInput: not an address.
        TooManyRequests: asked too often for this account or from this network address.
    """
    email = read_email(email)
    use_up(engine, limits_of_reset(email, address))
    with writing(engine) as session:
        outbox.add(session, MAIL_TOPIC, [{"kind": "password_reset", "to": email}])


def mint_reset(session: Session, email: str, *, actor: str) -> str | None:
    """The secret of a fresh link for the account of *email*; none where there is no such account, or it is closed."""
    person = stored.find_person(session, email)
    if person is None or not person.active:
        return None
    secret = secrets.token_urlsafe(32)
    row = PasswordReset(digest=digest_of(secret), person_id=person.id, expires_at=datetime.now(UTC) + OPEN_FOR)
    session.add(row)
    session.flush()
    audit.append(session, [AuditEntry(actor, "password_reset.sent", "person", person.id)])
    return secret


def find_owner(session: Session, secret: str) -> Person:
    """Whose password the link with this *secret* sets.

    Raises:
        NotFound: unknown, used or expired, in one sentence.
    """
    known = 0 < len(secret) <= _LONGEST_SECRET and secret.isascii()
    person = invitations.find_reset(session, digest_of(secret), datetime.now(UTC)) if known else None
    if person is None:
        raise NotFound(_("This link was used or is too old; ask for a new one."))
    return person


def reset_password(engine: Engine, secret: str, password: str) -> None:
    """Set the password by a link; it ends every session and every other link of the account.

    Raises:
        NotFound: the link opens nothing.
        InvalidInput: the password is not good enough.
    """
    with reading(engine) as session:
        email = find_owner(session, secret).email
    require_good_password(password, email)
    hashed = hash_password(password)  # outside the transaction: it takes its time
    with writing(engine) as session:
        person = find_owner(session, secret)
        if not invitations.use_reset(session, digest_of(secret), datetime.now(UTC)):
            raise NotFound(_("This link was used or is too old; ask for a new one."))
        set_password(session, person, hashed, action="password.reset")


def set_password(session: Session, person: Person, hashed: str, *, action: str, keep: str | None = None) -> None:
    """Give *person* the password with this hash; end every session but *keep*, and every link."""
    actor = actor_of(person.id)
    person.password_hash = hashed
    session.add(person)
    session.flush()
    invitations.end_resets(session, person.id, datetime.now(UTC))
    audit.append(session, [AuditEntry(actor, action, "person", person.id)])
    end_sessions(session, person.id, actor=actor, keep=keep)
