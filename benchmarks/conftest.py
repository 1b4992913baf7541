"""What several benchmarks stand on."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import ExitStack
from http.client import HTTPConnection

import pytest

from benchmarks.cartridge import Cartridge, running_cartridge
from benchmarks.prepared import Prepared, prepare
from benchmarks.server import fill_registry, running_server


@pytest.fixture(scope="session")
def registry_url(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The address of a database that holds the catalogue."""
    return fill_registry(tmp_path_factory.mktemp("registry") / "registry.sqlite")


@pytest.fixture(scope="session")
def server(registry_url: str) -> Iterator[HTTPConnection]:
    """A connection, kept alive, to a server with one worker over the catalogue."""
    with running_server(registry_url) as connection:
        yield connection


@pytest.fixture(scope="session")
def prepared(request: pytest.FixtureRequest) -> Prepared:
    """The library of the size that is asked; what is measured with it is measured in one go."""
    return prepare(request.param)


@pytest.fixture(scope="session")
def cartridge() -> Iterator[Cartridge | None]:
    """PostgreSQL with RDKit's cartridge; nothing where that is not installed."""
    with ExitStack() as stack:
        try:
            running = stack.enter_context(running_cartridge())
        except LookupError as reason:
            warnings.warn(str(reason), stacklevel=1)
            running = None
        yield running
