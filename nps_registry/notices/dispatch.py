"""Deliveries carried out: claimed with a lease, looked at once more, sent, tried again, given up in the end."""

from __future__ import annotations

import secrets
import smtplib
import threading
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from jinja2 import Environment

from nps_registry.accounts.seal import Seal
from nps_registry.assets import find_web
from nps_registry.errors import InvalidInput
from nps_registry.localisation import language_in_force, load_translations
from nps_registry.notices import webhook
from nps_registry.notices.criteria import read_criteria
from nps_registry.notices.delivery import Delivery as Outcome
from nps_registry.notices.entitlement import rule
from nps_registry.notices.mail import NotDelivered, carry_all, send
from nps_registry.notices.notice_letters import Envelope, open_paper, write_notices
from nps_registry.notices.telling import Told, describe_criteria, tell
from nps_registry.notices.webhook_address import Destination, read_destination
from nps_registry.settings import Settings
from nps_registry.store import deliveries as stored
from nps_registry.store import notices, subscriptions
from nps_registry.store.engine import Engine, Session, reading, writing
from nps_registry.store.tables import Delivery, Subscription
from nps_registry.store.viewer import Viewer
from nps_registry.vocabulary.notice import CORRECTIONS, Channel, DeliveryState

LEASE = timedelta(minutes=10)
MOST_ATTEMPTS = 12
"""With its pauses from half a minute to six hours a notice is tried for some two days."""

_AT_ONCE = 10
_AT_THE_SAME_TIME = 4
_FIRST_PAUSE = timedelta(seconds=30)
_LONGEST_PAUSE = timedelta(hours=6)
_WHAT_IS_BEFORE = timedelta(minutes=2)
"""A correction waits so long for the notice that it corrects."""


def pause_after(attempts: int) -> timedelta:
    """How long to wait after so many failed attempts."""
    return min(_FIRST_PAUSE * int(2 ** max(0, attempts - 1)), _LONGEST_PAUSE)


@dataclass(frozen=True, slots=True)
class Parcel:
    """A letter that is ready: what of it may be told now, and to whom."""

    key: str
    subscription: Subscription
    email: str
    criteria: Sequence[tuple[str, str]]
    deliveries: Sequence[Delivery]
    told: Sequence[Told]


