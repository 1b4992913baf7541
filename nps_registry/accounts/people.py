"""Organisations and people: made by an administrator, with the audit trail told."""

from __future__ import annotations

import re
import secrets
from datetime import UTC, datetime

from nps_registry.accounts.passwords import hash_password, require_good_password
from nps_registry.accounts.sessions import end_sessions
from nps_registry.errors import Conflict, FieldError, InvalidInput, NotFound
from nps_registry.localisation import gettext as _
from nps_registry.store import accounts as stored
from nps_registry.store import audit
from nps_registry.store.audit import AuditEntry
from nps_registry.store.engine import Session
from nps_registry.store.tables import Membership, Organisation, Person
from nps_registry.vocabulary.place import is_country
from nps_registry.vocabulary.report import Role

_EMAIL = re.compile(r"[^@\s\x00-\x1f]{1,64}@[^@\s\x00-\x1f]{1,185}")
_LONGEST_NAME = 200


def read_email(given: str) -> str:
    """The address in the form that accounts are found by.

    Raises:
        InvalidInput: it is none.
    """
    email = given.strip().lower()
    if not _EMAIL.fullmatch(email) or not email.isprintable():
        message = _("“%(email)s” is not an e-mail address.") % {"email": email[:80]}
        raise InvalidInput(message, errors=[FieldError("email", message)])
    return email


def read_name(given: str) -> str:
    """A person's name as the pages show it.

    Raises:
        InvalidInput: it is too long, or holds what cannot be shown.
    """
    name = " ".join(given.split())
    if len(name) > _LONGEST_NAME or not name.isprintable():
        message = _("A name has at most %(most)d characters.") % {"most": _LONGEST_NAME}
        raise InvalidInput(message, errors=[FieldError("name", message)])
    return name


def create_organisation(
    session: Session, name: str, country: str, *, accept_on_arrival: bool = False, actor: str = "command"
) -> Organisation:
    """Make an organisation in *country* (ISO 3166-1 alpha-2).

    Raises:
        InvalidInput: no name, or no such country.
        Conflict: the name is taken.
    """
    name, country = name.strip(), country.strip().upper()
    if not name or len(name) > _LONGEST_NAME:
        raise InvalidInput(_("An organisation's name has 1 to 200 characters."))
    if not is_country(country):
        raise InvalidInput(_("“%(code)s” is not a country's two-letter code.") % {"code": country[:20]})
    if stored.find_organisation(session, name) is not None:
        raise Conflict(_("There is an organisation called “%(name)s” already.") % {"name": name})
    row = Organisation(name=name, country=country, accept_on_arrival=accept_on_arrival)
    session.add(row)
    session.flush()
    after: dict[str, object] = {"name": name, "country": country, "accept_on_arrival": accept_on_arrival}
    audit.append(session, [AuditEntry(actor, "organisation.created", "organisation", row.id, None, after)])
    return row


def trust_organisation(session: Session, organisation_id: str, accept_on_arrival: bool, *, actor: str) -> Organisation:
    """Say whether an organisation's reports without a problem are accepted at once.

    Raises:
        NotFound: there is no such organisation.
    """
    row = stored.lock_organisation(session, organisation_id)
    if row is None:
        raise NotFound(_("There is no such organisation."))
    before: dict[str, object] = {"accept_on_arrival": row.accept_on_arrival}
    after: dict[str, object] = {"accept_on_arrival": accept_on_arrival}
    row.accept_on_arrival = accept_on_arrival
    session.flush()
    audit.append(session, [AuditEntry(actor, "organisation.changed", "organisation", row.id, before, after)])
    return row


def create_person(
    session: Session, email: str, password: str, organisation: Organisation, role: Role, *, actor: str = "command"
) -> Person:
    """Make a person who signs in with *password* and has *role* in *organisation*.

    Raises:
        InvalidInput: not an address, or a password that is not good enough.
        Conflict: the address is taken.
    """
    email = read_email(email)
    require_good_password(password, email)
    if stored.find_person(session, email) is not None:
        raise Conflict(_("There is a person with the address %(email)s already.") % {"email": email})
    person = Person(email=email, password_hash=hash_password(password))
    session.add(person)
    session.flush()
    session.add(Membership(person_id=person.id, organisation_id=organisation.id, role=role))
    after: dict[str, object] = {"organisation": organisation.name, "role": role.value}
    audit.append(session, [AuditEntry(actor, "person.created", "person", person.id, None, after)])
    return person


