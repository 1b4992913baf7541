"""Well-known names as people type them find their substance first in the catalogue that is shipped.

The table has the first block of the InChIKey of a structure drawn for each substance from general knowledge, not
taken from the catalogue, so that it judges the catalogue's structures as well as the search.
"""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from nps_registry.search.names import find_by_name
from nps_registry.search.questions import NameQuestion
from tests.unit.search.shipped import shipped

_TABLE = Path(__file__).resolve().parents[2] / "cases" / "names" / "typed.tsv"


def _read_table() -> list[tuple[str, str]]:
    with _TABLE.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file, delimiter="\t")
        return [(typed, row["skeleton"]) for row in rows for typed in row["typed"].split("|")]


def test_the_table_has_more_than_three_hundred_names() -> None:
    assert len({typed for typed, _ in _read_table()}) > 300


@pytest.mark.parametrize(("typed", "skeleton"), _read_table())
def test_a_well_known_name_finds_its_substance_first(typed: str, skeleton: str) -> None:
    hits = find_by_name(shipped(), NameQuestion(typed, 1)).hits

    assert [hit.entry.row.skeleton for hit in hits] == [skeleton]
