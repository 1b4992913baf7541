"""The checks that `make check` runs by hand hold in every test run."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.house.checkout import ROOT

BIN = Path(sys.executable).parent


def run(*command: str) -> subprocess.CompletedProcess[str]:
    """Run one of the tools of the environment on the checkout."""
    environment = {**os.environ, "NO_COLOR": "1"}
    return subprocess.run(
        [BIN / command[0], *command[1:]], cwd=ROOT, capture_output=True, text=True, check=False, env=environment
    )


def test_imports_point_down_only() -> None:
    answer = run("lint-imports")
    assert answer.returncode == 0, answer.stdout


def test_the_linter_finds_nothing() -> None:
    answer = run("ruff", "check", "--output-format", "concise")
    assert answer.returncode == 0, answer.stdout


def test_every_file_is_laid_out_by_the_formatter() -> None:
    answer = run("ruff", "format", "--check")
    assert answer.returncode == 0, f"{answer.stdout}run: make fmt"


@pytest.mark.timeout(600)
def test_the_types_hold() -> None:
    answer = run("mypy")
    assert answer.returncode == 0, answer.stdout
