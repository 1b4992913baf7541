"""Comparison of fingerprints in one thread, beside FPSim2 in memory, RDKit's bulk comparison and PostgreSQL.

Each figure is one query of up to 200 spread over the library, hits and scores included, contenders in turns. Before
anything is measured all are held against each other: the same hits. One group says how far the engine is from what
memory can deliver.
"""

from __future__ import annotations

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

from benchmarks.cartridge import Cartridge
from benchmarks.interleaved import Contender, take_turns
from benchmarks.prepared import CATALOGUE, QUERIES, Prepared, describe, identify, prepare
from nps_registry.search.scores import EVEN
from nps_registry.vocabulary.search import Metric

SIZES = [2_500, CATALOGUE, *(pytest.param(size, marks=pytest.mark.full) for size in (300_000, 1_000_000))]
"""An index of the cartridge over 300,000 takes minutes to build."""
NEAREST = 10
Question = float | int
"""A threshold, or :data:`NEAREST` for the nearest so many."""
BOUNDS: dict[Question, float] = {0.7: 1 / 8, 0.4: 1 / 2.5, NEAREST: 1 / 4}
FEW = {2_500: 50, CATALOGUE: 50, 300_000: 4, 1_000_000: 2}
"""Queries for those that would take minutes over 200."""
ROUNDS = {2_500: 9, CATALOGUE: 9, 300_000: 4, 1_000_000: 3}


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
    rows = np.empty((len(packed), 34), np.uint64)
    rows[:, 0], rows[:, 33] = order, counts[order]
    rows[:, 1:33] = _fpsim2_words(packed)[order]
    engine.storage.fps = rows
    distinct, starts = np.unique(counts[order], return_index=True)
    ends = [*starts[1:].tolist(), len(packed)]
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


def by_fpsim2(size: int, queries: list[DataStructs.ExplicitBitVect], question: Question) -> list[Any]:
    engine = open_fpsim2(size)
    if question == NEAREST:
        return [engine.top_k(query, NEAREST, 0.0, n_workers=1) for query in queries]
    return [engine.similarity(query, question, n_workers=1) for query in queries]


def by_registry(prepared: Prepared, queries: list[bytes], question: Question) -> list[Any]:
    if question == NEAREST:
        return [prepared.planes.nearest(query, NEAREST) for query in queries]
    return [prepared.planes.search(query, question) for query in queries]


def by_numpy(prepared: Prepared, queries: list[bytes], threshold: float) -> list[Any]:
    return [prepared.planes.search_plainly(query, threshold, Metric.TANIMOTO, EVEN) for query in queries]


def by_rdkit(size: int, queries: list[DataStructs.ExplicitBitVect], question: Question) -> list[Any]:
    vectors = read_vectors(size)
    found = []
    for query in queries:
        scores = np.array(DataStructs.BulkTanimotoSimilarity(query, vectors))
        if question == NEAREST:
            best = np.argpartition(-scores, NEAREST)[:NEAREST]
            found.append(best[np.lexsort((best, -scores[best]))])
        else:
            found.append(np.flatnonzero(scores >= question))
    return found


def by_cartridge(
    cartridge: Cartridge, queries: list[bytes], question: Question, *, by_index: bool = False
) -> list[Any]:
    """Its exact answer, or of the nearest what its index takes for it."""
    if question == NEAREST:
        return cartridge.find_nearest(queries, NEAREST, by_index=by_index)
    return cartridge.find_similar(queries, question)


def _name(question: Question) -> str:
    return f"top {NEAREST}" if question == NEAREST else f"similarity >= {question}"


def _bound(size: int, question: Question) -> float:
    """What is promised beside FPSim2; in a small library only to be ahead, for there the calls cost, not the bits."""
    return BOUNDS[question] if size >= 300_000 else 1.0


