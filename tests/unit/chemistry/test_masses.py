"""Formulae, masses, ions and isotope peaks, against published values."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rdkit import Chem

from nps_registry.chemistry.masses import (
    ADDUCTS,
    Adduct,
    average_mass_da,
    find_adduct,
    formula_mass_da,
    hill_formula,
    ion_mz,
    isotope_pattern,
    monoisotopic_mass_da,
    neutral_mass_da,
    parse_formula,
    ppm_error,
)
from nps_registry.errors import InvalidInput
from tests.unit.chemistry.samples import DIVERSE


@pytest.mark.parametrize(
    ("smiles", "formula", "mass_da"),
    [
        ("COC(=O)[C@H]1[C@@H](OC(=O)c2ccccc2)C[C@@H]2CC[C@H]1N2C", "C17H21NO4", 303.14706),
        ("CCC(=O)N(c1ccccc1)C1CCN(CCc2ccccc2)CC1", "C22H28N2O", 336.22016),
        ("BrC1=CC2=C(S1)C(c1ccccc1Cl)=NCc1nnc(C)n1-2", "C15H10BrClN4S", 391.94981),
        ("C[N+](C)(C)CCO", "C5H14NO+", 104.10754),
        ("[2H]C([2H])([2H])O", "CH4O", 35.04505),
    ],
)
def test_formula_and_monoisotopic_mass_are_the_published_ones(smiles: str, formula: str, mass_da: float) -> None:
    mol = Chem.MolFromSmiles(smiles)
    assert hill_formula(mol) == formula
    assert monoisotopic_mass_da(mol) == pytest.approx(mass_da, abs=2e-5)


def test_the_molar_mass_is_the_published_one() -> None:
    assert average_mass_da(Chem.MolFromSmiles("CC(N)Cc1ccccc1")) == pytest.approx(135.21, abs=0.01)


@pytest.mark.parametrize("smiles", DIVERSE)
def test_a_formula_has_the_mass_of_its_molecule(smiles: str) -> None:
    mol = Chem.MolFromSmiles(smiles)
    assert formula_mass_da(parse_formula(hill_formula(mol)).counts) == pytest.approx(monoisotopic_mass_da(mol))


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("C12H17NO", "C12H17NO"),
        ("H17ONC12", "C12H17NO"),
        (" C2H6OC ", "C3H6O"),
        ("C₁₂H₁₇NO", "C12H17NO"),
        ("C5H14NO+", "C5H14NO+"),
        ("SO4-2", "O4S-2"),
        ("HCl", "ClH"),
        ("BrCH3", "CH3Br"),
    ],
)
def test_a_formula_is_written_in_hill_order(text: str, written: str) -> None:
    assert str(parse_formula(text)) == written


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "empty"),
        ("+", "empty"),
        ("C" * 300, "too long"),
        ("C12h17", "position 4"),
        ("Xx2", "position 1"),
        ("C12H17N0", "0 of N"),
        ("C99999", "99999 of C"),
        ("C12 H17", "position 4"),
        ("C(CH3)4", "position 2"),
        ("C٣", "position 2"),
    ],
)
def test_a_faulty_formula_is_refused_with_what_is_wrong(text: str, words: str) -> None:
    with pytest.raises(InvalidInput, match=words):
        parse_formula(text)


@given(st.text(max_size=30))
def test_any_text_is_a_formula_or_refused(text: str) -> None:
    try:
        formula = parse_formula(text)
    except InvalidInput:
        return
    assert parse_formula(str(formula)) == formula


# Sums of the atomic masses of the 2012 evaluation (H 1.007825032, Na 22.989769282, ...) less the electron's, by hand.
@pytest.mark.parametrize(
    ("name", "mz"),
    [
        ("[M]+.", 299.999451),
        ("[M+H]+", 301.007276),
        ("[M+Na]+", 322.989221),
        ("[M+K]+", 338.963158),
        ("[M+NH4]+", 318.033826),
        ("[M+H-H2O]+", 282.996712),
        ("[M+2H]2+", 151.007276),
        ("[2M+H]+", 601.007276),
        ("[M-H]-", 298.992724),
        ("[M+HCOO]-", 344.998201),
        ("[M+CH3COO]-", 359.013851),
        ("[M+Cl]-", 334.969402),
    ],
)
def test_an_ion_of_a_molecule_of_300_da_is_where_tables_put_it(name: str, mz: float) -> None:
    assert ion_mz(300.0, find_adduct(name)) == pytest.approx(mz, abs=2e-6)


@given(st.sampled_from(ADDUCTS), st.floats(min_value=20, max_value=2_000))
def test_the_mass_comes_back_from_the_ion(adduct: Adduct, mass_da: float) -> None:
    assert neutral_mass_da(ion_mz(mass_da, adduct), adduct) == pytest.approx(mass_da)


@pytest.mark.parametrize("name", ["[M+H]+", " [M + H]+ ", "[M H]+", "[M H] "])
def test_an_adduct_is_found_the_way_people_and_addresses_write_it(name: str) -> None:
    assert find_adduct(name).name == "[M+H]+"


def test_an_unknown_adduct_is_refused_with_the_known_ones() -> None:
    with pytest.raises(InvalidInput, match=r"\[M\+Xe\]\+.*\[M\+Na\]\+"):
        find_adduct("[M+Xe]+")


def test_the_error_in_ppm_has_its_sign() -> None:
    assert ppm_error(300.003, 300.0) == pytest.approx(10)
    assert ppm_error(299.997, 300.0) == pytest.approx(-10)


@pytest.mark.parametrize(
    ("formula", "offset", "percent"),
    [
        ("CH3Cl", 2, 32.0),  # 37Cl to 35Cl
        ("CH3Br", 2, 97.3),  # 81Br to 79Br
        ("CH2Cl2", 2, 64.0),
        ("CH2Cl2", 4, 10.2),
        ("C2H6S", 2, 4.5),  # 34S
        ("C20H20", 1, 21.6),  # 20 carbons, 1.08 % each
        ("CH2BrCl", 2, 129.3 / 1.293),  # the mixed peak is the tallest
        ("CH2BrCl", 0, 100 / 1.293),
    ],
)
def test_isotope_peaks_have_their_known_heights(formula: str, offset: int, percent: float) -> None:
    peaks = {peak.offset: peak.relative_percent for peak in isotope_pattern(formula)}
    assert peaks[offset] == pytest.approx(percent, rel=0.02)


def test_the_first_peak_of_an_organic_formula_is_its_monoisotopic_mass() -> None:
    first, second = isotope_pattern("C17H21NO4")[:2]
    assert first.offset == 0
    assert first.mass_da == pytest.approx(303.14706, abs=1e-5)
    assert second.mass_da - first.mass_da == pytest.approx(1.0033, abs=5e-4)


def test_boron_has_a_peak_below_its_monoisotopic_one() -> None:
    assert [peak.offset for peak in isotope_pattern("BH3", least_percent=1)] == [-1, 0]
