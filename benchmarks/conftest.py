"""What several benchmarks stand on."""

from __future__ import annotations

from collections.abc import Iterator
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
def cartridge() -> Iterator[Cartridge]:
    """PostgreSQL with RDKit's cartridge; what is measured beside it is left out where that is not installed."""
    try:
        with running_cartridge() as running:
            yield running
    except LookupError as reason:
        pytest.skip(str(reason))
