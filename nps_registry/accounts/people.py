"""Organisations and people: made by an administrator, with the audit trail told."""

from __future__ import annotations

import re
import secrets

from argon2 import PasswordHasher

from nps_registry.errors import Conflict, FieldError, InvalidInput
from nps_registry.localisation import gettext as _
from nps_registry.store import accounts as stored
from nps_registry.store import audit
from nps_registry.store.audit import AuditEntry
from nps_registry.store.engine import Session
from nps_registry.store.tables import Membership, Organisation, Person
from nps_registry.vocabulary.place import is_country
from nps_registry.vocabulary.report import Role

_EMAIL = re.compile(r"[^@\s\x00-\x1f]{1,64}@[^@\s\x00-\x1f]{1,185}")
SHORTEST_PASSWORD = 12
LONGEST_PASSWORD = 1_000


def create_organisation(
    session: Session, name: str, country: str, *, accept_on_arrival: bool = False, actor: str = "command"
) -> Organisation:
    """Make an organisation in *country* (ISO 3166-1 alpha-2).

    Raises:
        InvalidInput: no name, or no such country.
        Conflict: the name is taken.
    """
    name, country = name.strip(), country.strip().upper()
    if not name or len(name) > 200:
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


def create_person(
    session: Session, email: str, password: str, organisation: Organisation, role: Role, *, actor: str = "command"
) -> Person:
    """Make a person who signs in with *password* and has *role* in *organisation*.

    Raises:
        InvalidInput: not an address, or a password outside 12 to 1,000 characters.
        Conflict: the address is taken.
    """
    email = email.strip().lower()
    if not _EMAIL.fullmatch(email):
        message = _("“%(email)s” is not an e-mail address.") % {"email": email[:80]}
        raise InvalidInput(message, errors=[FieldError("email", message)])
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        message = _("A password has %(least)d characters or more.") % {"least": SHORTEST_PASSWORD}
        raise InvalidInput(message, errors=[FieldError("password", message)])
    if stored.find_person(session, email) is not None:
        raise Conflict(_("There is a person with the address %(email)s already.") % {"email": email})
    person = Person(email=email, password_hash=PasswordHasher().hash(password))
    session.add(person)
    session.flush()
    session.add(Membership(person_id=person.id, organisation_id=organisation.id, role=role))
    after: dict[str, object] = {"organisation": organisation.name, "role": role.value}
    audit.append(session, [AuditEntry(actor, "person.created", "person", person.id, None, after)])
    return person


def mint_password() -> str:
    """A random password of 120 bits."""
    return secrets.token_urlsafe(15)
