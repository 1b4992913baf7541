"""What rows of a table repeat is read once, and means what it would have meant by itself."""

from __future__ import annotations

from typing import Any

import pytest

from nps_registry.errors import InvalidInput
from nps_registry.intake.amendment import read_submission
from nps_registry.intake.cells import PartReader
from nps_registry.intake.flat_columns import DETECTION
from nps_registry.intake.mapping import Cell
from nps_registry.intake.repeated import Repeated
from nps_registry.intake.submission import CELLS_OF_A_TABLE
from nps_registry.intake.table import TableRow


def said(country: str, purity: str, mass: str) -> dict[str, Any]:
    event = {"type": "seizure", "country": country, "collected_on": "2026-02-03"}
    return {
        "sharing": "public",
        "event": event,
        "items": [{"net_mass_g": mass, "detections": [{"name": "caffeine", "purity_percent": purity}]}],
    }


def test_rows_read_behind_others_are_read_as_by_themselves() -> None:
    repeated = Repeated()
    rows = [said("DE", "5", "1"), said("FR", "5", "2"), said("DE", "6", "2"), said("DE", "5", "1")]
    read = [repeated.read_submission(row) for row in rows]
    assert read == [read_submission(row, context=CELLS_OF_A_TABLE) for row in rows]
    assert read[0].event is read[2].event
    assert read[0].items[0].detections[0] is read[1].items[0].detections[0]


def test_a_fault_is_told_of_every_row_that_has_it() -> None:
    repeated = Repeated()
    for _row in range(2):
        with pytest.raises(InvalidInput) as refusal:
            repeated.read_submission(said("DE", "500", "1"))
        assert [error.field for error in refusal.value.errors or ()] == ["items[0].detections[0].purity_percent"]


def test_equal_cells_say_the_same_and_have_the_same_faults() -> None:
    reader = PartReader(DETECTION, {"name": Cell(column="Name"), "role": Cell(column="Role", words={"Main": "major"})})
    good, bad = ({"Name": "Caffeine", "Role": role, "Note": "a"} for role in ("Main", "Other"))
    assert reader.read(TableRow(1, good)).said == {"name": "Caffeine", "role": "major"}
    assert reader.read(TableRow(2, good | {"Note": "b"})) is reader.read(TableRow(1, good))
    assert [error.field for error in reader.read(TableRow(3, bad)).faults] == ["Role"]
    assert [error.field for error in reader.read(TableRow(4, bad)).faults] == ["Role"]
