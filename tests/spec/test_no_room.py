"""No room on the disk, no database: a clear answer, nothing lost, nothing half."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import event, func, select

from nps_registry.errors import NotReady
from nps_registry.store.attached_files import AttachedFiles
from nps_registry.store.engine import reading
from nps_registry.store.tables import Report
from tests.databases import SqliteDatabases
from tests.postgresql import Cluster
from tests.spec.served import MMC3, a_report, served


def _batch(rows: int) -> str:
    head = "own_reference,event_type,collected_on,country,structure\n"
    return head + "".join(f"F-{number},seizure,2026-02-03,DE,{MMC3}\n" for number in range(rows))


def test_a_full_disk_keeps_nothing_of_a_batch_and_all_that_was_acknowledged(sqlite_databases: SqliteDatabases) -> None:
    with served(sqlite_databases.migrated()) as registry:
        assert registry.report("de", a_report()).status_code == 201
        pages = {"most": 0}

        @event.listens_for(registry.engine, "checkout")
        def limit(connection: Any, _record: Any, _proxy: Any) -> None:
            connection.execute(f"PRAGMA max_page_count = {pages['most'] or 1_000_000_000}")

        with reading(registry.engine) as session:
            pages["most"] = int(session.connection().exec_driver_sql("PRAGMA page_count").scalar_one()) + 5
        headers = {"Content-Type": "text/csv", **registry.as_("de")}
        answer = registry.client.post("/api/v1/reports/batch", content=_batch(600), headers=headers)
        assert answer.status_code == 503, answer.text
        assert "no room" in answer.json()["detail"]
        pages["most"] = 0
        with reading(registry.engine) as session:
            assert session.scalar(select(func.count()).select_from(Report)) == 1
        answer = registry.client.post("/api/v1/reports/batch", content=_batch(600), headers=headers)
        assert answer.status_code == 201, answer.text
        assert answer.json()["reports"] == 600


def test_a_database_that_went_away_is_told_and_found_again(cluster: Cluster, postgresql_databases: Any) -> None:
    url = postgresql_databases.migrated()
    name = url.partition("?")[0].rpartition("/")[2]
    with served(url) as registry:
        assert registry.report("de", a_report()).status_code == 201
        cluster.run(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false')
        cluster.run(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")
        headers = {"Content-Type": "text/csv", **registry.as_("de")}
        away = registry.client.post("/api/v1/reports/batch", content=_batch(10), headers=headers)
        assert away.status_code == 503, away.text
        assert away.json()["detail"].endswith(".")
        cluster.run(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true')
        back = registry.client.post("/api/v1/reports/batch", content=_batch(10), headers=headers)
        assert back.status_code == 201, back.text
        assert back.json()["reports"] == 10


def test_a_file_that_cannot_be_written_is_not_acknowledged(tmp_path: Any) -> None:
    (tmp_path / "attachments").write_text("a file stands where the directory should be")
    with pytest.raises(NotReady, match="Nothing was attached"):
        AttachedFiles(tmp_path / "attachments").keep(b"body")
