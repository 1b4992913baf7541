"""Subscribing, confirming, pausing, ending. Nothing here tells anybody whether an address is subscribed.

Who subscribes without an account opens a link in a mail first; that mail is written the same way for every address. The
way out needs no account: the link in each mail ends its subscription, and with it everything that was kept of it.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from nps_registry.accounts.invitations import MAIL_TOPIC
from nps_registry.accounts.people import read_email
from nps_registry.accounts.seal import Seal
from nps_registry.accounts.tokens import digest_of
from nps_registry.errors import Conflict, FieldError, InvalidInput, NotFound, UnreadableStructure
from nps_registry.localisation import gettext as _
from nps_registry.notices.criteria import Criteria, read_criteria
from nps_registry.notices.fan_out import delivery_row
from nps_registry.notices.webhook import mint_secret
from nps_registry.notices.webhook_address import read_destination
from nps_registry.search.substructure import read_pattern
from nps_registry.search.watching import RECIPE_ID, read_bits
from nps_registry.store import audit, deliveries, outbox
from nps_registry.store import subscriptions as stored
from nps_registry.store.audit import AuditEntry
from nps_registry.store.engine import Engine, Session, hold, reading, writing
from nps_registry.store.tables import Notice, Subscription
from nps_registry.store.tables.base import random_id
from nps_registry.store.viewer import VISITOR, Viewer
from nps_registry.vocabulary.notice import Change, Channel, Frequency, NoticeKind
from nps_registry.vocabulary.signal import SignalKind

OPEN_FOR = timedelta(days=3)
"""How long the link of an opt-in is good."""

MOST_OF_ONE = 50
MOST_OF_AN_ADDRESS = 20
_LONGEST_SECRET = 100
_LONGEST_LABEL = 200


@dataclass(frozen=True, slots=True)
class Owner:
    """Who a subscription that is not public belongs to: a person or a token, in a role."""

    viewer: Viewer
    person_id: str | None = None
    token_id: str | None = None


@dataclass(frozen=True, slots=True)
class Wish:
    """A subscription as it is asked for.

    Attributes:
        address: a visitor's mail address, or that of a webhook; a person's mail goes to their account's address.
    """

    criteria: Criteria
    channel: Channel
    frequency: Frequency = Frequency.IMMEDIATE
    address: str = ""
    label: str = ""
    language: str = "en"


@dataclass(frozen=True, slots=True)
class Made:
    """A subscription that was made, with what is shown once.

    Attributes:
        secret: that a webhook is signed with; empty for other channels.
        feed: the last part of a private feed's address; empty for other channels.
    """

    subscription: Subscription
    secret: str = ""
    feed: str = ""


def subscribe(engine: Engine, seal: Seal, owner: Owner, wish: Wish, *, private: bool) -> Made:
    """Make a subscription of a person or a token, in force at once; *private* webhook addresses may be allowed.

    Raises:
        InvalidInput: a wish that cannot be met, field by field.
        UnreadableStructure: the structure or pattern cannot be read.
        Conflict: there are too many already.
    """
    if wish.channel is Channel.WEBHOOK:
        read_destination(wish.address, private=private)
    if wish.channel is Channel.EMAIL and owner.person_id is None:
        message = _("A token subscribes by webhook or private feed; mail goes to people.")
        raise InvalidInput(message, errors=[FieldError("channel", message)])
    made = _prepare(engine, seal, wish, owner.viewer)
    row = made.subscription
    row.person_id, row.token_id = owner.person_id, owner.token_id
    row.organisation_id, row.role = owner.viewer.organisation_id, owner.viewer.role
    row.confirmed_at = datetime.now(UTC)
    if wish.channel is not Channel.WEBHOOK:
        row.address = ""
    with writing(engine) as session:
        hold(session, f"subscriptions:{owner.person_id or owner.token_id}")
        if stored.count_of_owner(session, person_id=owner.person_id, token_id=owner.token_id) >= MOST_OF_ONE:
            raise Conflict(_("There are %(most)d subscriptions already; end one first.") % {"most": MOST_OF_ONE})
        stored.add(session, row, wish.criteria.gates())
        after: dict[str, object] = {"channel": row.channel.value, "criteria": dict(row.criteria)}
        actor = owner.viewer.actor
        audit.append(session, [AuditEntry(actor, "subscription.made", "subscription", row.id, None, after)])
    return made


def subscribe_feed(engine: Engine, seal: Seal, wish: Wish) -> Made:
    """Make a private feed for somebody without an account: nothing is kept of them.

    Raises:
        InvalidInput: a wish that cannot be met.
        UnreadableStructure: the structure or pattern cannot be read.
    """
    made = _prepare(engine, seal, wish, VISITOR)
    made.subscription.address = ""
    made.subscription.confirmed_at = datetime.now(UTC)
    with writing(engine) as session:
        stored.add(session, made.subscription, wish.criteria.gates())
    return made


def ask_to_subscribe(engine: Engine, seal: Seal, wish: Wish) -> None:
    """Send a mail with a link to whoever's address it is; the same work and the same answer for every address.

    Raises:
        InvalidInput: no address, or a wish that cannot be met.
        UnreadableStructure: the structure or pattern cannot be read.
    """
    email = read_email(wish.address)
    row = _prepare(engine, seal, wish, VISITOR).subscription
    secret = secrets.token_urlsafe(32)
    row.address, row.confirm_digest = email, digest_of(secret)
    row.confirm_until = datetime.now(UTC) + OPEN_FOR
    with writing(engine) as session:
        stored.add(session, row, [])  # nothing opens it until it is confirmed
        told: dict[str, object] = {"kind": "opt_in", "to": email, "sealed": seal.close(secret), "subscription": row.id}
        outbox.add(session, MAIL_TOPIC, [told])


def path_of_opt_in(secret: str) -> str:
    """The path of the page that an opt-in's link leads to."""
    return f"/subscribe/{secret}"


