"""Two spellings of one name fold alike; two names do not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nps_registry.vocabulary.folding import flatten, fold, loosen

NAME_LETTERS = st.text(alphabet="abMNoα-β, ().+±Δ²⁹0123é‐[]", max_size=40)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("α-PVP", "Alpha PVP"),
        ("α-PVP", ".ALPHA.-PVP"),
        ("Δ⁹-THC", "delta-9-thc"),
        ("4,4′-DMAR", "4,4'-dmar"),
        ("3–MMC", "3-MMC"),
        ("3 mmc", "3-MMC"),
        ("Mébroqualone", "mebroqualone"),
        ("N-(2-Aminopropyl)indole", "n 2 aminopropyl indole"),
        ("(±)-MDMA", "rac-MDMA"),
        ("DL-Amphetamine", "AMPHETAMINE, (+/-)-"),
        ("(−)-Methadone", "methadone, (-)-"),
        ("4-MA, (R)-", "(r)-4-ma"),
        ("Benzeneethanamine, 4-bromo-2,5-dimethoxy-", "4-bromo-2,5-dimethoxybenzeneethanamine"),
    ],
)
def test_spellings_of_one_name_fold_alike(one: str, other: str) -> None:
    assert fold(one) == fold(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("2-FMA", "3-FMA"),
        ("JWH-018", "JWH-081"),
        ("(R)-MDMA", "(S)-MDMA"),
        ("(±)-MDMA", "MDMA"),
        ("(+)-methadone", "(-)-methadone"),
        ("β'-phenylfentanyl", "β-phenylfentanyl"),
        ("2'-methylfentanyl", "2-methylfentanyl"),
        ("метадон", "methadone"),
    ],
)
def test_names_of_two_substances_stay_two(one: str, other: str) -> None:
    assert fold(one) != fold(other)


@given(NAME_LETTERS)
def test_folding_a_folded_name_changes_nothing(name: str) -> None:
    assert fold(fold(name)) == fold(name)


@given(NAME_LETTERS)
def test_case_and_hyphens_between_words_do_not_matter(name: str) -> None:
    assert fold(name.upper()) == fold(name)


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("a-PVP", "α-PVP"),
        ("5-fluoro-MDMB-PICA", "5F-MDMB-PICA"),
        ("para fluorofentanyl", "p-fluorofentanyl"),
        ("4-OH-MET", "4-hydroxy-MET"),
        ("4-AcO-DMT", "4-acetoxy-DMT"),
        ("beta-keto-MDMA", "bk-MDMA"),
        ("N-ethylpentylone", "ethylpentylone"),
        ("4,4-DMAR", "4,4'-DMAR"),
    ],
)
def test_what_people_type_in_a_hurry_is_loosely_equal(typed: str, written: str) -> None:
    assert loosen(typed) == loosen(written)


def test_loosening_keeps_digits_and_stereo() -> None:
    assert loosen("2-FMA") != loosen("3-FMA")
    assert loosen("R-MDMA") != loosen("S-MDMA")


@pytest.mark.parametrize("name", ["(R)-MDMA", "DL-MDMA", "MDMA, (+)-", "d-MDMA", "(±)-MDMA"])
def test_flattening_takes_the_stereo_away(name: str) -> None:
    assert flatten(name) == loosen("MDMA")
