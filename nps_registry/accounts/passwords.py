"""Passwords: argon2, judged before they are taken, checked with the same work whether or not the account exists."""

from __future__ import annotations

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from nps_registry.errors import FieldError, InvalidInput
from nps_registry.localisation import gettext as _
from nps_registry.store.tables import Person

SHORTEST, LONGEST = 12, 1_000
_JUDGED = 72
"""Characters that are judged: the estimate takes time with the square of the length, and 72 are enough to be good."""

_FEWEST_GUESSES = 10**8
"""What an attacker's lists must not reach sooner; the estimate is zxcvbn's (Wheeler, USENIX Security 2016)."""

_NOBODYS_HASH = "$argon2id$v=19$m=65536,t=3,p=4$VkXOC3DQ0KOSfw00SCCBcA$2V2VhhvajatY6TYkwCqemSPSGnrb17IzNCzigFKucaw"
"""What a password is checked against where there is no account; a test holds its parameters to those of real hashes."""


def require_good_password(password: str, email: str, field: str = "password") -> None:
    """Refuse a password that is too short, too long, soon guessed, or made of the address.

    Raises:
        InvalidInput: saying which.
    """
    if len(password) < SHORTEST:
        message = _("A password has %(least)d characters or more.") % {"least": SHORTEST}
    elif len(password) > LONGEST:
        message = _("A password has at most %(most)d characters.") % {"most": LONGEST}
    elif email and email.casefold() in password.casefold():
        message = _("The password must not be made of the e-mail address.")
    elif _guesses(password, email) < _FEWEST_GUESSES:
        message = _("An attacker guesses this password soon; take four random words, or let a program make one.")
    else:
        return
    raise InvalidInput(message, errors=[FieldError(field, message)])


def _guesses(password: str, email: str) -> float:
    from zxcvbn import zxcvbn  # its lists of words take a moment, and few requests need them

    known = [*email.replace("@", ".").split("."), "nps", "registry", "nps-registry"]
    return float(zxcvbn(password[:_JUDGED], user_inputs=known)["guesses"])


def hash_password(password: str) -> str:
    """The argon2id hash of *password*, with its parameters and salt."""
    return PasswordHasher().hash(password)


def is_right(person: Person | None, password: str) -> bool:
    """Whether *password* is that of *person*.

    One hash is computed in every case, also where there is no such person or the account is closed, so that
    the time taken tells nothing about which accounts exist.
    """
    usable = person is not None and person.active and bool(person.password_hash)
    known = person.password_hash if person is not None and usable else _NOBODYS_HASH
    try:
        PasswordHasher().verify(known, password[: LONGEST + 1])
    except (VerificationError, InvalidHashError):
        return False
    return usable
