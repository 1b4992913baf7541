"""Substances are found by neutral mass, by an ion's m/z and by formula, each with its error."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nps_registry.chemistry.masses import find_adduct, ion_mz
from nps_registry.errors import InvalidInput
from nps_registry.search.mass import find_by_mass
from nps_registry.search.questions import MassQuestion
from tests.unit.search.library import library


def test_a_protonated_molecule_finds_its_isomers_with_the_error() -> None:
    answer = find_by_mass(library(), MassQuestion(mz=178.1226))
    assert {hit.entry.name for hit in answer.hits} == {"3-MMC", "Mephedrone"}
    assert answer.hits[0].adduct == "[M+H]+"
    assert answer.hits[0].mz == pytest.approx(178.12264, abs=1e-5)
    assert abs(answer.hits[0].error_ppm) < 1.0


def test_the_adduct_shifts_the_window() -> None:
    assert find_by_mass(library(), MassQuestion(mz=178.1226, adduct="[M+Na]+")).total == 0
    sodium = find_by_mass(library(), MassQuestion(mz=200.1046, adduct="[M+Na]+"))
    assert {hit.entry.name for hit in sodium.hits} == {"3-MMC", "Mephedrone"}


def test_a_formula_is_read_in_any_order_of_its_elements() -> None:
    for formula in ("C11H15NO", "H15C11ON"):
        hits = find_by_mass(library(), MassQuestion(formula=formula)).hits
        assert {hit.entry.name for hit in hits} == {"3-MMC", "Mephedrone"}
        assert {hit.error_ppm for hit in hits} == {0.0}


@given(st.floats(150.0, 450.0), st.floats(0.1, 1000.0))
def test_the_window_holds_exactly_the_masses_within_the_error(mass_da: float, ppm: float) -> None:
    hits = find_by_mass(library(), MassQuestion(mass_da=mass_da, ppm=ppm, limit=500)).hits
    weighed = [entry for entry in library().entries if entry.row.mass_da is not None]
    errors = {
        entry.accession: (mass_da - (entry.row.mass_da or 0)) / (entry.row.mass_da or 1) * 1e6 for entry in weighed
    }
    clear = {accession for accession, error in errors.items() if abs(error) < ppm - 1e-6}
    found = {hit.entry.accession for hit in hits}
    assert clear <= found
    assert all(abs(errors[accession]) <= ppm + 1e-6 for accession in found)
    assert [abs(hit.error_ppm) for hit in hits] == sorted(abs(hit.error_ppm) for hit in hits)


@pytest.mark.parametrize(
    ("question", "field"),
    [
        (MassQuestion(mz=100.0, adduct="[M+Xx]+"), "adduct"),
        (MassQuestion(formula="C11H15Qq"), "formula"),
    ],
)
def test_what_cannot_be_read_is_refused_at_its_field(question: MassQuestion, field: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        find_by_mass(library(), question)
    assert refusal.value.errors[0].field == field


def test_a_formula_with_open_counts_finds_all_that_it_admits() -> None:
    answer = find_by_mass(library(), MassQuestion(formula="C(11-12)H*NO"))
    expected = {entry.name for entry in library().entries if entry.row.formula in {"C11H15NO", "C12H17NO"}}
    assert {hit.entry.name for hit in answer.hits} == expected


def test_isotope_peaks_put_the_right_formula_first() -> None:
    chlorine = (100.0, 14.3, 32.9, 4.6)
    question = MassQuestion(formula="C*H*Cl*F*NO", isotopes=chlorine, limit=500)
    answer = find_by_mass(library(), question)
    scores = [hit.isotope_score or 0.0 for hit in answer.hits]
    assert answer.hits[0].entry.name == "Ketamine"
    assert scores == sorted(scores, reverse=True)
    assert scores[0] > 0.99 > scores[1]


def test_the_ions_own_atoms_count_in_its_isotope_pattern() -> None:
    with_chloride = (100.0, 12.5, 32.7)
    mz = ion_mz(177.115364, find_adduct("[M+Cl]-"))
    answer = find_by_mass(library(), MassQuestion(mz=mz, adduct="[M+Cl]-", isotopes=with_chloride))
    assert (answer.hits[0].isotope_score or 0.0) > 0.98


@pytest.mark.parametrize("isotopes", [(1.0,), (0.0, 0.0), (1.0, -1.0), (1.0, float("nan")), (1.0,) * 11])
def test_heights_that_are_none_are_refused(isotopes: tuple[float, ...]) -> None:
    with pytest.raises(InvalidInput) as refused:
        MassQuestion(mz=178.1, isotopes=isotopes)
    assert {error.field for error in refused.value.errors} == {"isotopes"}
