"""Search through HTTP over the catalogue, beside an empty route of the same server.

The floor is ``/healthz``: a plain function that answers ``{"ok": true}`` behind the same layers. Every query
is another structure of the catalogue, so that nothing can be answered from memory of the last one. Floor and
search take turns, because a machine does not stay equally fast for a minute.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import partial
from http.client import HTTPConnection
from itertools import cycle
from statistics import median
from urllib.parse import quote

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from benchmarks.clients import ask_at_once
from benchmarks.interleaved import Contender, take_turns
from benchmarks.server import fetch
from nps_registry.assets import find_substances
from nps_registry.catalogue.files import read_catalogue

QUERIES = 200
ROUNDS = 400
CLIENTS = 16
SECONDS, TURNS = 1.5, 5
FLOOR = "/healthz"
PATTERNS = ("c1ccc2OCOc2c1", "C(=O)N", "c1ccccc1", "[F,Cl,Br]", "C1CCNCC1", "c1c[nH]c2ccccc12")


@pytest.fixture(scope="session")
def structures() -> Sequence[str]:
    """SMILES spread over the catalogue."""
    records = [record for record in read_catalogue(find_substances()).substances if record.structure]
    chosen = records[:: len(records) // QUERIES][:QUERIES]
    return [record.structure.smiles for record in chosen if record.structure]


@pytest.fixture(scope="session")
def names() -> Sequence[str]:
    """Preferred names spread over the catalogue."""
    records = read_catalogue(find_substances()).substances
    return [record.name for record in records[:: len(records) // QUERIES]]


def _beside_floor(
    benchmark: BenchmarkFixture,
    server: HTTPConnection,
    called: tuple[str, str],
    paths: Sequence[str],
    at_most: float | None = None,
) -> None:
    """Measure the floor and *paths*, one after the other, in turns; *called* is their group and they themselves."""
    for path in paths[:20]:
        fetch(server, path)  # of substructures the process that matches learns the molecules
    (group, name), asked = called, cycle(paths)
    floor = Contender("floor", partial(fetch, server, FLOOR), peer=True)
    bounds = ((floor.name, at_most),) if at_most else ()
    search = Contender(name, lambda: fetch(server, next(asked)), bounds=bounds)
    take_turns(benchmark, group, [floor, search], ROUNDS)


def bench_similarity(benchmark: BenchmarkFixture, server: HTTPConnection, structures: Sequence[str]) -> None:
    paths = _similarity_paths(structures)
    hits = [len(json.loads(fetch(server, path))["hits"]) for path in paths]
    assert min(hits) >= 1, "every structure of the catalogue finds itself"
    _beside_floor(benchmark, server, ("similarity over HTTP", "similarity"), paths, 2.0)


def _similarity_paths(structures: Sequence[str]) -> list[str]:
    return [f"/api/v1/search/similarity?structure={quote(smiles)}" for smiles in structures]


def bench_similarity_for_many(benchmark: BenchmarkFixture, server: HTTPConnection, structures: Sequence[str]) -> None:
    """Sixteen clients at once, floor and search in turns; the median of how long an answer takes."""
    asked = {"floor": cycle([FLOOR]), "similarity": cycle(_similarity_paths(structures))}
    times: dict[str, list[float]] = {name: [] for name in asked}

    def take_turns() -> None:
        for name, paths in asked.items():
            times[name] += ask_at_once(server.port, paths, CLIENTS, SECONDS)

    benchmark.group = f"similarity over HTTP, {CLIENTS} clients"
    benchmark.pedantic(take_turns, rounds=TURNS)  # type: ignore[no-untyped-call]
    bounds = {"floor": {}, "similarity": {"floor": 3.0}}
    benchmark.extra_info["turns"] = [
        {"name": name, "median_s": median(times[name]), "peer": name == "floor", "bounds": bounds[name]}
        for name in asked
    ]


def bench_name(benchmark: BenchmarkFixture, server: HTTPConnection, names: Sequence[str]) -> None:
    paths = [f"/api/v1/search/name?q={quote(name)}" for name in names]
    _beside_floor(benchmark, server, ("name over HTTP", "name"), paths)


@pytest.mark.parametrize(
    ("name", "more", "at_most"),
    [("first 50 substructures", "", 6.0), ("substructures with their exact total", "&total=exact", None)],
)
def bench_substructures(
    benchmark: BenchmarkFixture, server: HTTPConnection, name: str, more: str, at_most: float | None
) -> None:
    paths = [f"/api/v1/search/substructure?pattern={quote(pattern)}{more}" for pattern in PATTERNS]
    _beside_floor(benchmark, server, ("substructure over HTTP", name), paths, at_most)