@dataclass(frozen=True, slots=True)
class Dispatch:
    """One that carries deliveries out, under a name of its own."""

    engine: Engine
    settings: Settings
    seal: Seal
    demonstration: bool
    name: str = field(default_factory=lambda: secrets.token_hex(8))
    paper: Environment = field(default_factory=open_paper)
    outcome: Outcome = field(default_factory=Outcome)
    stopping: threading.Event = field(default_factory=threading.Event)

    def run(self) -> Outcome:
        """Deliver all that is due over the channels that are set up."""
        for channel in (Channel.WEBHOOK, Channel.EMAIL):
            if channel is Channel.EMAIL and not (self.settings.smtp_url and self.settings.mail_from):
                continue
            while not self.stopping.is_set() and (claimed := self.claim(channel)):
                self.carry(channel, claimed)
        return self.outcome

    def claim(self, channel: Channel) -> dict[str, list[Delivery]]:
        """Take the next letters of *channel* that are due; looks first, so that usually nothing is written."""
        at = datetime.now(UTC)
        with reading(self.engine) as session:
            if not stored.is_any_due(session, [channel], at):
                return {}
        with writing(self.engine) as session:
            return stored.claim(session, self.name, [channel], at=at, lease=LEASE, limit=_AT_ONCE)

    def carry(self, channel: Channel, claimed: Mapping[str, list[Delivery]]) -> None:
        """Carry the *claimed* letters; one that ended every worker that took it up is given up."""
        worn = [key for key, parts in claimed.items() if max(each.attempts for each in parts) > MOST_ATTEMPTS]
        for key in worn:
            self._put_off(claimed[key], NotDelivered("taken up many times and never finished", for_good=True))
        claimed = {key: parts for key, parts in claimed.items() if key not in worn}
        if channel is Channel.WEBHOOK:
            name = f"{threading.current_thread().name}-webhook"
            with ThreadPoolExecutor(_AT_THE_SAME_TIME, thread_name_prefix=name) as threads:
                list(threads.map(self._call, claimed, claimed.values()))
        else:
            carry_all(self.settings, claimed.items(), self._mail, self._put_letter_off)

    def _mail(self, server: smtplib.SMTP, letter: tuple[str, Sequence[Delivery]]) -> None:
        key, parts = letter
        parcel = self.prepare(key, parts)
        if parcel is None:
            return
        subscription, base = parcel.subscription, self.settings.public_url
        with language_in_force(load_translations(find_web() / "translations", subscription.language)):
            link = f"{base}/unsubscribe/{subscription.handle}"
            envelope = Envelope(
                key, parcel.email, subscription.language, parcel.criteria, link, base, self.demonstration
            )
            written = write_notices(self.paper, envelope, parcel.told)
        try:
            send(server, written, self.settings.mail_from)
        except NotDelivered as fault:
            self._put_off(parcel.deliveries, fault)
        else:
            self._settle(parcel.deliveries)

    def _call(self, key: str, parts: Sequence[Delivery]) -> None:
        parcel = self.prepare(key, parts)
        if parcel is None:
            return
        private, (told,) = self.settings.webhooks_private, parcel.told
        secret = self.seal.open(parcel.subscription.sealed_secret)
        try:
            if secret is None:
                raise NotDelivered("its secret was sealed with another key", for_good=True)
            destination = _find_destination(parcel.subscription.address, private=private)
            data = {**told.data, "demonstration": self.demonstration}
            body = webhook.write_body(told.kind, parcel.deliveries[0].made_at, data)
            webhook.send(webhook.Call(key, destination, secret, body), datetime.now(UTC), private=private)
        except NotDelivered as fault:
            self._put_off(parcel.deliveries, fault)
        else:
            self._settle(parcel.deliveries)

    def prepare(self, key: str, parts: Sequence[Delivery]) -> Parcel | None:
        """The letter *key* as it may be sent now; what may not be any longer is dropped, none where that is all."""
        with reading(self.engine) as session:
            subscription = subscriptions.by_ids(session, [parts[0].subscription_id]).get(parts[0].subscription_id)
            found = [subscription] if subscription is not None else []
            viewer = subscriptions.readers(session, found, datetime.now(UTC)).get(parts[0].subscription_id)
            ready, dropped, waiting = self._sort(session, subscription, viewer, parts)
            parcel = None
            if subscription is not None and viewer is not None and ready:
                criteria = describe(session, subscription, viewer)
                email = _email_of(session, subscription)
                parcel = Parcel(key, subscription, email, criteria, *map(list, zip(*ready, strict=True)))
        at = datetime.now(UTC)
        if dropped or waiting:
            with writing(self.engine) as session:
                for delivery, reason in dropped:
                    stored.end(session, [delivery.id], self.name, state=DeliveryState.DROPPED, at=at, reason=reason)
                stored.let_wait(session, [each.id for each in waiting], self.name, at + _WHAT_IS_BEFORE)
            self.outcome.dropped += len(dropped)
        return parcel

    def _sort(
        self, session: Session, subscription: Subscription | None, viewer: Viewer | None, parts: Sequence[Delivery]
    ) -> tuple[list[tuple[Delivery, Told]], list[tuple[Delivery, str]], list[Delivery]]:
        """Which deliveries may be sent, each with its words; which may not, and why; which come later."""
        if subscription is None:
            return [], [(each, "paused or ended") for each in parts], []
        found = stored.notices_of(session, parts)
        ready: list[tuple[Delivery, Told]] = []
        dropped: list[tuple[Delivery, str]] = []
        waiting: list[Delivery] = []
        with language_in_force(load_translations(find_web() / "translations", subscription.language)):
            ends: set[tuple[str | None, str | None]] = set()
            for each in sorted(parts, key=lambda part: (part.made_at, part.id)):
                notice = found[each.notice_id]
                about = (notice.signal_id, notice.advisory_id)
                if notice.change in CORRECTIONS and about in ends:
                    dropped.append((each, "the same letter says so already"))
                    continue
                subject = notices.read_subject(session, notice)
                ruling = rule(session, notice, subject, viewer, subscription.id)
                if ruling.goes and subject is not None:
                    told = tell(notice, subject, self.settings.public_url, openly=ruling.openly)
                    ready.append((each, told))
                    if notice.change in CORRECTIONS:
                        ends.add(about)
                elif ruling.waits:
                    waiting.append(each)
                else:
                    dropped.append((each, ruling.reason))
        return ready, dropped, waiting

    def _settle(self, parts: Sequence[Delivery]) -> None:
        at = datetime.now(UTC)
        with writing(self.engine) as session:
            stored.end(session, [each.id for each in parts], self.name, state=DeliveryState.SENT, at=at)
        self.outcome.sent += len(parts)

    def _put_letter_off(self, letter: tuple[str, Sequence[Delivery]], fault: NotDelivered) -> None:
        self._put_off(letter[1], fault)

    def _put_off(self, parts: Sequence[Delivery], fault: NotDelivered) -> None:
        at, ids = datetime.now(UTC), [each.id for each in parts]
        attempts = max(each.attempts for each in parts)
        give_up = fault.for_good or attempts >= MOST_ATTEMPTS
        with writing(self.engine) as session:
            if give_up:
                stored.end(session, ids, self.name, state=DeliveryState.PARKED, at=at, reason=str(fault))
            else:
                stored.postpone(session, ids, self.name, at + pause_after(attempts), str(fault))
        self.outcome.reason = str(fault)
        if give_up:
            self.outcome.parked += len(parts)
        else:
            self.outcome.postponed += len(parts)


def describe(session: Session, subscription: Subscription, viewer: Viewer) -> list[tuple[str, str]]:
    """What *subscription* asks for, in words that *viewer* may read."""
    criteria = read_criteria(subscription.criteria)
    names = subscriptions.find_labels(session, criteria.substances, criteria.classes, viewer)
    return describe_criteria(criteria, names)


def _email_of(session: Session, subscription: Subscription) -> str:
    if subscription.person_id is None:
        return subscription.address
    return subscriptions.emails_of(session, [subscription.person_id]).get(subscription.person_id, "")


def _find_destination(address: str, *, private: bool) -> Destination:
    """Where a webhook leads; what was allowed when it was made may not be any longer.

    Raises:
        NotDelivered: for good.
    """
    try:
        return read_destination(address, private=private)
    except InvalidInput as refusal:
        raise NotDelivered(refusal.detail, for_good=True) from None
