"""Which fingerprint finds its own class: mean average precision of "same curated class" over the catalogue."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from pytest_benchmark.fixture import BenchmarkFixture

from benchmarks.prepared import KEPT
from nps_registry.assets import find_substances
from nps_registry.catalogue.files import read_catalogue
from nps_registry.chemistry.fingerprints import RECIPES, fingerprint
from nps_registry.chemistry.stored import restore
from nps_registry.search.bits import BitPlanes
from nps_registry.search.compiled import fetch_kernel

NO_CLASS = "other"


def read_classes() -> tuple[list[str], list[str]]:
    """SMILES and class of every substance that has both; the residual class is none."""
    found = [
        (record.structure.smiles, record.chemical_class)
        for record in read_catalogue(find_substances()).substances
        if record.structure and record.chemical_class and record.chemical_class != NO_CLASS
    ]
    return [smiles for smiles, _ in found], [key for _, key in found]


def average_precision(scores: NDArray[np.float64], same: NDArray[np.bool_]) -> float:
    """Of one ranking by falling *scores*, where *same* says which are of the query's class; ties by position."""
    ranked = same[np.lexsort((np.arange(len(scores)), -scores))]
    hits = np.flatnonzero(ranked)
    return float((np.arange(1, len(hits) + 1) / (hits + 1)).mean()) if len(hits) else float("nan")


@pytest.mark.full
@pytest.mark.parametrize("kind", list(RECIPES))
def bench_mean_average_precision(benchmark: BenchmarkFixture, kind: str) -> None:
    fetch_kernel(KEPT / "kernel")
    smiles, classes = read_classes()
    recipe, keys = RECIPES[kind], np.array(classes)
    packed = [fingerprint(restore(each), recipe) for each in smiles]
    planes = BitPlanes.of(packed, recipe.size)

    def measure() -> float:
        values = []
        for place, bits in enumerate(packed):
            found, scores = planes.search(bits, 0.0)
            ordered = np.empty(len(packed))
            ordered[found] = scores
            others = np.arange(len(packed)) != place
            values.append(average_precision(ordered[others], (keys == keys[place])[others]))
        return float(np.nanmean(values))

    benchmark.group = "retrieval of the same class"
    precision = benchmark.pedantic(measure, rounds=1)  # type: ignore[no-untyped-call]
    benchmark.extra_info["finding"] = {
        "fingerprint": kind,
        "mean average precision": round(precision, 3),
        "bits set, mean": round(float(np.bitwise_count(np.frombuffer(b"".join(packed), np.uint8)).sum()) / len(packed)),
        "among": len(smiles),
    }
