"""Whether firsts and harm are exact, on the events of the back-test; nothing is timed, and no peer is needed."""

from __future__ import annotations

from pytest_benchmark.fixture import BenchmarkFixture

from benchmarks.bench_backtest import KEPT, SEED
from benchmarks.exact_report import EXACT, Exact, write_section, write_shipped
from benchmarks.firsts_found import check_firsts
from benchmarks.harm_cases import draw_cases
from benchmarks.harms_found import check_harms
from benchmarks.simulation import simulate
from nps_registry.vocabulary.signal import SignalKind


def bench_exact_events(benchmark: BenchmarkFixture) -> None:
    """Leaves what is shipped with the package; ``--write`` puts it there."""
    about, measured = benchmark.pedantic(_measure, rounds=1)  # type: ignore[no-untyped-call]
    benchmark.group = EXACT
    benchmark.extra_info["section"] = {"name": EXACT, "text": write_section(about, measured)}
    KEPT.mkdir(parents=True, exist_ok=True)
    write_shipped(about, measured, KEPT / "exact.toml")
    assert all(each.there == each.found and not each.wrong for each in measured.values())


def _measure() -> tuple[dict[str, int], dict[SignalKind, Exact]]:
    simulation = simulate(SEED)
    cases = draw_cases(simulation.events, simulation.world, SEED)
    about = {"seed": SEED, "events": len(simulation.events.week), "cases": len(cases)}
    world = simulation.world
    return about, check_firsts(simulation.events, world) | check_harms(cases, world)
