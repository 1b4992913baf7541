"""Codes of the second factor, held against RFC 6238's own table."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta

import pytest

from nps_registry.accounts.second_factor import current_code, find_step, mint_recovery_codes, write_address

RFC_SECRET = base64.b32encode(b"12345678901234567890").decode()


@pytest.mark.parametrize(
    ("second", "code"),
    [(59, "287082"), (1111111109, "081804"), (1111111111, "050471"), (1234567890, "005924"), (2000000000, "279037")],
)
def test_the_codes_are_those_of_the_standard(second: int, code: str) -> None:
    """RFC 6238, appendix B, the last six of its eight digits."""
    at = datetime.fromtimestamp(second, UTC)
    assert current_code(RFC_SECRET, at) == code
    assert find_step(RFC_SECRET, code, at) == second // 30


@pytest.mark.parametrize(("steps", "found"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_a_clock_may_be_wrong_by_one_step(steps: int, found: bool) -> None:
    at = datetime(2026, 5, 1, 12, 0, 15, tzinfo=UTC)
    code = current_code(RFC_SECRET, at + timedelta(seconds=30 * steps))
    assert (find_step(RFC_SECRET, code, at) is not None) is found


@pytest.mark.parametrize("given", ["", "28708", "2870822", "२८७०८२", "\x00", "abcdef"])
def test_what_is_no_code_is_none(given: str) -> None:
    assert find_step(RFC_SECRET, given, datetime.fromtimestamp(59, UTC)) is None


def test_recovery_codes_differ_and_can_be_read_aloud() -> None:
    codes = [code for _time in range(20) for code in mint_recovery_codes()]
    assert len(set(codes)) == len(codes) == 200
    assert all(set(code) <= set("abcdefghijklmnopqrstuvwxyz234567-") and len(code) == 19 for code in codes)


def test_the_address_of_the_qr_code_names_the_registry_and_the_account() -> None:
    address = write_address(RFC_SECRET, "ann@example.org")
    assert address.startswith("otpauth://totp/NPS%20registry:ann%40example.org?secret=")
