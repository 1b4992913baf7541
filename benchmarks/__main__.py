"""``python -m benchmarks [--full] [--write] [SELECTION...]``: measure, and end in a table of ratios.

Without ``--full`` only what fits into ten minutes is measured: benchmarks marked ``full`` are left out. With
``--write`` the rows go into the tables of ``benchmarks/README.md`` too, in the place of those that say the same; the
others stay with the date that they were measured on. So do the sections that benchmarks tell beside the tables.
"""

from __future__ import annotations

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
    full = "--full" in arguments
    selection = [each for each in arguments if not each.startswith("--")] or [str(DIRECTORY)]
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.unlink(missing_ok=True)
    options = ["-o", "python_files=bench_*.py", "-o", "python_functions=bench_*", "-p", "no:xdist", "--timeout=3000"]
    options += ["--benchmark-only", f"--benchmark-json={RESULTS}", "--benchmark-columns=median,iqr,rounds", "-q"]
    code = pytest.main([*options, *([] if full else ["-m", "not full"]), *selection])
    if RESULTS.exists() and RESULTS.stat().st_size:
        measured = json.loads(RESULTS.read_text(encoding="utf-8"))["benchmarks"]
        tables = [each for each in (tabulate_ratios(compare(measured)), *tabulate_findings(measured)) if each.rows]
        sections = list_sections(measured)
        print("", *(table.write() for table in tables), *sections.values(), sep="\n\n")
        if "--write" in arguments:
            write_readme(tables)
            _write(sections)
    return int(code)


def _write(sections: dict[str, str]) -> None:
    """Put what was told in sections where readers find it; what was not measured stays as it was."""
    for name, text in sections.items():
        write_section(text, name)
    for name in sections.keys() & SHIPPED.keys():
        measured = RESULTS.parent / "benchmarks" / SHIPPED[name].name
        SHIPPED[name].write_text(measured.read_text(encoding="utf-8"), encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
