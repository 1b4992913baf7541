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


def _measure(benchmark: BenchmarkFixture, server: HTTPConnection, paths: Sequence[str], group: str) -> None:
    benchmark.group = group
    paths_in_turn = cycle(paths)

    def take_turns() -> tuple[tuple[str], dict[str, str]]:
        fetch(server, FLOOR)
        return (next(paths_in_turn),), {}

    for path in paths[:20]:
        fetch(server, path)
    benchmark.pedantic(partial(fetch, server), setup=take_turns, rounds=ROUNDS)  # type: ignore[no-untyped-call]


@pytest.mark.parametrize("group", ["similarity over HTTP", "name over HTTP", "substructure over HTTP"])
def bench_floor(benchmark: BenchmarkFixture, server: HTTPConnection, group: str) -> None:
    benchmark.extra_info["peer"] = True
    _measure(benchmark, server, [FLOOR], group)


def bench_similarity(benchmark: BenchmarkFixture, server: HTTPConnection, structures: Sequence[str]) -> None:
    benchmark.extra_info["at_most"] = 2.0
    paths = _similarity_paths(structures)
    hits = [len(json.loads(fetch(server, path))["hits"]) for path in paths]
    assert min(hits) >= 1, "every structure of the catalogue finds itself"
    _measure(benchmark, server, paths, "similarity over HTTP")


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
    _measure(benchmark, server, [f"/api/v1/search/name?q={quote(name)}" for name in names], "name over HTTP")


def bench_first_50_substructures(benchmark: BenchmarkFixture, server: HTTPConnection) -> None:
    benchmark.extra_info["at_most"] = 6.0
    paths = [f"/api/v1/search/substructure?pattern={quote(pattern)}" for pattern in PATTERNS]
    for path in paths:
        fetch(server, path)  # the process that matches learns the molecules
    _measure(benchmark, server, paths, "substructure over HTTP")


def bench_substructures_with_their_exact_total(benchmark: BenchmarkFixture, server: HTTPConnection) -> None:
    paths = [f"/api/v1/search/substructure?total=exact&pattern={quote(pattern)}" for pattern in PATTERNS]
    _measure(benchmark, server, paths, "substructure over HTTP")
