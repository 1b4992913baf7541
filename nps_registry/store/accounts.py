"""Organisations, people and tokens."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ColumnElement, exists, func, not_, or_, select, tuple_, update
from sqlmodel import col

from nps_registry.store.engine import Session, hold
from nps_registry.store.paging import Page, read_cursor, write_cursor
from nps_registry.store.tables import ApiToken, Country, Membership, Organisation, Person, SignInSession


def find_organisation(session: Session, name: str) -> Organisation | None:
    """The organisation called *name*."""
    return session.scalars(select(Organisation).where(col(Organisation.name) == name)).one_or_none()


def get_organisation(session: Session, organisation_id: str) -> Organisation | None:
    """The organisation with this id."""
    return session.get(Organisation, organisation_id)


def lock_organisation(session: Session, organisation_id: str) -> Organisation | None:
    """The organisation with this id as it is now, kept from other writers until the transaction ends."""
    locked = select(Organisation).where(col(Organisation.id) == organisation_id).with_for_update()
    return session.scalars(locked.execution_options(populate_existing=True)).one_or_none()


def list_organisations(session: Session) -> list[Organisation]:
    """All organisations by country and name."""
    return list(session.scalars(select(Organisation).order_by(col(Organisation.country), col(Organisation.name))))


def country_waives_release(session: Session, country: str) -> bool:
    """Whether reports from *country* need no release by its focal point."""
    waives = exists().where(col(Country.iso2) == country, col(Country.waives_release))
    return bool(session.scalar(select(waives)))


def find_person(session: Session, email: str) -> Person | None:
    """The person with this address, whatever its case."""
    return session.scalars(select(Person).where(col(Person.email) == email.strip().lower())).one_or_none()


def lock_person(session: Session, person_id: str) -> Person | None:
    """The person with this id as they are now, kept from other writers until the transaction ends."""
    hold(session, f"person:{person_id}")
    locked = select(Person).where(col(Person.id) == person_id).with_for_update()
    return session.scalars(locked.execution_options(populate_existing=True)).one_or_none()


def list_people(session: Session) -> list[Person]:
    """All people by address."""
    return list(session.scalars(select(Person).order_by(col(Person.email))))


def addresses_of(session: Session, person_ids: Collection[str]) -> dict[str, str]:
    """The e-mail addresses of people, by their ids."""
    statement = select(col(Person.id), col(Person.email)).where(col(Person.id).in_(person_ids))
    return {row[0]: row[1] for row in session.execute(statement)}


def memberships_of(session: Session, person_id: str) -> list[tuple[Membership, Organisation]]:
    """The roles that a person has, each with its organisation."""
    statement = (
        select(Membership, Organisation)
        .join(Organisation, col(Organisation.id) == col(Membership.organisation_id))
        .where(col(Membership.person_id) == person_id)
        .order_by(col(Membership.id))
    )
    return [(membership, organisation) for membership, organisation in session.execute(statement)]


def find_membership(session: Session, membership_id: int) -> tuple[Membership, Organisation] | None:
    """One membership with its organisation."""
    statement = (
        select(Membership, Organisation)
        .join(Organisation, col(Organisation.id) == col(Membership.organisation_id))
        .where(col(Membership.id) == membership_id)
    )
    found = session.execute(statement).first()
    return (found[0], found[1]) if found else None


def delete_membership(session: Session, membership: Membership) -> None:
    """Remove a membership; the sessions that stood in it, ended before, stand in none."""
    stood = update(SignInSession).where(col(SignInSession.membership_id) == membership.id)
    session.execute(stood.values(membership_id=None))
    session.delete(membership)
    session.flush()


def page_of_organisations(session: Session, text: str, *, limit: int, cursor: str | None = None) -> Page[Organisation]:
    """Organisations by country and name; those alone whose name, or whose people's names or addresses, have *text*."""
    is_member = exists().where(
        col(Membership.organisation_id) == col(Organisation.id),
        col(Membership.person_id) == col(Person.id),
        _is_called(text),
    )
    wanted = select(Organisation).where(or_(col(Organisation.name).icontains(text, autoescape=True), is_member))
    total = session.scalar(select(func.count()).select_from(wanted.subquery())) or 0
    if cursor:
        country, name = read_cursor(cursor, (str, str))
        wanted = wanted.where(tuple_(col(Organisation.country), col(Organisation.name)) > (country, name))
    ordered = wanted.order_by(col(Organisation.country), col(Organisation.name)).limit(limit + 1)
    rows = list(session.scalars(ordered))
    last = rows[limit - 1] if len(rows) > limit else None
    return Page(rows[:limit], total, write_cursor([last.country, last.name]) if last else None)


