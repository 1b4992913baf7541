"""A hold delays release, and ends by itself."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from nps_registry.intake.holds import release_ended_holds
from nps_registry.store.engine import make_engine
from tests.spec.served import a_report, served


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
