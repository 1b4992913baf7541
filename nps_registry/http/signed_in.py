"""Who is signed in, for pages and API: ``SignedInPerson`` and ``require_role`` are what routes ask for."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from datetime import UTC, datetime, timedelta
from typing import Annotated

from fastapi import Depends, Request

from nps_registry.accounts.sessions import SignedIn, find_signed_in
from nps_registry.errors import NotPermitted, NotSignedIn, SignInUnfinished
from nps_registry.http.cookies import read_session_secret
from nps_registry.http.services import Services, services_of
from nps_registry.localisation import gettext as _
from nps_registry.store import sign_ins
from nps_registry.store.engine import Session, reading, writing
from nps_registry.vocabulary.report import Role

__all__ = [
    "PasswordGiven",
    "SignedIn",
    "SignedInPerson",
    "look_for_person",
    "require_role",
    "signed_in",
    "signed_in_within",
]

CODE_PATH, SET_UP_PATH = "/sign-in/code", "/account/second-factor"


def look_for_person(request: Request, services: Services, within: Session | None = None) -> SignedIn | None:
    """Whoever the session cookie belongs to, the second factor given or not; none for a visitor.

    Who reads more for the same request has it read *within* one transaction: to begin one costs as much as to read.
    """
    secret = read_session_secret(request)
    if secret is None:
        return None
    with nullcontext(within) if within is not None else reading(services.engine) as session:
        person = find_signed_in(session, secret, timedelta(minutes=services.settings.session_idle_min))
    if person is not None and person.seen_is_due:
        with writing(services.engine) as session:
            sign_ins.note_seen(session, person.session_digest, datetime.now(UTC))
    return person


def password_given(request: Request) -> SignedIn:
    """A person who has given the password, and perhaps not yet the second factor.

    Raises:
        NotSignedIn: nobody is signed in here.
    """
    return _with_password(request)


def _with_password(request: Request, within: Session | None = None) -> SignedIn:
    person = look_for_person(request, services_of(request), within)
    if person is None:
        raise NotSignedIn(_("Sign in to see this page; a session ends after a while without use."))
    return person


def signed_in(request: Request) -> SignedIn:
    """The person whose session cookie the request has, with the second factor given.

    Raises:
        NotSignedIn: nobody is, or the session has ended; a page answers with the sign-in form.
        SignInUnfinished: the second factor is missing, or has to be set up first.
    """
    return signed_in_within(request, None)


def signed_in_within(request: Request, session: Session | None) -> SignedIn:
    """The same, read within the transaction of *session* where there is one."""
    person = _with_password(request, session)
    if not person.second_factor_set_up:
        raise SignInUnfinished(_("Set up a second factor first."), path=SET_UP_PATH)
    if not person.second_factor:
        raise SignInUnfinished(_("Give the code of your second factor first."), path=CODE_PATH)
    request.state.signed_in = person
    return person


PasswordGiven = Annotated[SignedIn, Depends(password_given)]
SignedInPerson = Annotated[SignedIn, Depends(signed_in)]


def require_role(*roles: Role) -> Callable[[SignedIn], SignedIn]:
    """A dependency that answers the signed-in person where they have one of *roles*.

    The dependency raises NotPermitted with a sentence that names the roles, and what ``signed_in`` raises.
    """

    def person_with_role(person: SignedInPerson) -> SignedIn:
        if person.role not in roles:
            wanted = ", ".join(role.label for role in roles)
            raise NotPermitted(
                _("This page is for: %(roles)s. You are signed in as: %(role)s.")
                % {"roles": wanted, "role": person.role.label}
            )
        return person

    return person_with_role
