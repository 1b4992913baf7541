"""How long the catalogue's load takes per substance, beside the chemistry that it cannot do without.

The peer reads, standardises and writes the InChI of every structure of the catalogue and does nothing else.
"""

from __future__ import annotations

import itertools
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from benchmarks.generated import write_generated
from nps_registry.assets import find_substances
from nps_registry.catalogue.files import read_catalogue
from nps_registry.chemistry.inchi import write_inchi
from nps_registry.chemistry.standardise import standardise
from nps_registry.chemistry.structure import parse
from nps_registry.intake.seed import LoadResult, load_files
from nps_registry.store import schema
from nps_registry.store.engine import Engine, make_engine, writing
from nps_registry.store.registry import create_registry
from nps_registry.vocabulary.report import RegistryMode

GROUP = "catalogue load, per substance"
SMALL, LARGE, HUGE = 2_500, 25_000, 250_000
FLAT_WITHIN = 1.2


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

    def make() -> Engine:
        engine = make_engine(f"sqlite:///{tmp_path}/{next(numbers)}.sqlite")
        schema.upgrade(engine)
        with writing(engine) as session:
            create_registry(session, RegistryMode.DEMONSTRATION)
        return engine

    return make


def load(engine: Engine, folder: Path) -> LoadResult:
    """One load in one transaction."""
    with writing(engine) as session:
        return load_files(session, folder)


def per_entry(benchmark: BenchmarkFixture, entries: int) -> None:
    """Say in the results how many entries the time is for; the ratio is of the times per entry."""
    benchmark.extra_info["entries"] = entries


@pytest.mark.benchmark(group=GROUP)
def bench_parse_standardise_and_inchi_alone(benchmark: BenchmarkFixture, shipped: Folder) -> None:
    benchmark.extra_info["peer"] = True
    texts = [each.structure.smiles for each in read_catalogue(shipped.path).substances if each.structure]

    def identify() -> None:
        for text in texts:
            write_inchi(standardise(parse(text).mol).parent)

    benchmark.pedantic(identify, rounds=2)  # type: ignore[no-untyped-call]
    per_entry(benchmark, len(texts))


@pytest.mark.benchmark(group=GROUP)
def bench_load_of_the_whole_catalogue(
    benchmark: BenchmarkFixture, shipped: Folder, fresh: Callable[[], Engine]
) -> None:
    benchmark.extra_info["at_most"] = 3.0
    per_entry(benchmark, shipped.entries)
    result = benchmark.pedantic(load, setup=lambda: ((fresh(), shipped.path), {}), rounds=2)  # type: ignore[no-untyped-call]
    assert len(result.added) == shipped.entries


INCREMENTAL = "load after a change of one file"


@pytest.mark.benchmark(group=INCREMENTAL)
def bench_load_of_all_files(benchmark: BenchmarkFixture, shipped: Folder, fresh: Callable[[], Engine]) -> None:
    benchmark.extra_info["peer"] = True
    benchmark.pedantic(load, setup=lambda: ((fresh(), shipped.path), {}), rounds=1)  # type: ignore[no-untyped-call]


@pytest.mark.benchmark(group=INCREMENTAL)
def bench_load_of_the_file_that_changed(
    benchmark: BenchmarkFixture, shipped: Folder, fresh: Callable[[], Engine]
) -> None:
    benchmark.extra_info["at_most"] = 0.1
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


GROWTH = "load of generated structures, per substance"


@pytest.fixture(scope="module")
def generated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[int], Folder]]:
    """Writes catalogues of generated structures."""
    root = tmp_path_factory.mktemp("generated")
    yield lambda entries: Folder(write_generated(root / str(entries), entries), entries)
    shutil.rmtree(root)


def load_generated(benchmark: BenchmarkFixture, folder: Folder, fresh: Callable[[], Engine]) -> None:
    """Load *folder* once; its time counts per entry."""
    per_entry(benchmark, folder.entries)
    result = benchmark.pedantic(load, setup=lambda: ((fresh(), folder.path), {}), rounds=1)  # type: ignore[no-untyped-call]
    assert len(result.added) == folder.entries


@pytest.mark.full
@pytest.mark.benchmark(group=GROWTH)
def bench_load_of_2500(
    benchmark: BenchmarkFixture, generated: Callable[[int], Folder], fresh: Callable[[], Engine]
) -> None:
    benchmark.extra_info["peer"] = True
    load_generated(benchmark, generated(SMALL), fresh)


@pytest.mark.full
@pytest.mark.benchmark(group=GROWTH)
def bench_load_of_25000(
    benchmark: BenchmarkFixture, generated: Callable[[int], Folder], fresh: Callable[[], Engine]
) -> None:
    benchmark.extra_info["at_most"] = FLAT_WITHIN
    load_generated(benchmark, generated(LARGE), fresh)


@pytest.mark.full
@pytest.mark.benchmark(group=GROWTH)
def bench_load_of_250000(
    benchmark: BenchmarkFixture, generated: Callable[[int], Folder], fresh: Callable[[], Engine]
) -> None:
    benchmark.extra_info["at_most"] = FLAT_WITHIN
    load_generated(benchmark, generated(HUGE), fresh)
