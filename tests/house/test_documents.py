"""The documents at the top tell the truth about commands, settings and rooms."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from nps_registry import __version__
from nps_registry.cli.commands import GROUPS, SINGLE, load
from nps_registry.settings import Settings, variable_of
from tests.house.checkout import ROOT, python_files

DOCUMENTS = ("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "DECISIONS.md", "GLOSSARY.md")


def read(name: str) -> str:
    """The text of a file at the checkout's top."""
    return (ROOT / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("command", ["make run", "make test", "make bench"])
def test_the_readme_names_the_commands_that_people_begin_with(command: str) -> None:
    assert command in read("README.md")


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_make_command_in_a_document_exists(document: str) -> None:
    targets = set(re.findall(r"^([a-z-]+):", read("Makefile"), re.M))
    named = set(re.findall(r"(?:`|^)(?:[A-Z]+=\w+ )?make ([a-z-]+)", read(document), re.M))
    assert named <= targets


@pytest.mark.parametrize("document", [*DOCUMENTS, "substances/README.md", "substances/METHOD.md"])
def test_every_command_of_ours_in_a_document_exists(document: str) -> None:
    named = re.findall(r"(?:`|^)nps-registry\s+([a-z]+)(?:\s+([a-z|-]+))?", read(document), re.M)
    for name, inner in named:
        known = set(load(name).commands) if name in GROUPS else set()  # type: ignore[attr-defined]  # a group has them
        assert name in SINGLE or set(inner.split("|")) <= known, f"nps-registry {name} {inner}"


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_link_between_the_documents_leads_somewhere(document: str) -> None:
    links = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", read(document))
    assert [link for link in links if not (ROOT / link).exists()] == []


@pytest.mark.parametrize("field", list(Settings.model_fields))
def test_every_setting_is_described_in_the_readme_as_in_the_code(field: str) -> None:
    row = next((line for line in read("README.md").splitlines() if f"`{variable_of(field)}`" in line), "")
    description = Settings.model_fields[field].description
    assert description
    assert description in row


def test_the_readme_describes_no_setting_that_does_not_exist() -> None:
    known = {variable_of(field) for field in Settings.model_fields}
    assert set(re.findall(r"`(NPS_\w+)`", read("README.md"))) <= known


def test_every_setting_is_heeded_somewhere() -> None:
    code = "\n".join(path.read_text(encoding="utf-8") for path in python_files("nps_registry"))
    # `self` is for what the settings derive from one another.
    assert [field for field in Settings.model_fields if not re.search(rf"\b(settings|self)\.{field}\b", code)] == []


def test_every_room_is_on_the_map() -> None:
    rooms = {path.parent.name for path in (ROOT / "nps_registry").glob("*/__init__.py")}
    assert {room for room in rooms if f"`{room}`" not in read("CONTRIBUTING.md")} == set()


def test_every_decision_has_a_number_a_date_and_a_state() -> None:
    entries = re.findall(r"^## (\d+)\. .+\n(.*)$", read("DECISIONS.md"), re.M)
    assert [int(number) for number, _ in entries] == list(range(1, len(entries) + 1))
    assert [
        line for _, line in entries if not re.fullmatch(r"\*\d{4}-\d\d-\d\d · (in force|replaced by \d+)\*", line)
    ] == []


def test_the_changelog_speaks_of_this_version() -> None:
    text = read("CHANGELOG.md")
    assert "## Unreleased" in text or f"## {__version__}" in text


def test_both_licences_are_whole() -> None:
    assert "END OF TERMS AND CONDITIONS" in read("LICENSE")
    assert "Creative Commons may be contacted at creativecommons.org." in read("LICENSE-CATALOGUE")
    files = tomllib.loads(read("pyproject.toml"))["project"]["license-files"]
    assert all(Path(ROOT, name).is_file() for name in files)
