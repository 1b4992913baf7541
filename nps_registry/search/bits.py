"""Fingerprints laid out for comparison, and the comparison itself: exact, and equal to brute force.

The bits stand in planes: one row per bit position, one bit per fingerprint, fingerprints in rising order of
bits set. A query reads the rows of its own bits only, counts them for 64 fingerprints at a time, and only
where the number of bits lets the threshold be reached (Swamidass and Baldi, J. Chem. Inf. Model. 2007, 47,
302). The compiled kernel does the counting as soon as it is ready; NumPy does the same before, and says in the
tests what is right.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from nps_registry.search.compiled import compiled_kernel
from nps_registry.search.scores import EVEN, WITHIN, Weights, score
from nps_registry.vocabulary.search import Metric

if TYPE_CHECKING:
    from nps_registry.search.kernel import Kernel  # imported when it runs, it would be compiled

__all__ = ["BitPlanes", "Weights"]

_PER_WORD = 64
_PAD_WORDS = 4  # what the kernel counts at once
_CHUNK = 4096
_NUMPY_WORDS = 1024
_EXCHANGES = tuple(
    (np.uint64(shift), np.uint64(mask))
    for shift, mask in ((7, 0x00AA00AA00AA00AA), (14, 0x0000CCCC0000CCCC), (28, 0x00000000F0F0F0F0))
)

Pairs = tuple[NDArray[np.int64], NDArray[np.float64]]
Triples = tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]


@dataclass(frozen=True, slots=True, eq=False)
class BitPlanes:
    """Fingerprints of one recipe, ready to be compared with queries.

    Attributes:
        planes: (bits, words) bit *i* of word *w* belongs to column ``64 * w + i``.
        popcounts: (64 * words,) bits set per column, rising; those past the last are repeated.
        order: (n,) position of each column in the sequence the planes were made of.
    """

    planes: NDArray[np.uint64]
    popcounts: NDArray[np.int32]
    order: NDArray[np.int64]

    @classmethod
    def of(cls, fingerprints: Sequence[bytes], size: int) -> BitPlanes:
        """Lay out *fingerprints*, each of *size* bits.

        Raises:
            ValueError: a fingerprint is of another length.
        """
        if any(len(fingerprint) * 8 != size for fingerprint in fingerprints):
            raise ValueError(f"every fingerprint must have {size} bits")
        packed = np.frombuffer(b"".join(fingerprints), np.uint8).reshape(len(fingerprints), size // 8)
        return cls.of_packed(packed)

    @classmethod
    def of_packed(cls, packed: NDArray[np.uint8]) -> BitPlanes:
        """Lay out the rows of *packed*, (n, bytes)."""
        count, width = packed.shape
        popcounts = np.bitwise_count(packed).sum(axis=1, dtype=np.int32)
        order = np.argsort(popcounts, kind="stable")
        words = -(-count // (_PER_WORD * _PAD_WORDS)) * _PAD_WORDS
        planes = np.zeros((width * 8, words * 8), np.uint8)
        for start in range(0, count, _CHUNK):
            columns = _transpose(packed[order[start : start + _CHUNK]])
            planes[:, start // 8 : start // 8 + columns.shape[1]] = columns
        padded = np.full(words * _PER_WORD, popcounts[order[-1]] if count else 0, np.int32)
        padded[:count] = popcounts[order]
        return cls(planes.view(np.uint64), padded, order.astype(np.int64))

    @property
    def size_bytes(self) -> int:
        """Bytes of one fingerprint."""
        return len(self.planes) // 8

    def packed(self) -> NDArray[np.uint8]:
        """(n, bytes) the fingerprints, in the sequence the planes were made of."""
        rows = np.empty((len(self.order), self.size_bytes), np.uint8)
        for start in range(0, len(self.order), _CHUNK):
            columns = np.ascontiguousarray(self.planes[:, start // _PER_WORD : (start + _CHUNK) // _PER_WORD])
            chosen = self.order[start : start + _CHUNK]
            rows[chosen] = _transpose(columns.view(np.uint8))[: len(chosen)]
        return rows

    def search(
        self, query: bytes, threshold: float, metric: Metric = Metric.TANIMOTO, weights: Weights = EVEN
    ) -> Pairs:
        """Positions and scores of all fingerprints that reach *threshold*, in no order that means anything.

        Positions are those of the sequence the planes were made of. Scores are computed in the same
        steps of double precision as RDKit's, so they are equal to the last bit.
        """
        _, positions, scores = self.search_many(np.frombuffer(query, np.uint8)[None, :], threshold, metric, weights)
        return positions, scores

    def search_many(
        self,
        queries: NDArray[np.uint8],
        threshold: float,
        metric: Metric = Metric.TANIMOTO,
        weights: Weights = EVEN,
    ) -> Triples:
        """For each row of *queries*, (m, bytes): number of the query, position and score of every hit, by query."""
        kernel = compiled_kernel()
        if kernel is None or len(self.order) == 0:
            found = [self.search_plainly(query.tobytes(), threshold, metric, weights) for query in queries]
            return _join(found)
        return self._search_compiled(kernel, queries, threshold, metric, weights)

    def nearest(
        self,
        query: bytes,
        limit: int,
        threshold: float = 0.0,
        metric: Metric = Metric.TANIMOTO,
        weights: Weights = EVEN,
    ) -> Pairs:
        """The *limit* best that reach *threshold*, by falling score, ties by position."""
        _, positions, scores = self.nearest_many(
            np.frombuffer(query, np.uint8)[None, :], limit, threshold, metric, weights
        )
        return positions, scores

    def nearest_many(
        self,
        queries: NDArray[np.uint8],
        limit: int,
        threshold: float = 0.0,
        metric: Metric = Metric.TANIMOTO,
        weights: Weights = EVEN,
    ) -> Triples:
        """For each row of *queries*, its *limit* best: number of the query, position, score."""
        kernel = compiled_kernel()
        if kernel is None or len(self.order) == 0:
            found = [
                _best(*self.search_plainly(query.tobytes(), threshold, metric, weights), limit) for query in queries
            ]
            return _join(found)
        rows, starts = self._rows(queries)
        shape = (len(queries), min(limit, len(self.order)))
        places, scores = np.empty(shape, np.int64), np.empty(shape, np.float64)
        counts = np.zeros(len(queries), np.int64)
        kernel.nearest(
            self.planes, self.popcounts, self.order, rows, starts, metric, weights, threshold, places, scores, counts
        )
        filled = np.arange(shape[1]) < counts[:, None]
        return np.repeat(np.arange(len(queries)), counts), places[filled], scores[filled]

    def search_plainly(self, query: bytes, threshold: float, metric: Metric, weights: Weights) -> Pairs:
        """As :meth:`search`, with NumPy alone: slower, and the oracle of the kernel."""
        bits = np.flatnonzero(np.unpackbits(np.frombuffer(query, np.uint8), bitorder="little"))
        own, count = float(len(bits)), len(self.order)
        others = self.popcounts[:count].astype(np.float64)
        reachable = np.flatnonzero(score(np.minimum(others, own), own, others, metric, weights) >= threshold * WITHIN)
        if reachable.size == 0:
            return np.empty(0, np.int64), np.empty(0, np.float64)
        first, last = int(reachable[0]) // _PER_WORD, int(reachable[-1]) // _PER_WORD + 1
        common = np.concatenate(
            [self._count(bits, word, min(word + _NUMPY_WORDS, last)) for word in range(first, last, _NUMPY_WORDS)]
        )
        low, high = first * _PER_WORD, min(last * _PER_WORD, count)
        scores = score(common[: high - low], own, others[low:high], metric, weights)
        hits = np.flatnonzero(scores >= threshold)
        return self.order[low:high][hits], scores[hits]

    def _count(self, bits: NDArray[np.intp], first: int, last: int) -> NDArray[np.float64]:
        chosen = np.ascontiguousarray(self.planes[bits, first:last]).view(np.uint8)
        counted: NDArray[np.uint16] = np.unpackbits(chosen, axis=1, bitorder="little").sum(axis=0, dtype=np.uint16)
        return counted.astype(np.float64)

    def _rows(self, queries: NDArray[np.uint8]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Where the planes of each query's bits begin, in words, query after query; and where each query does."""
        numbers, bits = _set_bits(queries)
        starts = np.searchsorted(numbers, np.arange(len(queries) + 1))
        return bits.astype(np.int64) * self.planes.shape[1], starts.astype(np.int64)

    def _search_compiled(
        self, kernel: Kernel, queries: NDArray[np.uint8], threshold: float, metric: Metric, weights: Weights
    ) -> Triples:
        rows, starts = self._rows(queries)
        room = max(len(self.order), 4 * len(queries))  # one query can hit everything
        parts: list[Triples] = []
        begin = 0
        while begin < len(queries):
            numbers, places = np.empty(room, np.int64), np.empty(room, np.int64)
            scores = np.empty(room, np.float64)
            begin, hits = kernel.reach(
                self.planes, self.popcounts, self.order, rows, starts, begin, metric, weights, threshold,
                numbers, places, scores,
            )  # fmt: skip
            parts.append((numbers[:hits], places[:hits], scores[:hits]))
        return parts[0] if len(parts) == 1 else _concatenate(parts)


