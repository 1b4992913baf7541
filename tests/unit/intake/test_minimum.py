"""The SWGDRUG minimum, derived from techniques and result."""

from __future__ import annotations

import pytest

from nps_registry.intake.minimum import meets_swgdrug_minimum, techniques_of
from nps_registry.vocabulary.finding import EventType, Result, Specimen


def meets(*texts: str, result: Result = Result.POSITIVE, specimen: Specimen | None = None) -> bool | None:
    techniques, _unknown = techniques_of(texts)
    return meets_swgdrug_minimum(techniques, result=result, event_type=EventType.SEIZURE, specimen=specimen)


@pytest.mark.parametrize("texts", [("GC-MS",), ("GC-MS", "NMR"), ("FTIR", "TLC"), ("NMR", "colour test"), ("LC-MS",)])
def test_a_category_a_technique_with_another_one_is_enough(texts: tuple[str, ...]) -> None:
    assert meets(*texts) is True


@pytest.mark.parametrize("texts", [(), ("NMR",), ("FTIR",), ("FTIR", "ATR-FTIR"), ("Raman", "something else")])
def test_one_technique_is_not_enough_however_often_it_is_named(texts: tuple[str, ...]) -> None:
    assert meets(*texts) is False


def test_without_category_a_it_takes_three_techniques_two_of_them_category_b() -> None:
    assert meets("TLC", "GC-FID", "colour test") is True
    assert meets("TLC", "GC-FID") is False
    assert meets("TLC", "colour test", "melting point") is False


def test_a_portable_scan_and_a_test_strip_do_not_confirm_a_structure() -> None:
    assert meets("portable FTIR", "fentanyl test strip") is False
    assert meets("portable FTIR", "fentanyl test strip", "colour test") is False


@pytest.mark.parametrize("result", [Result.UNCERTAIN, Result.NEGATIVE])
def test_only_a_positive_result_can_meet_the_minimum(result: Result) -> None:
    assert meets("GC-MS", "NMR", result=result) is False


def test_the_minimum_does_not_speak_of_biological_specimens() -> None:
    assert meets("LC-MS/MS", specimen=Specimen.BLOOD) is None
    techniques, _unknown = techniques_of(["GC-MS"])
    assert (
        meets_swgdrug_minimum(techniques, result=Result.POSITIVE, event_type=EventType.TOXICOLOGY_CASE, specimen=None)
        is None
    )
