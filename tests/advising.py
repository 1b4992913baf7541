"""Advisories for tests: written by one curator and published by another, the shortest way."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from nps_registry.accounts.seal import Seal
from nps_registry.notices import advisories as life
from nps_registry.notices.advisories import Asked
from nps_registry.notices.advisory_text import AdvisoryText
from nps_registry.notices.drafting import draft_from
from nps_registry.store import substances as substances_stored
from nps_registry.store.engine import Session, writing
from nps_registry.store.tables import Advisory
from nps_registry.store.viewer import Viewer
from nps_registry.vocabulary.report import Role
from nps_registry.vocabulary.signal import TrafficLight
from tests.spec.served import Served

ANNA, BEN = Viewer(Role.CURATOR, "curators", "CH", "person:anna"), Viewer(Role.CURATOR, "curators", "CH", "person:ben")


def seal_of(registry: Served) -> Seal:
    """The seal of the served application."""
    seal: Seal = registry.client.app.state.services.seal  # type: ignore[attr-defined]  # it is a FastAPI
    return seal


def text_about(session: Session, *accessions: str, **changes: Any) -> AdvisoryText:
    """The draft that the facts give, with some fields changed."""
    rows = substances_stored.by_accessions(session, accessions)
    return replace(draft_from(session, [rows[each] for each in accessions], None), **changes)


def open_draft(registry: Served, *accessions: str, **changes: Any) -> Advisory:
    """A draft of Anna's; about 3-MMC if nothing is named."""
    with writing(registry.engine) as session:
        return life.open_draft(session, ANNA, text_about(session, *(accessions or ("NPS-000001",)), **changes))


def publish(registry: Served, advisory_id: str) -> Advisory:
    """Let Anna ask for it and Ben publish it."""
    with writing(registry.engine) as session:
        life.propose(session, Asked(advisory_id, ANNA))
    with writing(registry.engine) as session:
        row = life.publish(session, seal_of(registry), Asked(advisory_id, BEN))
    registry.client.app.state.services.index.refresh()  # type: ignore[attr-defined]  # it is a FastAPI
    return row


def published(
    registry: Served,
    *accessions: str,
    audience: TrafficLight = TrafficLight.CLEAR,
    recipients: tuple[str, ...] = (),
    **changes: Any,
) -> str:
    """The id of an advisory that was published."""
    row = open_draft(registry, *accessions, audience=audience, recipients=recipients, **changes)
    return publish(registry, row.id).id


def update(registry: Served, advisory_id: str, **changes: Any) -> Advisory:
    """The next version, with some fields changed."""
    with writing(registry.engine) as session:
        row = life.begin_update(session, Asked(advisory_id, ANNA))
        assert row.draft is not None
        life.save(session, Asked(advisory_id, ANNA), replace(AdvisoryText.restored(row.draft), **changes))
    return publish(registry, advisory_id)


def withdraw(registry: Served, advisory_id: str, reason: str = "It was another substance.") -> Advisory:
    """Let Ben withdraw it."""
    with writing(registry.engine) as session:
        row = life.withdraw(session, seal_of(registry), Asked(advisory_id, BEN), reason)
    registry.client.app.state.services.index.refresh()  # type: ignore[attr-defined]  # it is a FastAPI
    return row
