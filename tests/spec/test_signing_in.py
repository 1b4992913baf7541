"""Signing in: the password, the second factor, the session that follows, and its end."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from fastapi.testclient import TestClient

from nps_registry.vocabulary.report import Role
from tests.databases import DIALECTS, dropped_afterwards
from tests.signing_in import Player, make_player, post_form, sign_in
from tests.spec.served import Served, served


@pytest.fixture(scope="module", params=DIALECTS)
def registry(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    given = request.getfixturevalue(f"{request.param}_databases")
    var: Path = tmp_path_factory.mktemp("var")
    with dropped_afterwards(given) as databases, served(databases.migrated(), var_directory=var) as registry:
        yield registry


@pytest.fixture
def browser(registry: Served) -> TestClient:
    """A browser that knows nothing yet."""
    return TestClient(registry.client.app, raise_server_exceptions=False)


@pytest.fixture
def player(registry: Served) -> Player:
    """A laboratory's chemist of this test alone."""
    seal = registry.client.app.state.services.seal  # type: ignore[attr-defined]
    return make_player(registry.engine, seal, Role.LABORATORY, email=f"{uuid4()}@example.org")


def test_a_page_behind_the_sign_in_leads_there_and_back(registry: Served, browser: TestClient, player: Player) -> None:
    led = browser.get("/account?from=here", follow_redirects=False)
    assert (led.status_code, led.headers["location"]) == (303, "/sign-in?next=%2Faccount%3Ffrom%3Dhere")
    sign_in(browser, player)
    page = browser.get("/account", follow_redirects=False)
    assert page.status_code == 200
    assert player.email in page.text
    assert page.headers["cache-control"] == "private, no-store"


def test_a_person_without_a_second_factor_is_led_to_set_one_up(browser: TestClient, player: Player) -> None:
    post_form(browser, "/sign-in", {"email": player.email, "password": player.password})
    half = browser.get("/account", follow_redirects=False)
    assert half.headers["location"] == "/sign-in/code?next=%2Faccount"


def test_a_signed_in_person_reads_over_the_api_what_their_organisation_may(
    registry: Served, browser: TestClient, player: Player
) -> None:
    assert browser.get("/api/v1/reports").status_code == 401
    sign_in(browser, player)
    listed = browser.get("/api/v1/reports")
    assert (listed.status_code, listed.json()["total"]) == (200, 0)
    assert browser.post("/api/v1/reports", json={}).status_code == 401, "a session never writes over the API"


def test_a_form_without_the_token_of_the_browser_is_refused(browser: TestClient, player: Player) -> None:
    fields = {"email": player.email, "password": player.password, "form_token": "0" * 64}
    assert browser.post("/sign-in", data=fields).status_code == 403
    browser.get("/sign-in")
    assert browser.post("/sign-in", data=fields).status_code == 403


@pytest.mark.parametrize("headers", [{"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}])
def test_a_form_that_another_site_sent_is_refused(browser: TestClient, player: Player, headers: dict[str, str]) -> None:
    browser.headers.update(headers)
    answer = post_form(browser, "/sign-in", {"email": player.email, "password": player.password})
    assert answer.status_code == 403
    assert "another site" in answer.text


def test_a_form_of_an_older_session_is_shown_again_with_what_was_typed(browser: TestClient, player: Player) -> None:
    sign_in(browser, player)
    fields = {"form_token": "0" * 64, "note": "<b>typed & kept</b>", "password": "not kept"}
    answer = browser.post("/account/second-factor", data=fields, headers={"Sec-Fetch-Site": "same-origin"})
    assert answer.status_code == 403
    assert 'value="&lt;b&gt;typed &amp; kept&lt;/b&gt;"' in answer.text
    assert "not kept" not in answer.text


def test_a_form_of_an_ended_session_is_kept_while_one_signs_in_again(browser: TestClient) -> None:
    answer = browser.post("/account/second-factor", data={"note": "typed"}, headers={"Sec-Fetch-Site": "same-origin"})
    assert answer.status_code == 401
    assert 'value="typed"' in answer.text
    assert "/sign-in" in answer.text


def test_signing_out_ends_the_session_also_for_who_kept_its_cookie(browser: TestClient, player: Player) -> None:
    sign_in(browser, player)
    kept = dict(browser.cookies)
    assert post_form(browser, "/sign-out", seen_at="/account").status_code == 303
    browser.cookies.update(kept)
    assert browser.get("/account", follow_redirects=False).status_code == 303
