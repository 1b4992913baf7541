"""Signing in: address and password, then the code of the second factor; and signing out."""

from __future__ import annotations

from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import RedirectResponse, Response

from nps_registry.accounts.sessions import SignedIn, end_sessions
from nps_registry.accounts.signing_in import give_password, give_second_factor
from nps_registry.errors import InvalidInput, TooManyRequests
from nps_registry.http.addresses import local_address, with_next
from nps_registry.http.cookies import clear_session, set_session
from nps_registry.http.dependencies import ServicesOfRequest
from nps_registry.http.forms import CheckedForm, secret_of, text_of
from nps_registry.http.services import Services
from nps_registry.http.signed_in import CODE_PATH, SET_UP_PATH, PasswordGiven, look_for_person
from nps_registry.http.visits import rules_of, visit_of
from nps_registry.pages.refusal import wait_if_told
from nps_registry.pages.rendering import render
from nps_registry.pages.site import sections_for
from nps_registry.store.engine import writing

router = APIRouter()
Next = Annotated[str, Query(max_length=2_000)]


@dataclass(frozen=True, slots=True)
class SignInPage:
    """The form that asks for address and password; *wrong* says what was not right."""

    email: str
    next: str
    wrong: str


@dataclass(frozen=True, slots=True)
class CodePage:
    """The form that asks for the code of the second factor."""

    next: str
    wrong: str


def leave_for(path: str) -> RedirectResponse:
    """Send the browser to *path* with a GET."""
    return RedirectResponse(path, HTTPStatus.SEE_OTHER, headers={"Cache-Control": "private, no-store"})


def next_step(person: SignedIn, wanted: str) -> str:
    """Where *person* is led to: the missing step of the sign-in, else what they *wanted*, else their first section."""
    if not person.second_factor_set_up:
        return with_next(SET_UP_PATH, wanted)
    if not person.second_factor:
        return with_next(CODE_PATH, wanted)
    return local_address(wanted) or sections_for(person.role)[0].url


@router.get("/sign-in")
def sign_in(request: Request, services: ServicesOfRequest, next: Next = "") -> Response:
    """The form of the sign-in, or on where one is signed in already."""
    person = look_for_person(request, services)
    if person is not None:
        return leave_for(next_step(person, next))
    return render(request, "sign_in", SignInPage("", local_address(next), ""))


@router.post("/sign-in")
def sign_in_with_password(request: Request, services: ServicesOfRequest, form: CheckedForm) -> Response:
    """Check the password and begin a session that waits for the second factor."""
    email, wanted = text_of(form, "email", most=254), local_address(text_of(form, "next"))
    password = secret_of(form, "password")
    before = look_for_person(request, services)
    try:
        secret = give_password(services.engine, email, password, visit=visit_of(request), rules=rules_of(services))
    except (InvalidInput, TooManyRequests) as refusal:
        page = SignInPage(email, wanted, refusal.detail)
        return wait_if_told(render(request, "sign_in", page, status=refusal.status), refusal)
    if before is not None:
        end_one(services, before)
    response = leave_for(with_next(CODE_PATH, wanted))
    set_session(response, services, secret)
    return response


@router.get(CODE_PATH)
def code(request: Request, person: PasswordGiven, next: Next = "") -> Response:
    """The form that asks for the code, or on where there is nothing to ask."""
    if person.second_factor or not person.second_factor_set_up:
        return leave_for(next_step(person, next))
    return render(request, "code", CodePage(local_address(next), ""))


@router.post(CODE_PATH)
def sign_in_with_code(
    request: Request, services: ServicesOfRequest, person: PasswordGiven, form: CheckedForm
) -> Response:
    """Check the code and begin the whole session."""
    wanted = local_address(text_of(form, "next"))
    if person.second_factor or not person.second_factor_set_up:
        return leave_for(next_step(person, wanted))
    given = text_of(form, "code", most=100)
    try:
        secret = give_second_factor(
            services.engine, services.seal, person, given, visit=visit_of(request), rules=rules_of(services)
        )
    except (InvalidInput, TooManyRequests) as refusal:
        return wait_if_told(render(request, "code", CodePage(wanted, refusal.detail), status=refusal.status), refusal)
    response = leave_for(next_step(replace(person, second_factor=True), wanted))
    set_session(response, services, secret)
    return response


@router.post("/sign-out")
def sign_out(request: Request, services: ServicesOfRequest, form: CheckedForm) -> Response:
    """End this session, whatever state it is in."""
    person = look_for_person(request, services)
    if person is not None:
        end_one(services, person)
    response = leave_for("/")
    clear_session(response, services)
    return response


def end_one(services: Services, person: SignedIn) -> None:
    """End the session that *person* is here with."""
    with writing(services.engine) as session:
        end_sessions(session, person.person_id, actor=person.actor, digest=person.session_digest)
