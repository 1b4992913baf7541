"""``nps-registry demonstration``: all that it holds is invented and says so, and it never mixes with a real one."""

from __future__ import annotations

import json
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import func, select
from sqlmodel import col

from nps_registry.accounts.tokens import authenticate
from nps_registry.app import create_app
from nps_registry.catalogue.files import read_catalogue
from nps_registry.cli import demonstration
from nps_registry.cli.opened import Opened
from nps_registry.errors import Conflict
from nps_registry.intake.seed import load_catalogue
from nps_registry.settings import Settings
from nps_registry.store.engine import make_engine, reading, writing
from nps_registry.store.registry import create_registry, find_registry
from nps_registry.store.tables import Report
from nps_registry.vocabulary.report import RegistryMode, ReportState
from tests.cli.conftest import SMALL, Command
from tests.databases import SqliteDatabases
from tests.signing_in import Player, sign_in


@pytest.fixture
def opened(sqlite_databases: SqliteDatabases, tmp_path: Path) -> Iterator[Opened]:
    """A demonstration with the small catalogue, not filled yet."""
    url = sqlite_databases.migrated()
    engine = make_engine(url)
    with writing(engine) as session:
        create_registry(session, RegistryMode.DEMONSTRATION)
        load_catalogue(session, read_catalogue(SMALL))
    settings = Settings(database_url=url, var_directory=tmp_path)
    yield Opened(settings, engine, RegistryMode.DEMONSTRATION)
    engine.dispose()


def payloads(opened: Opened) -> list[tuple[str | None, str]]:
    with reading(opened.engine) as session:
        return sorted((row.own_reference, row.payload) for row in session.scalars(select(Report)))


def test_every_report_is_marked_and_most_are_public(opened: Opened) -> None:
    sent = demonstration.fill(opened, 120)
    with reading(opened.engine) as session:
        marked = session.scalar(select(func.count()).where(col(Report.demonstration)))
        accepted = session.scalar(select(func.count()).where(col(Report.state) == ReportState.ACCEPTED))
    assert marked == sent >= 120
    assert accepted is not None
    assert sent * 0.8 < accepted < sent


def test_a_newcomer_reads_one_advisory_that_says_everywhere_that_it_is_invented(opened: Opened) -> None:
    demonstration.fill(opened, 40)
    with TestClient(create_app(opened.settings)) as client:
        (shown,) = client.get("/api/v1/advisories").json()["items"]
        at = f"/api/v1/advisories/{shown['id']}"
        whole = client.get(at).json()
        assert (whole["demonstration"], len(whole["signatures"])) == (True, 1)
        told = "Invented for a demonstration: none of these events took place."
        assert whole["details"].startswith(told)
        assert "No public report here tells of severe or fatal cases" in json.dumps(whole)
        for address in (f"/advisories/{shown['id']}", "/api/v1/feeds/advisories.atom", f"{at}.cap"):
            assert told in client.get(address).text, address
        assert "<status>Test</status>" in client.get(f"{at}.cap").text
        assert "Demonstration: " in client.get("/api/v1/feeds/advisories.atom").text
        assert client.get(f"{at}.pdf").content.startswith(b"%PDF")


def test_a_demonstration_is_filled_once(opened: Opened) -> None:
    demonstration.fill(opened, 40)
    before = payloads(opened)
    assert demonstration.fill(opened, 40) == 0
    assert payloads(opened) == before


def test_two_demonstrations_tell_the_same_story(opened: Opened, sqlite_databases: SqliteDatabases) -> None:
    url = sqlite_databases.migrated()
    engine = make_engine(url)
    with writing(engine) as session:
        create_registry(session, RegistryMode.DEMONSTRATION)
        load_catalogue(session, read_catalogue(SMALL))
    other = Opened(Settings(database_url=url), engine, RegistryMode.DEMONSTRATION)
    demonstration.fill(opened, 60)
    demonstration.fill(other, 60)
    assert payloads(opened) == payloads(other)
    engine.dispose()


