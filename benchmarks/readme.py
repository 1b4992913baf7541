"""The last table in ``benchmarks/README.md``, with what it was measured on."""

from __future__ import annotations

import os
import platform
import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from benchmarks.ratios import Table

README = Path(__file__).parent / "README.md"
_PACKAGES = ("nps-registry", "rdkit", "numpy", "numba", "fpsim2", "fastapi")
_BEGIN, _END = "<!-- table -->", "<!-- end of table -->"
_DAY = "on"
_MACHINE = re.compile(r"^(\d{4}-\d\d-\d\d): (.+)$", re.MULTILINE)


def write_readme(tables: Sequence[Table]) -> None:
    """Put the rows of *tables* between the marks of the README, with this day and this machine."""
    text = README.read_text(encoding="utf-8")
    README.write_text(merge(text, tables, f"{datetime.now(UTC):%Y-%m-%d}", describe_machine()), encoding="utf-8")


def write_section(text: str, section: str) -> None:
    """Put *text* between the marks of *section* in the README."""
    begin, end = f"<!-- {section} -->", f"<!-- end of {section} -->"
    before, _, rest = README.read_text(encoding="utf-8").partition(begin)
    _, _, after = rest.partition(end)
    README.write_text(f"{before}{begin}\n{text}\n{end}{after}", encoding="utf-8")


def merge(text: str, tables: Sequence[Table], day: str, machine: str) -> str:
    """*text* with the rows of *tables*, measured on *day* by *machine*, in the place of those about the same things."""
    before, _, rest = text.partition(_BEGIN)
    inside, _, after = rest.partition(_END)
    machines = dict(_MACHINE.findall(inside)) | {day: machine}
    kept = {table.head: table for table in _read_tables(inside)}
    for table in tables:
        head = (*table.head, _DAY)
        rows = {row[: table.keys]: row for row in kept[head].rows} if head in kept else {}
        rows |= {row[: table.keys]: (*row, day) for row in table.rows}
        kept[head] = Table(head, tuple(rows.values()), table.keys)
    days = {row[-1] for table in kept.values() for row in table.rows}
    told = [f"{each}: {machines[each]}" for each in sorted(days & machines.keys())]
    parts = [*told, *(table.write() for table in kept.values())]
    return f"{before}{_BEGIN}\n" + "\n\n".join(parts) + f"\n{_END}{after}"


def _read_tables(text: str) -> Iterator[Table]:
    """The tables that :func:`merge` wrote."""
    for block in text.split("\n\n"):
        lines = [line for line in block.splitlines() if line.startswith("|")]
        if lines:
            head, _marks, *rows = (tuple(cell.strip() for cell in line[1:-1].split("|")) for line in lines)
            yield Table(head, tuple(rows))


def describe_machine() -> str:
    """Machine and versions in one sentence."""
    versions = ", ".join(f"{name} {version(name)}" for name in _PACKAGES)
    cores = f"{os.cpu_count()} cores, {_cpu_model()}"
    return f"{cores}; Python {platform.python_version()}, {versions}."


def _cpu_model() -> str:
    told = Path("/proc/cpuinfo")
    lines = told.read_text(encoding="utf-8").splitlines() if told.exists() else []
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.machine())
