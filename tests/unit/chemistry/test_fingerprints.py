"""Fingerprints as bytes: their layout, their recipes, and what they are good for."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from rdkit import Chem, DataStructs
from rdkit.Chem import rdFingerprintGenerator

from nps_registry.chemistry.fingerprints import MORGAN, RDKIT_VERSION, RECIPES, Recipe, fingerprint, pattern_fingerprint
from nps_registry.chemistry.patterns import parse_pattern
from tests.unit.chemistry.samples import DIVERSE, MEPHEDRONE_3, diverse, seeds, shuffled


def bits_of(data: bytes) -> list[int]:
    return [index for index in range(len(data) * 8) if data[index // 8] >> (index % 8) & 1]


def test_the_bits_are_those_of_rdkit_least_significant_first() -> None:
    mol = Chem.MolFromSmiles(MEPHEDRONE_3)
    expected = rdFingerprintGenerator.GetMorganGenerator(radius=2, fpSize=2048).GetFingerprint(mol)
    data = fingerprint(mol)
    assert len(data) == 256
    assert bits_of(data) == list(expected.GetOnBits())
    assert int.from_bytes(data, "little").bit_count() == expected.GetNumOnBits()


def test_tanimoto_over_the_bytes_is_rdkits() -> None:
    one, other = (Chem.MolFromSmiles(smiles) for smiles in DIVERSE[:2])
    a, b = (int.from_bytes(fingerprint(mol), "little") for mol in (one, other))
    generator = rdFingerprintGenerator.GetMorganGenerator(radius=2, fpSize=2048)
    expected = DataStructs.TanimotoSimilarity(generator.GetFingerprint(one), generator.GetFingerprint(other))
    assert (a & b).bit_count() / (a | b).bit_count() == pytest.approx(expected)


@pytest.mark.parametrize("name", RECIPES)
def test_every_recipe_makes_its_size_and_tells_molecules_apart(name: str) -> None:
    recipe = RECIPES[name]
    made = {fingerprint(Chem.MolFromSmiles(smiles), recipe) for smiles in DIVERSE}
    assert {len(data) for data in made} == {recipe.size_bytes}
    assert len(made) == len(DIVERSE)


def test_a_recipe_id_tells_everything_that_changes_the_bits() -> None:
    ids = {recipe.id for recipe in RECIPES.values()}
    assert len(ids) == len(RECIPES)
    assert RDKIT_VERSION in MORGAN.id
    assert len({MORGAN.id, Recipe(radius=3).id, Recipe(size=1024).id, Recipe(rdkit_version="other").id}) == 4


def test_an_unknown_kind_is_a_defect_of_the_caller() -> None:
    with pytest.raises(ValueError, match="nonsense"):
        fingerprint(Chem.MolFromSmiles("C"), Recipe(fingerprint="nonsense"))


def test_stereo_variants_have_one_fingerprint() -> None:
    flat, drawn = Chem.MolFromSmiles(MEPHEDRONE_3), Chem.MolFromSmiles("CN[C@@H](C)C(=O)c1cccc(C)c1")
    assert fingerprint(flat) == fingerprint(drawn)


@given(diverse, seeds)
@settings(max_examples=60, deadline=None)
def test_the_order_of_the_atoms_does_not_matter(smiles: str, seed: int) -> None:
    mol = Chem.MolFromSmiles(smiles)
    for recipe in RECIPES.values():
        assert fingerprint(shuffled(mol, seed), recipe) == fingerprint(mol, recipe)


@pytest.mark.parametrize("smarts", ["c1ccccc1C(=O)C(C)N", "[#7;H1]C", "C1CCNCC1", "[F,Cl,Br]", "C=O"])
def test_the_pattern_fingerprint_screens_out_no_match(smarts: str) -> None:
    pattern = parse_pattern(smarts)
    asked = int.from_bytes(pattern_fingerprint(pattern.query), "little")
    for smiles in DIVERSE:
        mol = Chem.MolFromSmiles(smiles)
        has = int.from_bytes(pattern_fingerprint(mol), "little")
        if mol.HasSubstructMatch(pattern.query):
            assert asked & has == asked
