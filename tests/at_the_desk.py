"""A laboratory's person at the desk, for tests: signed in at once, with a form to fill in and buttons to press."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from secrets import token_urlsafe
from typing import Any
from uuid import uuid4

from fastapi.testclient import TestClient
from sqlalchemy import func, select

from nps_registry.accounts.people import create_organisation
from nps_registry.accounts.tokens import digest_of
from nps_registry.store import accounts as stored
from nps_registry.store.engine import reading, writing
from nps_registry.store.tables import Membership, Person, SignInSession
from nps_registry.vocabulary.report import Role
from tests.signing_in import form_token
from tests.spec.served import MMC3, Served

FILLED = {
    "event.type": "seizure", "event.country": "DE", "event.collected_on": "2026-02-03", "items.1": "here",
    "items.1.form": "powder", "items.1.detections.2": "here", "items.1.detections.2.structure": MMC3,
    "items.1.detections.2.techniques": "NMR", "sharing": "public",
}  # fmt: skip


def signed_in(registry: Served, laboratory: str, role: Role = Role.LABORATORY) -> TestClient:
    """The browser of a person of *laboratory* who has signed in; that the ways in work is promised elsewhere."""
    secret, now = token_urlsafe(32), datetime.now(UTC)
    with writing(registry.engine) as session:
        holder = stored.find_organisation(session, laboratory) or create_organisation(session, laboratory, "DE")
        person = Person(email=f"{uuid4()}@example.org", totp_secret="sealed")
        session.add(person)
        session.flush()
        membership = Membership(person_id=person.id, organisation_id=holder.id, role=role)
        session.add(membership)
        session.flush()
        row = SignInSession(
            digest=digest_of(secret), person_id=person.id, membership_id=membership.id, second_factor_at=now,
            expires_at=now + timedelta(days=1),
        )  # fmt: skip
        session.add(row)
    client = TestClient(registry.client.app, raise_server_exceptions=False)
    client.cookies.set("nps-session", secret)
    return client


def begin(client: TestClient) -> str:
    """A fresh draft; answers its address."""
    begun = client.post("/lab/reports/new", data={"form_token": form_token(client, "/lab")}, follow_redirects=False)
    assert begun.status_code == 303, begun.text
    return str(begun.headers["location"])


def act(client: TestClient, draft: str, action: str, fields: dict[str, str], revision: int | None = None) -> Any:
    """Press the button *action* on the form of *draft* with these *fields* in it."""
    page = client.get(draft).text
    shown = re.search(r'name="revision" value="(\d+)"', page)
    sent = {"form_token": form_token(client, "/lab"), "revision": str(revision or (shown[1] if shown else 0))}
    return client.post(draft, data={**sent, "action": action, **fields}, follow_redirects=False)


def count_rows(registry: Served, table: type[Any]) -> int:
    with reading(registry.engine) as session:
        return session.scalar(select(func.count()).select_from(table)) or 0
