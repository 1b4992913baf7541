"""``python -m benchmarks [--full] [--write] [SELECTION...]``: measure, and end in a table of ratios.

Without ``--full`` only what fits into ten minutes is measured: benchmarks marked ``full`` are left out. With
``--write`` the table goes into ``benchmarks/README.md`` too, with the machine, the versions and the date; so do
the sections that benchmarks tell beside it, each into its own place.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from benchmarks.backtest_report import BACKTEST, SHIPPED
from benchmarks.ratios import compare, list_sections, write_findings, write_table
from benchmarks.readme import TABLE, describe_machine, write_readme

DIRECTORY = Path(__file__).parent
RESULTS = DIRECTORY.parent / "var" / "benchmarks.json"


def main(arguments: list[str]) -> int:
    """Run the benchmarks that *arguments* select; answer pytest's exit code."""
    full = "--full" in arguments
    selection = [each for each in arguments if not each.startswith("--")] or [str(DIRECTORY)]
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.unlink(missing_ok=True)
    options = ["-o", "python_files=bench_*.py", "-o", "python_functions=bench_*", "-p", "no:xdist", "--timeout=3000"]
    options += ["--benchmark-only", f"--benchmark-json={RESULTS}", "--benchmark-columns=median,iqr,rounds", "-q"]
    code = pytest.main([*options, *([] if full else ["-m", "not full"]), *selection])
    if RESULTS.exists() and RESULTS.stat().st_size:
        measured = json.loads(RESULTS.read_text(encoding="utf-8"))["benchmarks"]
        sections = list_sections(measured)
        ratios = compare(measured)
        if ratios or not sections:
            tables = "\n\n".join(filter(None, (write_table(ratios), write_findings(measured))))
            sections[TABLE] = f"{describe_machine()}\n\n{tables}"
        print("", *sections.values(), sep="\n\n")
        if "--write" in arguments:
            _write(sections)
    return int(code)


def _write(sections: dict[str, str]) -> None:
    """Put what was measured where readers find it; what was not measured stays as it was."""
    for name, text in sections.items():
        write_readme(text, name)
    if BACKTEST in sections:
        SHIPPED.write_text((RESULTS.parent / "benchmarks" / SHIPPED.name).read_text(encoding="utf-8"), encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
