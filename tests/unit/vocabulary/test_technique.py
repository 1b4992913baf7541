"""What a laboratory's words for its techniques mean."""

from __future__ import annotations

import pytest

from nps_registry.vocabulary.technique import REACH, Category, Rung, Technique, recognise


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("GC-MS", {Technique.GAS_CHROMATOGRAPHY, Technique.MASS_SPECTROMETRY}),
        ("gc/ms", {Technique.GAS_CHROMATOGRAPHY, Technique.MASS_SPECTROMETRY}),
        ("LC-MS/MS", {Technique.LIQUID_CHROMATOGRAPHY, Technique.MASS_SPECTROMETRY}),
        ("UHPLC-HRMS", {Technique.LIQUID_CHROMATOGRAPHY, Technique.MASS_SPECTROMETRY}),
        ("LC–QTOF", {Technique.LIQUID_CHROMATOGRAPHY, Technique.MASS_SPECTROMETRY}),
        ("HPLC-DAD", {Technique.LIQUID_CHROMATOGRAPHY, Technique.ULTRAVIOLET}),
        ("GC-IRD", {Technique.GAS_CHROMATOGRAPHY, Technique.INFRARED}),
        ("1H-NMR", {Technique.NMR}),
        ("ATR-FTIR", {Technique.INFRARED}),
        ("thin-layer chromatography", {Technique.THIN_LAYER}),
        ("colour_test", {Technique.COLOUR_TEST}),
        ("Marquis reagent", {Technique.COLOUR_TEST}),
    ],
)
def test_hyphenated_techniques_count_each_part(text: str, expected: set[Technique]) -> None:
    assert set(recognise(text)) == expected


@pytest.mark.parametrize("text", ["portable FTIR", "handheld FTIR", "Portable infrared scan", "field Raman"])
def test_a_portable_scan_is_not_taken_for_the_bench_instrument(text: str) -> None:
    (technique,) = recognise(text)
    assert REACH[technique].category is Category.NONE
    assert REACH[technique].rung < Rung.STRUCTURE


@pytest.mark.parametrize("text", ["", "looked at it", "xyzzy", "🧪"])
def test_words_that_name_no_technique_give_none(text: str) -> None:
    assert recognise(text) == ()


def test_every_technique_is_recognised_by_its_own_key_and_has_a_reach() -> None:
    for technique in Technique:
        assert recognise(technique.value) == (technique,)
        assert technique in REACH
