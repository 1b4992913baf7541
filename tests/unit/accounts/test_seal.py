"""The seal: what was closed opens with the same key only, and the key file is made once."""

from __future__ import annotations

import stat
import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from nps_registry.accounts.seal import Seal, seal_of
from nps_registry.errors import NotReady
from nps_registry.settings import Settings

SEAL = Seal("one key")


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_what_was_closed_opens_again_and_with_no_other_key(text: str) -> None:
    closed = SEAL.close(text)
    assert SEAL.open(closed) == text
    assert Seal("another key").open(closed) is None


@pytest.mark.parametrize("spoilt", ["", "text", "gAAAAA", "é"])
def test_what_was_never_closed_does_not_open(spoilt: str) -> None:
    assert SEAL.open(spoilt) is None


def test_a_changed_letter_is_noticed() -> None:
    closed = SEAL.close("secret")
    middle = len(closed) // 2
    other = "A" if closed[middle] != "A" else "B"
    assert SEAL.open(closed[:middle] + other + closed[middle + 1 :]) is None


def test_a_seal_opens_within_its_time_only() -> None:
    closed = SEAL.close("secret")
    assert SEAL.open(closed, within_s=60) == "secret"
    assert SEAL.open(closed, within_s=-1) is None


def test_workers_that_begin_at_once_have_the_same_key(tmp_path: Path) -> None:
    settings, closed = Settings(var_directory=tmp_path / "var"), []
    threads = [threading.Thread(target=lambda: closed.append(seal_of(settings).close("x"))) for _worker in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seal = seal_of(settings)
    assert [seal.open(each) for each in closed] == ["x"] * 8
    (file,) = (tmp_path / "var").iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_the_setting_comes_before_the_file_and_makes_none(tmp_path: Path) -> None:
    settings = Settings(var_directory=tmp_path, secret_key=SecretStr("one key"))
    assert seal_of(settings).open(SEAL.close("x")) == "x"
    assert list(tmp_path.iterdir()) == []


def test_an_empty_key_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "secret.key").touch()
    with pytest.raises(NotReady, match="backup"):
        seal_of(Settings(var_directory=tmp_path))
