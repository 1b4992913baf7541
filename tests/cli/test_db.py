"""``nps-registry db`` as people type it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import TypeVar, cast

import pytest
from sqlalchemy import select
from typer.testing import CliRunner

from nps_registry import background
from nps_registry.cli.db import app
from nps_registry.cli.signals import app as signals
from nps_registry.errors import NotReady
from nps_registry.http.services import Services
from nps_registry.intake.settling import plan_settling
from nps_registry.signals import following
from nps_registry.store import outbox, schema
from nps_registry.store.engine import Engine, make_engine, reading, writing
from nps_registry.store.registry import create_registry
from nps_registry.store.signal_rows import TOPIC
from nps_registry.store.tables import OutboxMessage, Signal, WatchedWeek
from nps_registry.vocabulary.partial_date import PartialDate
from nps_registry.vocabulary.report import RegistryMode
from nps_registry.vocabulary.signal import SignalKind
from tests.spec.rows import NOON, Found, add_laboratory, add_report, add_substance

Answer = TypeVar("Answer")


@pytest.fixture
def address(empty_database_url: str, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("NPS_DATABASE_URL", empty_database_url)
    return empty_database_url


def test_upgrading_makes_the_tables_and_check_is_content(address: str) -> None:
    runner = CliRunner()
    assert "no tables" in runner.invoke(app, ["upgrade"]).stderr
    assert "up to date" in runner.invoke(app, ["upgrade"]).stderr
    checked = runner.invoke(app, ["check"])
    assert (checked.exit_code, checked.stdout) == (0, "")


def test_upgrading_reads_again_what_reports_say_where_the_tables_hold_it_otherwise(address: str) -> None:
    engine = make_engine(address)
    schema.upgrade(engine)
    with writing(engine) as session:
        create_registry(session, RegistryMode.REAL)
        add_laboratory(session, "berlin", "DE")
        found = Found(year=NOON.year, quarter=2, collected_on=PartialDate(NOON.year, 4, 10), accepted_at=NOON)
        add_report(session, "berlin", (add_substance(session, "NPS-000001"),), found)
    schema.downgrade(engine, "0017")
    assert "went from 0017" in CliRunner().invoke(app, ["upgrade"]).stderr
    with reading(engine) as session:
        assert {row.kind for row in session.scalars(select(Signal))} >= {SignalKind.FIRST_EVER}
        assert {row.place for row in session.scalars(select(WatchedWeek))} == {"DE", "155", "001"}


def a_rise_that_an_older_version_did_not_see(address: str) -> Engine:
    engine = make_engine(address)
    schema.upgrade(engine)
    now = datetime.now(UTC)
    with writing(engine) as session:
        create_registry(session, RegistryMode.REAL)
        add_laboratory(session, "berlin", "DE")
        substance, year = add_substance(session, "NPS-000001"), now - timedelta(days=365)
        for weeks in (*range(0, 52, 4), *[52] * 9):
            day = year + timedelta(weeks=weeks)
            collected = PartialDate(day.year, day.month, day.day)
            found = Found(year=day.year, quarter=(day.month + 2) // 3, collected_on=collected, accepted_at=day)
            add_report(session, "berlin", (substance,), found)
        outbox.add(session, TOPIC, [{"signal": "waits"}])
    schema.downgrade(engine, "0017")
    return engine


async def at_once(work: Callable[[], Answer]) -> Answer:
    return work()


UPGRADE: dict[str, Callable[[Engine], object]] = {
    "another upgrade": lambda _engine: CliRunner().invoke(app, ["upgrade"]),
    "an evaluation": lambda _engine: CliRunner().invoke(signals, ["evaluate"]),
    "a server": lambda engine: asyncio.run(
        background._read_what_is_owed(cast(Services, SimpleNamespace(engine=engine)), at_once)
    ),
}


@pytest.mark.parametrize("whoever", UPGRADE)
def test_what_an_upgrade_that_was_killed_left_to_read_is_read_by_whoever_comes_first_and_told_to_nobody(
    address: str, whoever: str
) -> None:
    engine = a_rise_that_an_older_version_did_not_see(address)
    schema.upgrade(engine)  # and killed before the reports were read
    with writing(engine) as session, pytest.raises(NotReady, match="nps-registry db upgrade"):
        following.follow(session)
    assert plan_settling(engine) == []
    UPGRADE[whoever](engine)
    with reading(engine) as session:
        assert SignalKind.INCREASE in {row.kind for row in session.scalars(select(Signal))}
        told = [row.content for row in session.scalars(select(OutboxMessage)) if row.topic == TOPIC]
        assert told == [{"signal": "waits"}]
    with writing(engine) as session:
        following.follow(session)


def test_check_names_the_command_that_is_missing(address: str) -> None:
    checked = CliRunner().invoke(app, ["check"])
    assert isinstance(checked.exception, NotReady)
    assert "nps-registry db upgrade" in checked.exception.detail


def test_check_tells_what_differs(address: str) -> None:
    runner = CliRunner()
    runner.invoke(app, ["upgrade"])
    with make_engine(address).begin() as connection:
        connection.exec_driver_sql("DROP INDEX ix_substance_inchikey")
    checked = runner.invoke(app, ["check"])
    assert isinstance(checked.exception, NotReady)
    assert "ix_substance_inchikey" in checked.stdout
