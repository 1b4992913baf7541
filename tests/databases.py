"""Databases for tests: each test gets its own, copied from one that the migrations built once."""

from __future__ import annotations

import itertools
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from nps_registry.store import schema
from nps_registry.store.engine import make_engine
from tests.postgresql import Cluster

DIALECTS = ("sqlite", "postgresql")
_TEMPLATE = "registry_template"


class Databases(Protocol):
    """Gives out the addresses of databases of one dialect."""

    def migrated(self) -> str:
        """The address of a fresh database with every table and no rows."""
        ...

    def empty(self) -> str:
        """The address of a fresh database without tables."""
        ...


class SqliteDatabases:
    """SQLite files in one directory."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._numbers = itertools.count(1)
        self._template: Path | None = None

    def migrated(self) -> str:
        """The address of a copy of the migrated file."""
        if self._template is None:
            self._template = self._directory / f"{_TEMPLATE}.sqlite"
            _build_tables(f"sqlite:///{self._template}")
        url = self.empty()
        shutil.copyfile(self._template, url.removeprefix("sqlite:///"))
        return url

    def empty(self) -> str:
        """The address of a file that does not exist yet."""
        return f"sqlite:///{self._directory}/registry_{next(self._numbers)}.sqlite"


class PostgresqlDatabases:
    """Databases in a private cluster."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self._numbers = itertools.count(1)
        self._template_stands = False
        self._given: list[str] = []

    def migrated(self) -> str:
        """The address of a copy of the migrated database."""
        if not self._template_stands:
            self._cluster.create(_TEMPLATE)
            _build_tables(self._cluster.url(_TEMPLATE))
            self._template_stands = True
        return self._give(_TEMPLATE)

    def empty(self) -> str:
        """The address of a database without tables."""
        return self._give("template0")

    def drop_given(self) -> None:
        """Drop what was given out since the last call, so that the cluster stays small."""
        while self._given:
            self._cluster.drop(self._given.pop())

    def _give(self, template: str) -> str:
        name = f"registry_{next(self._numbers)}"
        self._cluster.create(name, template=template)
        self._given.append(name)
        return self._cluster.url(name)


def _build_tables(url: str) -> None:
    """Run the migrations; disposing of the engine folds SQLite's log into the file that is copied."""
    engine = make_engine(url)
    schema.upgrade(engine)
    engine.dispose()


@contextmanager
def dropped_afterwards(databases: Databases) -> Iterator[Databases]:
    """Take back, behind the block, what *databases* gave out in it."""
    try:
        yield databases
    finally:
        if isinstance(databases, PostgresqlDatabases):
            databases.drop_given()
