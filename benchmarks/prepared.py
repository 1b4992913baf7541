"""The libraries as each engine wants them; what takes minutes to make is kept below ``var/benchmarks``."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.library import enumerate_molecules
from nps_registry.assets import find_substances
from nps_registry.catalogue.files import read_catalogue
from nps_registry.chemistry.fingerprints import MORGAN, PATTERN_BITS, RDKIT_VERSION, fingerprint, pattern_fingerprint
from nps_registry.chemistry.stored import restore
from nps_registry.search.bits import BitPlanes
from nps_registry.search.compiled import fetch_kernel
from nps_registry.search.snapshot import Entry, Snapshot
from nps_registry.store.index_rows import IndexRow
from nps_registry.vocabulary.substance import Kind, Nature, Status

KEPT = Path(__file__).parents[1] / "var" / "benchmarks"
CATALOGUE = 0
"""Stands where the size of an enumerated library does: the substances of the catalogue."""
QUERIES = 200
CHUNK = 50_000
_PER_TASK = 2_000


@dataclass(frozen=True, eq=False)
class Prepared:
    """One library.

    Attributes:
        size: what was asked for, :data:`CATALOGUE` included.
        packed: (n, 256) Morgan fingerprints.
        planes: the same in the registry's layout.
        queries: 200 of them, spread over the library.
    """

    size: int
    packed: NDArray[np.uint8]
    planes: BitPlanes
    queries: list[bytes]


def prepare(size: int) -> Prepared:
    """The library of *size* molecules, or :data:`CATALOGUE`, with the compiled kernel at hand."""
    assert fetch_kernel(KEPT / "kernel") is not None
    packed = read_fingerprints(size)
    queries = [row.tobytes() for row in packed[:: len(packed) // QUERIES][:QUERIES]]
    return Prepared(size, packed, BitPlanes.of_packed(packed), queries)


def describe(size: int) -> str:
    """The library in words."""
    return f"{size:,}" if size else "the catalogue"


def identify(size: int) -> str:
    """The library in the name of a benchmark."""
    return str(size) if size else "catalogue"


def make_snapshot(smiles: Sequence[str], patterns: NDArray[np.uint8]) -> Snapshot:
    """The structures *smiles* as a registry holds them, numbered from 0; no fingerprints but *patterns*, (n, 256)."""
    none = bytes(MORGAN.size_bytes)
    entries = []
    for number, (text, pattern) in enumerate(zip(smiles, patterns, strict=True)):
        words = (f"NPS-{number:07d}", f"molecule {number}", Kind.CHEMICAL, Nature.NPS, Status.LISTED, text)
        row = IndexRow(number, *words, *(None,) * 7, "other", MORGAN.id, none, pattern.tobytes(), (), ())
        entries.append(Entry(row, is_public=True, card=b""))
    return Snapshot.of(entries, 1, MORGAN)


def read_smiles(size: int) -> list[str]:
    """The structures of a library."""
    if size != CATALOGUE:
        return list(enumerate_molecules(size))
    records = read_catalogue(find_substances()).substances
    return [record.structure.smiles for record in records if record.structure]


def read_fingerprints(size: int) -> NDArray[np.uint8]:
    """(n, 256) Morgan fingerprints of a library."""
    return _read(size, MORGAN.id, _make_morgan, MORGAN.size_bytes)


def read_patterns(size: int) -> NDArray[np.uint8]:
    """(n, 256) pattern fingerprints of a library."""
    return _read(size, f"pattern-{PATTERN_BITS}-rdkit-{RDKIT_VERSION}", _make_patterns, PATTERN_BITS // 8)


Make = Callable[[Sequence[str]], bytes]


def _make_morgan(smiles: Sequence[str]) -> bytes:
    return b"".join(fingerprint(restore(each)) for each in smiles)


def _make_patterns(smiles: Sequence[str]) -> bytes:
    return b"".join(pattern_fingerprint(restore(each)) for each in smiles)


def _read(size: int, kind: str, make: Make, width: int) -> NDArray[np.uint8]:
    """(n, *width*) fingerprints: those of a large library are made once a machine, 50,000 a file, by every core."""
    if size < CHUNK:
        return np.frombuffer(make(read_smiles(size)), np.uint8).reshape(-1, width)
    KEPT.mkdir(parents=True, exist_ok=True)
    chunks = [(first, KEPT / f"library-{kind}-{first:07d}.npy") for first in range(0, size, CHUNK)]
    if missing := [(first, path) for first, path in chunks if not path.exists()]:
        context = multiprocessing.get_context("spawn")
        with ProcessPoolExecutor(os.cpu_count(), mp_context=context) as pool:
            for first, path in missing:
                starts = range(first, first + CHUNK, _PER_TASK)
                _keep(path, b"".join(pool.map(partial(_make_some, make), starts)), width)
    return np.concatenate([np.load(path) for _, path in chunks])[:size]


def _make_some(make: Make, first: int) -> bytes:
    return make(list(enumerate_molecules(first + _PER_TASK, first=first)))


def _keep(path: Path, made: bytes, width: int) -> None:
    unfinished = path.with_suffix(".partial.npy")
    np.save(unfinished, np.frombuffer(made, np.uint8).reshape(-1, width))
    unfinished.replace(path)