def find_unconfirmed(session: Session, secret: str) -> Subscription:
    """The subscription that waits for the link with this *secret*.

    Raises:
        NotFound: unknown, used or expired, in one sentence.
    """
    known = 0 < len(secret) <= _LONGEST_SECRET and secret.isascii()
    found = stored.find_by_confirmation(session, digest_of(secret), datetime.now(UTC)) if known else None
    if found is None:
        raise NotFound(_("This link was used or is too old; subscribe again to get another."))
    return found


def confirm(engine: Engine, secret: str) -> Subscription:
    """Put the subscription in force that the link with this *secret* belongs to.

    A second one of the same address with the same criteria takes the place of the first.

    Raises:
        NotFound: the link opens nothing.
        Conflict: the address has too many subscriptions.
    """
    with writing(engine) as session:
        row = find_unconfirmed(session, secret)
        hold(session, f"subscriptions:{row.address}")
        locked = stored.lock_by_confirmation(session, digest_of(secret), datetime.now(UTC))
        if locked is None:
            raise NotFound(_("This link was used or is too old; subscribe again to get another."))
        others = stored.list_of_address(session, locked.address)
        equal = [each.id for each in others if each.criteria == locked.criteria]
        if len(others) - len(equal) >= MOST_OF_AN_ADDRESS:
            sentence = _("This address has %(most)d subscriptions already; unsubscribe from one first.")
            raise Conflict(sentence % {"most": MOST_OF_AN_ADDRESS})
        stored.hand_over(session, equal, locked)
        locked.confirmed_at, locked.confirm_digest, locked.confirm_until = datetime.now(UTC), None, None
        stored.add(session, locked, read_criteria(locked.criteria).gates())
        return locked


def unsubscribe(engine: Engine, handle: str) -> None:
    """End the subscription that an unsubscribe link names, at once; nothing happens where there is none any longer."""
    if not 0 < len(handle) <= _LONGEST_SECRET or not handle.isascii():
        return
    with writing(engine) as session:
        row = stored.lock_by_handle(session, handle)
        if row is not None:
            _end(session, row, actor=f"person:{row.person_id}" if row.person_id else "")


def end(session: Session, subscription_id: str, owner: Owner) -> None:
    """End a subscription of *owner*: everything kept of it is deleted.

    Raises:
        NotFound: there is none.
    """
    _end(session, find_own(session, subscription_id, owner), actor=owner.viewer.actor)


def _end(session: Session, row: Subscription, *, actor: str) -> None:
    if actor:
        before: dict[str, object] = {"channel": row.channel.value}
        audit.append(session, [AuditEntry(actor, "subscription.ended", "subscription", row.id, before)])
    stored.remove(session, [row.id])


