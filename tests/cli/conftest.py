"""The command line as people type it, in this process; and small registries for it."""

from __future__ import annotations

import io
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from nps_registry.catalogue.files import read_catalogue
from nps_registry.cli import main
from nps_registry.intake.seed import load_catalogue
from nps_registry.store.engine import make_engine, writing
from nps_registry.store.registry import create_registry
from nps_registry.vocabulary.report import RegistryMode
from tests.databases import SqliteDatabases

SMALL = Path(__file__).parents[1] / "cases" / "catalogue"


@dataclass(frozen=True)
class Answer:
    """What a command said, and how it ended."""

    code: int
    out: str
    err: str

    @property
    def sentences(self) -> list[str]:
        """The lines on stderr."""
        return self.err.splitlines()


Command = Callable[..., Answer]


@pytest.fixture
def nps(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path, registry_url: str
) -> Command:
    """Run ``nps-registry`` over the small registry, or with other settings."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NPS_DATABASE_URL", registry_url)

    def run(*arguments: object, stdin: str = "", **settings: str) -> Answer:
        for name, value in settings.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setattr(sys, "argv", ["nps-registry", *map(str, arguments)])
        monkeypatch.setattr(sys, "stdin", io.StringIO(stdin))
        capsys.readouterr()
        code: object = 0
        try:
            main()
        except SystemExit as end:
            code = end.code or 0
        said = capsys.readouterr()
        assert isinstance(code, int)
        return Answer(code, said.out, said.err)

    return run


@pytest.fixture(scope="session")
def small_registry(sqlite_databases: SqliteDatabases) -> Path:
    """A real registry with the small catalogue, to be copied."""
    url = sqlite_databases.migrated()
    engine = make_engine(url)
    with writing(engine) as session:
        create_registry(session, RegistryMode.REAL)
        load_catalogue(session, read_catalogue(SMALL))
    engine.dispose()
    return Path(url.removeprefix("sqlite:///"))


@pytest.fixture
def registry_url(small_registry: Path, tmp_path: Path) -> str:
    """A copy of the small registry that the test may change."""
    return f"sqlite:///{shutil.copyfile(small_registry, tmp_path / 'registry.sqlite')}"
