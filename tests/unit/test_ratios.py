"""The table that the benchmarks end in."""

from __future__ import annotations

from typing import Any

from benchmarks.ratios import compare, write_table


def measured(name: str, group: str, median_s: float, **extra: object) -> dict[str, Any]:
    """One entry as pytest-benchmark writes it."""
    return {"name": name, "group": group, "stats": {"median": median_s}, "extra_info": extra}


def test_each_figure_stands_beside_the_peers_of_its_own_group() -> None:
    ratios = compare(
        [
            measured("bench_floor", "http", 0.002, peer=True),
            measured("bench_similarity", "http", 0.005, at_most=3.0),
            measured("bench_other_floor", "load", 1.0, peer=True),
        ]
    )
    assert [(each.name, each.peer, each.ratio) for each in ratios] == [("similarity", "floor", 2.5)]


def test_a_bound_that_is_exceeded_shows_in_the_table() -> None:
    ratios = compare([measured("bench_a", "g", 1.0, peer=True), measured("bench_b", "g", 3.5, at_most=3.0)])
    assert not ratios[0].holds
    assert "| 3.50 | 3: exceeded |" in write_table(ratios)


def test_runs_of_different_size_are_compared_per_thing_treated() -> None:
    small, large = measured("bench_s", "g", 1.0, peer=True, entries=10), measured("bench_l", "g", 20.0, entries=100)
    assert compare([small, large])[0].ratio == 2.0


def test_a_figure_without_a_bound_always_holds() -> None:
    ratios = compare([measured("bench_a", "g", 1.0, peer=True), measured("bench_b", "g", 99.0)])
    assert ratios[0].holds
