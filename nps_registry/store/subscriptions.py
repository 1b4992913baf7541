"""Subscriptions: kept with their gates, found by what opens them, and who stands behind each now."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import and_, delete, func, select, update
from sqlmodel import col

from nps_registry.store.batches import in_batches
from nps_registry.store.bulk import insert_rows
from nps_registry.store.engine import Session
from nps_registry.store.tables import (
    ApiToken,
    ChemicalClass,
    Delivery,
    Membership,
    Organisation,
    Person,
    Subscription,
    SubscriptionGate,
    Substance,
)
from nps_registry.store.viewer import VISITOR, Viewer
from nps_registry.store.visibility import substances_visible_to


def add(session: Session, subscription: Subscription, gates: Sequence[str]) -> None:
    """Keep *subscription*; a notice that opens one of *gates* looks at it."""
    session.add(subscription)
    session.flush()
    insert_rows(
        session, SubscriptionGate, [{"gate": gate, "subscription_id": subscription.id} for gate in dict.fromkeys(gates)]
    )


def remove(session: Session, subscription_ids: Collection[str]) -> None:
    """Delete subscriptions with their deliveries: nothing of them is left."""
    quietly = {"synchronize_session": False}
    for ids in in_batches(subscription_ids):
        # Whoever is making deliveries for one of them comes first, or finds it gone (see `keep_in_force`).
        session.execute(select(col(Subscription.id)).where(col(Subscription.id).in_(ids)).with_for_update()).all()
        for table in (Delivery, SubscriptionGate):
            session.execute(delete(table).where(col(table.subscription_id).in_(ids)), execution_options=quietly)
        session.execute(delete(Subscription).where(col(Subscription.id).in_(ids)), execution_options=quietly)
    session.expire_all()


def hand_over(session: Session, subscription_ids: Collection[str], heir: Subscription) -> None:
    """Remove subscriptions of which *heir*, with the same criteria, takes the place, with all that was told and is due.

    What waits is still delivered, and what was told can still be taken back.
    """
    for ids in in_batches(subscription_ids):
        theirs = update(Delivery).where(col(Delivery.subscription_id).in_(ids))
        session.execute(theirs.values(subscription_id=heir.id), execution_options={"synchronize_session": False})
    remove(session, subscription_ids)


def find(session: Session, subscription_id: str) -> Subscription | None:
    """The subscription with this id."""
    return session.get(Subscription, subscription_id)


def lock_by_handle(session: Session, handle: str) -> Subscription | None:
    """The subscription that an unsubscribe link names, kept from other writers."""
    wanted = select(Subscription).where(col(Subscription.handle) == handle).with_for_update()
    return session.scalars(wanted.execution_options(populate_existing=True)).one_or_none()


def lock_by_confirmation(session: Session, digest: str, at: datetime) -> Subscription | None:
    """The subscription that waits for the opt-in link with this digest, kept from other writers."""
    session.connection()
    wanted = select(Subscription).where(
        col(Subscription.confirm_digest) == digest, col(Subscription.confirm_until) > at
    )
    return session.scalars(wanted.with_for_update().execution_options(populate_existing=True)).one_or_none()


def find_by_confirmation(session: Session, digest: str, at: datetime) -> Subscription | None:
    """The subscription that waits for the opt-in link with this digest."""
    wanted = select(Subscription).where(
        col(Subscription.confirm_digest) == digest, col(Subscription.confirm_until) > at
    )
    return session.scalars(wanted).one_or_none()


def find_feed(session: Session, digest: str) -> Subscription | None:
    """The subscription whose private feed has the address with this digest."""
    return session.scalars(select(Subscription).where(col(Subscription.feed_digest) == digest)).one_or_none()


def list_of_person(session: Session, person_id: str) -> list[Subscription]:
    """A person's subscriptions, the newest first."""
    return _list(session, Subscription.person_id == person_id)


def list_of_tokens(session: Session, organisation_id: str) -> list[Subscription]:
    """The subscriptions that tokens of an organisation made, the newest first."""
    return _list(
        session, and_(col(Subscription.organisation_id) == organisation_id, col(Subscription.token_id).is_not(None))
    )


def list_of_address(session: Session, address: str) -> list[Subscription]:
    """The confirmed public subscriptions of a mail address."""
    public = and_(col(Subscription.address) == address, col(Subscription.confirmed_at).is_not(None))
    return _list(session, and_(public, col(Subscription.person_id).is_(None), col(Subscription.token_id).is_(None)))


def _list(session: Session, condition: object) -> list[Subscription]:
    wanted = select(Subscription).where(condition)  # type: ignore[arg-type]  # a column's comparison
    return list(session.scalars(wanted.order_by(col(Subscription.created_at).desc(), col(Subscription.id))))


def count_of_owner(session: Session, *, person_id: str | None, token_id: str | None) -> int:
    """How many subscriptions a person or a token has."""
    owner = col(Subscription.person_id) == person_id if person_id else col(Subscription.token_id) == token_id
    return session.scalar(select(func.count()).select_from(Subscription).where(owner)) or 0


def opened_by(session: Session, gates: Collection[str]) -> list[Subscription]:
    """The subscriptions in force that one of *gates* belongs to, by id; an index is read, not all of them."""
    found: dict[str, Subscription] = {}
    for part in in_batches(gates):
        ids = select(col(SubscriptionGate.subscription_id)).where(col(SubscriptionGate.gate).in_(part))
        found |= {
            row.id: row
            for row in session.scalars(select(Subscription).where(col(Subscription.id).in_(ids), *_IN_FORCE))
        }
    return [found[each] for each in sorted(found)]


