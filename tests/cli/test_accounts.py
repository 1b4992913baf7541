"""``nps-registry users`` and ``tokens``: what is shown once, what is never shown, and what is refused."""

from __future__ import annotations

import csv
import io
import json

import pytest

from nps_registry.accounts.tokens import authenticate
from nps_registry.errors import NotSignedIn
from nps_registry.store.engine import make_engine, reading
from nps_registry.vocabulary.report import Role
from tests.cli.conftest import Command


@pytest.fixture
def laboratory(nps: Command) -> str:
    assert nps("users", "organisation", "Laboratory A", "--country", "de").code == 0
    return "Laboratory A"


def test_a_token_is_printed_alone_and_once(nps: Command, laboratory: str, registry_url: str) -> None:
    made = nps("tokens", "create", "--organisation", laboratory, "--scope", "reports:write")
    token = made.out.strip()
    assert (made.code, made.out) == (0, f"{token}\n")
    assert "not shown again" in made.err
    with reading(make_engine(registry_url)) as session:
        bearer = authenticate(session, token)
    assert (bearer.organisation.name, bearer.viewer.role, bearer.viewer.country) == (laboratory, Role.LABORATORY, "DE")
    listed = json.loads(nps("tokens", "list").out)
    assert [row["ends_with"] for row in listed] == [token[-4:]]
    assert token not in json.dumps(listed)


def test_a_token_that_was_revoked_opens_nothing_more(nps: Command, laboratory: str, registry_url: str) -> None:
    token = nps("tokens", "create", "--organisation", laboratory, "--scope", "reports:write").out.strip()
    number = json.loads(nps("tokens", "list").out)[0]["id"]
    assert nps("tokens", "revoke", number).code == 0
    with reading(make_engine(registry_url)) as session, pytest.raises(NotSignedIn):
        authenticate(session, token)
    again = nps("tokens", "revoke", number)
    assert (again.code, len(again.sentences)) == (1, 1)


def test_an_organisation_that_is_not_there_is_refused_with_the_command_that_makes_it(nps: Command) -> None:
    answer = nps("tokens", "create", "--organisation", "Nobody", "--scope", "reports:write")
    assert (answer.code, answer.out, len(answer.sentences)) == (1, "", 1)
    assert "nps-registry users organisation" in answer.err


def test_a_life_of_no_days_is_refused(nps: Command, laboratory: str) -> None:
    answer = nps("tokens", "create", "--organisation", laboratory, "--scope", "reports:write", "--days", 0)
    assert (answer.code, answer.out) == (2, "")
    assert not json.loads(nps("tokens", "list").out)


def test_a_password_is_made_and_printed_once(nps: Command, laboratory: str) -> None:
    person = ("users", "create", "ann@example.org", "--organisation", laboratory, "--role", "laboratory")
    made = nps(*person)
    assert (made.code, len(made.out.splitlines())) == (0, 1)
    assert len(made.out.strip()) >= 12
    assert made.out.strip() not in nps("users", "list").out
    assert nps(*person).code == 1


def test_a_password_given_is_not_printed(nps: Command, laboratory: str) -> None:
    person = ("users", "create", "ann@example.org", "--organisation", laboratory, "--role", "curator")
    answer = nps(*person, "--password-from-stdin", stdin="a long and quiet password\n")
    assert (answer.code, answer.out, answer.err) == (0, "", "")
    short = nps(*person, "--password-from-stdin", stdin="short\n")
    assert (short.code, len(short.sentences)) == (2, 1)


def test_people_are_listed_as_a_table_of_comma_separated_values(nps: Command, laboratory: str) -> None:
    nps("users", "create", "ann@example.org", "--organisation", laboratory, "--role", "focal_point")
    listed = list(csv.DictReader(io.StringIO(nps("users", "list", "--format", "csv").out)))
    assert listed == [
        {
            "email": "ann@example.org",
            "organisation": laboratory,
            "country": "DE",
            "role": "focal_point",
            "active": "yes",
        }
    ]


@pytest.mark.parametrize(("name", "country"), [("Lab", "XX"), ("Lab", "Germany"), (" ", "DE"), ("x" * 201, "DE")])
def test_an_organisation_without_name_or_country_is_refused(nps: Command, name: str, country: str) -> None:
    answer = nps("users", "organisation", name, "--country", country)
    assert (answer.code, answer.out, len(answer.sentences)) == (2, "", 1)


def test_a_name_that_is_taken_is_refused(nps: Command, laboratory: str) -> None:
    answer = nps("users", "organisation", laboratory, "--country", "AT")
    assert (answer.code, len(answer.sentences)) == (1, 1)
