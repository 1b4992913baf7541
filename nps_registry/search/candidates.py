"""Which structures a pattern may match: small numbers and the pattern fingerprint rule out most, part by part."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

from nps_registry.chemistry.atom_counts import least_counts, most_counts
from nps_registry.chemistry.fingerprints import pattern_fingerprint, query_fingerprint
from nps_registry.chemistry.patterns import Pattern
from nps_registry.chemistry.stored import Mol
from nps_registry.search.snapshot import Snapshot

FIRST_STRUCTURES = 4_096
"""What is screened and matched before anything else; most questions have their hits there."""
_GROWTH = 8

Screen = Callable[[Snapshot, slice], NDArray[np.bool_]]
"""From a part of a snapshot's structures to which of them may match: every true hit, and some that are none."""


def candidates(snapshot: Snapshot, screen: Screen, seen: NDArray[np.bool_]) -> Iterator[tuple[NDArray[np.intp], int]]:
    """Part by part: the places of the structures *seen* that may match by *screen*, and how many cannot."""
    for part in cut(len(seen), FIRST_STRUCTURES):
        places = part.start + np.flatnonzero(screen(snapshot, part) & seen[part])
        yield places, int(np.count_nonzero(seen[part])) - len(places)


def cut(count: int, first: int) -> Iterator[slice]:
    """*count* things in parts, the *first* so large and each further one eight times the one before."""
    start = 0
    while start < count:
        yield slice(start, min(count, start + first))
        start, first = start + first, first * _GROWTH


def screen_for(pattern: Pattern) -> Screen:
    """The screen of the structures that may hold *pattern*."""
    needed = np.array(least_counts(pattern), np.int16)
    bits = np.frombuffer(query_fingerprint(pattern.query), np.uint64)

    def screen(snapshot: Snapshot, part: slice) -> NDArray[np.bool_]:
        patterns, counts = snapshot.structures.patterns[:, part], snapshot.atom_counts[:, part]
        able = np.ones(patterns.shape[1], np.bool_)
        for sort in np.flatnonzero(needed).tolist():
            able &= counts[sort] >= needed[sort]
        for word in np.flatnonzero(bits).tolist():
            able &= (patterns[word] & bits[word]) == bits[word]
        return able

    return screen


def screen_contained_in(parent: Mol) -> Screen:
    """The screen of the structures that *parent* may hold."""
    most_of, missing = most_counts(parent), ~np.frombuffer(pattern_fingerprint(parent), np.uint64)

    def screen(snapshot: Snapshot, part: slice) -> NDArray[np.bool_]:
        patterns, counts = snapshot.structures.patterns[:, part], snapshot.atom_counts[:, part]
        able = np.ones(patterns.shape[1], np.bool_)
        for sort, most in enumerate(most_of):
            able &= counts[sort] <= most
        for word, bits in enumerate(missing):
            able &= (patterns[word] & bits) == 0
        return able

    return screen
