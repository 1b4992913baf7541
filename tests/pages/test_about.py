"""The page about the registry tells how well increases are found."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from nps_registry.pages.formats import write_number
from nps_registry.signals import quality
from nps_registry.signals.quality import LABELS, read_backtest, read_exact
from tests.databases import SqliteDatabases
from tests.spec.served import Served, served


@pytest.fixture(scope="module")
def registry(sqlite_databases: SqliteDatabases) -> Iterator[Served]:
    with served(sqlite_databases.migrated()) as given:
        yield given


def test_the_back_test_stands_on_the_page_as_it_was_measured(registry: Served) -> None:
    measured = read_backtest()
    assert measured is not None
    assert [method.key for method in measured.methods] == list(LABELS)
    text = registry.client.get("/about").text
    assert measured.measured_on in text
    for method in measured.methods:
        assert f"{method.label}</th>" in text
        assert f"{100 * method.sensitivity[0]:.0f} %" in text


def test_firsts_and_harm_stand_on_the_page_as_they_were_counted(registry: Served) -> None:
    counted = read_exact()
    assert counted is not None
    text = registry.client.get("/about").text
    for each in counted.kinds:
        told = "".join(
            f'<td class="number">{write_number(number)}</td>' for number in (each.there, each.found, each.wrong)
        )
        assert f'<th scope="row">{each.kind.label}</th>{told}' in text


def test_without_figures_the_page_says_that_nothing_was_measured(
    registry: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(quality, "FILE", "not-measured.toml")
    assert "has not been measured yet" in registry.client.get("/about?without").text
