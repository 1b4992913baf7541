"""One served registry for all tests of a file, on each database: what a test refuses leaves it as it was."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.databases import DIALECTS, dropped_afterwards
from tests.spec.served import Served, served


@pytest.fixture(scope="module", params=DIALECTS)
def registry(request: pytest.FixtureRequest) -> Iterator[Served]:
    """The small catalogue, served from the database of this run of the test."""
    # Asked for by name, so that a run on SQLite alone never starts a server.
    given = request.getfixturevalue(f"{request.param}_databases")
    with dropped_afterwards(given) as databases, served(databases.migrated()) as registry:
        yield registry
