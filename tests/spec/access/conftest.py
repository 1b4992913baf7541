"""One served registry for the tests of people and access, on each database, and players to sign in with."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from fastapi.testclient import TestClient

from nps_registry.accounts.seal import Seal
from nps_registry.vocabulary.report import Role
from tests.databases import DIALECTS, dropped_afterwards
from tests.signing_in import Player, make_player, sign_in
from tests.spec.served import Served, served


@pytest.fixture(scope="session", params=DIALECTS)
def registry(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The small catalogue, served; the tests leave each other alone by taking players of their own."""
    given = request.getfixturevalue(f"{request.param}_databases")
    var: Path = tmp_path_factory.mktemp("var")
    with (
        dropped_afterwards(given) as databases,
        served(databases.migrated(), var_directory=var, sign_ins_per_hour=100) as registry,
    ):
        yield registry


@pytest.fixture
def seal(registry: Served) -> Seal:
    """The seal of the served application."""
    found: Seal = registry.client.app.state.services.seal  # type: ignore[attr-defined]  # it is a FastAPI
    return found


@pytest.fixture
def browser(registry: Served) -> TestClient:
    """A browser that knows nothing yet."""
    return TestClient(registry.client.app, raise_server_exceptions=False)


@pytest.fixture
def another_browser(registry: Served) -> TestClient:
    """A second one."""
    return TestClient(registry.client.app, raise_server_exceptions=False)


@pytest.fixture
def players(registry: Served, seal: Seal) -> Callable[..., Player]:
    """Makes a fresh person in a role."""

    def make(role: Role = Role.LABORATORY, organisation: str = "Laboratory Ann", country: str = "DE") -> Player:
        email = f"{uuid4()}@example.org"
        return make_player(registry.engine, seal, role, email=email, organisation=organisation, country=country)

    return make


@pytest.fixture
def player(players: Callable[..., Player]) -> Player:
    """A laboratory's chemist of this test alone."""
    return players()


@pytest.fixture
def administrator(players: Callable[..., Player], browser: TestClient) -> Player:
    """An administrator, signed in with ``browser``."""
    made = players(Role.ADMINISTRATOR, "Administration", "AT")
    sign_in(browser, made)
    return made
