"""Setting up the second factor, first or anew: a QR code, one code as proof, recovery codes shown once."""

from __future__ import annotations

import io
from dataclasses import dataclass, replace
from typing import Annotated

import segno
from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from nps_registry.accounts.account import require_password
from nps_registry.accounts.second_factor import mint_secret, set_up, write_address
from nps_registry.accounts.sessions import SignedIn
from nps_registry.accounts.signing_in import finish
from nps_registry.errors import InvalidInput, NotSignedIn, Refusal, TooManyRequests
from nps_registry.http.addresses import local_address
from nps_registry.http.cookies import set_session
from nps_registry.http.dependencies import ServicesOfRequest
from nps_registry.http.forms import CheckedForm, secret_of, text_of
from nps_registry.http.services import Services
from nps_registry.http.signed_in import CODE_PATH, SET_UP_PATH, PasswordGiven
from nps_registry.http.visits import address_of, rules_of, visit_of
from nps_registry.localisation import gettext as _
from nps_registry.pages.rendering import render
from nps_registry.pages.sign_in import leave_for, next_step
from nps_registry.store import accounts as stored
from nps_registry.store.engine import writing

router = APIRouter()
_OPEN_FOR_S = 30 * 60


@dataclass(frozen=True, slots=True)
class SecondFactorPage:
    """The QR code and the form that proves that it was read.

    Attributes:
        qr: the code as SVG without inline style.
        secret: the same, to be typed.
        sealed: the same for the form's way back; it cannot be read, changed or used for somebody else.
        anew: whether there is a second factor already, so that the password is asked for.
    """

    qr: str
    secret: str
    sealed: str
    next: str
    anew: bool
    wrong: str


@dataclass(frozen=True, slots=True)
class RecoveryCodesPage:
    """The recovery codes, shown once."""

    codes: list[str]
    continue_url: str


@router.get(SET_UP_PATH)
def second_factor(
    request: Request,
    services: ServicesOfRequest,
    person: PasswordGiven,
    next: Annotated[str, Query(max_length=2_000)] = "",
) -> Response:
    """The QR code of a fresh secret."""
    if person.second_factor_set_up and not person.second_factor:
        return leave_for(CODE_PATH)
    return _show(request, services, person, mint_secret(), local_address(next))


@router.post(SET_UP_PATH)
def set_up_second_factor(
    request: Request, services: ServicesOfRequest, person: PasswordGiven, form: CheckedForm
) -> Response:
    """Take the secret where the code proves it, and show the recovery codes."""
    if person.second_factor_set_up and not person.second_factor:
        return leave_for(CODE_PATH)
    wanted, code = local_address(text_of(form, "next")), text_of(form, "code", most=100)
    secret = _open(services, person, text_of(form, "sealed"))
    if secret is None:
        sentence = _("This QR code was open for too long; read the new one, and remove the old one from the telephone.")
        return _show(request, services, person, mint_secret(), wanted, InvalidInput(sentence))
    try:
        if person.second_factor_set_up:
            password = secret_of(form, "password")
            require_password(services.engine, person, password, rules_of(services), address_of(request))
        codes, session_secret = _take(request, services, person, secret, code)
    except (InvalidInput, TooManyRequests) as refusal:
        return _show(request, services, person, secret, wanted, refusal)
    whole = replace(person, second_factor=True, second_factor_set_up=True)
    response = render(request, "recovery_codes", RecoveryCodesPage(codes, next_step(whole, wanted)))
    set_session(response, services, session_secret)
    return response


def _take(request: Request, services: Services, person: SignedIn, secret: str, code: str) -> tuple[list[str], str]:
    with writing(services.engine) as session:
        row = stored.lock_person(session, person.person_id)
        if row is None or (row.totp_secret and not person.second_factor):
            raise NotSignedIn(_("Sign in again."))
        codes = set_up(session, services.seal, row, secret, code, actor=person.actor)
        return codes, finish(session, person, visit=visit_of(request), rules=rules_of(services))


def _open(services: Services, person: SignedIn, sealed: str) -> str | None:
    """The secret that was shown to this person."""
    owner, _colon, secret = (services.seal.open(sealed, within_s=_OPEN_FOR_S) or "").partition(":")
    return secret if owner == person.person_id and secret else None


def _show(
    request: Request,
    services: Services,
    person: SignedIn,
    secret: str,
    wanted: str,
    refusal: Refusal | None = None,
) -> Response:
    if person.second_factor:
        request.state.signed_in = person
    page = SecondFactorPage(
        qr=_draw(write_address(secret, person.email)),
        secret=" ".join(secret[start : start + 4] for start in range(0, len(secret), 4)),
        sealed=services.seal.close(f"{person.person_id}:{secret}"),
        next=wanted,
        anew=person.second_factor_set_up,
        wrong=refusal.detail if refusal else "",
    )
    return render(request, "second_factor", page, status=refusal.status if refusal else 200)


def _draw(address: str) -> str:
    """The QR code of *address* as SVG that takes its size from the stylesheet."""
    drawing = io.BytesIO()
    segno.make(address, error="m", micro=False).save(
        drawing, kind="svg", xmldecl=False, svgns=True, omitsize=True, border=2, svgclass=None, lineclass=None,
        nl=False, title=_("QR code for an authenticator"),
    )  # fmt: skip
    return drawing.getvalue().decode()
