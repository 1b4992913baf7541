"""``nps-registry signals evaluate``: everything again, and nothing changes."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

from tests.cli.conftest import Command

CASES = Path(__file__).parents[1] / "cases" / "drug_checking"


def test_evaluating_again_changes_nothing_and_lists_the_period(nps: Command) -> None:
    assert nps("users", "organisation", "Drug checking service", "--country", "CA", "--accept-on-arrival").code == 0
    table, mapping = CASES / "table.csv", CASES / "mapping.toml"
    nps("reports", "import", table, "--mapping", mapping, "--organisation", "Drug checking service")
    first = nps("signals", "evaluate", "--format", "json")
    assert first.code == 0, first.err
    rows = json.loads(first.out)
    again = nps("signals", "evaluate", "--anew", "--format", "csv")
    assert "0 raised, 0 retracted, 0 changed" in again.err
    assert [row["id"] for row in csv.DictReader(io.StringIO(again.out))] == [row["id"] for row in rows]
    assert json.loads(nps("signals", "evaluate", "--from", "2040-Q1", "--format", "json").out) == []


def test_a_period_that_is_none_is_refused_in_a_sentence(nps: Command) -> None:
    assert nps("signals", "evaluate", "--from", "spring").code == 2
    wrong = nps("signals", "evaluate", "--from", "2026-Q2", "--to", "2026-Q1")
    assert wrong.code == 2
    assert "ends before it begins" in wrong.err