def pause(session: Session, subscription_id: str, owner: Owner, *, paused: bool) -> None:
    """Let a subscription of *owner* rest, or take it up again; what happens meanwhile is not told later.

    Raises:
        NotFound: there is none.
    """
    row = find_own(session, subscription_id, owner)
    row.paused_at = datetime.now(UTC) if paused else None
    session.flush()


def send_test(session: Session, subscription_id: str, owner: Owner) -> None:
    """Put a test into the way of a subscription of *owner*.

    Raises:
        NotFound: there is none.
        Conflict: it is paused.
    """
    row = find_own(session, subscription_id, owner)
    if row.paused_at is not None:
        raise Conflict(_("The subscription is paused; go on with it first."))
    notice = Notice(id=random_id(), kind=NoticeKind.TEST, change=Change.SENT, organisation_id=row.organisation_id)
    delivery = delivery_row(row, datetime.now(UTC)) | {"available_at": datetime.now(UTC)}
    deliveries.add(session, notice, [delivery])


def find_own(session: Session, subscription_id: str, owner: Owner) -> Subscription:
    """A subscription of *owner*: of the person, or of any token of the organisation.

    Raises:
        NotFound: there is none.
    """
    row = stored.find(session, subscription_id) if len(subscription_id) <= 64 else None
    if row is not None and owner.person_id is not None and row.person_id == owner.person_id:
        return row
    of_tokens = row is not None and row.token_id is not None and row.organisation_id == owner.viewer.organisation_id
    if row is not None and owner.token_id is not None and of_tokens:
        return row
    raise NotFound(_("There is no such subscription of yours."))


def forget_unconfirmed(engine: Engine) -> None:
    """Delete the addresses of people who never opened their opt-in's link; looks first."""
    at = datetime.now(UTC)
    with reading(engine) as session:
        if not stored.unconfirmed_ids(session, at):
            return
    with writing(engine) as session:
        stored.remove(session, stored.unconfirmed_ids(session, at))


def _prepare(engine: Engine, seal: Seal, wish: Wish, viewer: Viewer) -> Made:
    """The row of *wish*, with what its structure is compared by; nothing is written yet."""
    criteria = wish.criteria
    bits = _read_structures(criteria)
    with reading(engine) as session:
        _require_known(session, criteria, viewer)
    label = wish.label.strip()
    if len(label) > _LONGEST_LABEL or not label.isprintable():
        message = _("A label has at most %(most)d characters.") % {"most": _LONGEST_LABEL}
        raise InvalidInput(message, errors=[FieldError("label", message)])
    row = Subscription(
        channel=wish.channel,
        frequency=wish.frequency if wish.channel is Channel.EMAIL else Frequency.IMMEDIATE,
        address=wish.address.strip(),
        language=wish.language,
        label=label,
        criteria=criteria.told(),
        recipe=RECIPE_ID if bits else "",
        fingerprint=bits,
        handle=secrets.token_urlsafe(24),
    )
    if wish.channel is Channel.WEBHOOK:
        secret = mint_secret()
        row.sealed_secret = seal.close(secret)
        return Made(row, secret=secret)
    if wish.channel is Channel.FEED:
        feed = secrets.token_urlsafe(32)
        row.feed_digest = digest_of(feed)
        return Made(row, feed=feed)
    return Made(row)


def _read_structures(criteria: Criteria) -> bytes:
    """The fingerprint of the structure asked for, if any; both structure and pattern are read, to be sure they can be.

    Raises:
        UnreadableStructure: naming which of the two.
    """
    if criteria.pattern:
        read_pattern(criteria.pattern)
    try:
        return read_bits(criteria.structure) if criteria.structure else b""
    except UnreadableStructure as fault:
        raise fault.at("structure") from None


def _require_known(session: Session, criteria: Criteria, viewer: Viewer) -> None:
    known = stored.find_labels(session, criteria.substances, criteria.classes, viewer)
    faults = [
        FieldError(field, sentence % {"given": each[:40]})
        for field, values, sentence in (
            ("substances", criteria.substances, _("There is no substance with the accession “%(given)s”.")),
            ("classes", criteria.classes, _("“%(given)s” is not the key of a chemical class here.")),
        )
        for each in values
        if each not in known
    ]
    if viewer == VISITOR and SignalKind.ANALOGUE_OF_CONTROLLED in criteria.kinds:
        faults.append(FieldError("kinds", _("Signals of this kind are for reviewers.")))
    if faults:
        raise InvalidInput(faults[0].message, errors=faults)
