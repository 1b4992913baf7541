"""A backup, put back: the same registry again, on either database, and nothing where a part is damaged."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import func, select

from nps_registry.app import create_app
from nps_registry.errors import Conflict, InvalidInput
from nps_registry.settings import Settings
from nps_registry.store import audit
from nps_registry.store.attached_files import AttachedFiles
from nps_registry.store.backup import MANIFEST, write_backup
from nps_registry.store.engine import Engine, make_engine, reading
from nps_registry.store.restore import restore_backup
from nps_registry.store.tables import Table
from tests.databases import Databases, SqliteDatabases
from tests.spec.served import MMC3, MMC3_S, UNKNOWN, a_report, served
from tests.spec.test_batch_api import GOOD

SPECTRUM = b"##TITLE= caffeine\n##JCAMP-DX= 4.24\n##DATA TYPE= INFRARED SPECTRUM\n##END=\n"
PAGES = (
    "/", "/substances", "/substances?q=mmc", "/timeline", "/countries/DE", "/api/v1/exports/reports.csv",
    "/api/v1/exports/substances.csv", "/api/v1/signals", "/api/v1/statistics/timeline", "/feeds-not-there",
)  # fmt: skip


def counts(engine: Engine) -> dict[str, int]:
    with reading(engine) as session:
        return {
            table.name: session.scalar(select(func.count()).select_from(table)) or 0
            for table in Table.metadata.sorted_tables
        }


def pages(client: Any, token: dict[str, str]) -> dict[str, str]:
    seen = {path: client.get(path).text for path in PAGES}
    seen |= {path: client.get(path, headers=token).text for path in ("/api/v1/reports", "/api/v1/reports?limit=1")}
    return seen


@pytest.fixture
def filled(database_url: str, tmp_path: Path) -> Any:
    """A registry with reports of several kinds and an attached file, backed up while it serves."""
    with served(database_url, var_directory=tmp_path / "var") as registry:
        for number, structure in enumerate((MMC3, MMC3_S, UNKNOWN)):
            answer = registry.report("de", a_report(structure) | {"own_reference": f"R-{number}"})
        registry.client.post(
            "/api/v1/reports/batch", content=GOOD, headers={"Content-Type": "text/csv", **registry.as_("de")}
        )
        attached = registry.client.post(
            f"/api/v1/reports/{answer.json()['id']}/attachments",
            files={"file": ("a.jdx", io.BytesIO(SPECTRUM))},
            data={"kind": "spectrum"},
            headers=registry.as_("de"),
        )
        assert attached.status_code == 201, attached.text
        files = AttachedFiles(tmp_path / "var" / "attachments")
        write_backup(registry.engine, files, tmp_path / "backup.zip")
        with reading(registry.engine) as session:
            newest = audit.newest(session)
        return {
            "counts": counts(registry.engine),
            "pages": pages(registry.client, registry.as_("de")),
            "newest": newest,
            "token": registry.as_("de"),
            "file": attached.json()["url"],
            "path": tmp_path / "backup.zip",
        }


@pytest.fixture
def other_databases(request: pytest.FixtureRequest) -> Databases:
    """Databases of the other kind than the one that was backed up."""
    other = "postgresql" if request.node.callspec.params["databases"] == "sqlite" else "sqlite"
    given: Databases = request.getfixturevalue(f"{other}_databases")
    return given


def test_a_restored_registry_is_the_same_on_the_other_database(
    filled: Any, other_databases: Databases, tmp_path: Path
) -> None:
    url, var = other_databases.empty(), tmp_path / "restored"
    engine = make_engine(url)
    result = restore_backup(engine, AttachedFiles(var / "attachments"), filled["path"])
    assert result.files == 1
    assert counts(engine) == filled["counts"]
    with reading(engine) as session:
        assert audit.verify(session, filled["newest"]) is None
        assert audit.newest(session) == filled["newest"]
    with TestClient(create_app(Settings(database_url=url, var_directory=var))) as client:
        assert pages(client, filled["token"]) == filled["pages"]
        assert client.get(filled["file"], headers=filled["token"]).content == SPECTRUM
        answer = client.post("/api/v1/reports", json=a_report(MMC3), headers=filled["token"])
        assert answer.status_code == 201, answer.text
    with pytest.raises(Conflict, match="not empty"):
        restore_backup(engine, AttachedFiles(var / "attachments"), filled["path"])
    restore_backup(engine, AttachedFiles(var / "attachments"), filled["path"], overwrite=True)
    assert counts(engine) == filled["counts"]
    engine.dispose()


def _without(name: str) -> Callable[[dict[str, bytes]], None]:
    def damage(parts: dict[str, bytes]) -> None:
        del parts[name]

    return damage


def _changed(name: str) -> Callable[[dict[str, bytes]], None]:
    def damage(parts: dict[str, bytes]) -> None:
        parts[name] = parts[name][:-2] + b"x\n"

    return damage


@pytest.fixture(scope="module")
def whole(sqlite_databases: SqliteDatabases, tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("backup")
    with served(sqlite_databases.migrated(), var_directory=directory) as registry:
        registry.report("de", a_report())
        write_backup(registry.engine, AttachedFiles(directory / "attachments"), directory / "backup.zip")
    return directory / "backup.zip"


@pytest.mark.parametrize(
    ("damage", "named"),
    [
        (_changed("tables/report.jsonl"), "tables/report.jsonl"),
        (_without("tables/event.jsonl"), "tables/event.jsonl"),
        (_without(MANIFEST), "manifest"),
        (_changed(MANIFEST), "manifest"),
    ],
)
def test_a_damaged_backup_is_refused_and_says_which_part(
    whole: Path, sqlite_databases: SqliteDatabases, tmp_path: Path, damage: Callable[[Any], None], named: str
) -> None:
    with zipfile.ZipFile(whole) as packed:
        parts = {name: packed.read(name) for name in packed.namelist()}
    damage(parts)
    broken = tmp_path / "broken.zip"
    with zipfile.ZipFile(broken, "w") as packed:
        for name, body in parts.items():
            packed.writestr(name, body)
    engine = make_engine(sqlite_databases.empty())
    with pytest.raises(InvalidInput, match=named):
        restore_backup(engine, AttachedFiles(tmp_path / "files"), broken)
    engine.dispose()


def test_a_backup_that_was_cut_off_or_flipped_is_refused(
    whole: Path, sqlite_databases: SqliteDatabases, tmp_path: Path
) -> None:
    body = whole.read_bytes()
    flipped = bytearray(body)
    flipped[len(body) // 2] ^= 0xFF
    for wrong in (body[: len(body) // 2], bytes(flipped), b"", b"no backup"):
        broken = tmp_path / "broken.zip"
        broken.write_bytes(wrong)
        engine = make_engine(sqlite_databases.empty())
        with pytest.raises(InvalidInput, match="backup"):
            restore_backup(engine, AttachedFiles(tmp_path / "files"), broken)
        engine.dispose()
