"""The account of the person who is signed in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from fastapi import APIRouter, Request
from starlette.responses import Response

from nps_registry.http.dependencies import Reading
from nps_registry.http.signed_in import SignedInPerson
from nps_registry.pages.rendering import render
from nps_registry.store import sign_ins
from nps_registry.store.tables import SignInSession

router = APIRouter()


@dataclass(frozen=True, slots=True)
class AccountPage:
    """What a person sees of their own account."""

    sessions: list[SignInSession]
    here: str


@router.get("/account")
def account(request: Request, person: SignedInPerson, session: Reading) -> Response:
    """Sessions, and what can be changed."""
    sessions = sign_ins.list_living(session, person.person_id, datetime.now(UTC))
    return render(request, "account", AccountPage(sessions, person.session_digest))
