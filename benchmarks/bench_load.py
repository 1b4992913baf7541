"""How long the catalogue's load takes per substance, beside the chemistry that it cannot do without.

The peer reads, standardises and writes the InChI of every structure of the catalogue and does nothing else.
"""

from __future__ import annotations

import itertools
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from benchmarks.generated import write_generated
from benchmarks.interleaved import Contender, take_turns
from benchmarks.loading import Loading, make_registry, measure_apart
from nps_registry.assets import find_substances
from nps_registry.catalogue.files import read_catalogue
from nps_registry.chemistry.inchi import write_inchi
from nps_registry.chemistry.standardise import standardise
from nps_registry.chemistry.structure import parse
from nps_registry.intake.seed import LoadResult, load_files
from nps_registry.store.engine import Engine, writing

GROUP = "catalogue load, per substance"
SMALL, LARGE, HUGE = 2_500, 25_000, 250_000
FLAT_WITHIN = 1.2
INCREMENTAL_AT_MOST = 0.1
AT_MOST, ROUNDS = 3.0, 3


@dataclass(frozen=True)
class Folder:
    """A catalogue and how many entries it has."""

    path: Path
    entries: int


@pytest.fixture(scope="module")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> Folder:
    """A copy of the catalogue of this installation."""
    path = Path(shutil.copytree(find_substances(), tmp_path_factory.mktemp("shipped") / "substances"))
    return Folder(path, len(read_catalogue(path).substances))


@pytest.fixture
def fresh(tmp_path: Path) -> Callable[[], Engine]:
    """Gives out registries without substances."""
    numbers = itertools.count()

    return lambda: make_registry(f"sqlite:///{tmp_path}/{next(numbers)}.sqlite")


def load(engine: Engine, folder: Path) -> LoadResult:
    """One load in one transaction."""
    with writing(engine) as session:
        return load_files(session, folder)


@pytest.mark.benchmark(group=GROUP)
def bench_load_of_the_whole_catalogue(
    benchmark: BenchmarkFixture, shipped: Folder, fresh: Callable[[], Engine]
) -> None:
    texts = [each.structure.smiles for each in read_catalogue(shipped.path).substances if each.structure]
    registries: list[Engine] = []

    def identify() -> None:
        for text in texts:
            write_inchi(standardise(parse(text).mol).parent)

    def load_all() -> None:
        assert len(load(registries[-1], shipped.path).added) == shipped.entries

    alone = Contender("parse, standardise and InChI alone", identify, peer=True, per=len(texts))
    whole = Contender(
        "load of the whole catalogue",
        load_all,
        bounds=((alone.name, AT_MOST),),
        per=shipped.entries,
        before=lambda: registries.append(fresh()),
    )
    take_turns(benchmark, GROUP, [alone, whole], ROUNDS, warmup_rounds=0)


INCREMENTAL = "load after a change of one file"


@pytest.mark.benchmark(group=INCREMENTAL)
def bench_load_of_all_files(benchmark: BenchmarkFixture, shipped: Folder, fresh: Callable[[], Engine]) -> None:
    benchmark.extra_info["peer"] = True
    benchmark.pedantic(load, setup=lambda: ((fresh(), shipped.path), {}), rounds=1)  # type: ignore[no-untyped-call]


@pytest.mark.benchmark(group=INCREMENTAL)
def bench_load_of_the_file_that_changed(
    benchmark: BenchmarkFixture, shipped: Folder, fresh: Callable[[], Engine]
) -> None:
    benchmark.extra_info["at_most"] = INCREMENTAL_AT_MOST
    engine = fresh()
    load(engine, shipped.path)
    files = sorted(shipped.path.glob("synthetic_cathinone/NPS-*.toml"))
    path = next(each for each in files if "\ncomment = " not in each.read_text("utf-8"))
    text, numbers = path.read_text("utf-8"), itertools.count()

    def change() -> tuple[tuple[Engine, Path], dict[str, object]]:
        path.write_text(f'comment = "Changed {next(numbers)} times."\n{text}', "utf-8")
        return (engine, shipped.path), {}

    result = benchmark.pedantic(load, setup=change, rounds=3)  # type: ignore[no-untyped-call]
    assert len(result.changed) == 1


GROWTH = "load of generated structures"


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Loading:
    """What the load of a small catalogue of generated structures took."""
    return measure_apart(write_generated(tmp_path_factory.mktemp("small"), SMALL))


@pytest.mark.full
@pytest.mark.benchmark(group=GROWTH)
@pytest.mark.parametrize("entries", [LARGE, HUGE])
def bench_growth(benchmark: BenchmarkFixture, small: Loading, tmp_path: Path, entries: int) -> None:
    folder = write_generated(tmp_path, entries)
    large = benchmark.pedantic(measure_apart, args=(folder,), rounds=1)  # type: ignore[no-untyped-call]
    shutil.rmtree(tmp_path)
    assert large.entries == entries
    beside = f"per entry, of {SMALL:,}"
    benchmark.extra_info["turns"] = [
        turn(beside, small) | {"peer": True},
        turn(f"per entry, of {entries:,}", large) | {"bounds": {beside: FLAT_WITHIN}},
    ]
    benchmark.extra_info["finding"] = [tell(each) for each in (small, large)]
    assert large.incremental_s <= large.load_s * INCREMENTAL_AT_MOST


def turn(name: str, loading: Loading) -> dict[str, Any]:
    """The time per entry of a process apart, as the table of ratios takes it."""
    return {"name": name, "median_s": loading.load_s / loading.entries, "peer": False, "bounds": {}}


def tell(loading: Loading) -> dict[str, object]:
    """One row of the table of sizes; the program itself takes some 150 MB of memory."""
    return {
        "load of generated structures": f"{loading.entries:,}",
        "seconds": round(loading.load_s, 1),
        "ms per entry": round(loading.load_s / loading.entries * 1000, 2),
        "peak MB": round(loading.peak_mb),
        "peak MB of a helping process": round(loading.helper_mb),
        "seconds after a change of one file": round(loading.incremental_s, 2),
    }
