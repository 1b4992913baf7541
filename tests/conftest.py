"""What every test may ask for.

A test that asks for ``engine`` or ``database_url`` runs twice, on SQLite and on PostgreSQL; one that asks
for ``sqlite_engine`` runs once. Each test has a database of its own.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from nps_registry.store.engine import Engine, make_engine
from tests.databases import DIALECTS, Databases, PostgresqlDatabases, SqliteDatabases, dropped_afterwards
from tests.postgresql import Cluster, running_cluster

ROOT = Path(__file__).resolve().parent.parent

# Chemistry takes its time, so no deadline for an example. Continuous integration tries the same examples each
# time, so that it judges the change and not its luck; everybody else's runs go on looking for new ones.
settings.register_profile("searching", deadline=None)
settings.register_profile("repeatable", deadline=None, derandomize=True)
settings.load_profile("repeatable" if os.environ.get("CI") else "searching")


@pytest.fixture(scope="session", autouse=True)
def _no_settings_from_outside() -> None:
    """Forget the settings of the person who runs the tests."""
    for name in [name for name in os.environ if name.startswith("NPS_")]:
        del os.environ[name]


@pytest.fixture(scope="session")
def root() -> Path:
    """The checkout."""
    return ROOT


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """A private PostgreSQL server, one for each process of the test run."""
    with running_cluster() as running:
        yield running


@pytest.fixture(scope="session")
def sqlite_databases(tmp_path_factory: pytest.TempPathFactory) -> SqliteDatabases:
    """Gives out SQLite files."""
    return SqliteDatabases(tmp_path_factory.mktemp("databases"))


@pytest.fixture(scope="session")
def postgresql_databases(cluster: Cluster) -> PostgresqlDatabases:
    """Gives out PostgreSQL databases."""
    return PostgresqlDatabases(cluster)


@pytest.fixture(params=DIALECTS)
def databases(request: pytest.FixtureRequest) -> Iterator[Databases]:
    """Gives out databases of the dialect of this run of the test."""
    # Asked for by name, so that a run on SQLite alone never starts a server.
    with dropped_afterwards(request.getfixturevalue(f"{request.param}_databases")) as given:
        yield given


@pytest.fixture
def database_url(databases: Databases) -> str:
    """The address of a fresh database with every table and no rows."""
    return databases.migrated()


@pytest.fixture
def empty_database_url(databases: Databases) -> str:
    """The address of a fresh database without tables."""
    return databases.empty()


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    """Connections to a fresh database with every table and no rows."""
    made = make_engine(database_url)
    yield made
    made.dispose()


@pytest.fixture
def sqlite_engine(sqlite_databases: SqliteDatabases) -> Iterator[Engine]:
    """Connections to a fresh SQLite database, for what does not depend on the dialect."""
    made = make_engine(sqlite_databases.migrated())
    yield made
    made.dispose()
