"""The table that the benchmarks end in."""

from __future__ import annotations

from typing import Any

from benchmarks.ratios import Table, compare, tabulate_findings, tabulate_ratios
from benchmarks.readme import merge


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
    assert "| 3.50 | 3: exceeded |" in tabulate_ratios(ratios).write()


def test_runs_of_different_size_are_compared_per_thing_treated() -> None:
    small, large = measured("bench_s", "g", 1.0, peer=True, entries=10), measured("bench_l", "g", 20.0, entries=100)
    assert compare([small, large])[0].ratio == 2.0


def test_a_figure_without_a_bound_always_holds() -> None:
    ratios = compare([measured("bench_a", "g", 1.0, peer=True), measured("bench_b", "g", 99.0)])
    assert ratios[0].holds


def test_findings_of_different_kinds_stand_in_tables_of_their_own() -> None:
    told = [
        {"what": "morgan", "precision": 0.5},
        {"what": "a million", "memory": 3},
        {"what": "maccs", "precision": 0.4},
    ]
    tables = tabulate_findings(measured("bench_f", "g", 1.0, finding=each) for each in told)
    assert [(table.head, len(table.rows)) for table in tables] == [(("what", "precision"), 2), (("what", "memory"), 1)]


def test_rows_that_were_measured_again_take_the_place_of_the_old_ones_and_the_others_keep_their_date() -> None:
    text = "Before.\n<!-- table -->\nNothing yet.\n<!-- end of table -->\nAfter.\n"
    text = merge(text, [Table(("what", "ms"), (("a", "1"), ("b", "")))], "2026-01-01", "A slow machine.")
    text = merge(text, [Table(("what", "ms"), (("b", ""), ("c", "4")))], "2026-02-02", "A quick machine.")
    lines = text.splitlines()
    assert [line for line in lines if line.startswith(("| a", "| b", "| c"))] == [
        "| a | 1 | 2026-01-01 |", "| b |  | 2026-02-02 |", "| c | 4 | 2026-02-02 |",
    ]  # fmt: skip
    assert "2026-01-01: A slow machine." in text
    assert "2026-02-02: A quick machine." in text
    assert "Nothing yet" not in text
    assert (lines[0], lines[-1]) == ("Before.", "After.")
    again = merge(text, [Table(("what", "ms"), (("a", "5"),))], "2026-02-02", "A quick machine.")
    assert "A slow machine." not in again, "no row is of that day any more"
