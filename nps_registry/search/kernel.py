"""The compiled kernel: bits in common of one query with 256 fingerprints at a time, by vertical counters.

A counter of 64 fingerprints is a handful of words: word *j* holds bit *j* of every count. Planes are added to
it seven at a time through full adders (Harley and Seal's scheme; see Mula, Kurz and Lemire, Comput. J. 2018, 61,
111), so that a bit costs some one and a half operations per 256 fingerprints. The counts are compared with the
least that can reach the threshold without being read out; what passes is scored exactly.

Importing this module compiles it, or reads what was compiled before (``NUMBA_CACHE_DIR``); ask
:mod:`nps_registry.search.compiled` for it instead.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from llvmlite import ir
from numba import njit, types, uint64
from numba.core import cgutils
from numba.extending import intrinsic
from numpy.typing import NDArray

from nps_registry.search.scores import WITHIN, Weights
from nps_registry.vocabulary.search import Metric

_LANES = 4
_COLUMNS = 64 * _LANES
_FEW_LEVELS, _FEW = 8, 255
_LEVELS = 12
_WITHIN = WITHIN
_TANIMOTO, _DICE, _COSINE = 0, 1, 2
_CODES = {Metric.TANIMOTO: _TANIMOTO, Metric.DICE: _DICE, Metric.COSINE: _COSINE, Metric.TVERSKY: 3}

_WORD = ir.IntType(64)
_VECTOR = ir.VectorType(_WORD, _LANES)


class _Adder:
    """Writes the instructions that add planes to *levels* words of counters."""

    def __init__(self, builder: Any, levels: int) -> None:
        self.builder = builder
        zero = ir.Constant(_VECTOR, [0] * _LANES)
        self.counters = [cgutils.alloca_once_value(builder, zero) for _ in range(levels)]

    def full(self, x: Any, y: Any, z: Any) -> tuple[Any, Any]:
        """Sum and carry of three."""
        b = self.builder
        partial = b.xor(x, y)
        return b.xor(partial, z), b.or_(b.and_(x, y), b.and_(partial, z))

    def add(self, plane: Any, level: int) -> None:
        """Add *plane*, each of its bits counting 2 ** *level*."""
        b = self.builder
        for counter in self.counters[level:]:
            value = b.load(counter)
            b.store(b.xor(value, plane), counter)
            plane = b.and_(value, plane)

    def add_seven(self, planes: list[Any]) -> None:
        """Add seven planes at once."""
        b = self.builder
        ones, carry_1 = self.full(*planes[:3])
        more, carry_2 = self.full(*planes[3:6])
        ones, carry_3 = self.full(ones, more, planes[6])
        twos, fours = self.full(carry_1, carry_2, carry_3)
        value = b.load(self.counters[0])
        b.store(b.xor(value, ones), self.counters[0])
        carry = b.and_(value, ones)
        for counter, addend in zip(self.counters[1:3], (twos, fours), strict=True):
            total, carry = self.full(b.load(counter), addend, carry)
            b.store(total, counter)
        self.add(carry, 3)


def _counting(levels: int) -> Any:
    """An intrinsic: add up rows of 256 bits.

    Its arguments are the address of the first row's words, the address of each row's offset in words, how many
    rows, and the address of *levels* times 4 words for the counters. More rows than 2 ** *levels* - 1 overflow.
    """

    @intrinsic
    def count(_context: Any, base: Any, rows: Any, number: Any, out: Any) -> tuple[Any, Callable[..., Any]]:
        def write(context: Any, b: Any, _signature: Any, arguments: Any) -> Any:
            base, rows, number, out = arguments
            offsets = b.inttoptr(rows, _WORD.as_pointer())
            adder = _Adder(b, levels)

            def load(index: Any) -> Any:
                offset = b.shl(b.load(b.gep(offsets, [index])), _constant(3))
                return b.load(b.inttoptr(b.add(base, offset), _VECTOR.as_pointer()), align=8)

            sevens = b.udiv(number, _constant(7))
            with cgutils.for_range(b, sevens) as loop:
                start = b.mul(loop.index, _constant(7))
                adder.add_seven([load(b.add(start, _constant(each))) for each in range(7)])
            done = b.mul(sevens, _constant(7))
            with cgutils.for_range(b, b.sub(number, done)) as loop:
                adder.add(load(b.add(done, loop.index)), 0)
            target = b.inttoptr(out, _VECTOR.as_pointer())
            for level, counter in enumerate(adder.counters):
                b.store(b.load(counter), b.gep(target, [_constant(level)]), align=8)
            return context.get_dummy_value()

        return types.void(types.uint64, types.uint64, types.int64, types.uint64), write

    return count


def _constant(number: int) -> Any:
    return ir.Constant(_WORD, number)


def _counting_zeros() -> Any:
    """An intrinsic: how many zeros a word, which is not zero, ends with."""

    @intrinsic
    def trailing_zeros(_context: Any, word: Any) -> tuple[Any, Callable[..., Any]]:
        def write(_context: Any, b: Any, _signature: Any, arguments: Any) -> Any:
            return b.cttz(arguments[0], ir.Constant(ir.IntType(1), 1))

        return types.uint64(types.uint64), write

    return trailing_zeros


_count_few = _counting(_FEW_LEVELS)
_count_many = _counting(_LEVELS)
_trailing_zeros = _counting_zeros()


@njit(nogil=True, cache=True, inline="always")
def _score(metric: int, a: float, b: float, common: int, own: int, other: int) -> float:  # pragma: no cover
    if metric == _TANIMOTO:
        above, below = float(common), float(own + other - common)
    elif metric == _DICE:
        above, below = 2.0 * common, float(own + other)
    elif metric == _COSINE:
        above, below = float(common), np.sqrt(float(own) * float(other))
    else:
        above, below = float(common), a * own + b * other + (1.0 - a - b) * common
    return above / below if below > 0.0 else 0.0


@njit(nogil=True, cache=True)
def _bound(metric: int, a: float, b: float, own: int, least: int, most: int) -> float:  # pragma: no cover
    """The best score that a fingerprint of *least* to *most* bits can have: that of the number nearest to *own*."""
    other = min(max(own, least), most)
    return _score(metric, a, b, min(own, other), own, other)


@njit(nogil=True, cache=True)
def _least_common(metric: int, a: float, b: float, own: int, fewest: int, threshold: float) -> int:  # pragma: no cover
    """The least number of bits in common with which a fingerprint of *fewest* bits or more can reach *threshold*.

    Every score falls as the other has more bits, which are never fewer than those in common.
    """
    low, high = 0, own + 1
    while low < high:
        middle = (low + high) // 2
        if _score(metric, a, b, middle, own, max(fewest, middle)) >= threshold * _WITHIN:
            high = middle
        else:
            low = middle + 1
    return low


@njit(nogil=True, cache=True)
def _reaching(counters: Any, levels: int, lane: int, least: int) -> Any:  # pragma: no cover
    """Which of 64 counts are at least *least*, as bits of a word."""
    more, equal = uint64(0), ~uint64(0)
    for step in range(levels):
        level = levels - 1 - step
        word = counters[level, lane]
        if (least >> level) & 1:
            equal &= word
        else:
            more |= equal & word
            equal &= ~word
    return more | equal


@njit(nogil=True, cache=True)
def _read_count(counters: Any, levels: int, lane: int, place: Any) -> int:  # pragma: no cover
    common = uint64(0)
    for level in range(levels):
        common |= ((counters[level, lane] >> place) & uint64(1)) << uint64(level)
    return int(common)


@njit(nogil=True, cache=True)
def _count(base: Any, rows: Any, first: int, number: int, counters: Any) -> int:  # pragma: no cover
    """Fill *counters* for the 256 columns at the address *base*; answers how many levels are in use."""
    at, out = uint64(rows.ctypes.data) + uint64(8 * first), uint64(counters.ctypes.data)
    if number <= _FEW:
        _count_few(base, at, number, out)
        return _FEW_LEVELS
    _count_many(base, at, number, out)
    return _LEVELS


_READ_ONLY_32 = types.Array(types.int32, 1, "C", readonly=True)
_READ_ONLY_64 = types.Array(types.int64, 1, "C", readonly=True)
_INT, _REAL = types.int64, types.float64
_REACH = types.UniTuple(_INT, 2)(
    types.uint64, _READ_ONLY_32, _READ_ONLY_64, _INT[::1], _INT[::1], _INT, _INT, _REAL, _REAL, _REAL,
    _INT[::1], _INT[::1], _REAL[::1],
)  # fmt: skip
_NEAREST = types.void(
    types.uint64, _READ_ONLY_32, _READ_ONLY_64, _INT[::1], _INT[::1], _INT, _REAL, _REAL, _REAL,
    _INT[:, ::1], _REAL[:, ::1], _INT[::1],
)  # fmt: skip


@njit(_REACH, nogil=True, cache=True)
def _reach(
    base: Any, popcounts: Any, order: Any, rows: Any, starts: Any, begin: int, metric: int, a: float, b: float,
    threshold: float, numbers: Any, places: Any, scores: Any,
) -> tuple[int, int]:  # pragma: no cover  # fmt: skip
    columns, hits = len(order), 0
    counters = np.empty((_LEVELS, _LANES), np.uint64)
    for query in range(begin, len(starts) - 1):
        if hits + columns > len(numbers):
            return query, hits
        first, own = starts[query], starts[query + 1] - starts[query]
        known_bits, least = -1, 0
        for block in range(len(popcounts) // _COLUMNS):
            start = block * _COLUMNS
            fewest = popcounts[start]
            if _bound(metric, a, b, own, fewest, popcounts[start + _COLUMNS - 1]) < threshold * _WITHIN:
                continue
            if fewest != known_bits:
                known_bits, least = fewest, _least_common(metric, a, b, own, fewest, threshold)
            levels = _count(base + uint64(start // 8), rows, first, own, counters)
            for lane in range(_LANES):
                passing = _reaching(counters, levels, lane, least)
                while passing:
                    place = _trailing_zeros(passing)
                    passing &= passing - uint64(1)
                    column = start + 64 * lane + int(place)
                    if column >= columns:
                        break
                    common = _read_count(counters, levels, lane, place)
                    value = _score(metric, a, b, common, own, popcounts[column])
                    if value >= threshold:
                        numbers[hits], places[hits], scores[hits] = query, order[column], value
                        hits += 1
    return len(starts) - 1, hits


@njit(nogil=True, cache=True)
def _insert(places: Any, scores: Any, filled: int, place: int, value: float) -> int:  # pragma: no cover
    """Put one hit in its place among the best, which stand by falling score, ties by position."""
    if filled == len(places):
        if value < scores[filled - 1] or (value == scores[filled - 1] and place > places[filled - 1]):
            return filled
        at = filled - 1
    else:
        at = filled
        filled += 1
    while at > 0 and (scores[at - 1] < value or (scores[at - 1] == value and places[at - 1] > place)):
        places[at], scores[at] = places[at - 1], scores[at - 1]
        at -= 1
    places[at], scores[at] = place, value
    return filled


@njit(_NEAREST, nogil=True, cache=True)
def _nearest(
    base: Any, popcounts: Any, order: Any, rows: Any, starts: Any, metric: int, a: float, b: float, threshold: float,
    places: Any, scores: Any, counts: Any,
) -> None:  # pragma: no cover  # fmt: skip
    columns, blocks = len(order), len(popcounts) // _COLUMNS
    counters = np.empty((_LEVELS, _LANES), np.uint64)
    for query in range(len(starts) - 1):
        first, own = starts[query], starts[query + 1] - starts[query]
        filled, limit = 0, threshold
        # Outwards from the fingerprints with as many bits as the query's, the better side first.
        upper = np.searchsorted(popcounts, own) // _COLUMNS
        lower = upper - 1
        while True:
            below = above = -1.0
            if lower >= 0:
                start = lower * _COLUMNS
                below = _bound(metric, a, b, own, popcounts[start], popcounts[start + _COLUMNS - 1])
            if upper < blocks:
                start = upper * _COLUMNS
                above = _bound(metric, a, b, own, popcounts[start], popcounts[start + _COLUMNS - 1])
            if max(below, above) < limit * _WITHIN or (lower < 0 and upper >= blocks):
                break
            if above >= below:
                block = upper
                upper += 1
            else:
                block = lower
                lower -= 1
            start = block * _COLUMNS
            least = _least_common(metric, a, b, own, popcounts[start], limit)
            levels = _count(base + uint64(start // 8), rows, first, own, counters)
            for lane in range(_LANES):
                passing = _reaching(counters, levels, lane, least)
                while passing:
                    place = _trailing_zeros(passing)
                    passing &= passing - uint64(1)
                    column = start + 64 * lane + int(place)
                    if column >= columns:
                        break
                    common = _read_count(counters, levels, lane, place)
                    value = _score(metric, a, b, common, own, popcounts[column])
                    if value >= limit:
                        filled = _insert(places[query], scores[query], filled, order[column], value)
                        if filled == places.shape[1]:
                            limit = max(limit, scores[query, filled - 1])
        counts[query] = filled


@dataclass(frozen=True, slots=True)
class Kernel:
    """The compiled functions, called with what :class:`~nps_registry.search.bits.BitPlanes` holds."""

    def reach(
        self,
        planes: NDArray[np.uint64],
        popcounts: NDArray[np.int32],
        order: NDArray[np.int64],
        rows: NDArray[np.int64],
        starts: NDArray[np.int64],
        begin: int,
        metric: Metric,
        weights: Weights,
        threshold: float,
        numbers: NDArray[np.int64],
        places: NDArray[np.int64],
        scores: NDArray[np.float64],
    ) -> tuple[int, int]:
        """Write every hit of the queries from *begin* on; the first query there was no room for, and how many hits."""
        base = planes.ctypes.data
        stopped, hits = _reach(
            base, popcounts, order, rows, starts, begin, _CODES[metric], weights.a, weights.b, threshold,
            numbers, places, scores,
        )  # fmt: skip
        return int(stopped), int(hits)

    def nearest(
        self,
        planes: NDArray[np.uint64],
        popcounts: NDArray[np.int32],
        order: NDArray[np.int64],
        rows: NDArray[np.int64],
        starts: NDArray[np.int64],
        metric: Metric,
        weights: Weights,
        threshold: float,
        places: NDArray[np.int64],
        scores: NDArray[np.float64],
        counts: NDArray[np.int64],
    ) -> None:
        """Write the best hits of each query into its row, and into *counts* how many there are."""
        base = planes.ctypes.data
        _nearest(
            base, popcounts, order, rows, starts, _CODES[metric], weights.a, weights.b, threshold,
            places, scores, counts,
        )  # fmt: skip


KERNEL = Kernel()
"""Last of all, so that whoever finds it finds it compiled."""
