"""A registry with subscribers, a mail server and a webhook's receiver."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from nps_registry.accounts.people import create_organisation
from nps_registry.accounts.seal import Seal, seal_of
from nps_registry.accounts.tokens import create_token
from nps_registry.notices.criteria import Criteria
from nps_registry.notices.delivery import Delivery as Outcome
from nps_registry.notices.rounds import open_rounds
from nps_registry.notices.subscribing import Made, Owner, Wish, subscribe
from nps_registry.settings import Settings
from nps_registry.store import accounts as stored
from nps_registry.store.engine import Engine, reading, writing
from nps_registry.store.tables import Delivery, Membership, OutboxMessage, Person, Subscription
from nps_registry.store.viewer import Viewer
from nps_registry.vocabulary.notice import Channel, DeliveryState, Frequency
from nps_registry.vocabulary.report import Role, Scope
from tests.inboxes import Postbox, Receiver, mail_server, receiving, settings_with_mail
from tests.spec.notices.raising import make_registry

URL = "https://registry.example"


@dataclass
class World:
    """A registry, its subscribers' inboxes, and the ways to both."""

    engine: Engine
    settings: Settings
    seal: Seal
    postbox: Postbox
    receiver: Receiver
    substances: dict[str, int] = field(default_factory=dict)

    def person(self, email: str, role: Role = Role.LABORATORY, country: str = "DE", name: str = "") -> Owner:
        """A person with *role* in an organisation of their own, or the one called *name*."""
        with writing(self.engine) as session:
            called = name or f"Organisation of {email}"
            holder = stored.find_organisation(session, called) or create_organisation(session, called, country)
            person = Person(email=email)
            session.add(person)
            session.flush()
            session.add(Membership(person_id=person.id, organisation_id=holder.id, role=role))
            viewer = Viewer(role, holder.id, holder.country, f"person:{person.id}")
            return Owner(viewer, person_id=person.id)

    def token(self, name: str, role: Role = Role.LABORATORY, country: str = "DE") -> Owner:
        """A token of an organisation called *name*."""
        with writing(self.engine) as session:
            holder = stored.find_organisation(session, name) or create_organisation(session, name, country)
            _text, row = create_token(session, holder, role=role, scopes=[Scope.REPORTS_READ])
            return Owner(Viewer(role, holder.id, holder.country, f"token:{row.id}"), token_id=row.id)

    def subscribe(
        self,
        owner: Owner,
        channel: Channel = Channel.EMAIL,
        criteria: Criteria | None = None,
        *,
        path: str = "/hook",
        frequency: Frequency = Frequency.IMMEDIATE,
    ) -> Made:
        """A subscription of *owner*; a webhook leads to *path* of the receiver."""
        address = self.receiver.url + path if channel is Channel.WEBHOOK else ""
        wish = Wish(criteria or Criteria(), channel, frequency, address)
        return subscribe(self.engine, self.seal, owner, wish, private=True)

    def go(self, **settings: object) -> Outcome:
        """One round of a worker."""
        with open_rounds(self.engine, self.settings.model_copy(update=settings), self.seal) as rounds:
            return rounds.go()

    def make_due(self) -> None:
        """Let the time pass that deliveries and messages wait for, leases among it."""
        before = datetime.now(UTC) - timedelta(seconds=1)
        with writing(self.engine) as session:
            session.execute(update(Delivery).values(available_at=before))
            session.execute(update(Delivery).where(Delivery.leased_until.is_not(None)).values(leased_until=before))  # type: ignore[union-attr]
            session.execute(
                update(OutboxMessage).where(OutboxMessage.leased_until.is_not(None)).values(leased_until=before)  # type: ignore[union-attr]
            )

    def states(self) -> list[DeliveryState]:
        """The states of all deliveries, sorted."""
        return sorted(row.state for row in self.deliveries())

    def deliveries(self) -> list[Delivery]:
        """All deliveries."""
        with reading(self.engine) as session:
            return list(session.scalars(select(Delivery)))

    def subscriptions(self) -> list[Subscription]:
        """All subscriptions."""
        with reading(self.engine) as session:
            return list(session.scalars(select(Subscription)))


@pytest.fixture
def world(engine: Engine, database_url: str, tmp_path: Path) -> Iterator[World]:
    """A registry of three substances without subscribers."""
    postbox = Postbox()
    with mail_server(postbox) as smtp, receiving() as receiver:
        settings = settings_with_mail(database_url, tmp_path, smtp, URL)
        yield World(engine, settings, seal_of(settings), postbox, receiver, make_registry(engine))
