"""Killed with -9 while laboratories submit and a batch runs: what was acknowledged is there, once, and whole."""

from __future__ import annotations

import csv
import io
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import func, select

from nps_registry.accounts.seal import seal_of
from nps_registry.settings import Settings
from nps_registry.store import audit, counts
from nps_registry.store.engine import Engine, make_engine, reading, writing
from nps_registry.store.tables import (
    AuditEvent,
    Batch,
    Detection,
    Event,
    Item,
    PublicCount,
    PublicFinding,
    PublicYear,
    Report,
    ReportRevision,
)
from nps_registry.vocabulary.batch import BatchState
from tests.signing_in import Player, form_token, make_player, post_form, sign_in
from tests.spec.served import MMC3, a_report, served

KILLS, ROWS = 3, 1_600
_LIMIT_S = 240.0


@contextmanager
def running(url: str, var: Path, port: int) -> Iterator[subprocess.Popen[bytes]]:
    """A server of its own process over the database at *url*."""
    settings = {"NPS_DATABASE_URL": url, "NPS_VAR_DIRECTORY": str(var), "NPS_PORT": str(port), "NPS_LOG_LEVEL": "error"}
    command = [sys.executable, "-m", "nps_registry", "serve"]
    server = subprocess.Popen(command, env={**os.environ, **settings}, stderr=subprocess.DEVNULL)
    try:
        until = time.monotonic() + _LIMIT_S
        while time.monotonic() < until and server.poll() is None:
            with suppress(httpx.TransportError):
                if httpx.get(f"http://127.0.0.1:{port}/healthz").status_code == 200:
                    break
            time.sleep(0.05)
        yield server
    finally:
        server.kill()
        server.wait()


def free_port() -> int:
    """A port that nothing listens on."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def table() -> bytes:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow("own_reference event_type collected_on country sharing structure".split())
    for number in range(ROWS):
        structure = MMC3 if number % 2 else "Cn1c(=O)c2c(ncn2C)n(C)c1=O"
        writer.writerow([f"B-{number}", "seizure", "2026-02-03", "DE", "public", structure])
    return text.getvalue().encode()


def submit_until(client: httpx.Client, token: str, kill_at: float, acknowledged: dict[str, str]) -> None:
    """Submit one report after the other until *kill_at*; note those that were acknowledged."""
    while time.monotonic() < kill_at:
        reference = f"S-{len(acknowledged)}-{time.monotonic_ns()}"
        body = a_report() | {"own_reference": reference}
        answer = client.post("/api/v1/reports", json=body, headers={"Authorization": f"Bearer {token}"})
        assert answer.status_code == 201, answer.text
        acknowledged[reference] = answer.json()["id"]


@pytest.mark.timeout(400)
def test_nothing_acknowledged_is_lost_doubled_or_halved_by_a_kill(database_url: str, tmp_path: Path) -> None:
    with served(database_url) as registry:  # fills the catalogue and makes the tokens
        token = registry.tokens["de"]
        player = make_player(registry.engine, seal_of(Settings(database_url=database_url, var_directory=tmp_path)))
    port, acknowledged, batch = free_port(), dict[str, str](), ""
    for kill in range(KILLS):
        with (
            running(database_url, tmp_path, port) as server,
            httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60) as client,
        ):
            batch = batch or begin_batch(client, player)
            with suppress(httpx.TransportError):
                submit_until(client, token, time.monotonic() + 0.4 + 0.3 * kill, acknowledged)
            server.send_signal(signal.SIGKILL)
            server.wait()
    with running(database_url, tmp_path, port):
        wait_for_batch(database_url, batch)
    engine = make_engine(database_url)
    check_whole(engine, acknowledged)
    engine.dispose()


def begin_batch(client: httpx.Client, player: Player) -> str:
    sign_in(client, player)
    token = form_token(client, "/lab/batches")
    sent = client.post("/lab/batches", data={"form_token": token}, files={"table": ("t.csv", table(), "text/csv")})
    assert sent.status_code == 303, sent.text
    address = str(sent.headers["location"])
    until = time.monotonic() + _LIMIT_S
    while "refresh" in client.get(address).headers and time.monotonic() < until:
        time.sleep(0.1)
    started: Any = post_form(client, f"{address}/run", {"rows": "all"}, seen_at=address)
    assert started.status_code == 303, started.text
    return address.rpartition("/")[2]


def wait_for_batch(url: str, batch: str) -> None:
    engine, until = make_engine(url), time.monotonic() + _LIMIT_S
    while time.monotonic() < until:
        with reading(engine) as session:
            if session.get_one(Batch, batch).state is BatchState.DONE:
                break
        time.sleep(0.1)
    else:
        pytest.fail("the batch was not gone on with")
    engine.dispose()


def check_whole(engine: Engine, acknowledged: dict[str, str]) -> None:
    with reading(engine) as session:
        rows = session.execute(select(Report.own_reference, Report.id)).all()  # type: ignore[call-overload]  # columns
        found: dict[str, str] = dict(rows)
        assert len(found) == len(rows), "a report is doubled"
        assert acknowledged.items() <= found.items(), "an acknowledged report is missing"
        assert sum(reference.startswith("B-") for reference in found) == ROWS
        # None is half: every report has its event, an item, a detection, a revision and an entry of the trail.
        for table_of_parts in (Event, Item, Detection, ReportRevision):
            assert session.scalar(select(func.count()).select_from(table_of_parts)) == len(found)
        submitted = [event for event in _audit_subjects(session) if event in set(found.values())]
        assert len(submitted) == len(set(submitted)) == len(found)
        assert audit.verify(session) is None
    before = _figures(engine)
    with writing(engine) as session:
        counts.recount_all(session)
    assert _figures(engine) == before, "the public counts differ from a count anew"


def _audit_subjects(session: Any) -> list[str]:
    wanted = select(AuditEvent.subject_id).where(AuditEvent.action == "report.submitted")  # type: ignore[call-overload]
    return list(session.scalars(wanted))


def _figures(engine: Engine) -> list[tuple[Any, ...]]:
    with reading(engine) as session:
        tables = (PublicCount, PublicFinding, PublicYear)
        kept = [[tuple(row.model_dump().values()) for row in session.scalars(select(table))] for table in tables]
    return [row for rows in kept for row in sorted(rows)]
