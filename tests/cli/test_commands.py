"""All commands together: help, versions, wrong usage, and what each says when it cannot answer."""

from __future__ import annotations

import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.core import TyperGroup

from nps_registry import __version__
from nps_registry.cli.commands import GROUPS, SINGLE, load
from tests.cli.conftest import Command

CONTRACT = {
    "serve", "doctor", "catalogue lint", "catalogue load", "catalogue export", "reports import", "search similarity",
    "search substructure", "search identity", "search mass", "search name", "db upgrade", "db check", "users create",
    "users organisation", "users list", "tokens create", "tokens list", "tokens revoke", "demonstration prepare",
}  # fmt: skip


def commands() -> Iterator[str]:
    """Every command by the words that call it."""
    for name in {**SINGLE, **GROUPS}:
        yield name
        group = load(name)
        if isinstance(group, TyperGroup):
            yield from (f"{name} {each}" for each in group.commands)


EVERY = sorted(commands())


def test_every_command_that_others_rely_on_is_there() -> None:
    assert not CONTRACT.difference(EVERY)


@pytest.mark.parametrize("words", EVERY)
def test_every_command_explains_itself(nps: Command, words: str) -> None:
    answer = nps(*words.split(), "--help")
    assert (answer.code, answer.err) == (0, "")
    usage, *rest = answer.out.splitlines()
    assert usage.startswith(f"Usage: nps-registry {words}")
    assert len("".join(rest).strip()) > 40


@pytest.mark.parametrize("name", GROUPS)
def test_the_list_says_of_a_group_what_the_group_says_of_itself(name: str) -> None:
    group = load(name)
    assert (group.help or "").splitlines()[0] == GROUPS[name]


def test_the_list_names_every_command_with_a_whole_sentence(nps: Command) -> None:
    answer = nps("--help")
    listed = dict(re.findall(r"^  ([a-z]+)  +(.*)$", answer.out.partition("Commands:")[2], re.MULTILINE))
    assert listed == {**SINGLE, **GROUPS}


def test_help_needs_neither_chemistry_nor_database() -> None:
    """What is not imported costs no time: the help is there at once."""
    program = (
        "import sys; from nps_registry.cli.commands import app; app(['--help'], standalone_mode=False);"
        "sys.exit(bool({'rdkit', 'sqlalchemy', 'fastapi', 'pydantic', 'rich'} & sys.modules.keys()))"
    )
    assert subprocess.run([sys.executable, "-c", program], stdout=subprocess.DEVNULL, check=False).returncode == 0


def test_the_version_is_told(nps: Command) -> None:
    assert nps("--version").out.strip() == __version__


@pytest.mark.parametrize(
    "words",
    [
        "",
        "serv",
        "reports",
        "reports import",
        "search name x --format yaml",
        "search name",
        "tokens create --organisation X --scope everything",
        "doctor --colour",
    ],
)
def test_wrong_usage_exits_with_2_and_tells_on_stderr(nps: Command, words: str) -> None:
    answer = nps(*words.split())
    assert (answer.code, answer.out) == (2, "")
    assert answer.err.startswith("Usage: nps-registry")
    assert "Traceback" not in answer.err


def test_a_slip_of_the_pen_is_answered_with_what_was_meant(nps: Command) -> None:
    assert "Did you mean 'tokens'" in nps("token").err


@pytest.mark.parametrize(
    ("url", "code", "what_to_do"),
    [
        ("sqlite:///{folder}/nowhere/registry.sqlite", 1, "nps-registry db upgrade"),
        ("sqlite:///{folder}/empty.sqlite", 1, "nps-registry db upgrade"),
        ("sqlite:///{folder}/no-database.txt", 1, "name another"),
        ("mysql://user@host/registry", 2, "sqlite:/// or postgresql://"),
        ("postgresql://nobody:secret@127.0.0.1:1/registry", 1, "check NPS_DATABASE_URL"),
    ],
)
@pytest.mark.parametrize("words", ["users list", "tokens list", "search name caffeine", "serve", "db check"])
def test_a_registry_that_cannot_be_opened_is_told_in_one_sentence(
    nps: Command, tmp_path: Path, words: str, url: str, code: int, what_to_do: str
) -> None:
    (tmp_path / "no-database.txt").write_text("These are words, and no database at all.\n" * 100)
    answer = nps(*words.split(), NPS_DATABASE_URL=url.format(folder=tmp_path), NPS_PORT=free_port())
    assert (answer.code, answer.out, len(answer.sentences)) == (code, "", 1)
    assert what_to_do in answer.err
    assert "secret" not in answer.err


def free_port() -> str:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return str(probe.getsockname()[1])


def test_tables_without_a_registry_name_the_command_that_makes_one(nps: Command, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/new.sqlite"
    assert nps("db", "upgrade", NPS_DATABASE_URL=url).code == 0
    answer = nps("users", "list")
    assert (answer.code, len(answer.sentences)) == (1, 1)
    assert "nps-registry catalogue load" in answer.err


def test_tables_of_a_later_version_are_left_alone(nps: Command, registry_url: str) -> None:
    from nps_registry.store.engine import make_engine

    with make_engine(registry_url).begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    answer = nps("users", "list")
    assert (answer.code, len(answer.sentences)) == (1, 1)


def test_a_port_that_is_taken_is_told_before_anything_is_loaded(nps: Command) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        answer = nps("serve", NPS_PORT=str(taken.getsockname()[1]))
    assert (answer.code, len(answer.sentences)) == (1, 1)
    assert "NPS_PORT" in answer.err


def test_settings_that_are_wrong_are_all_named(nps: Command) -> None:
    answer = nps("users", "list", NPS_PORT="harbour", NPS_WORKERS="0")
    assert answer.code == 2
    assert [line.split(":")[0].strip() for line in answer.sentences[1:]] == ["NPS_PORT", "NPS_WORKERS"]
