"""Comparison of fingerprints in one thread, beside FPSim2 in memory and RDKit's bulk comparison, in turns.

Each figure is one query of 200 spread over the library, hits and scores included. Before anything is measured all
are held against each other: the same hits. One group says how far the engine is from what memory can deliver.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pytest
from FPSim2 import FPSim2Engine
from FPSim2.io import create_db_file
from pytest_benchmark.fixture import BenchmarkFixture
from rdkit import DataStructs

from benchmarks.interleaved import Contender, take_turns
from benchmarks.prepared import QUERIES, Prepared, prepare
from nps_registry.search.scores import EVEN
from nps_registry.vocabulary.search import Metric

SIZES = [2_500, 300_000, pytest.param(1_000_000, marks=pytest.mark.full)]
BOUNDS: dict[float | str, float] = {0.7: 1 / 8, 0.4: 1 / 2.5, "top 10": 1 / 4}
BULK_QUERIES = {2_500: 200, 300_000: 4, 1_000_000: 2}
NEAREST = 10
ROUNDS = {2_500: 15, 300_000: 5, 1_000_000: 5}


@lru_cache(maxsize=1)
def open_fpsim2(size: int) -> Any:
    """FPSim2's engine in memory, over the same fingerprints in its own layout, in rising order of bits set."""
    packed = prepare(size).packed
    with TemporaryDirectory() as directory:
        path = str(Path(directory) / "one.h5")
        create_db_file([["C", 1]], path, mol_format="smiles", fp_type="Morgan", fp_params={"radius": 2, "fpSize": 2048})
        engine = FPSim2Engine(path)
    counts = np.bitwise_count(packed).sum(axis=1, dtype=np.uint64)
    order = np.argsort(counts, kind="stable")
    rows = np.empty((size, 34), np.uint64)
    rows[:, 0], rows[:, 33] = order, counts[order]
    rows[:, 1:33] = _fpsim2_words(packed)[order]
    engine.storage.fps = rows
    distinct, starts = np.unique(counts[order], return_index=True)
    ends = [*starts[1:].tolist(), size]
    bins = zip(distinct.tolist(), starts.tolist(), ends, strict=True)
    engine.storage.popcnt_bins = [(int(bits), (start, end)) for bits, start, end in bins]
    return engine


def _fpsim2_words(packed: np.ndarray[Any, np.dtype[np.uint8]]) -> np.ndarray[Any, np.dtype[np.uint64]]:
    """FPSim2 writes the first bit of 64 as the highest of a word."""
    bits = np.unpackbits(packed, axis=1, bitorder="little")
    return np.packbits(bits, axis=1).view(">u8").astype(np.uint64)


def _vector(bits: bytes) -> DataStructs.ExplicitBitVect:
    return DataStructs.CreateFromBinaryText(bits)  # type: ignore[arg-type]  # its stub says text, it takes bytes


@lru_cache(maxsize=1)
def read_vectors(size: int) -> list[DataStructs.ExplicitBitVect]:
    """RDKit's own vectors."""
    return [_vector(row.tobytes()) for row in prepare(size).packed]


def by_fpsim2(size: int, queries: list[DataStructs.ExplicitBitVect], threshold: float, nearest: int = 0) -> list[Any]:
    engine = open_fpsim2(size)
    if nearest:
        return [engine.top_k(query, nearest, 0.0, n_workers=1) for query in queries]
    return [engine.similarity(query, threshold, n_workers=1) for query in queries]


def by_registry(prepared: Prepared, queries: list[bytes], threshold: float, nearest: int = 0) -> list[Any]:
    if nearest:
        return [prepared.planes.nearest(query, nearest) for query in queries]
    return [prepared.planes.search(query, threshold) for query in queries]


def by_numpy(prepared: Prepared, queries: list[bytes], threshold: float) -> list[Any]:
    return [prepared.planes.search_plainly(query, threshold, Metric.TANIMOTO, EVEN) for query in queries]


def by_rdkit(size: int, queries: list[DataStructs.ExplicitBitVect], threshold: float) -> list[Any]:
    vectors = read_vectors(size)
    found = []
    for query in queries:
        scores = np.array(DataStructs.BulkTanimotoSimilarity(query, vectors))
        found.append(np.flatnonzero(scores >= threshold))
    return found


