"""One person as an administrator sees them: roles, what can be changed, what was done."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from nps_registry.accounts.people import deactivate, reactivate, remove_membership, remove_second_factor
from nps_registry.accounts.resets import mint_reset, path_of_reset
from nps_registry.accounts.sessions import SignedIn, end_sessions
from nps_registry.errors import MalformedRequest, NotFound
from nps_registry.http.dependencies import Reading, ServicesOfRequest, Writing
from nps_registry.http.forms import CheckedForm, number_of, text_of
from nps_registry.localisation import gettext as _
from nps_registry.localisation import mark
from nps_registry.pages.audit import AuditRow, describe_events
from nps_registry.pages.people import AdministratorOfRequest
from nps_registry.pages.rendering import render
from nps_registry.pages.sign_in import leave_for
from nps_registry.store import accounts as stored
from nps_registry.store import audit
from nps_registry.store.engine import Session
from nps_registry.store.tables import Person

router = APIRouter()
_NEWEST = 50
DONE: Mapping[str, str] = {
    "deactivate": mark("The account is closed; its sessions and the tokens made with it have ended."),
    "reactivate": mark("The account is open again."),
    "remove-second-factor": mark("The second factor is removed; the next sign-in sets up another."),
    "end-sessions": mark("The sessions have ended."),
    "remove-role": mark("The role is removed."),
}
_ACTS: dict[str, Callable[[Session, str, SignedIn], object]] = {
    "deactivate": lambda session, person_id, by: deactivate(session, person_id, actor=by.actor),
    "reactivate": lambda session, person_id, by: reactivate(session, person_id, actor=by.actor),
    "remove-second-factor": lambda session, person_id, by: remove_second_factor(session, person_id, actor=by.actor),
    "end-sessions": lambda session, person_id, by: end_sessions(session, person_id, actor=by.actor),
}


@dataclass(frozen=True, slots=True)
class MemberRole:
    """A role of the person."""

    membership_id: int
    organisation: str
    role: str


@dataclass(frozen=True, slots=True)
class PersonPage:
    """What an administrator sees of one person; *link*, of a reset, is shown once."""

    person: Person
    second_factor: bool
    roles: list[MemberRole]
    events: list[AuditRow]
    myself: bool
    link: str
    done: str


@router.get("/curate/people/{person_id}")
def person(
    person_id: str,
    request: Request,
    session: Reading,
    by: AdministratorOfRequest,
    done: Annotated[str, Query(max_length=30)] = "",
) -> Response:
    """The page of one person."""
    return _show(request, session, person_id, by, done=_(DONE[done]) if done in DONE else "")


@router.post("/curate/people/{person_id}")
def change_person(person_id: str, session: Writing, by: AdministratorOfRequest, form: CheckedForm) -> Response:
    """Do what the button says."""
    act = text_of(form, "act", most=30)
    if act == "remove-role":
        remove_membership(session, number_of(form, "membership"), actor=by.actor)
    elif act in _ACTS:
        _ACTS[act](session, _find(session, person_id).id, by)
    else:
        raise MalformedRequest(_("There is no such button on this page."))
    return leave_for(f"/curate/people/{_find(session, person_id).id}?done={act}")


@router.post("/curate/people/{person_id}/reset")
def make_reset(
    person_id: str,
    request: Request,
    session: Writing,
    services: ServicesOfRequest,
    by: AdministratorOfRequest,
    _form: CheckedForm,
) -> Response:
    """Show a link, once, that sets a new password."""
    secret = mint_reset(session, _find(session, person_id).email, actor=by.actor)
    if secret is None:
        raise NotFound(_("The account is closed."))
    return _show(request, session, person_id, by, link=services.settings.public_url + path_of_reset(secret))


def _find(session: Session, person_id: str) -> Person:
    found = session.get(Person, person_id[:36])
    if found is None:
        raise NotFound(_("There is no such person."))
    return found


def _show(
    request: Request, session: Session, person_id: str, by: SignedIn, *, link: str = "", done: str = ""
) -> Response:
    row = _find(session, person_id)
    page = PersonPage(
        person=row,
        second_factor=bool(row.totp_secret),
        roles=[
            MemberRole(membership.id or 0, organisation.name, membership.role.label)
            for membership, organisation in stored.memberships_of(session, row.id)
        ],
        events=describe_events(session, audit.newest_about_person(session, row.id, _NEWEST)),
        myself=row.id == by.person_id,
        link=link,
        done=done,
    )
    return render(request, "person", page)
