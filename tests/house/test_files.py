"""Habits of the files: small, named after things, and free of what belongs to one person's machine."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.house.checkout import name_of, parse, python_files, text_files

LINES_OF_A_FILE = 400
LINES_OF_A_FUNCTION = 60
SHAPELESS = {"utils", "util", "helpers", "helper", "common", "manager", "misc"}
# Written so that this file does not match itself.
UNFINISHED = re.compile(r"\b(TO[D]O|FIX[M]E|X[X]X)\b")
PACKAGE_REGISTRY = re.compile(r"\b(pypi|pythonhosted|npmjs|rubygems)\.(org|com|io)\b")
# Pages arrive in pieces: what is read of one at once is what had arrived by then.
READ_AT_ONCE = re.compile(r"\bassert\b.*\.(is_visible|(all_)?(inner_text|text_content)s?|count|content)\(\)")
ONE_MACHINE = re.compile(r"(?<![\w.:/-])/(home|root|Users|work|tmp)/\w")


def matches(pattern: re.Pattern[str], paths: Iterator[Path]) -> list[str]:
    """Each line of *paths* that *pattern* is found in, with its place."""
    return [
        f"{name_of(path)}:{number}: {line.strip()}"
        for path in paths
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if pattern.search(line)
    ]


def test_no_python_file_is_too_long_to_read() -> None:
    lengths = {name_of(path): len(path.read_text(encoding="utf-8").splitlines()) for path in python_files()}
    assert {name: length for name, length in lengths.items() if length > LINES_OF_A_FILE} == {}


def test_no_function_is_too_long_to_read() -> None:
    long = [
        f"{name_of(path)}: {node.name}"
        for path in python_files()
        if "versions" not in path.parts
        for node in ast.walk(parse(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (node.end_lineno or node.lineno) - node.lineno + 1 > LINES_OF_A_FUNCTION
    ]
    assert long == []


def test_no_module_has_a_name_that_says_nothing() -> None:
    assert [name_of(path) for path in python_files() if {path.stem, path.parent.name} & SHAPELESS] == []


def test_nothing_is_left_unfinished() -> None:
    assert matches(UNFINISHED, text_files()) == []


def test_no_file_names_a_package_registry() -> None:
    assert matches(PACKAGE_REGISTRY, text_files()) == []


def test_sources_are_named_by_title_edition_and_number_and_not_by_an_address() -> None:
    sources = [path for path in text_files() if path.name == "sources.toml"]
    assert len(sources) > 1, "the catalogue's, and those of the catalogues that tests read"
    assert matches(re.compile("://"), iter(sources)) == []


def test_no_file_names_a_place_on_one_machine() -> None:
    assert matches(ONE_MACHINE, text_files()) == []


@pytest.mark.parametrize("line", ['open("|home|ann|x.csv")', "see |tmp|notes", "cp |Users|x ."])
def test_a_place_on_one_machine_is_recognised(line: str) -> None:
    assert ONE_MACHINE.search(line.replace("|", "/"))


@pytest.mark.parametrize("line", ["see web/home/x", "GET /api/v1/work/x", "https://example.org/home/x"])
def test_an_address_is_not_mistaken_for_a_place_on_a_machine(line: str) -> None:
    assert not ONE_MACHINE.search(line)


def test_what_a_browser_shows_is_expected_and_waited_for() -> None:
    journeys = [path for path in python_files("tests") if path.parent.name == "browser"]
    assert journeys
    assert matches(READ_AT_ONCE, iter(journeys)) == []


def test_every_python_file_is_a_part_of_a_package() -> None:
    loose = {path.parent for path in python_files("nps_registry")} - {
        path.parent for path in python_files("nps_registry") if path.name == "__init__.py"
    }
    assert sorted(map(name_of, loose)) == []