def by_ids(session: Session, subscription_ids: Collection[str]) -> dict[str, Subscription]:
    """Those of *subscription_ids* that are still in force, by id."""
    found: dict[str, Subscription] = {}
    for ids in in_batches(subscription_ids):
        wanted = select(Subscription).where(col(Subscription.id).in_(ids), *_IN_FORCE)
        found |= {row.id: row for row in session.scalars(wanted.execution_options(populate_existing=True))}
    return found


def keep_in_force(session: Session, subscription_ids: Collection[str]) -> set[str]:
    """Those of *subscription_ids* that are still in force; none of them is removed before the transaction ends."""
    kept: set[str] = set()
    for ids in in_batches(sorted(subscription_ids)):
        wanted = select(col(Subscription.id)).where(col(Subscription.id).in_(ids), *_IN_FORCE)
        kept.update(session.scalars(wanted.order_by(col(Subscription.id)).with_for_update(read=True, key_share=True)))
    return kept


_IN_FORCE = (col(Subscription.confirmed_at).is_not(None), col(Subscription.paused_at).is_(None))


def readers(session: Session, subscriptions: Collection[Subscription], at: datetime) -> dict[str, Viewer]:
    """Who stands behind each of *subscriptions* at this moment, by the subscription's id.

    Those whose person has lost the role or the account, or whose token has ended, are missing.
    """
    people = _memberships(session, {each.person_id for each in subscriptions if each.person_id})
    tokens = _living_tokens(session, {each.token_id for each in subscriptions if each.token_id}, at)
    found: dict[str, Viewer] = {}
    for each in subscriptions:
        if each.person_id:
            country = people.get((each.person_id, each.organisation_id, each.role.value))
            if country is not None:
                actor = f"person:{each.person_id}"
                found[each.id] = Viewer(each.role, each.organisation_id, country, actor)
        elif each.token_id:
            country = tokens.get(each.token_id)
            if country is not None:
                found[each.id] = Viewer(each.role, each.organisation_id, country, f"token:{each.token_id}")
        else:
            found[each.id] = VISITOR
    return found


def _memberships(session: Session, person_ids: Collection[str]) -> dict[tuple[str, str | None, str], str]:
    """The roles that active people have, each with the country of its organisation."""
    found: dict[tuple[str, str | None, str], str] = {}
    for ids in in_batches(person_ids):
        statement = (
            select(
                col(Membership.person_id),
                col(Membership.organisation_id),
                col(Membership.role),
                col(Organisation.country),
            )
            .join(Person, col(Person.id) == col(Membership.person_id))
            .join(Organisation, col(Organisation.id) == col(Membership.organisation_id))
            .where(col(Membership.person_id).in_(ids), col(Person.active))
        )
        found |= {(person, holder, role.value): country for person, holder, role, country in session.execute(statement)}
    return found


def _living_tokens(session: Session, token_ids: Collection[str], at: datetime) -> dict[str, str]:
    found: dict[str, str] = {}
    for ids in in_batches(token_ids):
        statement = (
            select(col(ApiToken.id), col(ApiToken.expires_at), col(Organisation.country))
            .join(Organisation, col(Organisation.id) == col(ApiToken.organisation_id))
            .where(col(ApiToken.id).in_(ids), col(ApiToken.revoked_at).is_(None))
        )
        for token_id, expires_at, country in session.execute(statement):
            if expires_at is None or expires_at > at:
                found[token_id] = country
    return found


def emails_of(session: Session, person_ids: Collection[str]) -> dict[str, str]:
    """The addresses of people, by their ids, as they are now."""
    found: dict[str, str] = {}
    for ids in in_batches(person_ids):
        statement = select(col(Person.id), col(Person.email)).where(col(Person.id).in_(ids))
        found |= {row[0]: row[1] for row in session.execute(statement)}
    return found


def unconfirmed_ids(session: Session, at: datetime) -> list[str]:
    """Ids of the subscriptions whose opt-in link has expired unused."""
    expired = and_(col(Subscription.confirm_until).is_not(None), col(Subscription.confirm_until) <= at)
    return list(session.scalars(select(col(Subscription.id)).where(expired, col(Subscription.confirmed_at).is_(None))))


def find_labels(
    session: Session, accessions: Collection[str], classes: Collection[str], viewer: Viewer
) -> dict[str, str]:
    """Names of those substances that *viewer* may know of, by accession, and labels of classes, by key."""
    visible = select(col(Substance.accession), col(Substance.name)).where(
        col(Substance.accession).in_(accessions), substances_visible_to(viewer)
    )
    labels = select(col(ChemicalClass.key), col(ChemicalClass.label)).where(col(ChemicalClass.key).in_(classes))
    found: dict[str, str] = {}
    for statement in ([visible] if accessions else []) + ([labels] if classes else []):
        found |= {row[0]: row[1] for row in session.execute(statement)}
    return found


def names_of_organisations(session: Session, organisation_ids: Collection[str]) -> dict[str, str]:
    """The names of organisations, by their ids."""
    statement = select(col(Organisation.id), col(Organisation.name)).where(col(Organisation.id).in_(organisation_ids))
    return {row[0]: row[1] for row in session.execute(statement)}
