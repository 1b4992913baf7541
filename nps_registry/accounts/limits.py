"""How often somebody may try: to sign in, to have a password reset, to submit. Kept in the database for all workers."""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from nps_registry.errors import TooManyRequests
from nps_registry.localisation import gettext as _
from nps_registry.store import allowances
from nps_registry.store.engine import Engine, Session, reading, writing

_PER_ADDRESS = 10
"""A network address stands for a whole laboratory: it may try so many times more often than one account."""

_PER_ORGANISATION = 2
"""An organisation may submit so many times more often than one of its tokens."""

_RESETS_PER_HOUR = 5
_OPT_INS_PER_HOUR = 5


@dataclass(frozen=True, slots=True)
class Limit:
    """*burst* acts at once and, once they are used up, one more after every *every*, for one *subject*."""

    name: str
    subject: str
    burst: int
    every: timedelta

    @property
    def key(self) -> str:
        """What the database calls it: a digest, because an address that was typed may be anybody's."""
        return hashlib.sha256(f"{self.name}\0{self.subject}".encode()).hexdigest()


def _within(name: str, subject: str, count: int, time: timedelta) -> Limit:
    return Limit(name, subject, count, time / count)


def limits_of_sign_in(email: str, address: str, per_hour: int) -> list[Limit]:
    """The limits of trying a password: for the account, whether it exists or not, and for the network address."""
    hour = timedelta(hours=1)
    return [
        _within("sign-in.address", address, per_hour * _PER_ADDRESS, hour),
        _within("sign-in.account", email.strip().lower(), per_hour, hour),
    ]


def limits_of_code(person_id: str, per_hour: int) -> list[Limit]:
    """The limit of trying codes of a second factor."""
    return [_within("code", person_id, per_hour, timedelta(hours=1))]


def limits_of_reset(email: str, address: str) -> list[Limit]:
    """The limits of asking for a link that resets a password."""
    hour = timedelta(hours=1)
    return [
        _within("reset.address", address, _RESETS_PER_HOUR * _PER_ADDRESS, hour),
        _within("reset.account", email.strip().lower(), _RESETS_PER_HOUR, hour),
    ]


def limits_of_submission(organisation_id: str, sender: str, per_minute: int) -> list[Limit]:
    """The limits of submitting for one *sender*, a token or a person, and for the whole organisation."""
    minute = timedelta(minutes=1)
    return [
        _within("submission.sender", sender, per_minute, minute),
        _within("submission.organisation", organisation_id, per_minute * _PER_ORGANISATION, minute),
    ]


def limits_of_opt_in(email: str, address: str) -> list[Limit]:
    """The limits of asking for a subscription without an account: for the mail address and the network address."""
    hour = timedelta(hours=1)
    return [
        _within("opt-in.address", address, _OPT_INS_PER_HOUR * _PER_ADDRESS, hour),
        _within("opt-in.account", email.strip().lower(), _OPT_INS_PER_HOUR, hour),
    ]


def limits_of_feed(address: str) -> list[Limit]:
    """The limit of making private feeds without an account, for a network address."""
    return [_within("feed.address", address, _OPT_INS_PER_HOUR * _PER_ADDRESS, timedelta(hours=1))]


def use_up(engine: Engine, limits: list[Limit]) -> None:
    """Use up one act of each of *limits*, in a transaction of its own, so that what fails later counts too.

    Raises:
        TooManyRequests: one of them has none left; it says in how many seconds there is one again.
    """
    with writing(engine) as session:
        wait = _first_wait(session, limits, datetime.now(UTC))
    if wait > timedelta(0):
        seconds = math.ceil(wait.total_seconds())
        raise TooManyRequests(
            _("Too many attempts; try again in %(seconds)d seconds.") % {"seconds": seconds}, retry_after_s=seconds
        )


def _first_wait(session: Session, limits: list[Limit], at: datetime) -> timedelta:
    """Use up the limits in their order until one is refused: an address that is refused uses up no account."""
    for limit in limits:
        wait = allowances.take(session, limit.key, burst=limit.burst, every=limit.every, at=at)
        if wait > timedelta(0):
            return wait
    return timedelta(0)


def give_back(session: Session, limits: list[Limit]) -> None:
    """Make *limits* whole again: the act succeeded."""
    for limit in limits:
        allowances.give_back(session, limit.key)


def forget_whole_allowances(engine: Engine) -> None:
    """Remove what says nothing any longer; looks first, so that usually nothing is written."""
    at = datetime.now(UTC)
    with reading(engine) as session:
        if not allowances.is_any_whole(session, at):
            return
    with writing(engine) as session:
        allowances.forget_whole(session, at)
