"""EARS C1-C3 and improved Farrington as the R package ``surveillance`` computes them (Salmon et al. 2016)."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

SCRIPT = Path(__file__).with_name("surveillance.R")
EARS = ("C1", "C2", "C3", "C1-sigma", "C2-sigma", "C3-sigma")
FARRINGTON = ("farrington", "farrington-effort")
SERIES_A_RUN = 50
PROCESSES = 2


def find_version() -> str | None:
    """The version of the package with R's own, or nothing where either is missing."""
    if shutil.which("Rscript") is None:
        return None
    asked = 'cat(as.character(packageVersion("surveillance")), "with R", as.character(getRversion()))'
    answer = subprocess.run(["Rscript", "-e", asked], capture_output=True, text=True, check=False)
    return answer.stdout.strip() if answer.returncode == 0 else None


def judge(
    counts: NDArray[np.int64], effort: NDArray[np.int64], weeks: range, directory: Path, processes: int = PROCESSES
) -> dict[str, NDArray[np.float64]]:
    """What each method says of each week: by name (series, weeks); EARS 1 for an alarm, Farrington a probability.

    What lies in *directory* already is not computed again: a run that was stopped goes on where it was.

    Args:
        counts: (series, all weeks)
        effort: the same shape: reports of the series' country on everything else; half a report is added to each
            week, for the package takes the logarithm.
        weeks: those judged, counted from 0.
        directory: a place of these series alone.
        processes: how many run at once.
    """
    directory.mkdir(parents=True, exist_ok=True)
    np.savetxt(directory / "counts.csv", counts, fmt="%d", delimiter=",")
    np.savetxt(directory / "effort.csv", effort + 0.5, fmt="%g", delimiter=",")
    firsts = range(1, len(counts) + 1, SERIES_A_RUN)
    runs = [("ears", 1, len(counts))]
    runs += [(method, row, min(row + SERIES_A_RUN - 1, len(counts))) for method in FARRINGTON for row in firsts]
    with ThreadPoolExecutor(processes) as pool:
        list(pool.map(lambda run: _run(directory, weeks, *run), runs))
    read = {method: [directory / f"{method}-1.csv"] for method in EARS}
    read |= {method: [directory / f"{method}-{row}.csv" for row in firsts] for method in FARRINGTON}
    return {method: _read(paths) for method, paths in read.items()}


def _run(directory: Path, weeks: range, method: str, first: int, last: int) -> None:
    kept = directory / f"{EARS[-1] if method == 'ears' else method}-{first}.csv"
    if kept.exists():
        return
    told = [directory, weeks.start + 1, weeks.stop, first, last, method]
    subprocess.run(["Rscript", SCRIPT, *map(str, told)], check=True)


def _read(paths: Sequence[Path]) -> NDArray[np.float64]:
    rows = [np.genfromtxt(path, delimiter=",", missing_values="NA", filling_values=np.nan, ndmin=2) for path in paths]
    return np.concatenate(rows)
