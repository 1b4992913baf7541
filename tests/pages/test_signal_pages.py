"""Signals on pages: what everybody reads, and what curators make of them at the desk."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import update

from nps_registry.store.engine import writing
from nps_registry.store.tables import Substance
from nps_registry.vocabulary.report import Role
from nps_registry.vocabulary.substance import Nature
from tests.databases import SqliteDatabases
from tests.pages.html import Page
from tests.signing_in import make_player, post_form, sign_in
from tests.spec.served import MMC3, Served, a_report, served


@pytest.fixture
def registry(sqlite_databases: SqliteDatabases, tmp_path: Path) -> Iterator[Served]:
    with served(sqlite_databases.migrated(), var_directory=tmp_path) as made:
        assert made.report("de", a_report(MMC3)).status_code == 201
        yield made


@pytest.fixture
def curator(registry: Served) -> TestClient:
    services = registry.client.app.state.services  # type: ignore[attr-defined]  # it is a FastAPI
    player = make_player(
        registry.engine, services.seal, Role.CURATOR, email="curator@example.org", organisation="Organisation curator"
    )
    browser = TestClient(registry.client.app, raise_server_exceptions=False)
    sign_in(browser, player)
    return browser


def links(text: str) -> list[str]:
    return [element.attributes.get("href", "") for element in Page.read(text).all("a")]


def signal_of(registry: Served) -> str:
    (signal,) = registry.client.get("/api/v1/signals?kind=first_ever").json()["items"]
    return str(signal["id"])


def test_a_signal_is_found_from_the_list_the_substance_and_what_changed(registry: Served) -> None:
    address = f"/signals/{signal_of(registry)}"
    for page in ("/signals", "/substances/NPS-000001", "/changes", "/signals?from=2026-Q1"):
        assert address in links(registry.client.get(page).text), page
    text = registry.client.get(address).text
    assert Page.read(text).faults == []
    assert "/substances/NPS-000001" in links(text)
    assert any(link.startswith("/api/v1/reports/R-") for link in links(text))


def a_case(outcome: str) -> dict[str, object]:
    body = a_report(MMC3)
    body["event"] |= {"type": "toxicology_case", "outcome": outcome}
    return body


def everything_public(registry: Served) -> str:
    """All that a visitor reads of cases: page, signals in each form, exports and statistics."""
    (harm,) = registry.client.get("/api/v1/signals?kind=harm").json()["items"]
    own = (harm["url"], f"/api/v1{harm['url']}", "/substances/NPS-000001", "/api/v1/substances/NPS-000001")
    lists = ("signals", "changes", "api/v1/feeds/signals.atom", "api/v1/exports/reports.csv",
             "api/v1/exports/substances.json", "api/v1/statistics/timeline")  # fmt: skip
    paths = [*own, *(f"/{each}" for each in lists)]
    return "\n".join(registry.client.get(path).text for path in paths)


def test_a_small_count_of_deaths_is_told_to_those_who_review_only(registry: Served, curator: TestClient) -> None:
    for outcome in ("fatal", "fatal", "severe"):
        assert registry.report("de", a_case(outcome)).status_code == 201
    told = everything_public(registry)
    assert told.count("3 severe or fatal cases; deaths are told by number from 5 on.") >= 3  # page, signal, feed
    assert "a small count of deaths is withheld" in told
    assert not re.search(r"2 fatal|1 severe case|\"fatal\": ?2|\"severe\": ?1", told)
    (harm,) = registry.client.get("/api/v1/signals?kind=harm").json()["items"]
    assert "2 fatal and 1 severe cases." in curator.get(f"/curate/signals/{harm['id']}").text


def test_deaths_are_told_by_number_from_five_on(registry: Served) -> None:
    for _case in range(5):
        assert registry.report("de", a_case("fatal")).status_code == 201
    assert "5 fatal and 0 severe cases." in registry.client.get("/substances/NPS-000001").text


def test_a_kept_list_shows_a_new_signal_at_once(registry: Served) -> None:
    assert "First report: Japan" not in registry.client.get("/signals").text
    assert registry.report("jp", a_report(MMC3, country="JP")).status_code == 201
    assert "First report: Japan" in registry.client.get("/signals").text


def test_the_list_is_of_nps_and_says_how_many_more_there_are(registry: Served, curator: TestClient) -> None:
    with writing(registry.engine) as session:
        session.execute(update(Substance).values(nature=Nature.ADULTERANT))
    signal = signal_of(registry)
    by_default = registry.client.get("/signals").text
    assert f"/signals/{signal}" not in links(by_default)
    assert "3 more are about adulterants" in by_default
    for page in ("/signals?nature=any", "/signals?nature=adulterant", "/signals?substance=NPS-000001"):
        text = registry.client.get(page).text
        assert f"/signals/{signal}" in links(text), page
    assert f"/curate/signals/{signal}" in links(curator.get("/curate/signals").text)
    assert f"/curate/signals/{signal}" not in links(curator.get("/curate/signals?nature=nps").text)


def test_what_is_no_nps_is_named_as_what_it_is_where_changes_are_told_of(registry: Served) -> None:
    signal = signal_of(registry)
    with writing(registry.engine) as session:
        session.execute(update(Substance).values(nature=Nature.ADULTERANT))
    text = registry.client.get("/changes?adulterants").text
    assert f"/signals/{signal}" not in links(text)
    assert "3 more are about adulterants" in text
    assert '<p class="quiet">Adulterant or cutting agent</p>' in text
    for feed in ("signals", "substances"):
        atom = registry.client.get(f"/api/v1/feeds/{feed}.atom?adulterants").text
        assert "3-MMC (Adulterant or cutting agent)" in atom
        assert 'term="adulterant"' in atom


def test_a_month_without_anything_says_so_and_leads_on(registry: Served) -> None:
    page = registry.client.get("/changes?month=2020-12").text
    assert page.count("None.") == 4
    assert {"/changes?month=2020-11", "/changes?month=2021-01"} <= set(links(page))
    present = datetime.now(UTC).strftime("%Y-%m")
    assert "/substances/NPS-000001" in links(registry.client.get(f"/changes?month={present}").text)


def test_a_curator_dismisses_a_signal_and_the_public_sees_that_but_not_why(
    registry: Served, curator: TestClient
) -> None:
    signal = signal_of(registry)
    at = f"/curate/signals/{signal}"
    assert at in links(curator.get("/curate/signals").text)
    refused = post_form(curator, f"{at}/dismiss", {"revision": "1", "reason": "   "}, seen_at=at)
    assert refused.status_code == 422
    late = post_form(curator, f"{at}/assess", {"revision": "7", "reason": "typed for long"}, seen_at=at)
    assert late.status_code == 409
    assert "typed for long" in late.text
    done = post_form(curator, f"{at}/dismiss", {"revision": "1", "reason": "A slip of the pen."}, seen_at=at)
    assert done.status_code == 303, done.text
    assert "A slip of the pen." in curator.get(at).text
    public = registry.client.get(f"/signals/{signal}").text
    assert "Dismissed" in public
    assert "slip" not in public
    assert post_form(curator, f"{at}/dance", {"revision": "2"}, seen_at=at).status_code == 404
