"""Fingerprints laid out for comparison, and the comparison itself: exact, and equal to brute force.

The bits stand in planes: one row of bytes per bit position, one column per fingerprint, columns in
rising order of bits set. A query adds up the rows of its own bits only, and only over the columns
whose number of bits can reach the threshold (Swamidass and Baldi, J. Chem. Inf. Model. 2007, 47,
302). With 50 bits in a query that is ten times faster than an AND over packed words, at 8 times the
memory: 2 kB per substance of 2,048 bits.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nps_registry.vocabulary.search import Metric

_BYTE_FULL = 255
_SLACK = 1e-9  # a bound may let a column too many through, never one too few


@dataclass(frozen=True, slots=True)
class Weights:
    """What Tversky's index takes off for bits of the query only (*a*) and of the other only (*b*)."""

    a: float = 0.5
    b: float = 0.5


@dataclass(frozen=True, slots=True, eq=False)
class BitPlanes:
    """Fingerprints of one recipe, ready to be compared with a query.

    Attributes:
        planes: (bits, n) of 0 and 1; columns by rising number of bits set.
        popcounts: (n,) bits set per column.
        order: (n,) position of each column in the sequence the planes were made of.
    """

    planes: NDArray[np.uint8]
    popcounts: NDArray[np.int64]
    order: NDArray[np.intp]

    @classmethod
    def of(cls, fingerprints: Sequence[bytes], size: int) -> BitPlanes:
        """Lay out *fingerprints*, each of *size* bits.

        Raises:
            ValueError: a fingerprint is of another length.
        """
        if any(len(fingerprint) * 8 != size for fingerprint in fingerprints):
            raise ValueError(f"every fingerprint must have {size} bits")
        packed = np.frombuffer(b"".join(fingerprints), np.uint8).reshape(len(fingerprints), size // 8)
        popcounts = np.bitwise_count(packed).sum(axis=1, dtype=np.int64)
        order = np.argsort(popcounts, kind="stable")
        bits = np.unpackbits(packed[order], axis=1, bitorder="little")
        return cls(np.ascontiguousarray(bits.T), popcounts[order], order)

    def search(
        self, query: bytes, threshold: float, metric: Metric = Metric.TANIMOTO, weights: Weights = Weights()
    ) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
        """Positions and scores of all fingerprints that reach *threshold*, in no order that means anything.

        Positions are those of the sequence the planes were made of. Scores are computed in the same
        steps of double precision as RDKit's, so they are equal to the last bit.
        """
        bits = np.flatnonzero(np.unpackbits(np.frombuffer(query, np.uint8), bitorder="little"))
        low, high = self._reachable(len(bits), threshold, metric)
        widest = np.uint8 if len(bits) <= _BYTE_FULL else np.uint16
        common = np.add.reduce(self.planes[bits, low:high], axis=0, dtype=widest)
        near = np.flatnonzero(common >= _least_common(len(bits), self.popcounts[low:high], threshold, metric))
        others = self.popcounts[low:high][near].astype(np.float64)
        scores = score(common[near].astype(np.float64), float(len(bits)), others, metric, weights)
        hits = np.flatnonzero(scores >= threshold)
        return self.order[low:high][near[hits]], scores[hits]

    def _reachable(self, query_bits: int, threshold: float, metric: Metric) -> tuple[int, int]:
        """The columns whose number of bits lets them reach *threshold*."""
        ratio = _least_ratio(threshold, metric)
        if ratio <= 0.0 or query_bits == 0:
            return 0, len(self.popcounts)
        low = int(np.searchsorted(self.popcounts, query_bits * ratio - _SLACK, side="left"))
        high = int(np.searchsorted(self.popcounts, query_bits / ratio + _SLACK, side="right"))
        return low, high


def _least_ratio(threshold: float, metric: Metric) -> float:
    """Least ratio of the smaller to the larger number of bits at which *threshold* can still be reached."""
    match metric:
        case Metric.TANIMOTO:
            return threshold
        case Metric.DICE:
            return threshold / (2.0 - threshold)
        case Metric.COSINE:
            return threshold * threshold
        case Metric.TVERSKY:
            return 0.0  # its two weights bound nothing in general


def _least_common(query_bits: int, popcounts: NDArray[np.int64], threshold: float, metric: Metric) -> float:
    """Least number of bits in common at which *threshold* can be reached: most columns need no score at all."""
    if metric is not Metric.TANIMOTO or popcounts.size == 0:
        return 0.0
    return threshold * (query_bits + float(popcounts[0])) / (1.0 + threshold) - _SLACK


def score(
    common: NDArray[np.float64], query_bits: float, bits: NDArray[np.float64], metric: Metric, weights: Weights
) -> NDArray[np.float64]:
    """Scores from counts: bits in common, of the query, of each fingerprint; 0 where the metric divides by 0."""
    match metric:
        case Metric.TANIMOTO:
            above, below = common, query_bits + bits - common
        case Metric.DICE:
            above, below = 2.0 * common, query_bits + bits
        case Metric.COSINE:
            above, below = common, np.sqrt(query_bits * bits)
        case Metric.TVERSKY:
            above = common
            below = weights.a * query_bits + weights.b * bits + (1.0 - weights.a - weights.b) * common
    return np.divide(above, below, out=np.zeros_like(above), where=below > 0.0)
