"""From nothing to the first answer of ``nps-registry serve``, beside the bare imports it cannot do without."""

from __future__ import annotations

import subprocess
import sys

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from benchmarks.server import as_installed, free_port, start_server, wait_for_answer

GROUP = "start"
ROUNDS = 7


def bench_importing_rdkit_fastapi_sqlmodel(benchmark: BenchmarkFixture) -> None:
    benchmark.group = GROUP
    benchmark.extra_info["peer"] = True
    command = [sys.executable, "-c", "import rdkit.Chem, fastapi, sqlmodel"]
    run = {"check": True, "env": as_installed()}
    benchmark.pedantic(subprocess.run, args=(command,), kwargs=run, rounds=ROUNDS, warmup_rounds=1)  # type: ignore[no-untyped-call]


@pytest.mark.parametrize("path", ["/healthz", "/"], ids=["answer", "page"])
def bench_serve_to_first(benchmark: BenchmarkFixture, registry_url: str, path: str) -> None:
    """The first answer of all has a bound; what a reader waits for, the first page, is told beside it."""
    benchmark.group = GROUP
    if path == "/healthz":
        benchmark.extra_info["at_most"] = 2.0
    started: list[subprocess.Popen[bytes]] = []

    def start() -> None:
        port = free_port()
        started.append(start_server(registry_url, port))
        wait_for_answer(started[-1], port, path).close()

    def end() -> None:
        while started:
            server = started.pop()
            server.terminate()
            server.wait()

    benchmark.pedantic(start, rounds=ROUNDS, warmup_rounds=1, teardown=end)  # type: ignore[no-untyped-call]
