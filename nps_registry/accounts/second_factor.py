"""The second factor: time-based codes (RFC 6238) and recovery codes, each good once."""

from __future__ import annotations

import base64
import hashlib
import secrets
from collections.abc import Iterator
from datetime import UTC, datetime
from hmac import compare_digest

import pyotp

from nps_registry.accounts.seal import Seal
from nps_registry.accounts.sessions import actor_of
from nps_registry.errors import FieldError, InvalidInput, NotReady
from nps_registry.localisation import gettext as _
from nps_registry.store import accounts as stored
from nps_registry.store import audit
from nps_registry.store.audit import AuditEntry
from nps_registry.store.engine import Session
from nps_registry.store.tables import Person

ISSUER = "NPS registry"
STEP_S = 30
_STEPS_AROUND = 1
"""A clock may be wrong by one step either way."""

_RECOVERY_CODES = 10
_RECOVERY_BYTES = 10


def mint_secret() -> str:
    """A random TOTP secret of 160 bits, in base32."""
    return pyotp.random_base32()


def write_address(secret: str, email: str) -> str:
    """The ``otpauth:`` address that an authenticator reads from the QR code."""
    return pyotp.TOTP(secret).provisioning_uri(name=email, issuer_name=ISSUER)


def current_code(secret: str, at: datetime | None = None) -> str:
    """The code that an authenticator shows for *secret* now."""
    return pyotp.TOTP(secret).at(at or datetime.now(UTC))


def find_step(secret: str, code: str, at: datetime) -> int | None:
    """The time step whose code *code* is, within one step of *at*; none where it is no such code.

    Every step is compared, so that the time taken does not depend on which one fits.
    """
    now, found = int(at.timestamp()) // STEP_S, None
    for step in range(now - _STEPS_AROUND, now + _STEPS_AROUND + 1):
        if compare_digest(pyotp.TOTP(secret).at(step * STEP_S).encode(), code.encode("utf-8", "replace")):
            found = step
    return found


def mint_recovery_codes() -> list[str]:
    """Ten fresh recovery codes of 80 bits each."""
    return [_spell(secrets.token_bytes(_RECOVERY_BYTES)) for _code in range(_RECOVERY_CODES)]


def _spell(random: bytes) -> str:
    text = base64.b32encode(random).decode().lower()
    return "-".join(text[start : start + 4] for start in range(0, len(text), 4))


def _hashes(codes: list[str]) -> Iterator[str]:
    for code in codes:
        yield hashlib.sha256(_plain(code).encode()).hexdigest()


def _plain(code: str) -> str:
    return "".join(character for character in code.lower() if character.isalnum())


def set_up(session: Session, seal: Seal, person: Person, secret: str, code: str, *, actor: str) -> list[str]:
    """Give *person* the second factor *secret*, proved by *code*; answers the recovery codes, to be shown once.

    Raises:
        InvalidInput: the code is not that of the secret.
    """
    step = find_step(secret, code.replace(" ", ""), datetime.now(UTC))
    if step is None:
        message = _("This code does not belong to the secret shown; check that the clock of the telephone is right.")
        raise InvalidInput(message, errors=[FieldError("code", message)])
    return give(session, seal, person, secret, step=step, actor=actor)


def give(session: Session, seal: Seal, person: Person, secret: str, *, step: int, actor: str) -> list[str]:
    """Give *person* the second factor *secret*, whose codes up to *step* are used up; answers the recovery codes."""
    codes, had = mint_recovery_codes(), bool(person.totp_secret)
    person.totp_secret = seal.close(secret)
    person.totp_last_step = step
    person.recovery_hashes = list(_hashes(codes))
    session.add(person)
    session.flush()
    before: dict[str, object] = {"second_factor": had}
    after: dict[str, object] = {"second_factor": True, "recovery_codes": len(codes)}
    audit.append(session, [AuditEntry(actor, "second_factor.set_up", "person", person.id, before, after)])
    return codes


def use_code(session: Session, seal: Seal, person_id: str, given: str) -> bool:
    """Whether *given* is a code of this person that was not used before; it is used up by the asking.

    A time-based code is good for its step once: a second use, a replay, is refused. A recovery code is
    good once.

    Raises:
        NotReady: the secret was sealed with another key than this installation's.
    """
    person = stored.lock_person(session, person_id)
    if person is None or not person.active or not person.totp_secret:
        return False
    secret = seal.open(person.totp_secret)
    if secret is None:
        raise NotReady(_("The second factor cannot be read: the key in NPS_SECRET_KEY or secret.key is another one."))
    step = find_step(secret, given.replace(" ", ""), datetime.now(UTC))
    if step is not None:
        if step <= person.totp_last_step:
            return False
        person.totp_last_step = step
        session.flush()
        return True
    return _use_recovery_code(session, person, given)


def _use_recovery_code(session: Session, person: Person, given: str) -> bool:
    (digest,) = _hashes([given])
    left = [each for each in person.recovery_hashes if not compare_digest(each, digest)]
    if len(left) == len(person.recovery_hashes):
        return False
    before: dict[str, object] = {"recovery_codes": len(person.recovery_hashes)}
    person.recovery_hashes = left
    session.flush()
    after: dict[str, object] = {"recovery_codes": len(left)}
    entry = AuditEntry(actor_of(person.id), "recovery_code.used", "person", person.id, before, after)
    audit.append(session, [entry])
    return True
