"""A list of peaks finds what each of them finds alone, and compares isotopes where the list has them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nps_registry.chemistry.masses import ADDUCTS, find_adduct, ion_mz
from nps_registry.errors import InvalidInput
from nps_registry.search.features import find_by_features
from nps_registry.search.mass import find_by_mass
from nps_registry.search.questions import Feature, FeatureQuestion, MassQuestion
from tests.unit.search.library import library, make_row, snapshot_of


@given(
    st.lists(st.floats(100, 500), min_size=1, max_size=5),
    st.sampled_from(ADDUCTS),
    st.sampled_from([1.0, 5.0, 500.0]),
)
def test_each_peak_finds_what_it_finds_alone(mzs: list[float], adduct: object, ppm: float) -> None:
    name = adduct.name  # type: ignore[attr-defined]
    masses = [entry.row.mass_da for entry in library().entries if entry.row.mass_da]
    mzs = [*mzs, ion_mz(masses[0], find_adduct(name))]
    answer = find_by_features(library(), FeatureQuestion(tuple(map(Feature, mzs)), (name,), ppm))
    for number, mz in enumerate(mzs):
        alone = find_by_mass(library(), MassQuestion(mz=mz, adduct=name, ppm=ppm, limit=500))
        together = [(hit.entry.accession, hit.error_ppm) for hit in answer.hits if hit.number == number]
        assert together == [(hit.entry.accession, hit.error_ppm) for hit in alone.hits]


def test_isotope_peaks_in_the_list_tell_a_chlorine() -> None:
    ketamine = ion_mz(237.0920, find_adduct("[M+H]+"))
    right = (Feature(ketamine, 100.0), Feature(ketamine + 1.0033, 14.0), Feature(ketamine + 1.9972, 32.9))
    wrong = (Feature(ketamine, 100.0), Feature(ketamine + 1.0033, 14.0), Feature(ketamine + 1.9972, 1.0))
    scores = [
        next(hit.isotope_score for hit in find_by_features(library(), FeatureQuestion(list_)).hits) or 0.0
        for list_ in (right, wrong)
    ]
    assert scores[0] > 0.98
    assert scores[1] < 0.85


def test_without_intensities_no_isotopes_are_compared() -> None:
    answer = find_by_features(library(), FeatureQuestion((Feature(178.1226), Feature(179.1259))))
    assert {hit.isotope_score for hit in answer.hits} == {None}
    assert answer.explained == 1


def test_a_list_that_would_match_everything_is_refused_at_its_window() -> None:
    isomers = snapshot_of([make_row(number, f"Isomer {number}", "CNC(C)C(=O)c1cccc(C)c1") for number in range(1, 12)])
    with pytest.raises(InvalidInput) as refused:
        find_by_features(isomers, FeatureQuestion((Feature(178.1226),) * 10_000))
    assert refused.value.errors[0].field == "ppm"


@pytest.mark.parametrize(
    ("features", "field"),
    [((), "features"), ((Feature(-1.0),), "features[0].mz"), ((Feature(float("nan")),), "features[0].mz"),
     ((Feature(100.0, -2.0),), "features[0].intensity"), ((Feature(1.0),) * 10_001, "features")],
)  # fmt: skip
def test_a_list_that_cannot_be_asked_names_the_peak(features: tuple[Feature, ...], field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        FeatureQuestion(features)
    assert refused.value.errors[0].field == field


def test_an_ion_that_is_none_is_named_by_its_number() -> None:
    with pytest.raises(InvalidInput) as refused:
        find_by_features(library(), FeatureQuestion((Feature(178.0),), ("[M+H]+", "[M+Nonsense]+")))
    assert refused.value.errors[0].field == "adducts[1]"