def test_the_file_of_accounts_has_the_shape_that_others_rely_on(opened: Opened) -> None:
    path = demonstration.write_accounts(opened)
    told = json.loads(path.read_text())
    assert path.name == "demonstration.json"
    assert set(told) == {"url", "accounts", "tokens"}
    assert told["url"] == "http://127.0.0.1:8000"
    assert {frozenset(account) for account in told["accounts"]} == {
        frozenset({"role", "email", "password", "totp_secret"})
    }
    fields = frozenset({"role", "organisation", "country", "token", "accept_on_arrival"})
    assert {frozenset(token) for token in told["tokens"]} == {fields}
    first = next(token for token in told["tokens"] if token["role"] == "laboratory")
    assert (first["country"], first["accept_on_arrival"]) == ("DE", True)
    roles = {account["role"] for account in told["accounts"]}
    assert roles == {"laboratory", "focal_point", "scientist", "curator", "administrator"}


def test_every_token_of_the_file_opens_the_registry_as_it_says(opened: Opened) -> None:
    told = json.loads(demonstration.write_accounts(opened).read_text())
    with reading(opened.engine) as session:
        for token in told["tokens"]:
            bearer = authenticate(session, token["token"])
            assert (bearer.viewer.role, bearer.organisation.name) == (token["role"], token["organisation"])


def test_every_account_of_the_file_signs_in_as_it_says(opened: Opened) -> None:
    told = json.loads(demonstration.write_accounts(opened).read_text())
    with TestClient(create_app(opened.settings)) as client:
        for account in told["accounts"]:
            player = Player(
                account["email"], account["password"], account["totp_secret"], "", "", account["role"], "", ""
            )
            sign_in(client, player)
            page = client.get("/account", follow_redirects=False)
            assert (page.status_code, account["email"] in page.text) == (200, True)
            assert "invented" in page.text


def test_the_codes_of_the_accounts_are_printed_for_who_has_no_authenticator(opened: Opened, nps: Command) -> None:
    told = json.loads(demonstration.write_accounts(opened).read_text())
    answer = nps("demonstration", "codes", NPS_VAR_DIRECTORY=str(opened.settings.var_directory))
    assert [line.split()[1] for line in answer.out.splitlines()] == [each["email"] for each in told["accounts"]]
    assert nps("demonstration", "codes", NPS_VAR_DIRECTORY="nowhere").code == 1


def test_only_its_owner_reads_the_file_of_accounts(opened: Opened) -> None:
    path = demonstration.write_accounts(opened)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_accounts_stay_as_they_are_and_are_made_anew_where_the_file_is_of_another_registry(opened: Opened) -> None:
    path = demonstration.write_accounts(opened)
    first = path.read_text()
    assert demonstration.write_accounts(opened).read_text() == first
    told = json.loads(first)
    told["tokens"][0]["token"] = "nps_of_another_registry"
    for spoilt in (json.dumps(told), "[]", "{", json.dumps({"tokens": [], "accounts": []})):
        path.write_text(spoilt)
        anew = json.loads(demonstration.write_accounts(opened).read_text())
        with reading(opened.engine) as session:
            authenticate(session, anew["tokens"][0]["token"])


def test_a_real_registry_never_becomes_a_demonstration(nps: Command, registry_url: str, tmp_path: Path) -> None:
    answer = nps("demonstration", "prepare", NPS_VAR_DIRECTORY=str(tmp_path / "var"))
    assert (answer.code, answer.out, len(answer.sentences)) == (1, "", 1)
    assert "another NPS_DATABASE_URL" in answer.err
    with reading(make_engine(registry_url)) as session:
        assert find_registry(session).mode is RegistryMode.REAL
        assert session.scalar(select(func.count()).select_from(Report)) == 0
    assert not (tmp_path / "var" / "demonstration.json").exists()


def test_a_demonstration_never_becomes_real(opened: Opened, nps: Command) -> None:
    with pytest.raises(Conflict, match="cannot take what is real"), writing(opened.engine) as session:
        create_registry(session, RegistryMode.REAL)
    loaded = nps("catalogue", "load", "--directory", SMALL, NPS_DATABASE_URL=opened.settings.database_url)
    assert loaded.code == 0
    with reading(opened.engine) as session:
        assert find_registry(session).mode is RegistryMode.DEMONSTRATION


def test_what_is_reported_to_a_demonstration_is_marked_too(opened: Opened, nps: Command) -> None:
    cases = SMALL.parent / "drug_checking"
    url = opened.settings.database_url
    nps("users", "organisation", "Service", "--country", "CA", NPS_DATABASE_URL=url)
    mapping = ("--mapping", cases / "mapping.toml")
    nps("reports", "import", cases / "table.csv", *mapping, "--organisation", "Service")
    with reading(opened.engine) as session:
        assert list(session.scalars(select(col(Report.demonstration)))) == [True] * 5
