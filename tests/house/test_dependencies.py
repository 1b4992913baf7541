"""What the project needs is declared, and locked with hashes."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from collections.abc import Mapping
from functools import lru_cache
from importlib.metadata import packages_distributions as find_distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.house.checkout import ROOT, name_of, parse, python_files

PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
LOCKS = ("run", "dev")
# Needed without an import of ours: drivers, form parsing, the server's own process.
LOADED_BY_OTHERS = {"psycopg", "python-multipart"}
# Parts of a declared package that are distributed apart, in the one version that it asks for.
PART_OF = {"llvmlite": "numba", "pydantic-core": "pydantic"}


def declared() -> list[Requirement]:
    """The requirements of the installed package."""
    return [Requirement(line) for line in PYPROJECT["project"]["dependencies"]]


def declared_names() -> set[str]:
    """Their names and those of the extras, in the one canonical spelling."""
    extras = PYPROJECT["project"].get("optional-dependencies", {}).values()
    optional = [Requirement(line) for extra in extras for line in extra]
    return {canonicalize_name(each.name) for each in (*declared(), *optional)}


def imported_packages(path: Path) -> set[str]:
    """The top-level packages that a file imports, ours and the standard library's left out."""
    names: set[str] = set()
    for node in ast.walk(parse(path)):
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.add(node.module.partition(".")[0])
    return names - set(sys.stdlib_module_names) - {"nps_registry"}


@lru_cache(maxsize=1)
def _top_level_packages() -> Mapping[str, list[str]]:
    return find_distributions()


def distributions_of(package: str) -> set[str]:
    """The distributions that a top-level package comes from; its own name where none is installed."""
    names = {canonicalize_name(name) for name in _top_level_packages().get(package, [package])}
    return {PART_OF.get(name, name) for name in names}


def locked(lock: str) -> dict[str, str]:
    """The version of each package in a lock."""
    text = (ROOT / "requirements" / f"{lock}.lock").read_text(encoding="utf-8")
    return {
        canonicalize_name(name): version
        for name, version in re.findall(r"^([\w.-]+)(?:\[\w+\])?==([\w.+!]+)", text, re.M)
    }


def test_every_package_that_the_code_imports_is_declared() -> None:
    undeclared = {
        f"{name_of(path)} imports {package}"
        for path in python_files("nps_registry")
        for package in imported_packages(path)
        if not declared_names() & distributions_of(package)
    }
    assert sorted(undeclared) == []


def test_every_declared_package_is_imported() -> None:
    imported = {package for path in python_files("nps_registry") for package in imported_packages(path)}
    used = {name for package in imported for name in distributions_of(package)}
    assert sorted(declared_names() - used - LOADED_BY_OTHERS) == []


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_holds_a_version_that_fits_each_requirement(lock: str) -> None:
    versions = locked(lock)
    unfit = [
        str(each) for each in declared() if not each.specifier.contains(versions.get(canonicalize_name(each.name), "0"))
    ]
    assert unfit == [], "run: make lock"


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_has_hashes_and_no_addresses(lock: str) -> None:
    text = (ROOT / "requirements" / f"{lock}.lock").read_text(encoding="utf-8")
    entries = re.split(r"\n(?=\S)", text.split("\n\n", 1)[-1].strip())
    entries = [entry for entry in entries if not entry.startswith("#")]
    assert [entry.splitlines()[0] for entry in entries if "--hash=sha256:" not in entry] == []
    assert "://" not in text
    assert not re.search(r"^--", text, re.M)


def test_the_developers_versions_are_the_users_versions() -> None:
    run, dev = locked("run"), locked("dev")
    assert {name: (version, dev.get(name)) for name, version in run.items() if dev.get(name) != version} == {}