def _bound(size: int, question: float | str) -> float:
    """What is promised beside FPSim2; in a small library only to be ahead, for there the calls cost, not the bits."""
    return BOUNDS[question] if size >= 300_000 else 1.0


def _require_same(prepared: Prepared, size: int, threshold: float) -> None:
    """Hold the first queries' hits against FPSim2's and RDKit's, and the nearest by their scores."""
    for query in prepared.queries[:3]:
        found, scores = prepared.planes.search(query, threshold)
        theirs = by_fpsim2(size, [_vector(query)], threshold)[0]
        assert sorted(found.tolist()) == sorted(theirs["mol_id"].tolist())
        assert np.allclose(np.sort(scores), np.sort(theirs["coeff"]), atol=1e-6)
        assert sorted(found.tolist()) == by_rdkit(size, [_vector(query)], threshold)[0].tolist()
        _, best = prepared.planes.nearest(query, NEAREST)
        assert np.allclose(best, by_fpsim2(size, [_vector(query)], 0.0, NEAREST)[0]["coeff"], atol=1e-6)


@pytest.mark.parametrize("threshold", [0.7, 0.4])
@pytest.mark.parametrize("size", SIZES)
def bench_at_threshold(benchmark: BenchmarkFixture, size: int, threshold: float) -> None:
    prepared = prepare(size)
    _require_same(prepared, size, threshold)
    vectors = [_vector(query) for query in prepared.queries]
    few = BULK_QUERIES[size]
    bounds = (("FPSim2 in memory", _bound(size, threshold)), ("RDKit bulk", 1.0))
    contenders = [
        Contender("registry", partial(by_registry, prepared, prepared.queries, threshold), bounds=bounds, per=QUERIES),
        Contender("registry by NumPy", partial(by_numpy, prepared, prepared.queries[:few], threshold), per=few),
        Contender("FPSim2 in memory", partial(by_fpsim2, size, vectors, threshold), peer=True, per=QUERIES),
        Contender("RDKit bulk", partial(by_rdkit, size, vectors[:few], threshold), peer=True, per=few),
    ]
    take_turns(benchmark, f"similarity >= {threshold} among {size:,}", contenders, ROUNDS[size])


@pytest.mark.parametrize("size", SIZES)
def bench_nearest(benchmark: BenchmarkFixture, size: int) -> None:
    prepared = prepare(size)
    vectors = [_vector(query) for query in prepared.queries]
    run: Callable[[], object] = partial(by_registry, prepared, prepared.queries, 0.0, NEAREST)
    contenders = [
        Contender("registry", run, bounds=(("FPSim2 in memory", _bound(size, "top 10")),), per=QUERIES),
        Contender("FPSim2 in memory", partial(by_fpsim2, size, vectors, 0.0, NEAREST), peer=True, per=QUERIES),
    ]
    take_turns(benchmark, f"top {NEAREST} among {size:,}", contenders, ROUNDS[size])


@pytest.mark.parametrize("size", [300_000, pytest.param(1_000_000, marks=pytest.mark.full)])
def bench_beside_memory(benchmark: BenchmarkFixture, size: int) -> None:
    """The rows of a query's bits, where its threshold can be reached, added up plainly: what memory delivers."""
    prepared = prepare(size)
    planes, popcounts = prepared.planes.planes, prepared.planes.popcounts
    read = []
    for query in prepared.queries:
        bits = np.flatnonzero(np.unpackbits(np.frombuffer(query, np.uint8), bitorder="little"))
        low = int(np.searchsorted(popcounts, len(bits) * 0.7)) // 64
        high = int(np.searchsorted(popcounts, len(bits) / 0.7, side="right")) // 64
        read.append((bits.tolist(), low, high))

    def read_rows() -> None:
        for bits, low, high in read:
            for bit in bits:
                planes[bit, low:high].sum()

    contenders = [
        Contender("registry, 0.7", partial(by_registry, prepared, prepared.queries, 0.7), per=QUERIES),
        Contender("a plain sum over the same bytes", read_rows, peer=True, per=QUERIES),
    ]
    take_turns(benchmark, f"limit of memory among {size:,}", contenders, ROUNDS[size])
