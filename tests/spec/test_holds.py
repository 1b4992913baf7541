"""A hold delays release, and ends by itself."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from nps_registry.intake.holds import release_ended_holds
from nps_registry.signals import following
from nps_registry.store.engine import Engine, make_engine, reading, writing
from nps_registry.store.registry import create_registry
from nps_registry.store.tables import Report
from nps_registry.vocabulary.finding import EventType, Outcome
from nps_registry.vocabulary.report import RegistryMode, Sharing
from nps_registry.vocabulary.signal import SignalKind
from tests.spec.rows import NOON, add_laboratory, add_report, add_substance
from tests.spec.served import a_report, served
from tests.spec.signalled import at, standing

LATER = NOON + timedelta(days=90)


def test_a_held_report_counts_once_its_hold_has_ended(database_url: str) -> None:
    until = datetime.now(UTC) + timedelta(days=2)
    engine = make_engine(database_url)
    with served(database_url) as registry:
        body = a_report() | {"hold_until": until.isoformat()}
        receipt = registry.report("de", body).json()
        path = f"/api/v1/substances/{receipt['detections'][0]['substance']['accession']}"
        assert registry.client.get(path).json()["reports"]["total"] == 0
        assert release_ended_holds(engine) is False
        assert release_ended_holds(engine, until + timedelta(seconds=1)) is True
        assert registry.client.get(path).json()["reports"]["total"] == 1
        assert release_ended_holds(engine, until + timedelta(seconds=1)) is False
    engine.dispose()


@pytest.fixture
def substance(engine: Engine) -> int:
    """A substance in a registry of two laboratories that has followed what there was by noon."""
    with writing(engine) as session:
        create_registry(session, RegistryMode.REAL)
        for name in ("berlin", "bonn"):
            add_laboratory(session, name, "DE")
        following.follow(session, NOON)
        return add_substance(session, "NPS-000001")


def kinds(engine: Engine) -> set[SignalKind]:
    with reading(engine) as session:
        return {signal.kind for signal in standing(session)}


def test_a_hold_that_ended_while_nothing_was_followed_reaches_the_signals_all_the_same(
    engine: Engine, substance: int
) -> None:
    with writing(engine) as session:
        held = at(2026, 5, sharing=Sharing.NETWORK, hold_until=NOON + timedelta(days=1))
        add_report(session, "berlin", (substance,), held)
        following.follow(session, NOON)
    assert kinds(engine) == set()
    assert release_ended_holds(engine, LATER) is True
    assert SignalKind.FIRST_IN_COUNTRY in kinds(engine)
    assert release_ended_holds(engine, LATER) is False


def test_what_a_held_report_adds_to_an_event_that_another_told_of_reaches_the_signals_when_the_hold_ends(
    engine: Engine, substance: int
) -> None:
    with writing(engine) as session:
        case = at(2026, 5, type=EventType.TOXICOLOGY_CASE)
        event = session.get_one(Report, add_report(session, "berlin", (substance,), case)).event_id
        fatal = {"outcome": Outcome.FATAL, "hold_until": NOON + timedelta(hours=2)}
        add_report(session, "bonn", (substance,), at(2026, 5, type=case.type, same_as_id=event, **fatal))
        following.follow(session, NOON)
    assert SignalKind.HARM not in kinds(engine)
    assert release_ended_holds(engine, NOON + timedelta(hours=3)) is True
    assert SignalKind.HARM in kinds(engine)
