"""Periods of bulletins."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from nps_registry.vocabulary.period import Period


@pytest.mark.parametrize(
    ("text", "begins", "ends"),
    [
        ("2026-10", (2026, 10), (2026, 11)),
        ("2026-12", (2026, 12), (2027, 1)),
        ("2026-Q1", (2026, 1), (2026, 4)),
        ("2026-Q4", (2026, 10), (2027, 1)),
    ],
)
def test_a_period_has_a_name_a_beginning_and_an_end(text: str, begins: tuple[int, int], ends: tuple[int, int]) -> None:
    period = Period.read(text)
    assert period is not None
    assert period.key == text
    assert (period.begins, period.ends) == (datetime(*begins, 1, tzinfo=UTC), datetime(*ends, 1, tzinfo=UTC))
    assert period.is_over(period.ends)
    assert not period.is_over(period.begins)
    assert period.before(1).ends == period.begins


@pytest.mark.parametrize(
    "text", ["", "2026", "2026-13", "2026-00", "2026-Q5", "2026-Q0", "1999-10", "２０２６-10", "2026-10 "]
)
def test_what_names_no_period_is_none(text: str) -> None:
    assert Period.read(text) is None
