"""Who may do what here: organisations, the people in them, open invitations. For administrators."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query, Request
from starlette.datastructures import FormData
from starlette.responses import Response

from nps_registry.accounts.invitations import invite, path_of_invitation, withdraw_invitation
from nps_registry.accounts.people import create_organisation, trust_organisation
from nps_registry.accounts.sessions import SignedIn
from nps_registry.errors import Conflict, FieldError, InvalidInput, Refusal
from nps_registry.http.dependencies import ServicesOfRequest, Writing
from nps_registry.http.forms import CheckedForm, text_of
from nps_registry.http.services import Services
from nps_registry.http.signed_in import require_role
from nps_registry.localisation import gettext as _
from nps_registry.localisation import mark
from nps_registry.pages.rendering import render
from nps_registry.pages.sign_in import leave_for
from nps_registry.store import accounts as stored
from nps_registry.store import invitations
from nps_registry.store.engine import Session, reading, writing
from nps_registry.store.tables import Membership, Organisation, Person
from nps_registry.vocabulary.place import countries
from nps_registry.vocabulary.report import Role

router = APIRouter()
AdministratorOfRequest = Annotated[SignedIn, Depends(require_role(Role.ADMINISTRATOR))]
ORGANISATIONS, WITHOUT_ROLE = 25, 100
LONGEST_CURSOR = 4_000  # a name of 200 characters, each written as its code
ROLES = tuple(role for role in Role if role is not Role.VISITOR)
DONE: Mapping[str, str] = {
    "organisation": mark("The organisation is there; invite its people now."),
    "changed": mark("The change is made."),
    "withdrawn": mark("The invitation is withdrawn."),
}
_TYPED = ("email", "organisation", "role", "name", "country")


@dataclass(frozen=True, slots=True)
class Member:
    """A person in one role; a person with several roles stands there several times."""

    person_id: str
    email: str
    name: str
    role: str
    active: bool
    second_factor: bool


@dataclass(frozen=True, slots=True)
class Members:
    """An organisation and the people in it."""

    organisation: Organisation
    members: list[Member]


@dataclass(frozen=True, slots=True)
class OpenInvitation:
    """An invitation that nobody has accepted yet."""

    digest: str
    email: str
    organisation: str
    role: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Place:
    """Which part of everybody is shown.

    Attributes:
        text: what is searched for.
        cursor: behind which organisation the page of organisations begins; empty at the beginning.
        after: behind which address the page of people without a role begins; empty at the beginning.
    """

    text: str = ""
    cursor: str = ""
    after: str = ""

    def url(self, fragment: str, **elsewhere: str) -> str:
        """The address of another part, the rest staying as it is."""
        asked = {"q": self.text, "cursor": self.cursor, "after": self.after} | elsewhere
        return f"/curate/people?{urlencode({name: value for name, value in asked.items() if value})}#{fragment}"


EVERYBODY = Place()


@dataclass(frozen=True, slots=True)
class PeoplePage:
    """What an administrator sees of everybody.

    Attributes:
        organisations: one page of those that were searched for.
        names: how every organisation is called, to choose one by.
        text: what was searched for.
        without_role: one page of the people in no organisation that were searched for, *without_total* in all.
        link: the link of the invitation made just now, shown once.
        mailed: whether a mail with it goes out too.
        typed: what was typed into a form that was refused.
    """

    organisations: list[Members]
    total: int
    names: list[str]
    text: str
    first_url: str
    next_url: str
    without_role: Sequence[Person]
    without_total: int
    without_first_url: str
    without_next_url: str
    open_invitations: list[OpenInvitation]
    roles: tuple[Role, ...]
    countries: list[tuple[str, str]]
    link: str
    mailed: bool
    typed: dict[str, str]
    done: str
    wrong: str


@router.get("/curate/people")
def people(
    request: Request,
    services: ServicesOfRequest,
    _person: AdministratorOfRequest,
    done: Annotated[str, Query(max_length=20)] = "",
    q: Annotated[str, Query(max_length=200)] = "",
    cursor: Annotated[str, Query(max_length=LONGEST_CURSOR)] = "",
    after: Annotated[str, Query(max_length=LONGEST_CURSOR)] = "",
) -> Response:
    """Everybody, by organisation."""
    return _show(request, services, done=_(DONE[done]) if done in DONE else "", place=Place(q.strip(), cursor, after))


@router.post("/curate/people/invitations")
def send_invitation(
    request: Request, services: ServicesOfRequest, person: AdministratorOfRequest, form: CheckedForm
) -> Response:
    """Invite somebody, by mail, and show the link once for where no mail is sent."""
    try:
        with writing(services.engine) as session:
            organisation = _organisation(session, text_of(form, "organisation"))
            role = _role(text_of(form, "role"))
            email = text_of(form, "email", most=254)
            secret = invite(
                session, services.seal, email, organisation, role, actor=person.actor, invited_by=person.person_id
            )
    except (InvalidInput, Conflict) as refusal:
        return _show(request, services, form=form, refusal=refusal)
    return _show(request, services, link=services.settings.public_url + path_of_invitation(secret))


@router.post("/curate/people/invitations/{digest}/withdraw")
def withdraw(digest: str, session: Writing, person: AdministratorOfRequest, _form: CheckedForm) -> Response:
    """Take an invitation back."""
    withdraw_invitation(session, digest[:64], actor=person.actor)
    return leave_for("/curate/people?done=withdrawn")


@router.post("/curate/people/organisations")
def make_organisation(
    request: Request, services: ServicesOfRequest, person: AdministratorOfRequest, form: CheckedForm
) -> Response:
    """Make an organisation."""
    try:
        with writing(services.engine) as session:
            create_organisation(
                session,
                text_of(form, "name"),
                text_of(form, "country", most=2),
                accept_on_arrival=bool(text_of(form, "accept_on_arrival")),
                actor=person.actor,
            )
    except (InvalidInput, Conflict) as refusal:
        return _show(request, services, form=form, refusal=refusal)
    return leave_for("/curate/people?done=organisation")


@router.post("/curate/people/organisations/{organisation_id}/trust")
def trust(organisation_id: str, session: Writing, person: AdministratorOfRequest, form: CheckedForm) -> Response:
    """Say whether an organisation's reports without a problem are accepted at once."""
    wanted = text_of(form, "accept_on_arrival") == "yes"
    trust_organisation(session, organisation_id[:36], wanted, actor=person.actor)
    return leave_for("/curate/people?done=changed")


