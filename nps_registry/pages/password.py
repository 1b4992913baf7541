"""A forgotten password: asking for a link, and the page that the link leads to."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import APIRouter, Request
from starlette.responses import Response

from nps_registry.accounts.resets import ask_for_reset, find_owner, reset_password
from nps_registry.errors import InvalidInput, Refusal, TooManyRequests
from nps_registry.http.cookies import clear_session
from nps_registry.http.dependencies import ServicesOfRequest
from nps_registry.http.forms import CheckedForm, secret_of, text_of
from nps_registry.http.visits import address_of
from nps_registry.localisation import gettext as _
from nps_registry.pages.refusal import wait_if_told
from nps_registry.pages.rendering import render
from nps_registry.pages.sign_in import leave_for
from nps_registry.store.engine import reading

router = APIRouter()


@dataclass(frozen=True, slots=True)
class PasswordPage:
    """The form that asks for a link, and what is answered whatever address was typed.

    Attributes:
        sends_mail: whether this installation sends mail at all; without, an administrator gives the link.
    """

    email: str
    sends_mail: bool
    done: str
    wrong: str


@dataclass(frozen=True, slots=True)
class NewPasswordPage:
    """The form that sets the new password."""

    secret: str
    wrong: str


@router.get("/password")
def password(request: Request, services: ServicesOfRequest) -> Response:
    """The form that asks for a link."""
    return render(request, "password", PasswordPage("", bool(services.settings.smtp_url), "", ""))


@router.post("/password")
def ask_for_link(request: Request, services: ServicesOfRequest, form: CheckedForm) -> Response:
    """Take the wish for a link; the answer is the same for every address."""
    email, sends_mail = text_of(form, "email", most=254), bool(services.settings.smtp_url)
    try:
        ask_for_reset(services.engine, email, address_of(request))
    except (InvalidInput, TooManyRequests) as refusal:
        page = PasswordPage(email, sends_mail, "", refusal.detail)
        return wait_if_told(render(request, "password", page, status=refusal.status), refusal)
    done = _("If this address has an account, a mail with a link is on its way. It works once, within an hour.")
    return render(request, "password", PasswordPage("", sends_mail, done, ""))


@router.get("/password/{secret}")
def new_password(secret: str, request: Request, services: ServicesOfRequest) -> Response:
    """The form that sets the new password; reading it uses nothing up."""
    with reading(services.engine) as session:
        find_owner(session, secret)
    return render(request, "new_password", NewPasswordPage(secret, ""))


@router.post("/password/{secret}")
def set_new_password(secret: str, request: Request, services: ServicesOfRequest, form: CheckedForm) -> Response:
    """Set the new password and lead to the sign-in."""
    try:
        password = secret_of(form, "password")
        if password != secret_of(form, "repeated"):
            raise InvalidInput(_("The two passwords are not the same."))
        reset_password(services.engine, secret, password)
    except InvalidInput as refusal:
        return _again(request, secret, refusal)
    response = leave_for("/sign-in")
    clear_session(response, services)
    return response


def _again(request: Request, secret: str, refusal: Refusal) -> Response:
    return render(request, "new_password", NewPasswordPage(secret, refusal.detail), status=refusal.status)