def _require_same(prepared: Prepared, question: Question) -> None:
    """Hold the first queries' hits against FPSim2's and RDKit's; of the nearest their scores."""
    size = prepared.size
    for query in prepared.queries[:3]:
        found, scores = by_registry(prepared, [query], question)[0]
        theirs = by_fpsim2(size, [_vector(query)], question)[0]
        assert np.allclose(np.sort(scores), np.sort(theirs["coeff"]), atol=1e-6)
        if question != NEAREST:
            assert sorted(found.tolist()) == sorted(theirs["mol_id"].tolist())
            assert sorted(found.tolist()) == by_rdkit(size, [_vector(query)], question)[0].tolist()


@pytest.mark.parametrize("question", [0.7, 0.4, NEAREST], ids=_name)
@pytest.mark.parametrize("prepared", SIZES, indirect=True, ids=identify)
def bench_similarity(benchmark: BenchmarkFixture, prepared: Prepared, question: Question) -> None:
    size, few = prepared.size, FEW[prepared.size]
    _require_same(prepared, question)
    vectors = [_vector(query) for query in prepared.queries]
    bounds = (("FPSim2 in memory", _bound(size, question)), ("RDKit bulk", 1.0))
    contenders = [
        Contender("registry", partial(by_registry, prepared, prepared.queries, question), bounds=bounds, per=QUERIES),
        Contender("FPSim2 in memory", partial(by_fpsim2, size, vectors, question), peer=True, per=QUERIES),
        Contender("RDKit bulk", partial(by_rdkit, size, vectors[:few], question), peer=True, per=few),
    ]
    if question != NEAREST:
        run = partial(by_numpy, prepared, prepared.queries[:few], question)
        contenders.append(Contender("registry by NumPy", run, per=few))
    take_turns(benchmark, f"{_name(question)} among {describe(size)}", contenders, ROUNDS[size])


@pytest.mark.parametrize("question", [0.7, 0.4, NEAREST], ids=_name)
@pytest.mark.parametrize("prepared", SIZES, indirect=True, ids=identify)
def bench_beside_the_cartridge(
    benchmark: BenchmarkFixture, prepared: Prepared, cartridge: Cartridge | None, question: Question
) -> None:
    """The same fingerprints in PostgreSQL, behind a GiST index."""
    if cartridge is None:
        pytest.skip("PostgreSQL has no RDKit cartridge here")
    cartridge.lay_out_fingerprints(prepared.packed)
    for query in prepared.queries[:3]:
        found, scores = by_registry(prepared, [query], question)[0]
        theirs = by_cartridge(cartridge, [query], question)[0]
        assert np.allclose(np.sort(scores), sorted(score for _, score in theirs), atol=1e-6)
        assert question == NEAREST or sorted(found.tolist()) == sorted(number for number, _ in theirs)
    queries = prepared.queries[: FEW[prepared.size]]
    runs = {"PostgreSQL cartridge": partial(by_cartridge, cartridge, queries, question)}
    if question == NEAREST:
        runs["PostgreSQL cartridge by its index, not exact"] = partial(runs["PostgreSQL cartridge"], by_index=True)
    ours = partial(by_registry, prepared, queries, question)
    contenders = [
        Contender("registry", ours, bounds=tuple((name, 1.0) for name in runs), per=len(queries)),
        *(Contender(name, run, peer=True, per=len(queries)) for name, run in runs.items()),
    ]
    group = f"{_name(question)} among {describe(prepared.size)}, in PostgreSQL"
    take_turns(benchmark, group, contenders, min(5, ROUNDS[prepared.size]))


@pytest.mark.parametrize("prepared", SIZES[2:], indirect=True, ids=identify)
def bench_beside_memory(benchmark: BenchmarkFixture, prepared: Prepared) -> None:
    """The rows of a query's bits, where its threshold can be reached, added up plainly: what memory delivers."""
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
    take_turns(benchmark, f"limit of memory among {describe(prepared.size)}", contenders, ROUNDS[prepared.size])
