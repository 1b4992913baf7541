"""Screening a library against the catalogue, beside bare RDKit reading and fingerprinting on as many processes."""

from __future__ import annotations

import multiprocessing
import os
import sys
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from functools import partial
from itertools import islice
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from pytest_benchmark.fixture import BenchmarkFixture
from rdkit import Chem
from rdkit.Chem import rdFingerprintGenerator

from benchmarks.interleaved import Contender, take_turns
from benchmarks.library import enumerate_molecules
from benchmarks.memory import Run, watch
from benchmarks.prepared import KEPT
from benchmarks.server import as_installed
from nps_registry.chemistry.fingerprints import MORGAN
from nps_registry.chemistry.standardise import standardise
from nps_registry.search.index import SubstanceIndex
from nps_registry.search.screen.crew import Crew, local_crew
from nps_registry.search.screen.records import Library
from nps_registry.search.screen.run import Screen, run_screen
from nps_registry.search.screen.targets import RegistryTarget, Report
from nps_registry.search.screen.work import Comparison
from nps_registry.store.engine import make_engine

COUNTS = {False: 20_000, True: 4_000}
PROCESSES = min(2, os.cpu_count() or 1)
CHUNK = 2_000
MANY = 1_000_000
MOST_BYTES = 1_500_000_000


def bare(smiles: list[str], standardised: bool) -> int:
    """What cannot be spared: parse, standardise where asked, fingerprint."""
    make = rdFingerprintGenerator.GetMorganGenerator(radius=2, fpSize=2048)
    for each in smiles:
        mol = Chem.MolFromSmiles(each)
        make.GetFingerprint(standardise(mol).parent if standardised else mol)
    return len(smiles)


def run_bare(pool: ProcessPoolExecutor, smiles: list[str], standardised: bool) -> None:
    chunks = [smiles[start : start + CHUNK] for start in range(0, len(smiles), CHUNK)]
    assert sum(pool.map(bare, chunks, [standardised] * len(chunks))) == len(smiles)


@contextmanager
def silent(_label: str, _size_bytes: int) -> Iterator[Report]:
    yield lambda _bytes, _records: None


def run_registry(crew: Crew, screen: Screen, count: int) -> None:
    screen.library.ended_early = ""
    assert run_screen(screen, crew, silent).records == count


@pytest.mark.parametrize("standardised", [False, True], ids=["as drawn", "standardised"])
def bench_screening(benchmark: BenchmarkFixture, registry_url: str, tmp_path: Path, standardised: bool) -> None:
    count = COUNTS[standardised]
    smiles = list(islice(enumerate_molecules(count), count))
    path = tmp_path / "library.smi"
    path.write_text("".join(f"{each} M{number}\n" for number, each in enumerate(smiles)))
    snapshot = SubstanceIndex.of(make_engine(registry_url)).snapshot
    how = Comparison(MORGAN, threshold=0.6, standardised=standardised)
    screen = Screen(Library.at(path), RegistryTarget(snapshot), how, tmp_path / "hits.parquet", KEPT / "kernel")
    context = multiprocessing.get_context("spawn")
    with local_crew(PROCESSES) as crew, ProcessPoolExecutor(PROCESSES, mp_context=context) as pool:
        ours = Contender(
            "screen, hits written",
            partial(run_registry, crew, screen, count),
            bounds=(("bare RDKit", 1 / 0.9),),
            per=count,
        )
        theirs = Contender("bare RDKit", partial(run_bare, pool, smiles, standardised), peer=True, per=count)
        group = f"screening {count:,} structures, {'standardised' if standardised else 'as drawn'}, each"
        take_turns(benchmark, group, [ours, theirs], rounds=3)


@pytest.mark.full
def bench_screening_a_million(benchmark: BenchmarkFixture, registry_url: str, tmp_path: Path) -> None:
    """``nps-registry screen`` over a file of 1,000,000, every core at work: how long, and in how much memory."""
    library, hits = tmp_path / "million.smi", tmp_path / "hits.parquet"
    with library.open("w") as file:
        file.writelines(f"{smiles} M{number}\n" for number, smiles in enumerate(enumerate_molecules(MANY)))
    command = [sys.executable, "-m", "nps_registry", "screen", str(library), "--threshold", "0.6", "-o", str(hits)]
    environment = as_installed() | {"NPS_DATABASE_URL": registry_url, "NPS_VAR_DIRECTORY": str(tmp_path)}
    benchmark.group = "screening a million"
    run: Run = benchmark.pedantic(watch, args=(command, environment), rounds=1)  # type: ignore[no-untyped-call]
    assert run.code == 0
    assert run.peak_bytes <= MOST_BYTES
    benchmark.extra_info["finding"] = {
        "screen": f"{MANY:,} structures against the catalogue, threshold 0.6",
        "seconds": round(run.seconds),
        "structures a second": round(MANY / run.seconds),
        "MB of memory at most": round(run.peak_bytes / 1e6),
        "MB allowed": round(MOST_BYTES / 1e6),
        "hits": pq.read_metadata(hits).num_rows,
    }
