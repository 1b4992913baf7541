"""The last table in ``benchmarks/README.md``, with what it was measured on."""

from __future__ import annotations

import os
import platform
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

README = Path(__file__).parent / "README.md"
_PACKAGES = ("nps-registry", "rdkit", "numpy", "numba", "fpsim2", "fastapi")
TABLE = "table"


def write_readme(text: str, section: str = TABLE) -> None:
    """Put *text* between the marks of *section* in the README."""
    begin, end = f"<!-- {section} -->", f"<!-- end of {section} -->"
    before, _, rest = README.read_text(encoding="utf-8").partition(begin)
    _, _, after = rest.partition(end)
    README.write_text(f"{before}{begin}\n{text}\n{end}{after}", encoding="utf-8")


def describe_machine() -> str:
    """Date, machine and versions in one paragraph."""
    versions = ", ".join(f"{name} {version(name)}" for name in _PACKAGES)
    cores = f"{os.cpu_count()} cores, {_cpu_model()}"
    return f"{datetime.now(UTC):%Y-%m-%d}. {cores}; Python {platform.python_version()}, {versions}."


def _cpu_model() -> str:
    told = Path("/proc/cpuinfo")
    lines = told.read_text(encoding="utf-8").splitlines() if told.exists() else []
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.machine())
