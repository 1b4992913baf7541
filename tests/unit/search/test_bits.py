"""Comparison of fingerprints equals brute force by RDKit, to the last bit: by the kernel and by NumPy."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from rdkit import DataStructs
from rdkit.DataStructs import ExplicitBitVect

from nps_registry.chemistry.fingerprints import RECIPES, fingerprint
from nps_registry.chemistry.stored import restore
from nps_registry.search.bits import BitPlanes, Weights
from nps_registry.search.compiled import compiled_kernel, fetch_kernel
from nps_registry.vocabulary.search import Fingerprint, Metric

SIZE = 64
BITS = st.sets(st.integers(0, SIZE - 1), max_size=SIZE).map(frozenset)
MOLECULES = (
    "CNC(C)C(=O)c1cccc(C)c1", "CC(N)Cc1ccccc1", "CNC(C)Cc1ccc2OCOc2c1", "CCN(CC)C(=O)C1CN(C)C2Cc3c[nH]c4cccc(C2=C1)c34",
    "CCC(=O)N(c1ccccc1)C1CCN(CCc2ccccc2)CC1", "CCCCCn1cc(C(=O)c2cccc3ccccc23)c2ccccc12", "C", "O=N(=O)c1ccccc1",
    "CN1CCC23c4c5ccc(O)c4OC2C(O)C=CC3C1C5", "Clc1ccc2c(c1)C(c1ccccc1)=NCC(=O)N2", "CCOC(=O)C1(c2ccccc2)CCN(C)CC1",
)  # fmt: skip
LIBRARY = st.lists(BITS, max_size=30)
THRESHOLD = st.one_of(st.sampled_from([0.0, 0.25, 1 / 3, 0.5, 0.6, 2 / 3, 0.7, 1.0]), st.floats(0.0, 1.0))
BRUTE: dict[Metric, Callable[[ExplicitBitVect, Sequence[ExplicitBitVect]], Sequence[float]]] = {
    Metric.TANIMOTO: DataStructs.BulkTanimotoSimilarity,
    Metric.DICE: DataStructs.BulkDiceSimilarity,
    Metric.COSINE: DataStructs.BulkCosineSimilarity,
    Metric.TVERSKY: lambda query, others: DataStructs.BulkTverskySimilarity(query, others, 0.3, 0.9),
}


def _packed(bits: frozenset[int], size: int = SIZE) -> bytes:
    dense = np.zeros(size, np.uint8)
    dense[sorted(bits)] = 1
    return np.packbits(dense, bitorder="little").tobytes()


def _vector(bits: frozenset[int], size: int = SIZE) -> ExplicitBitVect:
    vector = ExplicitBitVect(size)
    vector.SetBitsFromList(sorted(bits))
    return vector


@pytest.fixture(scope="module", autouse=True)
def _kernel(compiled_code: Path) -> None:
    assert fetch_kernel(compiled_code) is compiled_kernel() is not None


def _pairs(found: tuple[NDArray[np.int64], NDArray[np.float64]]) -> list[tuple[int, float]]:
    return list(zip(found[0].tolist(), found[1].tolist(), strict=True))


@pytest.mark.parametrize("metric", list(Metric))
@given(library=LIBRARY, query=BITS, threshold=THRESHOLD)
def test_hits_and_scores_equal_brute_force(
    metric: Metric, library: list[frozenset[int]], query: frozenset[int], threshold: float
) -> None:
    scores = BRUTE[metric](_vector(query), [_vector(bits) for bits in library])
    expected = {position: value for position, value in enumerate(scores) if value >= threshold}
    planes = BitPlanes.of([_packed(bits) for bits in library], SIZE)
    asked = (_packed(query), threshold, metric, Weights(0.3, 0.9))
    assert dict(_pairs(planes.search(*asked))) == expected
    assert dict(_pairs(planes.search_plainly(*asked))) == expected


@pytest.mark.parametrize("metric", list(Metric))
@given(library=LIBRARY, query=BITS, threshold=THRESHOLD, limit=st.integers(1, 12))
def test_the_nearest_equal_brute_force_ties_by_position(
    metric: Metric, library: list[frozenset[int]], query: frozenset[int], threshold: float, limit: int
) -> None:
    scores = BRUTE[metric](_vector(query), [_vector(bits) for bits in library])
    reached = [(position, value) for position, value in enumerate(scores) if value >= threshold]
    expected = sorted(reached, key=lambda hit: (-hit[1], hit[0]))[:limit]
    planes = BitPlanes.of([_packed(bits) for bits in library], SIZE)
    assert _pairs(planes.nearest(_packed(query), limit, threshold, metric, Weights(0.3, 0.9))) == expected


@pytest.mark.parametrize("metric", list(Metric))
@pytest.mark.parametrize("threshold", [0.0, 0.05, 0.1, 0.3])
def test_thousands_of_fingerprints_of_every_density_are_found_as_by_numpy(metric: Metric, threshold: float) -> None:
    random = np.random.default_rng(7)
    size, count = 2048, 3_000
    densities = random.uniform(0.0, 0.6, count)[:, None]
    packed = np.packbits(random.random((count, size)) < densities, axis=1, bitorder="little")
    planes, weights = BitPlanes.of_packed(packed), Weights(0.9, 0.1)
    queries = packed[:: count // 12]
    numbers, places, scores = planes.search_many(queries, threshold, metric, weights)
    for number, query in enumerate(queries):
        plain = dict(_pairs(planes.search_plainly(query.tobytes(), threshold, metric, weights)))
        own = numbers == number
        assert dict(_pairs((places[own], scores[own]))) == plain
        best = sorted(plain.items(), key=lambda hit: (-hit[1], hit[0]))[:10]
        assert _pairs(planes.nearest(query.tobytes(), 10, threshold, metric, weights)) == best


@pytest.mark.parametrize("kind", list(Fingerprint))
@pytest.mark.parametrize("metric", list(Metric))
def test_molecules_are_compared_as_rdkit_does_by_every_fingerprint(kind: Fingerprint, metric: Metric) -> None:
    recipe = RECIPES[kind.value]
    packed = [fingerprint(restore(smiles), recipe) for smiles in MOLECULES]
    vectors = [_vector(_unpacked(bits), recipe.size) for bits in packed]
    planes = BitPlanes.of(packed, recipe.size)
    for query, vector in zip(packed, vectors, strict=True):
        scores = BRUTE[metric](vector, vectors)
        for threshold in (0.0, 0.3, 0.7, 1.0):
            expected = {place: value for place, value in enumerate(scores) if value >= threshold}
            found = _pairs(planes.search(query, threshold, metric, Weights(0.3, 0.9)))
            assert dict(found) == expected


def _unpacked(bits: bytes) -> frozenset[int]:
    return frozenset(np.flatnonzero(np.unpackbits(np.frombuffer(bits, np.uint8), bitorder="little")).tolist())


def test_a_query_with_more_bits_than_a_byte_counts_is_compared_exactly() -> None:
    size = 2048
    crowded, half = frozenset(range(600)), frozenset(range(300))
    planes = BitPlanes.of([_packed(half, size), _packed(crowded, size)], size)
    found, scores = planes.search(_packed(crowded, size), 0.0)
    assert dict(zip(found.tolist(), scores.tolist(), strict=True)) == {0: 0.5, 1: 1.0}


def test_an_empty_library_has_no_hits() -> None:
    found, scores = BitPlanes.of([], SIZE).search(_packed(frozenset({1})), 0.0)
    assert found.size == scores.size == 0


def test_a_fingerprint_of_another_length_is_refused() -> None:
    with pytest.raises(ValueError, match="64 bits"):
        BitPlanes.of([b"\0" * 9], SIZE)
