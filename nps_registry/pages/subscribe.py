"""Subscribing without an account, the link that confirms it, and the way out.

The answer to a wish is the same for every address. The unsubscribe link takes a POST from anywhere, as mail programs
send one (RFC 8058): the link itself is the permission, and all it opens is the way out.
"""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import APIRouter, Request
from starlette.datastructures import FormData
from starlette.responses import RedirectResponse, Response

from nps_registry.accounts.limits import limits_of_feed, limits_of_opt_in, use_up
from nps_registry.errors import InvalidInput, NotReady, Refusal, TooManyRequests
from nps_registry.http.dependencies import Reading, ServicesOfRequest
from nps_registry.http.forms import CheckedForm
from nps_registry.http.services import Services
from nps_registry.http.signed_in import look_for_person
from nps_registry.http.visits import address_of
from nps_registry.localisation import gettext as _
from nps_registry.notices.dispatch import describe
from nps_registry.notices.subscribing import (
    Wish,
    ask_to_subscribe,
    confirm,
    find_unconfirmed,
    subscribe_feed,
    unsubscribe,
)
from nps_registry.pages.refusal import wait_if_told
from nps_registry.pages.rendering import language_of, render
from nps_registry.pages.wish_form import WishForm, open_form, read_wish
from nps_registry.store.engine import reading
from nps_registry.store.viewer import VISITOR
from nps_registry.vocabulary.notice import Channel

router = APIRouter()
CHANNELS = [Channel.EMAIL, Channel.FEED]
WITHOUT_MAIL = [Channel.FEED]


@dataclass(frozen=True, slots=True)
class SubscribePage:
    """The form, and what came of it.

    Attributes:
        sends_mail: whether this installation sends mail at all.
        asked: whether a mail with a link is on its way, if the address gets one.
        feed: address of a private feed made just now, shown once.
        way_out: address that ends that feed.
    """

    form: WishForm
    sends_mail: bool
    asked: bool
    feed: str
    way_out: str
    wrong: str


@dataclass(frozen=True, slots=True)
class OptInPage:
    """What the link of an opt-in confirms.

    Attributes:
        done: whether it is confirmed now.
    """

    secret: str
    criteria: list[tuple[str, str]]
    done: bool


@dataclass(frozen=True, slots=True)
class UnsubscribePage:
    """The button that ends a subscription, or that it is ended; the same for every link, known or not."""

    handle: str
    done: bool


@router.get("/subscribe")
def subscribe_page(request: Request, services: ServicesOfRequest) -> Response:
    """The form; who is signed in has one of their own."""
    person = look_for_person(request, services)
    if person is not None and person.second_factor:
        query = f"?{request.url.query}" if request.url.query else ""
        return RedirectResponse(f"/account/subscriptions{query}", 303)
    return _show(request, services)


@router.post("/subscribe")
def subscribe(request: Request, services: ServicesOfRequest, form: CheckedForm) -> Response:
    """Send the mail whose link confirms the wish, or make a private feed."""
    try:
        with reading(services.engine) as session:
            wish = read_wish(session, form, VISITOR, language_of(request))
        if wish.channel is Channel.FEED:
            return _make_feed(request, services, wish)
        _ask(request, services, wish)
    except (InvalidInput, TooManyRequests, NotReady) as refusal:
        return wait_if_told(_show(request, services, form, refusal=refusal), refusal)
    return _show(request, services, asked=True)


def _ask(request: Request, services: Services, wish: Wish) -> None:
    if wish.channel is not Channel.EMAIL:
        raise InvalidInput(_("Webhooks are for laboratories and authorities that have an account."))
    if not services.settings.smtp_url:
        raise NotReady(_("This installation sends no mail yet; take a private feed."))
    use_up(services.engine, limits_of_opt_in(wish.address, address_of(request)))
    ask_to_subscribe(services.engine, services.seal, wish)


def _make_feed(request: Request, services: Services, wish: Wish) -> Response:
    use_up(services.engine, limits_of_feed(address_of(request)))
    made = subscribe_feed(services.engine, services.seal, wish)
    return _show(request, services, feed=feed_address(services, made.feed), way_out=made.subscription.handle)


def feed_address(services: Services, feed: str) -> str:
    """The whole address of a private feed."""
    return f"{services.settings.public_url}/api/v1/feeds/private/{feed}.atom"


def _show(
    request: Request,
    services: Services,
    form: FormData | None = None,
    *,
    asked: bool = False,
    feed: str = "",
    way_out: str = "",
    refusal: Refusal | None = None,
) -> Response:
    with reading(services.engine) as session:
        given = form if form is not None else request.query_params
        sends_mail = bool(services.settings.smtp_url)
        page = SubscribePage(
            form=open_form(session, VISITOR, CHANNELS if sends_mail else WITHOUT_MAIL, given),
            sends_mail=sends_mail,
            asked=asked,
            feed=feed,
            way_out=f"{services.settings.public_url}/unsubscribe/{way_out}" if way_out else "",
            wrong=refusal.detail if refusal else "",
        )
    return render(request, "subscribe", page, status=refusal.status if refusal else 200)


@router.get("/subscribe/{secret}")
def opt_in(secret: str, request: Request, session: Reading) -> Response:
    """What the link confirms; reading it confirms nothing, for mail programs open links by themselves."""
    row = find_unconfirmed(session, secret)
    return render(request, "opt_in", OptInPage(secret, describe(session, row, VISITOR), done=False))


@router.post("/subscribe/{secret}")
def confirm_opt_in(secret: str, request: Request, services: ServicesOfRequest, _form: CheckedForm) -> Response:
    """Put the subscription in force."""
    row = confirm(services.engine, secret)
    with reading(services.engine) as session:
        return render(request, "opt_in", OptInPage("", describe(session, row, VISITOR), done=True))


@router.get("/unsubscribe/{handle}")
def way_out(handle: str, request: Request) -> Response:
    """The button that ends the subscription; reading ends nothing."""
    return render(request, "unsubscribe", UnsubscribePage(handle[:100], done=False))


@router.post("/unsubscribe/{handle}")
def leave(handle: str, request: Request, services: ServicesOfRequest) -> Response:
    """End the subscription at once, with one click in the mail program or on the page."""
    unsubscribe(services.engine, handle)
    return render(request, "unsubscribe", UnsubscribePage(handle[:100], done=True))
