"""What an installation may set, and how it is told of a mistake."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from nps_registry.errors import InvalidInput
from nps_registry.settings import MASK, Settings, describe_settings, find_unknown_variables, read_settings


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take away what this machine sets."""
    for field in Settings.model_fields:
        monkeypatch.delenv(f"NPS_{field.upper()}", raising=False)


def shown(settings: Settings, variable: str) -> str:
    """The value that people are shown for *variable*."""
    return next(each.value for each in describe_settings(settings) if each.variable == variable)


def test_the_embedded_database_lies_in_the_var_directory(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("NPS_VAR_DIRECTORY", str(tmp_path))
    assert read_settings().database_url == f"sqlite:///{tmp_path}/registry.sqlite"


def test_an_option_goes_before_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NPS_PORT", "9000")
    assert (read_settings(port=9001).port, read_settings(port=None).port) == (9001, 9000)


def test_an_empty_variable_is_as_good_as_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NPS_PORT", "")
    assert read_settings().port == 8000


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_every_way_to_write_a_postgresql_address_reaches_the_same_driver(scheme: str) -> None:
    assert read_settings(database_url=f"{scheme}://a@b/c").database_url == "postgresql+psycopg://a@b/c"


def test_a_mistake_names_its_variable_and_all_are_told_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NPS_PORT", "eighty")
    monkeypatch.setenv("NPS_DATABASE_URL", "mysql://a/b")
    with pytest.raises(InvalidInput) as refusal:
        read_settings()
    assert {error.field for error in refusal.value.errors} == {"NPS_PORT", "NPS_DATABASE_URL"}
    assert "mysql" not in refusal.value.detail
    assert "NPS_DATABASE_URL: must begin with sqlite:/// or postgresql://" in refusal.value.detail


def test_settings_do_not_change_once_read() -> None:
    with pytest.raises(ValidationError):
        read_settings().port = 1  # type: ignore[misc]


@pytest.mark.parametrize("url", ["postgresql://me:hidden@host/name", "postgresql://me@host/name?password=hidden"])
def test_no_password_is_ever_shown(url: str) -> None:
    settings = read_settings(database_url=url)
    assert "hidden" not in repr(settings) + repr(describe_settings(settings))
    assert MASK in shown(settings, "NPS_DATABASE_URL")


def test_an_address_without_a_password_is_shown_as_it_is() -> None:
    assert shown(read_settings(database_url="sqlite:///a/b.sqlite"), "NPS_DATABASE_URL") == "sqlite:///a/b.sqlite"


def test_what_was_set_is_told_apart_from_what_was_left() -> None:
    told = {each.variable: each.is_default for each in describe_settings(read_settings(port=9000))}
    assert (told["NPS_PORT"], told["NPS_HOST"]) == (False, True)


def test_proxies_are_written_with_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NPS_TRUSTED_PROXIES", "10.0.0.1, 10.0.0.2,")
    assert read_settings().trusted_proxies == ("10.0.0.1", "10.0.0.2")


def test_a_variable_that_sets_nothing_is_answered_with_the_one_that_was_meant() -> None:
    environment = {"NPS_DATABSE_URL": "x", "NPS_PORT": "1", "NPS_ZZZZZZ": "1", "HOME": "/"}
    assert find_unknown_variables(environment) == {"NPS_DATABSE_URL": "NPS_DATABASE_URL", "NPS_ZZZZZZ": None}


def test_links_use_the_public_address_where_there_is_one() -> None:
    assert read_settings(port=81).public_url == "http://127.0.0.1:81"
    assert read_settings(base_url="https://registry.example").public_url == "https://registry.example"
