"""The subscriptions of the person who is signed in: listed with what came of them, made, paused, ended, tried."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import APIRouter, Query, Request
from starlette.datastructures import FormData
from starlette.responses import Response

from nps_registry.accounts.sessions import SignedIn
from nps_registry.errors import Conflict, InvalidInput, NotFound, Refusal
from nps_registry.http.dependencies import Reading, ServicesOfRequest, Writing
from nps_registry.http.forms import CheckedForm
from nps_registry.http.services import Services
from nps_registry.http.signed_in import SignedInPerson
from nps_registry.localisation import gettext as _
from nps_registry.localisation import mark
from nps_registry.notices import subscribing
from nps_registry.notices.dispatch import describe
from nps_registry.notices.entitlement import rule
from nps_registry.notices.subscribing import Made, Owner
from nps_registry.notices.telling import tell
from nps_registry.pages.rendering import language_of, render
from nps_registry.pages.sign_in import leave_for
from nps_registry.pages.subscribe import feed_address
from nps_registry.pages.wish_form import WishForm, open_form, read_wish
from nps_registry.store import deliveries, notices
from nps_registry.store import subscriptions as stored
from nps_registry.store.engine import Session, reading
from nps_registry.store.tables import Notice, Subscription
from nps_registry.vocabulary.notice import Channel, DeliveryState

router = APIRouter()
SHOWN_DELIVERIES = 5
DONE = {
    "pause": mark("The subscription is paused; what happens meanwhile is not told later."),
    "resume": mark("The subscription goes on."),
    "end": mark("The subscription has ended, and nothing is kept of it."),
    "test": mark("A test is on its way."),
    "made": mark("The subscription is in force."),
}


@dataclass(frozen=True, slots=True)
class ShownDelivery:
    """What became of one notice."""

    at: datetime
    what: str
    state: DeliveryState
    reason: str
    attempts: int


@dataclass(frozen=True, slots=True)
class ShownSubscription:
    """A subscription as its owner sees it.

    Attributes:
        rests_on: role and organisation that it covers more than the public by.
        in_force: whether its owner still has that role.
    """

    id: str
    label: str
    channel: Channel
    frequency: str
    address: str
    criteria: list[tuple[str, str]]
    paused: bool
    in_force: bool
    rests_on: str
    deliveries: list[ShownDelivery]


@dataclass(frozen=True, slots=True)
class SubscriptionsPage:
    """The subscriptions, the form that makes one, and what is shown once of the one made just now."""

    subscriptions: list[ShownSubscription]
    form: WishForm
    email: str
    sends_mail: bool
    secret: str
    feed: str
    done: str
    wrong: str


@dataclass(frozen=True, slots=True)
class NoticePage:
    """A notice that was sent closed, opened for those who may read it."""

    title: str
    facts: list[tuple[str, str]]
    link: str


@router.get("/account/subscriptions")
def subscriptions(
    request: Request,
    services: ServicesOfRequest,
    person: SignedInPerson,
    done: Annotated[str, Query(max_length=20)] = "",
) -> Response:
    """One's own subscriptions."""
    return _show(request, services, person, done=_(DONE[done]) if done in DONE else "")


@router.post("/account/subscriptions")
def make(request: Request, services: ServicesOfRequest, person: SignedInPerson, form: CheckedForm) -> Response:
    """Make a subscription; the secret of a webhook and the address of a feed are shown once."""
    try:
        with reading(services.engine) as session:
            wish = read_wish(session, form, person.viewer, language_of(request))
        private = services.settings.webhooks_private
        made = subscribing.subscribe(services.engine, services.seal, owner_of(person), wish, private=private)
    except (InvalidInput, Conflict) as refusal:
        return _show(request, services, person, form=form, refusal=refusal)
    if made.secret or made.feed:
        return _show(request, services, person, made=made, done=_(DONE["made"]))
    return leave_for("/account/subscriptions?done=made")


@router.post("/account/subscriptions/{subscription_id}/{act}")
def change(subscription_id: str, act: str, session: Writing, person: SignedInPerson, _form: CheckedForm) -> Response:
    """Pause a subscription, go on with it, end it, or send a test to it."""
    owner = owner_of(person)
    if act in {"pause", "resume"}:
        subscribing.pause(session, subscription_id, owner, paused=act == "pause")
    elif act == "end":
        subscribing.end(session, subscription_id, owner)
    elif act == "test":
        subscribing.send_test(session, subscription_id, owner)
    else:
        raise NotFound(_("There is nothing at this address."))
    return leave_for(f"/account/subscriptions?done={act}")


@router.get("/account/notices/{notice_id}")
def notice_page(
    notice_id: str, request: Request, services: ServicesOfRequest, session: Reading, person: SignedInPerson
) -> Response:
    """A notice in full, for those who may read it now."""
    row = session.get(Notice, notice_id) if len(notice_id) <= 36 else None
    subject = notices.read_subject(session, row) if row is not None else None
    refusal = NotFound(_("There is no such notice for you, or it holds no longer."))
    if row is None or subject is None:
        raise refusal
    if not rule(session, row, subject, person.viewer, "").goes:
        raise refusal
    told = tell(row, subject, services.settings.public_url, openly=True)
    return render(request, "notice", NoticePage(told.title, list(told.facts), told.link))


def owner_of(person: SignedIn) -> Owner:
    """The signed-in person as the owner of subscriptions, in the role that the session stands in."""
    return Owner(person.viewer, person_id=person.person_id)


def _show(
    request: Request,
    services: Services,
    person: SignedIn,
    *,
    form: FormData | None = None,
    made: Made | None = None,
    done: str = "",
    refusal: Refusal | None = None,
) -> Response:
    sends_mail = bool(services.settings.smtp_url)
    with reading(services.engine) as session:
        given = form if form is not None else request.query_params if request.method == "GET" else None
        page = SubscriptionsPage(
            subscriptions=_describe(session, person),
            form=open_form(session, person.viewer, list(Channel), given, first=None if sends_mail else Channel.FEED),
            email=person.email,
            sends_mail=sends_mail,
            secret=made.secret if made else "",
            feed=feed_address(services, made.feed) if made and made.feed else "",
            done=done,
            wrong=refusal.detail if refusal else "",
        )
    return render(request, "subscriptions", page, status=refusal.status if refusal else 200)


def _describe(session: Session, person: SignedIn) -> list[ShownSubscription]:
    rows = stored.list_of_person(session, person.person_id)
    readers = stored.readers(session, rows, datetime.now(UTC))
    names = stored.names_of_organisations(session, {row.organisation_id for row in rows if row.organisation_id})
    return [
        ShownSubscription(
            id=row.id,
            label=row.label,
            channel=row.channel,
            frequency=row.frequency.label if row.channel is Channel.EMAIL else "",
            address=_host(row),
            criteria=describe(session, row, readers.get(row.id, person.viewer)),
            paused=row.paused_at is not None,
            in_force=row.id in readers,
            rests_on=f"{row.role.label}, {names.get(row.organisation_id or '', '')}",
            deliveries=_deliveries(session, row),
        )
        for row in rows
    ]


def _host(row: Subscription) -> str:
    return urlsplit(row.address).netloc if row.channel is Channel.WEBHOOK else ""


def _deliveries(session: Session, row: Subscription) -> list[ShownDelivery]:
    return [
        ShownDelivery(
            delivery.ended_at or delivery.made_at,
            f"{notice.kind.label}, {notice.change.label}",
            delivery.state,
            delivery.reason,
            delivery.attempts,
        )
        for delivery, notice in deliveries.list_recent(session, row.id, SHOWN_DELIVERIES)
    ]
