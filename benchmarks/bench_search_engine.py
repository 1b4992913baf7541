"""Comparison of fingerprints in one process, beside RDKit's bulk comparison and beside plain NumPy words.

Each figure is one query at a threshold, hits and scores included. Before anything is measured the three are
held against each other: the same hits, the same scores.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pytest
from numpy.typing import NDArray
from pytest_benchmark.fixture import BenchmarkFixture
from rdkit import DataStructs

from benchmarks.library import enumerate_molecules
from nps_registry.chemistry.fingerprints import MORGAN, fingerprint
from nps_registry.chemistry.stored import restore
from nps_registry.search.bits import BitPlanes

QUERIES = 50
SIZES = [2_500, 20_000, pytest.param(300_000, marks=pytest.mark.full)]
THRESHOLDS = (0.7, 0.4)

Answer = dict[int, float]


@dataclass(frozen=True, eq=False)
class Prepared:
    """One library in the form that each engine wants, and the queries."""

    planes: BitPlanes
    words: NDArray[np.uint64]
    vectors: list[DataStructs.ExplicitBitVect]
    queries: list[bytes]


@lru_cache(maxsize=1)
def prepare(size: int) -> Prepared:
    """The library of *size* molecules; the queries are spread over it."""
    bits = [fingerprint(restore(smiles)) for smiles in enumerate_molecules(size)]
    return Prepared(
        planes=BitPlanes.of(bits, MORGAN.size),
        words=np.frombuffer(b"".join(bits), np.uint64).reshape(size, -1),
        vectors=[_vector(each) for each in bits],
        queries=bits[:: size // QUERIES][:QUERIES],
    )


def _vector(bits: bytes) -> DataStructs.ExplicitBitVect:
    return DataStructs.CreateFromBinaryText(bits)  # type: ignore[arg-type]  # its stub says text, it takes bytes


def by_planes(prepared: Prepared, query: bytes, threshold: float) -> Answer:
    """The registry's own engine."""
    found, scores = prepared.planes.search(query, threshold)
    return dict(zip(found.tolist(), scores.tolist(), strict=True))


def by_words(prepared: Prepared, query: bytes, threshold: float) -> Answer:
    """An AND over packed words and a count of bits: the plain way with NumPy."""
    own = np.frombuffer(query, np.uint64)
    common = np.bitwise_count(prepared.words & own).sum(axis=1, dtype=np.int64)
    bits = np.bitwise_count(prepared.words).sum(axis=1, dtype=np.int64)
    scores = common / (int(np.bitwise_count(own).sum()) + bits - common)
    found = np.flatnonzero(scores >= threshold)
    return dict(zip(found.tolist(), scores[found].tolist(), strict=True))


def by_rdkit(prepared: Prepared, query: bytes, threshold: float) -> Answer:
    """RDKit's comparison with a list of bit vectors."""
    scores = DataStructs.BulkTanimotoSimilarity(_vector(query), prepared.vectors)
    return {place: score for place, score in enumerate(scores) if score >= threshold}


def _measure(
    benchmark: BenchmarkFixture, size: int, threshold: float, engine: Callable[[Prepared, bytes, float], Answer]
) -> None:
    prepared = prepare(size)
    for query in prepared.queries[:5]:
        assert engine(prepared, query, threshold) == by_rdkit(prepared, query, threshold)
    benchmark.group = f"similarity >= {threshold} among {size:,} structures"
    benchmark.pedantic(lambda: [engine(prepared, query, threshold) for query in prepared.queries], rounds=10)  # type: ignore[no-untyped-call]


@pytest.mark.parametrize("threshold", THRESHOLDS)
@pytest.mark.parametrize("size", SIZES)
def bench_rdkit_bulk_tanimoto(benchmark: BenchmarkFixture, size: int, threshold: float) -> None:
    benchmark.extra_info["peer"] = True
    _measure(benchmark, size, threshold, by_rdkit)


@pytest.mark.parametrize("threshold", THRESHOLDS)
@pytest.mark.parametrize("size", SIZES)
def bench_plain_numpy_words(benchmark: BenchmarkFixture, size: int, threshold: float) -> None:
    benchmark.extra_info["peer"] = True
    _measure(benchmark, size, threshold, by_words)


@pytest.mark.parametrize("threshold", THRESHOLDS)
@pytest.mark.parametrize("size", SIZES)
def bench_registry_engine(benchmark: BenchmarkFixture, size: int, threshold: float) -> None:
    benchmark.extra_info["at_most"] = 1.0
    _measure(benchmark, size, threshold, by_planes)