def _organisation(session: Session, name: str) -> Organisation:
    found = stored.find_organisation(session, name)
    if found is None:
        message = _("Choose an organisation; make it first if it is not there.")
        raise InvalidInput(message, errors=[FieldError("organisation", message)])
    return found


def _role(given: str) -> Role:
    for role in ROLES:
        if role.value == given:
            return role
    message = _("Choose a role.")
    raise InvalidInput(message, errors=[FieldError("role", message)])


def _show(
    request: Request,
    services: Services,
    *,
    done: str = "",
    link: str = "",
    place: Place = EVERYBODY,
    form: FormData | None = None,
    refusal: Refusal | None = None,
) -> Response:
    with reading(services.engine) as session:
        shown = stored.page_of_organisations(session, place.text, limit=ORGANISATIONS, cursor=place.cursor or None)
        members = stored.members_of(session, [each.id for each in shown.items])
        without = stored.page_of_people_without_role(
            session, place.text, limit=WITHOUT_ROLE, cursor=place.after or None
        )
        page = PeoplePage(
            organisations=[Members(each, _members(members.get(each.id, ()))) for each in shown.items],
            total=shown.total,
            names=[each.name for each in stored.list_organisations(session)],
            text=place.text,
            first_url=place.url("everybody", cursor="") if place.cursor else "",
            next_url=place.url("everybody", cursor=shown.next) if shown.next else "",
            without_role=without.items,
            without_total=without.total,
            without_first_url=place.url("without-role", after="") if place.after else "",
            without_next_url=place.url("without-role", after=without.next) if without.next else "",
            open_invitations=[
                OpenInvitation(row.digest, row.email, organisation.name, row.role.label, row.expires_at)
                for row, organisation in invitations.list_open_invitations(session, datetime.now(UTC))
            ],
            roles=ROLES,
            countries=sorted(countries(), key=lambda pair: pair[1]),
            link=link,
            mailed=bool(services.settings.smtp_url),
            typed={name: text_of(form, name) if form else "" for name in _TYPED},
            done=done,
            wrong=refusal.detail if refusal else "",
        )
    return render(request, "people", page, status=refusal.status if refusal else 200)


def _members(rows: Iterable[tuple[Person, Membership]]) -> list[Member]:
    return [
        Member(person.id, person.email, person.name, row.role.label, person.active, bool(person.totp_secret))
        for person, row in rows
    ]