def members_of(session: Session, organisation_ids: Collection[str]) -> dict[str, list[tuple[Person, Membership]]]:
    """The people in each of these organisations with each of their roles, by address."""
    statement = (
        select(Person, Membership)
        .join(Membership, col(Membership.person_id) == col(Person.id))
        .where(col(Membership.organisation_id).in_(organisation_ids))
        .order_by(col(Person.email), col(Membership.id))
    )
    found: dict[str, list[tuple[Person, Membership]]] = {}
    for person, membership in session.execute(statement):
        found.setdefault(membership.organisation_id, []).append((person, membership))
    return found


def page_of_people_without_role(session: Session, text: str, *, limit: int, cursor: str | None = None) -> Page[Person]:
    """People who stand in no organisation, by address; those alone whose name or address has *text*.

    Raises:
        InvalidInput: *cursor* is not one that this list gave.
    """
    stands = exists().where(col(Membership.person_id) == col(Person.id))
    wanted = select(Person).where(not_(stands), _is_called(text))
    total = session.scalar(select(func.count()).select_from(wanted.subquery())) or 0
    if cursor is not None:
        (email,) = read_cursor(cursor, (str,))
        wanted = wanted.where(col(Person.email) > email)
    rows = session.scalars(wanted.order_by(col(Person.email)).limit(limit + 1)).all()
    last = rows[limit - 1] if len(rows) > limit else None
    return Page(rows[:limit], total, write_cursor([last.email]) if last else None)


def _is_called(text: str) -> ColumnElement[bool]:
    return or_(col(Person.email).icontains(text, autoescape=True), col(Person.name).icontains(text, autoescape=True))


def revoke_tokens_made_by(session: Session, person_id: str, at: datetime) -> list[str]:
    """End the living tokens that a person made; answers their ids."""
    living = update(ApiToken).where(col(ApiToken.made_by) == person_id, col(ApiToken.revoked_at).is_(None))
    return [row[0] for row in session.execute(living.values(revoked_at=at).returning(col(ApiToken.id)))]


def find_token(session: Session, digest: str) -> tuple[ApiToken, Organisation] | None:
    """The token with this digest and its organisation, expired and revoked ones too."""
    statement = (
        select(ApiToken, Organisation)
        .join(Organisation, col(Organisation.id) == col(ApiToken.organisation_id))
        .where(col(ApiToken.digest) == digest)
    )
    found = session.execute(statement).first()
    return (found[0], found[1]) if found else None


def list_tokens(session: Session, organisation_id: str | None = None) -> list[tuple[ApiToken, Organisation]]:
    """The tokens of one organisation, or all, in the order of their making."""
    statement = select(ApiToken, Organisation).join(Organisation, col(Organisation.id) == col(ApiToken.organisation_id))
    if organisation_id is not None:
        statement = statement.where(col(ApiToken.organisation_id) == organisation_id)
    rows = session.execute(statement.order_by(col(ApiToken.created_at), col(ApiToken.id)))
    return [(token, organisation) for token, organisation in rows]


def note_token_use(session: Session, token_id: str, at: datetime) -> None:
    """Keep when a token was used last."""
    session.execute(update(ApiToken).where(col(ApiToken.id) == token_id).values(last_used_at=at))


def revoke_token(session: Session, token_id: str, at: datetime, organisation_id: str | None = None) -> bool:
    """End a token, of one organisation only where that is given; answers whether there was a living one to end."""
    living = update(ApiToken).where(col(ApiToken.id) == token_id, col(ApiToken.revoked_at).is_(None))
    if organisation_id is not None:
        living = living.where(col(ApiToken.organisation_id) == organisation_id)
    return bool(session.execute(living.values(revoked_at=at).returning(col(ApiToken.id))).first())
