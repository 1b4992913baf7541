"""Dates as laboratories know them."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nps_registry.vocabulary.partial_date import PartialDate


@given(st.dates(), st.sampled_from([4, 7, 10]))
def test_reading_what_was_written_gives_the_same_date(day: date, characters: int) -> None:
    text = day.isoformat()[:characters]
    assert str(PartialDate.read(text)) == text


@given(st.dates(), st.dates())
def test_full_dates_keep_their_order(left: date, right: date) -> None:
    assert (PartialDate.of(left) < PartialDate.of(right)) == (left < right)
    assert (str(PartialDate.of(left)) < str(PartialDate.of(right))) == (left < right)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "26-01-01",
        "2026-13",
        "2026-02-30",
        "2026-00",
        "2026-01-00",
        "2026/01/01",
        "2026-1-1",
        " 2026",
        "٢٠٢٦",
        "0000",
    ],
)
def test_what_is_no_date_is_refused_in_a_sentence(text: str) -> None:
    with pytest.raises(ValueError, match=r"not a date|YYYY"):
        PartialDate.read(text)


@pytest.mark.parametrize(
    ("text", "quarter"), [("2026", 0), ("2026-01", 1), ("2026-03-31", 1), ("2026-04", 2), ("2026-12-31", 4)]
)
def test_a_year_alone_claims_no_quarter(text: str, quarter: int) -> None:
    assert PartialDate.read(text).quarter == quarter
