"""The steps of signing in: the password, then the second factor. Each step begins a session of its own.

What a stranger can observe is the same whether or not an address has an account: the same statements are run, one
argon2 hash is computed, one entry is written, the same sentence is answered.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from nps_registry.accounts.limits import give_back, limits_of_code, limits_of_sign_in, use_up
from nps_registry.accounts.passwords import is_right
from nps_registry.accounts.seal import Seal
from nps_registry.accounts.second_factor import use_code
from nps_registry.accounts.sessions import SignedIn, SignInRules, end_sessions, start_session
from nps_registry.errors import FieldError, InvalidInput, NotSignedIn
from nps_registry.localisation import gettext as _
from nps_registry.store import accounts as stored
from nps_registry.store import audit
from nps_registry.store.audit import AuditEntry
from nps_registry.store.engine import Engine, Session, reading, writing


@dataclass(frozen=True, slots=True)
class Visit:
    """The browser that signs in: what it calls itself, and the network address it comes from."""

    agent: str
    address: str


def give_password(engine: Engine, email: str, password: str, *, visit: Visit, rules: SignInRules) -> str:
    """Begin a session that waits for the second factor; answers its secret.

    Raises:
        TooManyRequests: too many attempts for this account or from this network address.
        InvalidInput: address and password do not belong together, in one sentence for every reason.
    """
    limits = limits_of_sign_in(email, visit.address, rules.attempts_per_hour)
    use_up(engine, limits)
    with reading(engine) as session:
        person = stored.find_person(session, email)
        belongs = bool(stored.memberships_of(session, person.id if person else ""))
    # Outside any transaction: hashing takes its time, and nobody should wait for it.
    right = is_right(person, password)
    with writing(engine) as session:
        if person is not None and right and belongs:
            give_back(session, limits[-1:])  # the account's; the address may be trying others
            return start_session(session, person, agent=visit.agent, rules=rules, second_factor=False)
        audit.append(session, [AuditEntry("visitor", "sign_in.failed", "address", _digest_of_address(email))])
    message = _("Address and password do not belong together.")
    raise InvalidInput(message, errors=[FieldError("password", message)])


def _digest_of_address(email: str) -> str:
    """What the trail calls an address that was tried: it may be anybody's."""
    return hashlib.sha256(email.strip().lower().encode()).hexdigest()


def give_second_factor(
    engine: Engine, seal: Seal, half: SignedIn, code: str, *, visit: Visit, rules: SignInRules
) -> str:
    """Turn the session that waits for the second factor into a whole one, with a fresh secret, which is answered.

    Raises:
        TooManyRequests: too many codes were tried for this account.
        InvalidInput: the code is wrong, or was used already.
    """
    limits = limits_of_code(half.person_id, rules.attempts_per_hour)
    use_up(engine, limits)
    with writing(engine) as session:
        right = use_code(session, seal, half.person_id, code)
        if right:
            give_back(session, limits)
            return finish(session, half, visit=visit, rules=rules)
        audit.append(session, [AuditEntry(half.actor, "second_factor.failed", "person", half.person_id)])
    message = _("This code is wrong or was used already; wait for the next one.")
    raise InvalidInput(message, errors=[FieldError("code", message)])


def finish(session: Session, half: SignedIn, *, visit: Visit, rules: SignInRules) -> str:
    """End the session that waited and begin the whole one; answers its secret.

    Raises:
        NotSignedIn: the person is there no longer.
    """
    person = stored.lock_person(session, half.person_id)
    if person is None:
        raise NotSignedIn(_("Sign in again."))
    end_sessions(session, person.id, actor=half.actor, digest=half.session_digest)
    return start_session(session, person, agent=visit.agent, rules=rules, second_factor=True)
