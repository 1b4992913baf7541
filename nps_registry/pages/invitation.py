"""The page that an invitation's link leads to: it makes the account, or adds a role to one."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import APIRouter, Request
from starlette.responses import Response

from nps_registry.accounts.invitations import Invited, accept_with_account, accept_with_new_account, find_invited
from nps_registry.accounts.sessions import start_session
from nps_registry.errors import InvalidInput
from nps_registry.http.cookies import set_session
from nps_registry.http.dependencies import ServicesOfRequest
from nps_registry.http.forms import CheckedForm, secret_of, text_of
from nps_registry.http.services import Services
from nps_registry.http.signed_in import SET_UP_PATH, SignedInPerson, look_for_person
from nps_registry.http.visits import rules_of, visit_of
from nps_registry.localisation import gettext as _
from nps_registry.pages.rendering import render
from nps_registry.pages.sign_in import leave_for
from nps_registry.store.engine import reading, writing

router = APIRouter()


@dataclass(frozen=True, slots=True)
class InvitationPage:
    """What the link invites to, and the form that accepts it.

    Attributes:
        signed_in: whether the person with this address is signed in here, which an existing account asks for.
    """

    secret: str
    email: str
    organisation: str
    country: str
    role: str
    account_exists: bool
    signed_in: bool
    name: str
    wrong: str


@router.get("/invitations/{secret}")
def invitation(secret: str, request: Request, services: ServicesOfRequest) -> Response:
    """What one is invited to; reading it uses nothing up, for mail programs open links by themselves."""
    with reading(services.engine) as session:
        invited = find_invited(session, secret)
    return _show(request, services, secret, invited)


@router.post("/invitations/{secret}")
def accept_invitation(secret: str, request: Request, services: ServicesOfRequest, form: CheckedForm) -> Response:
    """Make the account, and lead on to its second factor."""
    with reading(services.engine) as session:
        invited = find_invited(session, secret)
    name = text_of(form, "name", most=200)
    try:
        password = secret_of(form, "password")
        if password != secret_of(form, "repeated"):
            raise InvalidInput(_("The two passwords are not the same."))
        person = accept_with_new_account(services.engine, secret, name, password)
    except InvalidInput as refusal:
        return _show(request, services, secret, invited, name=name, refusal=refusal)
    with writing(services.engine) as session:
        begun = start_session(
            session, person, agent=visit_of(request).agent, rules=rules_of(services), second_factor=False
        )
    response = leave_for(SET_UP_PATH)
    set_session(response, services, begun)
    return response


@router.post("/invitations/{secret}/role")
def accept_further_role(
    secret: str, services: ServicesOfRequest, person: SignedInPerson, form: CheckedForm
) -> Response:
    """Add the role to the account of the person who is signed in."""
    accept_with_account(services.engine, secret, person)
    return leave_for("/account")


def _show(
    request: Request,
    services: Services,
    secret: str,
    invited: Invited,
    *,
    name: str = "",
    refusal: InvalidInput | None = None,
) -> Response:
    person = look_for_person(request, services)
    page = InvitationPage(
        secret=secret,
        email=invited.email,
        organisation=invited.organisation.name,
        country=invited.organisation.country,
        role=invited.role.label,
        account_exists=invited.account_exists,
        signed_in=person is not None and person.second_factor and person.email == invited.email,
        name=name,
        wrong=refusal.detail if refusal else "",
    )
    return render(request, "invitation", page, status=refusal.status if refusal else 200)
