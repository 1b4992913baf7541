"""The enumerated library as each engine wants it; what takes minutes to make is kept below ``var/benchmarks``."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.library import enumerate_molecules
from nps_registry.chemistry.fingerprints import MORGAN, fingerprint
from nps_registry.chemistry.stored import restore
from nps_registry.search.bits import BitPlanes
from nps_registry.search.compiled import fetch_kernel

KEPT = Path(__file__).parents[1] / "var" / "benchmarks"
QUERIES = 200


@dataclass(frozen=True, eq=False)
class Prepared:
    """One library.

    Attributes:
        packed: (n, 256) Morgan fingerprints.
        planes: the same in the registry's layout.
        queries: 200 of them, spread over the library.
    """

    packed: NDArray[np.uint8]
    planes: BitPlanes
    queries: list[bytes]


@lru_cache(maxsize=1)
def prepare(size: int) -> Prepared:
    """The library of *size* molecules, with the compiled kernel at hand."""
    assert fetch_kernel(KEPT / "kernel") is not None
    packed = read_fingerprints(size)
    queries = [row.tobytes() for row in packed[:: size // QUERIES][:QUERIES]]
    return Prepared(packed, BitPlanes.of_packed(packed), queries)


def read_fingerprints(size: int) -> NDArray[np.uint8]:
    """(size, 256) the fingerprints, made once a machine and RDKit version."""
    path = KEPT / f"library-{size}-{MORGAN.id}.npy"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        packed = np.empty((size, MORGAN.size_bytes), np.uint8)
        for row, smiles in enumerate(enumerate_molecules(size)):
            packed[row] = np.frombuffer(fingerprint(restore(smiles)), np.uint8)
        partial = path.with_suffix(".partial.npy")
        np.save(partial, packed)
        partial.replace(path)
    kept: NDArray[np.uint8] = np.load(path)
    return kept
