"""Comparison of fingerprints equals brute force by RDKit, to the last bit."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rdkit import DataStructs
from rdkit.DataStructs import ExplicitBitVect

from nps_registry.search.bits import BitPlanes, Weights
from nps_registry.vocabulary.search import Metric

SIZE = 64
BITS = st.sets(st.integers(0, SIZE - 1), max_size=SIZE).map(frozenset)
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


@pytest.mark.parametrize("metric", list(Metric))
@given(library=LIBRARY, query=BITS, threshold=THRESHOLD)
def test_hits_and_scores_equal_brute_force(
    metric: Metric, library: list[frozenset[int]], query: frozenset[int], threshold: float
) -> None:
    scores = BRUTE[metric](_vector(query), [_vector(bits) for bits in library])
    expected = {position: value for position, value in enumerate(scores) if value >= threshold}
    planes = BitPlanes.of([_packed(bits) for bits in library], SIZE)
    found, found_scores = planes.search(_packed(query), threshold, metric, Weights(0.3, 0.9))
    assert dict(zip(found.tolist(), found_scores.tolist(), strict=True)) == expected


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
