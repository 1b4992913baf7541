"""``nps-registry db`` as people type it."""

from __future__ import annotations

import pytest
from typer.testing import CliRunner

from nps_registry.cli.db import app
from nps_registry.errors import NotReady
from nps_registry.store.engine import make_engine


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
