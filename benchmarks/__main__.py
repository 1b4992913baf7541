"""``python -m benchmarks [--full] [--write] [-k EXPRESSION] [SELECTION...]``: measure, and end in a table of ratios."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

import pytest

from benchmarks import backtest_report, exact_report
from benchmarks.ratios import compare, list_sections, tabulate_findings, tabulate_ratios
from benchmarks.readme import write_readme, write_section

DIRECTORY = Path(__file__).parent
SHIPPED = {
    backtest_report.BACKTEST: backtest_report.SHIPPED,
    exact_report.EXACT: exact_report.SHIPPED,
}
"""Which section has its figures in a file of the package, too."""
RESULTS = DIRECTORY.parent / "var" / "benchmarks.json"


def main(arguments: list[str]) -> int:
    """Run the benchmarks that *arguments* select; answer pytest's exit code."""
    asked = _read(arguments)
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.unlink(missing_ok=True)
    options = ["-o", "python_files=bench_*.py", "-o", "python_functions=bench_*", "-p", "no:xdist", "--timeout=3000"]
    options += ["--benchmark-only", f"--benchmark-json={RESULTS}", "--benchmark-columns=median,iqr,rounds", "-q"]
    options += ([] if asked.full else ["-m", "not full"]) + (["-k", asked.only] if asked.only else [])
    code = pytest.main([*options, *(asked.selection or [str(DIRECTORY)])])
    if RESULTS.exists() and RESULTS.stat().st_size:
        measured = json.loads(RESULTS.read_text(encoding="utf-8"))["benchmarks"]
        tables = [each for each in (tabulate_ratios(compare(measured)), *tabulate_findings(measured)) if each.rows]
        sections = list_sections(measured)
        print("", *(table.write() for table in tables), *sections.values(), sep="\n\n")
        if asked.write:
            write_readme(tables)
            _write(sections)
    return int(code)


def _read(arguments: list[str]) -> argparse.Namespace:
    """What is asked for; tells the usage and ends where that is asked or an option is unknown."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks",
        description="Measure beside the peers, and end in a table of ratios. Without --full it takes ten minutes.",
        allow_abbrev=False,
    )
    parser.add_argument("--full", action="store_true", help="also what takes longer: libraries up to 1,000,000")
    parser.add_argument(
        "--write",
        action="store_true",
        help="put the rows, and the sections told beside them, into benchmarks/README.md in the place of those that"
        " say the same; the others stay with the day that they were measured on",
    )
    parser.add_argument("-k", dest="only", metavar="EXPRESSION", help="only those whose names fit, as pytest reads it")
    parser.add_argument("selection", nargs="*", metavar="SELECTION", help="files, or benchmarks in them; else all")
    return parser.parse_args(arguments)


def _write(sections: dict[str, str]) -> None:
    """Put what was told in sections where readers find it; what was not measured stays as it was."""
    for name, text in sections.items():
        write_section(text, name)
    for name in sections.keys() & SHIPPED.keys():
        measured = RESULTS.parent / "benchmarks" / SHIPPED[name].name
        SHIPPED[name].write_text(measured.read_text(encoding="utf-8"), encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
