"""Compiled code, kept for all tests of one run."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def compiled_code(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The directory where it is kept; every worker of a run reads the same."""
    return tmp_path_factory.getbasetemp().parent / "kernel"
