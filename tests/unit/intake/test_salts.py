"""Salt words in a laboratory's name for what it found."""

from __future__ import annotations

import pytest

from nps_registry.intake.salts import split_salt_words


@pytest.mark.parametrize(
    ("text", "name", "salt"),
    [
        ("Cocaine HCl", "Cocaine", "hydrochloride"),
        ("Heroin Base", "Heroin", "base"),
        ("heroin (free base)", "heroin", "base"),
        ("Amphetamine Sulphate", "Amphetamine", "sulfate"),
        ("Sildenafil Citrate", "Sildenafil", "citrate"),
        ("LSD tartrate", "LSD", "tartrate"),
    ],
)
def test_trailing_salt_words_are_split_off(text: str, name: str, salt: str) -> None:
    assert split_salt_words(text) == (name, salt)


@pytest.mark.parametrize(
    "text", ["Sodium Bicarbonate", "Magnesium Sulfate", "amyl nitrate", "3-MMC", "base", "HCl", "Citric Acid", ""]
)
def test_a_name_that_is_a_salt_by_itself_stays_whole(text: str) -> None:
    assert split_salt_words(text) == (text, None)
