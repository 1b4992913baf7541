"""What people change about their own account: the password, where they stand, their sessions."""

from __future__ import annotations

from nps_registry.accounts.limits import give_back, limits_of_sign_in, use_up
from nps_registry.accounts.passwords import hash_password, is_right, require_good_password
from nps_registry.accounts.resets import set_password
from nps_registry.accounts.sessions import SignedIn, SignInRules
from nps_registry.errors import FieldError, InvalidInput, NotFound
from nps_registry.localisation import gettext as _
from nps_registry.store import accounts as stored
from nps_registry.store import audit, sign_ins
from nps_registry.store.audit import AuditEntry
from nps_registry.store.engine import Engine, Session, reading, writing


def require_password(engine: Engine, person: SignedIn, password: str, rules: SignInRules, address: str) -> None:
    """Refuse whoever sits before a browser that was left open and does not know the password.

    Raises:
        TooManyRequests: tried too often.
        InvalidInput: it is not the password.
    """
    limits = limits_of_sign_in(person.email, address, rules.attempts_per_hour)
    use_up(engine, limits)
    with reading(engine) as session:
        row = stored.find_person(session, person.email)
    if not is_right(row, password):
        message = _("The password is not right.")
        raise InvalidInput(message, errors=[FieldError("password", message)])
    with writing(engine) as session:
        give_back(session, limits[-1:])


def change_password(engine: Engine, person: SignedIn, new: str) -> None:
    """Give *person*, whose present password was asked for, a new one; every other session ends.

    Raises:
        InvalidInput: the new one is not good enough.
        NotFound: the account is there no longer.
    """
    require_good_password(new, person.email, field="new_password")
    hashed = hash_password(new)  # outside the transaction: it takes its time
    with writing(engine) as session:
        row = stored.lock_person(session, person.person_id)
        if row is None:
            raise NotFound(_("There is no such account."))
        set_password(session, row, hashed, action="password.changed", keep=person.session_digest)


def choose_membership(session: Session, person: SignedIn, membership_id: int) -> None:
    """Let this session stand in another role of the same person.

    Raises:
        NotFound: the person has no such role.
    """
    for membership, organisation in stored.memberships_of(session, person.person_id):
        if membership.id == membership_id:
            sign_ins.choose_membership(session, person.session_digest, membership_id)
            before: dict[str, object] = {"organisation": person.organisation_name, "role": person.role.value}
            after: dict[str, object] = {"organisation": organisation.name, "role": membership.role.value}
            entry = AuditEntry(person.actor, "membership.chosen", "session", person.session_digest, before, after)
            audit.append(session, [entry])
            return
    raise NotFound(_("You have no such role."))
