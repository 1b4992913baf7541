"""CAS numbers and their check digit."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nps_registry.catalogue.lint.identifiers import is_cas_number


@pytest.mark.parametrize("number", ["50-37-3", "437-38-7", "1246911-86-3", "14680-51-4", "58-08-2", "2169968-54-9"])
def test_numbers_of_real_substances_are_cas_numbers(number: str) -> None:
    assert is_cas_number(number)


@pytest.mark.parametrize("text", ["", "50-37", "050-37-3", "50-37-33", "50–37–3", "CAS 50-37-3", "12345678-12-1"])
def test_what_does_not_have_the_shape_is_none(text: str) -> None:
    assert not is_cas_number(text)


@given(number=st.integers(10, 9_999_999), tail=st.integers(0, 99))
def test_exactly_one_check_digit_fits_every_number(number: int, tail: int) -> None:
    assert sum(is_cas_number(f"{number}-{tail:02d}-{digit}") for digit in range(10)) == 1
