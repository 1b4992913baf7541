"""Passwords: which are taken, and how soon a long one is judged."""

from __future__ import annotations

import pytest

from nps_registry.accounts.passwords import require_good_password
from nps_registry.errors import InvalidInput


@pytest.mark.parametrize(
    "password",
    [
        "orange tangle violin ladder",
        "Tr4umhaft#Zwiebel!89",
        "ζωγράφος στο λιμάνι 42",
        "dHn3Gd8sKq0PzX",
        "x9" + "m4k" * 300,
    ],
)
def test_a_password_that_nobody_guesses_is_taken(password: str) -> None:
    require_good_password(password, "ann@example.org")


@pytest.mark.parametrize(
    "password",
    [
        "", "short", "password1234", "Password1234!", "123456789012", "qwertyuiopas", "aaaaaaaaaaaaaaa",
        "iloveyou1234", "ann@example.org", "my ann@example.org", "nps-registry", "abcdefghijkl", "x" * 1_001,
    ],
)  # fmt: skip
def test_a_password_that_is_tried_first_is_refused(password: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        require_good_password(password, "ann@example.org")
    assert [error.field for error in refusal.value.errors] == ["password"]
