"""How many died is told from a number on, and what is told beside it does not give it away."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from nps_registry.vocabulary.cases import FEWEST_DEATHS, open_cases, tell_cases

COUNTS = st.integers(0, 40)
FEW = st.integers(0, FEWEST_DEATHS - 1)


@given(FEW, FEW, st.integers(FEWEST_DEATHS, 40))
def test_what_is_told_of_few_deaths_is_the_same_however_many_they_were(one: int, other: int, cases: int) -> None:
    told = [open_cases(fatal, cases - fatal) for fatal in (one, other)]
    assert told[0] == told[1]
    assert tell_cases(told[0]) == tell_cases(told[1])


@given(st.integers(FEWEST_DEATHS, 40), COUNTS)
def test_many_deaths_are_told_by_number(fatal: int, severe: int) -> None:
    assert open_cases(fatal, severe) == {"cases": fatal + severe, "fatal": fatal, "severe": severe}
    assert tell_cases(open_cases(fatal, severe)).startswith(f"{fatal} fatal")


def test_nothing_is_said_where_there_is_no_case() -> None:
    assert tell_cases(open_cases(0, 0)) == ""