def _transpose(rows: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """(8 * bytes, ceil(n / 8)) the bits of *rows*, (n, bytes), by columns; eight times eight bits at once.

    The three exchanges of ever larger blocks are those of Warren, Hacker's Delight, 7-3.
    """
    count, width = rows.shape
    eights = np.zeros((-(-count // 8) * 8, width), np.uint8)
    eights[:count] = rows
    blocks = np.ascontiguousarray(eights.reshape(-1, 8, width).transpose(0, 2, 1)).view("<u8")[..., 0]
    for shift, mask in _EXCHANGES:
        moved = (blocks ^ (blocks >> shift)) & mask
        blocks = blocks ^ moved ^ (moved << shift)
    return np.ascontiguousarray(blocks[..., None].view(np.uint8).reshape(len(blocks), 8 * width).T)


def _set_bits(rows: NDArray[np.uint8]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Row and place of every bit set in *rows*, (n, bytes), row by row; most bytes are empty and cost nothing."""
    numbers, places = np.nonzero(rows)
    which, bits = np.nonzero(np.unpackbits(rows[numbers, places][:, None], axis=1, bitorder="little"))
    return numbers[which], 8 * places[which] + bits


def _best(positions: NDArray[np.int64], scores: NDArray[np.float64], limit: int) -> Pairs:
    best = np.lexsort((positions, -scores))[:limit]
    return positions[best], scores[best]


def _join(found: Sequence[Pairs]) -> Triples:
    return _concatenate(
        [(np.full(len(places), number, np.int64), places, scores) for number, (places, scores) in enumerate(found)]
    )


def _concatenate(parts: Sequence[Triples]) -> Triples:
    if not parts:
        return np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0, np.float64)
    numbers, places, scores = zip(*parts, strict=True)
    return np.concatenate(numbers), np.concatenate(places), np.concatenate(scores)
