"""Delivery of the mail that waits in the outbox: claimed with a lease, tried again, given up in the end."""

from __future__ import annotations

import secrets
import smtplib
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from nps_registry.accounts.invitations import MAIL_TOPIC
from nps_registry.accounts.seal import Seal
from nps_registry.notices.letters import write_letter
from nps_registry.notices.mail import NotDelivered, carry_all, require_mail, send
from nps_registry.settings import Settings
from nps_registry.store import outbox
from nps_registry.store.engine import Engine, reading, writing
from nps_registry.store.tables import OutboxMessage

LEASE = timedelta(minutes=10)
MOST_ATTEMPTS = 12
_AT_ONCE = 20
_FIRST_WAIT = timedelta(seconds=30)
_LONGEST_WAIT = timedelta(hours=6)


@dataclass(slots=True)
class Delivery:
    """What one round of delivery came to; *reason* is that of the last failure."""

    sent: int = 0
    dropped: int = 0
    postponed: int = 0
    parked: int = 0
    reason: str = ""


def deliver_mail(engine: Engine, settings: Settings, seal: Seal) -> Delivery:
    """Send all mail that is due; each letter once if nothing fails, and at least once in any case.

    Raises:
        NotReady: no mail server is set.
    """
    require_mail(settings)
    courier = Courier(engine, settings, seal)
    while claimed := courier.claim():
        courier.deliver(claimed)
    return courier.told


def count_mail(engine: Engine) -> tuple[int, int]:
    """Letters that wait to be sent, and letters that were given up."""
    with reading(engine) as session:
        return outbox.count_waiting(session, MAIL_TOPIC), outbox.count_parked(session, MAIL_TOPIC)


@dataclass(frozen=True, slots=True)
class Courier:
    """One that claims letters under a name of its own and carries them to the mail server."""

    engine: Engine
    settings: Settings
    seal: Seal
    name: str = field(default_factory=lambda: secrets.token_hex(8))
    told: Delivery = field(default_factory=Delivery)

    def claim(self) -> list[OutboxMessage]:
        """Take the next letters that are due."""
        with writing(self.engine) as session:
            return outbox.claim(session, MAIL_TOPIC, self.name, at=datetime.now(UTC), lease=LEASE, limit=_AT_ONCE)

    def deliver(self, claimed: list[OutboxMessage]) -> None:
        """Carry the *claimed* letters; those that could not be handed over are put off."""
        carry_all(self.settings, claimed, self._deliver_one, self._put_off)

    def _deliver_one(self, server: smtplib.SMTP, message: OutboxMessage) -> None:
        # What a letter makes true (the link of a reset) is stored before it is sent: a link in a mail always works.
        with writing(self.engine) as session:
            letter = write_letter(session, self.seal, message, self.settings.public_url)
        if letter is None:
            self.told.dropped += 1
        else:
            try:
                send(server, letter, self.settings.mail_from)
            except NotDelivered as fault:
                self._put_off(message, fault)
                return
            self.told.sent += 1
        kept: dict[str, object] = {"kind": message.content["kind"]}  # neither address nor link stays behind
        with writing(self.engine) as session:
            outbox.settle(session, message.id, self.name, datetime.now(UTC), kept)

    def _put_off(self, message: OutboxMessage, fault: NotDelivered) -> None:
        self.told.reason = str(fault)
        give_up = fault.for_good or message.attempts >= MOST_ATTEMPTS
        with writing(self.engine) as session:
            if give_up:
                outbox.park(session, message.id, self.name, str(fault)[:500])
            else:
                wait = min(_FIRST_WAIT * 2 ** (message.attempts - 1), _LONGEST_WAIT)
                outbox.postpone(session, message.id, self.name, datetime.now(UTC) + wait)
        if give_up:
            self.told.parked += 1
        else:
            self.told.postponed += 1