def add_membership(session: Session, person: Person, organisation: Organisation, role: Role, *, actor: str) -> None:
    """Give *person* a further role.

    Raises:
        Conflict: they have it already.
    """
    held = [(membership.role, holder.id) for membership, holder in stored.memberships_of(session, person.id)]
    if (role, organisation.id) in held:
        raise Conflict(_("This account has the role already."))
    session.add(Membership(person_id=person.id, organisation_id=organisation.id, role=role))
    session.flush()
    after: dict[str, object] = {"organisation": organisation.name, "role": role.value}
    audit.append(session, [AuditEntry(actor, "membership.added", "person", person.id, None, after)])


def remove_membership(session: Session, membership_id: int, *, actor: str) -> None:
    """Take a role from a person, and end the sessions that stand in it.

    Raises:
        NotFound: there is no such membership.
        Conflict: it is the actor's own.
    """
    found = stored.find_membership(session, membership_id)
    if found is None:
        raise NotFound(_("There is no such role any longer."))
    membership, organisation = found
    _refuse_oneself(membership.person_id, actor)
    person_id, before = membership.person_id, {"organisation": organisation.name, "role": membership.role.value}
    end_sessions(session, person_id, actor=actor)
    stored.delete_membership(session, membership)
    audit.append(session, [AuditEntry(actor, "membership.removed", "person", person_id, dict(before))])


def deactivate(session: Session, person_id: str, *, actor: str = "command") -> Person:
    """Close an account: its sessions end, and so do the tokens that the person made.

    Raises:
        NotFound: there is no such person.
        Conflict: it is the actor's own account.
    """
    _refuse_oneself(person_id, actor)
    person = _set_active(session, person_id, active=False, actor=actor)
    end_sessions(session, person_id, actor=actor)
    revoked = stored.revoke_tokens_made_by(session, person_id, datetime.now(UTC))
    ended: dict[str, object] = {"revoked": True}
    entries = [AuditEntry(actor, "token.revoked", "token", token_id, None, ended) for token_id in revoked]
    if entries:
        audit.append(session, entries)
    return person


def reactivate(session: Session, person_id: str, *, actor: str = "command") -> Person:
    """Open a closed account again; sessions and tokens that were ended stay ended.

    Raises:
        NotFound: there is no such person.
    """
    return _set_active(session, person_id, active=True, actor=actor)


def remove_second_factor(session: Session, person_id: str, *, actor: str = "command") -> Person:
    """Take a lost second factor off an account: the sessions end, and the next sign-in sets up another.

    Raises:
        NotFound: there is no such person.
        Conflict: it is the actor's own account.
    """
    _refuse_oneself(person_id, actor)
    person = stored.lock_person(session, person_id)
    if person is None:
        raise NotFound(_("There is no such person."))
    before: dict[str, object] = {"second_factor": bool(person.totp_secret)}
    person.totp_secret, person.recovery_hashes = "", []
    session.flush()
    end_sessions(session, person_id, actor=actor)
    after: dict[str, object] = {"second_factor": False}
    audit.append(session, [AuditEntry(actor, "second_factor.removed", "person", person_id, before, after)])
    return person


def _set_active(session: Session, person_id: str, *, active: bool, actor: str) -> Person:
    person = stored.lock_person(session, person_id)
    if person is None:
        raise NotFound(_("There is no such person."))
    before: dict[str, object] = {"active": person.active}
    after: dict[str, object] = {"active": active}
    person.active = active
    session.flush()
    action = "person.reactivated" if active else "person.deactivated"
    audit.append(session, [AuditEntry(actor, action, "person", person_id, before, after)])
    return person


def _refuse_oneself(person_id: str, actor: str) -> None:
    if actor == f"person:{person_id}":
        raise Conflict(_("Nobody does this to their own account; ask another administrator."))


def mint_password() -> str:
    """A random password of 120 bits."""
    return secrets.token_urlsafe(15)
