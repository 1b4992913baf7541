"""The account of the person who is signed in: sessions, password, second factor, roles."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from nps_registry.accounts.account import change_password, choose_membership, require_password
from nps_registry.accounts.sessions import SignedIn, end_sessions
from nps_registry.errors import InvalidInput, NotFound, Refusal, TooManyRequests
from nps_registry.http.dependencies import ServicesOfRequest, Writing
from nps_registry.http.forms import CheckedForm, number_of, secret_of, text_of
from nps_registry.http.services import Services
from nps_registry.http.signed_in import SignedInPerson
from nps_registry.http.visits import address_of, rules_of
from nps_registry.localisation import gettext as _
from nps_registry.localisation import mark
from nps_registry.pages.refusal import wait_if_told
from nps_registry.pages.rendering import render
from nps_registry.pages.sign_in import leave_for
from nps_registry.store import accounts as stored
from nps_registry.store import sign_ins
from nps_registry.store.engine import Session, reading
from nps_registry.store.tables import SignInSession

router = APIRouter()
DONE: Mapping[str, str] = {
    "password": mark("The password is changed, and every other session has ended."),
    "session": mark("The session has ended."),
    "sessions": mark("Every other session has ended."),
    "role": mark("You stand in another role now."),
}


@dataclass(frozen=True, slots=True)
class HeldRole:
    """A role that the person has, and whether this session stands in it."""

    membership_id: int
    organisation: str
    role: str
    current: bool


@dataclass(frozen=True, slots=True)
class AccountPage:
    """What a person sees of their own account."""

    sessions: list[SignInSession]
    here: str
    roles: list[HeldRole]
    recovery_codes: int
    done: str
    wrong: str


@router.get("/account")
def account(
    request: Request,
    services: ServicesOfRequest,
    person: SignedInPerson,
    done: Annotated[str, Query(max_length=20)] = "",
) -> Response:
    """Sessions, and what can be changed."""
    return _show(request, services, person, done=_(DONE[done]) if done in DONE else "")


@router.post("/account/password")
def new_password(request: Request, services: ServicesOfRequest, person: SignedInPerson, form: CheckedForm) -> Response:
    """Change the password."""
    try:
        new = secret_of(form, "new_password")
        if new != secret_of(form, "repeated"):
            raise InvalidInput(_("The two new passwords are not the same."))
        password = secret_of(form, "password")
        require_password(services.engine, person, password, rules_of(services), address_of(request))
        change_password(services.engine, person, new)
    except (InvalidInput, TooManyRequests) as refusal:
        return _show(request, services, person, refusal=refusal)
    return leave_for("/account?done=password")


@router.post("/account/sessions/end")
def end_session(session: Writing, person: SignedInPerson, form: CheckedForm) -> Response:
    """End another session, or all others."""
    digest = text_of(form, "session", most=64)
    if not digest:
        end_sessions(session, person.person_id, actor=person.actor, keep=person.session_digest)
        return leave_for("/account?done=sessions")
    if not end_sessions(session, person.person_id, actor=person.actor, digest=digest):
        raise NotFound(_("There is no such session any longer."))
    return leave_for("/account?done=session")


@router.post("/account/role")
def stand_in_role(session: Writing, person: SignedInPerson, form: CheckedForm) -> Response:
    """Go on in another role."""
    choose_membership(session, person, number_of(form, "membership"))
    return leave_for("/account?done=role")


def _show(
    request: Request, services: Services, person: SignedIn, *, done: str = "", refusal: Refusal | None = None
) -> Response:
    with reading(services.engine) as session:
        row = stored.find_person(session, person.email)
        page = AccountPage(
            sessions=sign_ins.list_living(session, person.person_id, datetime.now(UTC), rules_of(services).idle),
            here=person.session_digest,
            roles=_roles(session, person),
            recovery_codes=len(row.recovery_hashes) if row else 0,
            done=done,
            wrong=refusal.detail if refusal else "",
        )
    response = render(request, "account", page, status=refusal.status if refusal else 200)
    return wait_if_told(response, refusal) if refusal else response


def _roles(session: Session, person: SignedIn) -> list[HeldRole]:
    return [
        HeldRole(
            membership.id or 0,
            organisation.name,
            membership.role.label,
            (organisation.id, membership.role) == (person.organisation_id, person.role),
        )
        for membership, organisation in stored.memberships_of(session, person.person_id)
    ]
