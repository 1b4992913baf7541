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
        *_compare_alone([each for each in benchmarks if not {"turns", "finding", "section"} & set(_extra(each))]),
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


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under a head; the first *keys* columns say what a row is about."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    keys: int = 1

    def write(self) -> str:
        """As Markdown; columns of figures to the right."""
        marks = "|".join("--:" if _is_figure(column) else "---" for column in zip(*self.rows, strict=True))
        first, *others = ("| " + " | ".join(cells) + " |" for cells in (self.head, *self.rows))
        return "\n".join([first, f"|{marks}|", *others])


def _is_figure(cells: Iterable[str]) -> bool:
    return all(not cell or cell[0].isdigit() for cell in cells)


RATIO_HEAD = ("what", "measured", "beside", "median ms", "median ms of that", "ratio", "at most")


def tabulate_ratios(ratios: Iterable[Ratio]) -> Table:
    """The ratios with their bounds, times in milliseconds."""
    rows = []
    for each in ratios:
        bound = "" if each.at_most is None else f"{each.at_most:.3g}" if each.holds else f"{each.at_most:.3g}: exceeded"
        times = (f"{each.median_s * 1000:.3f}", f"{each.peer_median_s * 1000:.3f}", f"{each.ratio:.2f}")
        rows.append((each.group, each.name, each.peer, *times, bound))
    return Table(RATIO_HEAD, tuple(rows), keys=3)


def tabulate_findings(measured: Iterable[Mapping[str, Any]]) -> list[Table]:
    """What benchmarks found that is no time, by what is told of each.

    A benchmark says it with ``extra_info["finding"]``: one row by its columns, or a list of such rows.
    """
    rows: dict[tuple[str, ...], dict[tuple[str, ...], None]] = {}
    for each in measured:
        found = _extra(each).get("finding", [])
        for row in found if isinstance(found, list) else [found]:
            rows.setdefault(tuple(row), {})[tuple(map(str, row.values()))] = None
    return [Table(head, tuple(found)) for head, found in rows.items()]


def list_sections(measured: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """What benchmarks tell in a section of their own (``extra_info["section"]``), by its name, in Markdown."""
    sections = [_extra(each)["section"] for each in measured if "section" in _extra(each)]
    return {str(each["name"]): str(each["text"]) for each in sections}


def _is_peer(benchmark: Mapping[str, Any]) -> bool:
    return bool(benchmark["extra_info"].get("peer"))


def _median_s(benchmark: Mapping[str, Any]) -> float:
    """Of one run, or of each thing treated in it where the benchmark says how many there are."""
    return float(benchmark["stats"]["median"]) / int(benchmark["extra_info"].get("entries", 1))


def _words(benchmark: Mapping[str, Any]) -> str:
    return str(benchmark["name"]).removeprefix("bench_").removeprefix("test_").replace("_", " ")
