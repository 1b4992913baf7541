"""How well increases are found, beside EARS C1-C3 and improved Farrington on the same series.

Nothing is timed. What readers are told is measured: ``serving.py`` judges each week with the service's own functions.
It is compared with each peer at as many false alarms as the peer raises (the threshold on the probability is moved
until they are equal), and as it decides by default.

The rule was tuned on seeds 1 and 2026; what is reported is another.
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from pytest_benchmark.fixture import BenchmarkFixture

from benchmarks.backtest import Sample, assess, compare_days, compare_sensitivity, draw_series
from benchmarks.backtest_report import BACKTEST, Beside, Report, write_section, write_shipped
from benchmarks.peers import surveillance
from benchmarks.serving import serve
from benchmarks.simulation import Simulation, simulate

SEED = 2027
SERIES = 600
WEEKS = range(216, 416)  # the last 200 of 416: improved Farrington asks for four years before
KEPT = Path(__file__).parent.parent / "var" / "benchmarks"
ENOUGH = "at least 5 reports in 4 weeks"
PEERS = {
    "C1": "EARS C1",
    "C2": "EARS C2",
    "C3": "EARS C3",
    "C1-sigma": "EARS C1, standard deviation at least 1",
    "C2-sigma": "EARS C2, standard deviation at least 1",
    "C3-sigma": "EARS C3, standard deviation at least 1",
}
ALPHAS = (0.05, 0.005)  # the package's own, and one side of Noufaily et al.'s
FARRINGTON = {"farrington": "improved Farrington", "farrington-effort": "improved Farrington, effort as offset"}
SHOWN = {
    "EARS C1": "ears_c1",
    "EARS C2": "ears_c2",
    "EARS C3": "ears_c3",
    f"improved Farrington, alpha 0.05, {ENOUGH}": "farrington",
    "improved Farrington, alpha 0.05": "farrington_sparse",
}


@pytest.mark.full
def bench_increases_beside_surveillance(benchmark: BenchmarkFixture) -> None:
    """Leaves what is shipped with the package beside what R said; ``--write`` puts it there."""
    versions = surveillance.find_version()
    if versions is None:
        pytest.skip("R with the package surveillance is needed: apt-get install r-cran-surveillance")
    simulation = simulate(SEED)
    told = benchmark.pedantic(lambda: _measure(simulation, versions), rounds=1)  # type: ignore[no-untyped-call]
    benchmark.group = BACKTEST
    benchmark.extra_info["section"] = {"name": BACKTEST, "text": write_section(told)}
    write_shipped(told, KEPT / "backtest.toml")


def _measure(simulation: Simulation, versions: str) -> Report:
    rows = draw_series(simulation, SEED, SERIES)
    counts, effort = simulation.counts[rows], simulation.effort[rows]
    sample = Sample(simulation, rows, WEEKS)
    theirs = surveillance.judge(counts, effort, WEEKS, KEPT / f"backtest-{SEED}")
    alarms, scores = serve(simulation, WEEKS)
    peers = [_set_beside(sample, name, each, scores[rows]) for name, each in _list_alarms(counts, theirs)]
    world = simulation.world
    about = {
        "seed": SEED, "countries": world.countries, "substances": world.substances, "years": world.years,
        "watched": len(simulation.counts), "series": len(rows), "weeks": len(WEEKS), "outbreaks": len(sample.outbreaks),
    }  # fmt: skip
    whose = f"nps-registry {version('nps-registry')}, surveillance {versions}"
    return Report(about, whose, assess(sample, alarms[rows]), peers)


def _list_alarms(
    counts: NDArray[np.int64], theirs: dict[str, NDArray[np.float64]]
) -> Iterator[tuple[str, NDArray[np.bool_]]]:
    for method, name in PEERS.items():
        yield name, theirs[method] > 0
    enough = np.stack([counts[:, week - 3 : week + 1].sum(axis=1) >= 5 for week in WEEKS], axis=1)
    for method, name in FARRINGTON.items():
        for alpha in ALPHAS:
            called = theirs[method] <= alpha
            yield f"{name}, alpha {alpha}, {ENOUGH}", called & enough
            yield f"{name}, alpha {alpha}", called


def _set_beside(sample: Sample, name: str, theirs: NDArray[np.bool_], scores: NDArray[np.float64]) -> Beside:
    ours = sample.match(scores, theirs)
    return Beside(
        name=name,
        theirs=assess(sample, theirs),
        ours=assess(sample, ours),
        gain=compare_sensitivity(sample, ours, theirs),
        later=compare_days(sample, ours, theirs),
        key=SHOWN.get(name),
    )
