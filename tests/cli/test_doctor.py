"""``nps-registry doctor``: what stands in the way, and no secrets."""

from __future__ import annotations

import json
from pathlib import Path

from nps_registry.store.engine import make_engine
from tests.cli.conftest import Command


def findings(out: str) -> dict[str, tuple[str, str]]:
    return {row["subject"]: (row["finding"], row["state"]) for row in json.loads(out)}


def test_a_registry_in_order_is_content(nps: Command) -> None:
    answer = nps("doctor")
    told = findings(answer.out)
    assert (answer.code, answer.err) == (0, "")
    assert "TO DO" not in {state for _finding, state in told.values()}
    assert told["database"][0].startswith("SQLite")
    assert told["registry"][0].startswith("Real")


def test_what_stands_in_the_way_is_said_with_what_to_do(nps: Command, tmp_path: Path) -> None:
    answer = nps("doctor", NPS_DATABASE_URL=f"sqlite:///{tmp_path}/new.sqlite")
    assert answer.code == 1
    finding, state = findings(answer.out)["database"]
    assert state == "TO DO"
    assert "nps-registry db upgrade" in finding


def test_no_password_is_shown(nps: Command) -> None:
    answer = nps("doctor", NPS_DATABASE_URL="postgresql://registry:geheim@127.0.0.1:1/registry")
    assert answer.code == 1
    assert "geheim" not in answer.out + answer.err
    assert "registry:********@127.0.0.1" in findings(answer.out)["NPS_DATABASE_URL"][0]


def test_an_audit_trail_that_somebody_changed_is_reported(nps: Command, registry_url: str) -> None:
    assert nps("users", "organisation", "Laboratory A", "--country", "DE").code == 0
    with make_engine(registry_url).begin() as connection:
        connection.exec_driver_sql("UPDATE audit_event SET actor = 'nobody' WHERE action = 'organisation.created'")
    answer = nps("doctor")
    finding, state = findings(answer.out)["audit trail"]
    assert (answer.code, state) == (1, "TO DO")
    assert "was changed" in finding


def test_every_setting_is_shown(nps: Command) -> None:
    told = findings(nps("doctor", NPS_PORT="8123").out)
    assert told["NPS_PORT"][0].startswith("8123")
    assert {"NPS_VAR_DIRECTORY", "NPS_DATABASE_URL", "NPS_WORKERS"} <= told.keys()


def test_a_variable_that_sets_nothing_is_told_with_the_one_that_was_meant(nps: Command) -> None:
    told = findings(nps("doctor", NPS_DATABSE_URL="sqlite:///elsewhere.sqlite").out)
    finding, state = told["NPS_DATABSE_URL"]
    assert "NPS_DATABASE_URL" in finding
    assert state == ""  # told, not refused: container platforms invent such variables
