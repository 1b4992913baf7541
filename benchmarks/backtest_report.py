"""The back-test's figures as a section of the README, and as the file that the about page reads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.backtest import Figure, Quality
from nps_registry.signals import quality

SHIPPED = Path(quality.__file__).with_name(quality.FILE)
BACKTEST = "back-test"
LEAST_GAIN = 0.05


@dataclass(frozen=True, slots=True)
class Beside:
    """A peer, and ours at as many false alarms as it raises.

    Attributes:
        ours: what the registry finds.
        gain: how much more of the outbreaks that is.
        later: how many days ours comes later, on average of the outbreaks that both find.
        key: its key where the about page names it.
    """

    name: str
    theirs: Quality
    ours: Quality
    gain: Figure
    later: Figure
    key: str | None = None

    @property
    def holds(self) -> bool:
        """Whether ours finds at least 0.05 more, its median no later, and its mean not later beyond chance."""
        no_later = self.later.low <= 0 and self.ours.days.value <= self.theirs.days.value
        return self.gain.value >= LEAST_GAIN and no_later


@dataclass(frozen=True, slots=True)
class Report:
    """All that is told; *ours* is the registry as it decides by default."""

    about: Mapping[str, int]
    versions: str
    ours: Quality
    peers: Sequence[Beside]


def write_section(report: Report) -> str:
    """The section of ``benchmarks/README.md``, in Markdown."""
    about = report.about
    lines = [
        f"{datetime.now(UTC):%Y-%m-%d}; {report.versions}. Seed {about['seed']} (tuned on others): "
        f"{about['countries']} countries, {about['substances']} substances, {about['years']} years; "
        f"{about['watched']} series watched, a sample of {about['series']} judged in {about['weeks']} weeks "
        f"with {about['outbreaks']} outbreaks. In brackets: 95 % intervals, by bootstrap over series.",
        "",
        "| method | sensitivity | median days to detection | false alarms per country-year | alarms that were right |",
        "|---|--:|--:|--:|--:|",
        _write_quality("**the registry**", report.ours),
        *(_write_quality(each.name, each.theirs) for each in report.peers),
        "",
        "The registry at as many false alarms as each peer:",
        "",
        "| beside | the registry's sensitivity | more than theirs | its median days | days later on those both find "
        "| reach |",
        "|---|--:|--:|--:|--:|---|",
        *(_write_beside(each) for each in report.peers),
    ]
    return "\n".join(lines)


def _write_quality(name: str, quality_: Quality) -> str:
    told = ((quality_.sensitivity, 3), (quality_.days, 0), (quality_.false_alarms, 2), (quality_.right, 3))
    return f"| {name} | {' | '.join(_write(figure, digits) for figure, digits in told)} |"


def _write_beside(each: Beside) -> str:
    ours = f"{_write(each.ours.sensitivity, 3)} | {_write(each.gain, 3, '+')} | {_write(each.ours.days, 0)}"
    reach = "held" if each.holds else "missed"
    return f"| {each.name} | {ours} | {_write(each.later, 1, '+')} | {reach} |"


def _write(figure: Figure, digits: int, sign: str = "") -> str:
    form = f"{sign}.{digits}f"
    return f"{figure.value:{form}} ({figure.low:{form}} to {figure.high:{form}})"


def write_shipped(report: Report, path: Path = SHIPPED) -> None:
    """Put the few figures that readers are shown into the package."""
    about = report.about
    lines = [
        "# Written by: python -m benchmarks --full --write benchmarks/bench_backtest.py",
        f'measured_on = "{datetime.now(UTC):%Y-%m-%d}"',
        f'versions = "{report.versions}"',
        *(f"{key} = {about[key]}" for key in ("seed", "countries", "substances", "years", "series", "outbreaks")),
        *_list_method(quality.OURS, report.ours, None),
    ]
    for each in report.peers:
        if each.key:
            lines += _list_method(each.key, each.theirs, each.ours.sensitivity)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _list_method(key: str, quality_: Quality, ours: Figure | None) -> list[str]:
    figures = {"sensitivity": quality_.sensitivity, "days": quality_.days}
    figures |= {"false_alarms": quality_.false_alarms, "right": quality_.right}
    if ours is not None:
        figures["ours"] = ours
    rows = (f"{name} = [{each.value:.3f}, {each.low:.3f}, {each.high:.3f}]" for name, each in figures.items())
    return ["", "[[methods]]", f'key = "{key}"', *rows]
