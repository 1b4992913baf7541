"""What is exact or wrong, as a section of the README, and as the file that the about page reads."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from nps_registry.signals import quality
from nps_registry.vocabulary.signal import SignalKind

SHIPPED = Path(quality.__file__).with_name(quality.EXACT_FILE)
EXACT = "exact events"


class Exact(NamedTuple):
    """How many there were, how many of them were found as they were, how many others were told of."""

    there: int
    found: int
    wrong: int


def write_section(about: Mapping[str, int], measured: Mapping[SignalKind, Exact]) -> str:
    """The section of ``benchmarks/README.md``, in Markdown."""
    lines = [
        f"{datetime.now(UTC):%Y-%m-%d}. Seed {about['seed']}: {about['events']} events, of which {about['cases']} are "
        "cases of harm or stand beside them.",
        "",
        "| kind | there were | found | wrongly told of |",
        "|---|--:|--:|--:|",
        *(f"| {kind.label} | {each.there} | {each.found} | {each.wrong} |" for kind, each in measured.items()),
    ]
    return "\n".join(lines)


def write_shipped(about: Mapping[str, int], measured: Mapping[SignalKind, Exact], path: Path = SHIPPED) -> None:
    """Put the figures into the package."""
    lines = [
        "# Written by: python -m benchmarks --write benchmarks/bench_exact.py",
        f'measured_on = "{datetime.now(UTC):%Y-%m-%d}"',
        *(f"{key} = {about[key]}" for key in ("seed", "events", "cases")),
    ]
    for kind, each in measured.items():
        lines += ["", "[[kinds]]", f'kind = "{kind.value}"', *(f"{k} = {v}" for k, v in each._asdict().items())]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
