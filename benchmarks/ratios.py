"""From what was measured to ratios: each figure beside its peers of the same run.

A benchmark belongs to a group (``@pytest.mark.benchmark(group="...")``). A peer says so with
``benchmark.extra_info["peer"] = True``; the others may say what they must not exceed with
``benchmark.extra_info["at_most"] = 3.0``. One whose run treats several things says how many, and counts per
thing: ``benchmark.extra_info["entries"] = 2500``. Seconds of one machine mean nothing on another; a ratio of one
run does.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Ratio:
    """The median of one benchmark, *median_s*, beside that of a peer, *peer_median_s*, both in seconds."""

    group: str
    name: str
    median_s: float
    peer: str
    peer_median_s: float
    at_most: float | None

    @property
    def ratio(self) -> float:
        """How many times the peer's time it took."""
        return self.median_s / self.peer_median_s

    @property
    def holds(self) -> bool:
        """Whether it stays within its bound; true where it has none."""
        return self.at_most is None or self.ratio <= self.at_most


def compare(measured: Iterable[Mapping[str, Any]]) -> list[Ratio]:
    """Each benchmark of pytest-benchmark's JSON beside every peer of its group, in the order measured."""
    benchmarks = list(measured)
    return [
        *_compare_turns(benchmarks),
        *_compare_alone([each for each in benchmarks if not {"turns", "finding"} & set(_extra(each))]),
    ]


def _compare_turns(measured: Iterable[Mapping[str, Any]]) -> Iterator[Ratio]:
    """Those measured in turns (``benchmarks/interleaved.py``) beside the peers of the same rounds."""
    for each in measured:
        turns = _extra(each).get("turns", [])
        for own in turns:
            for peer in turns:
                if peer["peer"] and not own["peer"]:
                    bound = own["bounds"].get(peer["name"])
                    times = (own["median_s"], peer["name"], peer["median_s"])
                    yield Ratio(str(each["group"]), own["name"], *times, bound)


def _extra(benchmark: Mapping[str, Any]) -> Mapping[str, Any]:
    found: Mapping[str, Any] = benchmark.get("extra_info", {})
    return found


def _compare_alone(benchmarks: list[Mapping[str, Any]]) -> list[Ratio]:
    return [
        Ratio(
            group=str(each["group"]),
            name=_words(each),
            median_s=_median_s(each),
            peer=_words(peer),
            peer_median_s=_median_s(peer),
            at_most=each["extra_info"].get("at_most"),
        )
        for each in benchmarks
        if not _is_peer(each)
        for peer in benchmarks
        if _is_peer(peer) and peer["group"] == each["group"]
    ]


def write_table(ratios: Iterable[Ratio]) -> str:
    """The ratios as a Markdown table, times in milliseconds."""
    lines = ["| what | measured | median ms | beside | median ms | ratio | at most |", "|---|---|--:|---|--:|--:|--:|"]
    for each in ratios:
        bound = "" if each.at_most is None else f"{each.at_most:g}" if each.holds else f"{each.at_most:g}: exceeded"
        times = f"{each.median_s * 1000:.3f} | {each.peer} | {each.peer_median_s * 1000:.3f}"
        lines.append(f"| {each.group} | {each.name} | {times} | {each.ratio:.2f} | {bound} |")
    return "\n".join(lines)


def write_findings(measured: Iterable[Mapping[str, Any]]) -> str:
    """What benchmarks found that is no time, as Markdown tables, one for each set of columns; empty where nothing.

    A benchmark says it with ``extra_info["finding"]``: one row by its columns, or a list of such rows.
    """
    tables: dict[tuple[str, ...], list[Mapping[str, Any]]] = {}
    for each in measured:
        found = _extra(each).get("finding", [])
        for row in found if isinstance(found, list) else [found]:
            if row not in (rows := tables.setdefault(tuple(row), [])):
                rows.append(row)
    return "\n\n".join(_write_rows(head, rows) for head, rows in tables.items())


def _write_rows(head: tuple[str, ...], rows: list[Mapping[str, Any]]) -> str:
    lines = ["| " + " | ".join(head) + " |", "|---" * len(head) + "|"]
    return "\n".join([*lines, *("| " + " | ".join(str(row[name]) for name in head) + " |" for row in rows)])


def _is_peer(benchmark: Mapping[str, Any]) -> bool:
    return bool(benchmark["extra_info"].get("peer"))


def _median_s(benchmark: Mapping[str, Any]) -> float:
    """Of one run, or of each thing treated in it where the benchmark says how many there are."""
    return float(benchmark["stats"]["median"]) / int(benchmark["extra_info"].get("entries", 1))


def _words(benchmark: Mapping[str, Any]) -> str:
    return str(benchmark["name"]).removeprefix("bench_").removeprefix("test_").replace("_", " ")
