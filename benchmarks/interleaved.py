"""Contenders measured in turns, round by round: a machine does not stay equally fast for a minute."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median

from pytest_benchmark.fixture import BenchmarkFixture


@dataclass(frozen=True, slots=True)
class Contender:
    """Something to measure.

    Attributes:
        name: as the table calls it.
        run: does the work once.
        peer: whether it is somebody else's.
        bounds: of ours, the greatest ratio to each peer by its name.
        per: how many things one run treats; the figures are per thing.
        before: what has to be there for a run; its time does not count.
        after: what is to be cleared away behind a run; its time does not count.
    """

    name: str
    run: Callable[[], object]
    peer: bool = False
    bounds: tuple[tuple[str, float], ...] = ()
    per: int = 1
    before: Callable[[], object] = lambda: None
    after: Callable[[], object] = lambda: None


def take_turns(
    benchmark: BenchmarkFixture, group: str, contenders: Sequence[Contender], rounds: int, warmup_rounds: int = 1
) -> None:
    """Measure *contenders* so many *rounds*, each once a round, and leave their medians for the table."""
    times: dict[str, list[float]] = {contender.name: [] for contender in contenders}

    def one_round() -> None:
        for contender in contenders:
            contender.before()
            begun = time.perf_counter()
            contender.run()
            times[contender.name].append((time.perf_counter() - begun) / contender.per)
            contender.after()

    benchmark.group = group
    benchmark.pedantic(one_round, rounds=rounds, warmup_rounds=warmup_rounds)  # type: ignore[no-untyped-call]
    benchmark.extra_info["turns"] = [
        {
            "name": contender.name,
            "median_s": median(times[contender.name][warmup_rounds:]),
            "peer": contender.peer,
            "bounds": dict(contender.bounds),
        }
        for contender in contenders
    ]
