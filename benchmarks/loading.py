"""One load in a process of its own, which alone can tell how much memory it took.

``python -m benchmarks.loading FOLDER`` loads the catalogue in FOLDER into a new registry, changes one file, loads
again, and writes what it measured as JSON on stdout.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from nps_registry.intake.seed import LoadResult, load_files
from nps_registry.store import schema
from nps_registry.store.engine import Engine, make_engine, writing
from nps_registry.store.registry import create_registry
from nps_registry.vocabulary.report import RegistryMode

_PER_MB = 1024 if sys.platform == "linux" else 1024 * 1024
"""``ru_maxrss`` counts kilobytes on Linux and bytes on macOS."""


@dataclass(frozen=True, slots=True)
class Loading:
    """What one load took.

    Attributes:
        load_s: the load of everything, in seconds.
        incremental_s: the load after a change of one file.
        peak_mb: most memory of the process up to the end of the first load.
        helper_mb: most memory of one of the processes that derive structures.
    """

    entries: int
    load_s: float
    incremental_s: float
    peak_mb: float
    helper_mb: float


def measure_apart(folder: Path) -> Loading:
    """Load the catalogue in *folder* in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.loading", str(folder)]
    answer = subprocess.run(command, check=True, capture_output=True, text=True, cwd=Path(__file__).parents[1])
    return Loading(**json.loads(answer.stdout))


def measure(folder: Path, registry: Path) -> Loading:
    """Load the catalogue in *folder* into a new SQLite file *registry*; one file of the catalogue is changed."""
    engine = make_registry(f"sqlite:///{registry}")
    load_s, loaded = _load(engine, folder)
    peak_mb, helper_mb = _most_memory_mb(resource.RUSAGE_SELF), _most_memory_mb(resource.RUSAGE_CHILDREN)
    path = next(folder.glob("*/NPS-000001.toml"))
    path.write_text(f'comment = "Changed."\n{path.read_text("utf-8")}', "utf-8")
    incremental_s, changed = _load(engine, folder)
    assert len(changed.changed) == 1
    return Loading(len(loaded.added), load_s, incremental_s, peak_mb, helper_mb)


def make_registry(url: str) -> Engine:
    """A new registry without substances."""
    engine = make_engine(url)
    schema.upgrade(engine)
    with writing(engine) as session:
        create_registry(session, RegistryMode.DEMONSTRATION)
    return engine


def _load(engine: Engine, folder: Path) -> tuple[float, LoadResult]:
    begun = time.perf_counter()
    with writing(engine) as session:
        result = load_files(session, folder)
    return time.perf_counter() - begun, result


def _most_memory_mb(whose: int) -> float:
    return resource.getrusage(whose).ru_maxrss / _PER_MB


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as scratch:
        print(json.dumps(asdict(measure(Path(sys.argv[1]), Path(scratch, "registry.sqlite")))))
