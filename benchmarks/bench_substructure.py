"""Substructure search, beside RDKit's SubstructLibrary with pattern fingerprints and PostgreSQL's cartridge.

Matched in one process or thread by everyone, contenders in turns, and held against each other before: the same
structures. Each figure is one pattern of six. The registry's answer includes the matched atoms of the hits shown.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

import numpy as np
import pytest
from numpy.typing import NDArray
from pytest_benchmark.fixture import BenchmarkFixture
from rdkit import Chem, DataStructs
from rdkit.Chem import rdSubstructLibrary

from benchmarks.bench_search_http import PATTERNS
from benchmarks.cartridge import Cartridge
from benchmarks.interleaved import Contender, take_turns
from benchmarks.prepared import CATALOGUE, KEPT, describe, identify, make_snapshot, read_patterns, read_smiles
from nps_registry.chemistry.stored import restore
from nps_registry.search.questions import SubstructureQuestion
from nps_registry.search.snapshot import Snapshot
from nps_registry.search.substructure import SubstructureWorkers

SIZES = [2_500, CATALOGUE, *(pytest.param(size, marks=pytest.mark.full) for size in (300_000, 1_000_000))]
SHOWN = 50
ROUNDS = {2_500: 7, CATALOGUE: 7, 300_000: 3, 1_000_000: 3}
LIMIT_S = 120.0
MOST_IN_POSTGRESQL = 300_000
"""Laying out more structures with the cartridge's index takes longer than all else that is measured here."""
MOST_IN_MEMORY = 300_000
"""So many molecules take 9 GB in RDKit's library; more of them it keeps pickled, as it offers for that."""


class Searched:
    """One library as the registry and as RDKit hold it.

    Attributes:
        size: as it was asked for.
        smiles: its structures.
        snapshot: the registry's.
        workers: the registry's one process, which knows the molecules.
        library: RDKit's.
    """

    def __init__(self, size: int) -> None:
        self.size = size
        self.smiles = read_smiles(size)
        patterns = read_patterns(size)
        self.snapshot: Snapshot = make_snapshot(self.smiles, patterns)
        self.workers = SubstructureWorkers(LIMIT_S, processes=1, kernel=KEPT / "kernel")
        self.workers.warm(self.snapshot)
        self.library = _lay_out(self.smiles, patterns)

    def ask(self, *, exact: bool) -> list[tuple[int, list[int]]]:
        """Total and positions of the hits shown, for every pattern."""
        answers = [
            self.workers.find(self.snapshot, SubstructureQuestion(pattern, SHOWN, exact_total=exact))
            for pattern in PATTERNS
        ]
        return [(answer.total, [hit.entry.row.id for hit in answer.hits]) for answer in answers]

    def ask_rdkit(self, *, exact: bool) -> list[tuple[int, list[int]]]:
        """The same of RDKit: the first positions, or the count."""
        queries = [Chem.MolFromSmarts(pattern) for pattern in PATTERNS]
        how = {"useChirality": False, "numThreads": 1}
        if exact:
            return [(self.library.CountMatches(query, **how), []) for query in queries]
        found = [list(self.library.GetMatches(query, **how, maxResults=SHOWN)) for query in queries]
        return [(len(each), each) for each in found]


def _lay_out(smiles: list[str], patterns: NDArray[np.uint8]) -> rdSubstructLibrary.SubstructLibrary:
    keep = rdSubstructLibrary.MolHolder if len(smiles) <= MOST_IN_MEMORY else rdSubstructLibrary.CachedMolHolder
    molecules, holder = keep(), rdSubstructLibrary.PatternHolder()
    for text, row in zip(smiles, patterns, strict=True):
        molecules.AddMol(restore(text))
        holder.AddFingerprint(DataStructs.CreateFromBinaryText(row.tobytes()))
    return rdSubstructLibrary.SubstructLibrary(molecules, holder)


@pytest.fixture(scope="session")
def searched(request: pytest.FixtureRequest) -> Iterator[Searched]:
    """The library of the size that is asked."""
    made = Searched(request.param)
    yield made
    made.workers.stop()


@pytest.mark.parametrize("exact", [False, True], ids=[f"first {SHOWN}", "all"])
@pytest.mark.parametrize("searched", SIZES, indirect=True, ids=identify)
def bench_substructure(
    benchmark: BenchmarkFixture, searched: Searched, cartridge: Cartridge | None, exact: bool
) -> None:
    totals = [total for total, _ in searched.ask(exact=True)]
    assert totals == [total for total, _ in searched.ask_rdkit(exact=True)]
    assert [shown for _, shown in searched.ask(exact=False)] == [shown for _, shown in searched.ask_rdkit(exact=False)]
    library = "RDKit SubstructLibrary" + (", molecules pickled" if searched.size > MOST_IN_MEMORY else "")
    peers: dict[str, Callable[[], object]] = {library: partial(searched.ask_rdkit, exact=exact)}
    if cartridge is not None and searched.size <= MOST_IN_POSTGRESQL:
        cartridge.lay_out_structures(searched.smiles)
        count, find = cartridge.count_containing, partial(cartridge.find_containing, limit=SHOWN)
        peers["PostgreSQL cartridge"] = partial(count if exact else find, PATTERNS)
    bounds = tuple((name, 1.0) for name in peers)
    contenders = [
        Contender("registry", partial(searched.ask, exact=exact), bounds=bounds, per=len(PATTERNS)),
        *(Contender(name, run, peer=True, per=len(PATTERNS)) for name, run in peers.items()),
    ]
    what = "all substructures, counted," if exact else f"first {SHOWN} substructures"
    take_turns(benchmark, f"{what} among {describe(searched.size)}", contenders, ROUNDS[searched.size])
