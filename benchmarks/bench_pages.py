"""Pages beside an empty HTML page of the same server: warm, cold, asked again, and under many readers.

The registry is the demonstration, so that pages have something to show. A page is cold when nothing of it was
made before: each round asks for another substance.
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from http.client import HTTPConnection
from itertools import cycle
from pathlib import Path

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from benchmarks.interleaved import Contender, take_turns
from benchmarks.pages_app import EMPTY
from benchmarks.server import fetch, fill_registry, free_port, wait_for_answer

READERS, SECONDS = 32, 4.0
ROUNDS = 400
WARM, COLD, AGAIN, MANY = "page, warm", "page, cold", "page, asked again", "pages, 32 readers, per request"


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """A server with the floor route over a filled registry."""
    var = tmp_path_factory.mktemp("pages")
    url = fill_registry(Path(var) / "registry.sqlite")
    port = free_port()
    command = [
        sys.executable, "-m", "uvicorn", "--factory", "benchmarks.pages_app:create", "--port", str(port),
        "--log-level", "warning",
    ]  # fmt: skip
    server = subprocess.Popen(command, env={**os.environ, "NPS_DATABASE_URL": url, "NPS_VAR_DIRECTORY": str(var)})
    wait_for_answer(server, port).close()
    yield port
    server.terminate()
    server.wait()


@pytest.fixture(scope="module")
def connection(port: int) -> HTTPConnection:
    """A connection, kept alive."""
    return HTTPConnection("127.0.0.1", port, timeout=30)


@pytest.fixture(scope="module")
def accessions(connection: HTTPConnection) -> list[str]:
    """Addresses of substances' pages, in an order that is the same each time."""
    paths = [line.split("</loc>")[0] for line in fetch(connection, "/sitemap.xml").decode().split("<loc>")[1:]]
    found = [path[path.index("/", 8) :] for path in paths if "/substances/" in path]
    random.Random(7).shuffle(found)
    return found


def _beside_empty_page(
    benchmark: BenchmarkFixture,
    connection: HTTPConnection,
    group: str,
    ask: Callable[[], object],
    at_most: float,
) -> None:
    """Measure *ask* and the empty page in turns, because a machine does not stay equally fast for a minute."""
    empty = Contender("empty page", partial(fetch, connection, EMPTY), peer=True)
    take_turns(benchmark, group, [empty, Contender("substance page", ask, bounds=((empty.name, at_most),))], ROUNDS)


def bench_substance_page_warm(benchmark: BenchmarkFixture, connection: HTTPConnection, accessions: list[str]) -> None:
    for path in accessions[:20]:
        fetch(connection, path)
    warm = cycle(accessions[:20])
    _beside_empty_page(benchmark, connection, WARM, lambda: fetch(connection, next(warm)), 2.0)


def bench_substance_page_cold(benchmark: BenchmarkFixture, connection: HTTPConnection, accessions: list[str]) -> None:
    cold = iter(accessions[20:])
    _beside_empty_page(benchmark, connection, COLD, lambda: fetch(connection, next(cold)), 10.0)


def bench_substance_page_again(benchmark: BenchmarkFixture, connection: HTTPConnection, accessions: list[str]) -> None:
    path = accessions[0]
    connection.request("GET", path)
    answer = connection.getresponse()
    answer.read()
    tag = answer.headers["etag"]

    def ask() -> None:
        connection.request("GET", path, headers={"If-None-Match": tag})
        again = connection.getresponse()
        again.read()
        assert again.status == 304

    _beside_empty_page(benchmark, connection, AGAIN, ask, 1.2)


def _read_for_a_while(port: int, choose: Callable[[random.Random], str], answered: Sequence[list[int]]) -> None:
    """*READERS* at once ask for what *choose* gives until the time is over; each notes its answers."""
    until = time.monotonic() + SECONDS

    def read(seed: int) -> None:
        chance = random.Random(seed)
        own = HTTPConnection("127.0.0.1", port, timeout=60)
        while time.monotonic() < until:
            own.request("GET", choose(chance), headers={"Accept-Encoding": "gzip"})
            answer = own.getresponse()
            answer.read()
            answered[seed].append(answer.status)

    readers = [threading.Thread(target=read, args=(seed,)) for seed in range(READERS)]
    for reader in readers:
        reader.start()
    for reader in readers:
        reader.join()


def _mix(accessions: Sequence[str]) -> Callable[[random.Random], str]:
    """What readers ask for: most often a substance, the known ones more than the others."""
    others = ("/", "/substances", "/timeline", "/effects/stimulant", "/about", "/static/site.css")

    def choose(chance: random.Random) -> str:
        if chance.random() < 0.3:
            return chance.choice(others)
        return accessions[min(int(chance.paretovariate(0.7)) - 1, len(accessions) - 1)]

    return choose


@pytest.mark.parametrize("asked", ["empty_page", "mix_of_pages"])
def bench_many_readers(benchmark: BenchmarkFixture, port: int, accessions: list[str], asked: str) -> None:
    benchmark.group = MANY
    choose = _mix(accessions) if asked == "mix_of_pages" else (lambda _chance: EMPTY)
    if asked == "mix_of_pages":
        benchmark.extra_info["at_most"] = 2.0
    else:
        benchmark.extra_info["peer"] = True
    answered: list[list[int]] = [[] for _reader in range(READERS)]
    benchmark.pedantic(partial(_read_for_a_while, port, choose, answered), rounds=1)  # type: ignore[no-untyped-call]
    statuses = [status for own in answered for status in own]
    assert set(statuses) == {200}
    benchmark.extra_info["entries"] = len(statuses)
