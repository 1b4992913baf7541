"""What is known of a control's days is said, and what is not known is said too."""

from __future__ import annotations

from typing import Any

import pytest

from nps_registry.http.control_dates import say_dates
from nps_registry.store.tables import Control


@pytest.mark.parametrize(
    ("known", "sentence"),
    [
        ({}, "date of entry into force not recorded"),
        ({"decided_on": "2018-03"}, "decided 2018-03; date of entry into force not recorded"),
        ({"decided_on": "2018-03", "in_force_on": "2018-09-01"}, "decided 2018-03; in force 2018-09-01"),
        (
            {"worded_since": "1982-02-08"},
            "date of entry into force not recorded; in this wording since 1982-02-08 or earlier",
        ),
        (
            {"in_force_on": "2023", "is_temporary": True, "expires_on": "2026-07-26"},
            "in force 2023; temporary, until 2026-07-26",
        ),
        ({"in_force_on": "2023", "is_temporary": True}, "in force 2023; temporary"),
        ({"in_force_on": "2001", "is_temporary": True, "ended_on": "2003"}, "in force 2001; ended 2003"),
    ],
)
def test_each_day_that_is_known_is_said_and_a_missing_entry_into_force_too(
    known: dict[str, Any], sentence: str
) -> None:
    assert say_dates(Control(substance_id=1, list_id="un_1961", **known)) == sentence
