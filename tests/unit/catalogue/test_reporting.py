"""The page on what the catalogue holds."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree

from nps_registry.catalogue.bars import draw_bars
from nps_registry.catalogue.reporting import compose, draw_plots, write_report
from tests.unit.catalogue.small import MMC, altered, small


def _count(page: str, row: str) -> int:
    found = re.search(rf"^\| {re.escape(row)} \| ([\d,]+) \|", page, re.MULTILINE)
    assert found, f"no row {row!r}"
    return int(found[1].replace(",", ""))


def test_only_nps_count_as_nps() -> None:
    page = compose(small())

    assert _count(page, "Entries") == 23
    assert _count(page, "Listed new psychoactive substances") == 10
    assert _count(page, "Listed") == 17
    assert _count(page, "Merged or withdrawn") == 2


def test_an_entry_that_becomes_a_medicine_leaves_the_count_of_nps() -> None:
    assert _count(compose(altered(MMC, nature="medicine")), "Listed new psychoactive substances") == 9


def test_every_conflict_stands_on_the_page_with_a_link_to_its_file() -> None:
    page = compose(small())

    assert "5F-MDMB-PICA ([NPS-000004](../synthetic_cannabinoid/NPS-000004.toml)): Global-chem draws" in page


def test_the_lints_findings_are_counted_by_rule() -> None:
    assert "| `name-whole` | 3 |" in compose(small(), findings={"name-whole": 3})
    assert "## Lint" not in compose(small())


def test_the_same_files_give_the_same_page_and_plots() -> None:
    assert compose(small()) == compose(small())
    assert draw_plots(small()) == draw_plots(small())


def test_every_plot_that_the_page_shows_is_written(tmp_path: Path) -> None:
    written = {path.name for path in write_report(small(), tmp_path / "report")}

    shown = set(re.findall(r"!\[[^]]*\]\(([^)]+)\)", compose(small())))

    assert shown
    assert shown <= written


def test_a_bar_is_as_long_as_its_count() -> None:
    drawn = ElementTree.fromstring(draw_bars("t", {"one": [10, 0], "two & more": [5, 5]}, ["listed", "not"]))
    bars = [float(bar.attrib["width"]) for bar in drawn.iter("{http://www.w3.org/2000/svg}rect")][2:]

    assert bars == [420.0, 210.0, 210.0]


def test_a_chart_without_rows_is_still_a_chart() -> None:
    assert ElementTree.fromstring(draw_bars("nothing", {}, [])).attrib["role"] == "img"
