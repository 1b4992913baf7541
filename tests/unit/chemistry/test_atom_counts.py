"""Counting atoms rules nothing out that matches, and a pattern in another order matches the same."""

from __future__ import annotations

import pytest
from rdkit import Chem

from nps_registry.chemistry.atom_counts import SORTS, count_atoms, least_counts, most_counts
from nps_registry.chemistry.patterns import has_match, hasten, parse_pattern, read_kekule
from tests.unit.search.library import SUBSTANCES

MOLECULES = [Chem.MolFromSmiles(smiles) for _name, smiles, _others in SUBSTANCES]
MORE = ["O=[N+]([O-])c1cc[nH]c1", "C[Si](C)(C)O", "c1cc[se]c1", "BrCCCl", "[Na+].[Cl-]", "C[N+](C)(C)C", "c1ccc[nH+]c1"]
PATTERNS = [
    "O", "c", "C", "N", "[nH]", "Cl", "[#7]", "[C,N]", "c1ccc2OCOc2c1", "c1c[nH]c2ccccc12", "C(=O)N", "[F,Cl,Br]",
    "C.N", "[$(c1ccccc1)]", "[!#6]", "*~*", "C1CCNCC1", "[OX2]", "n", "S(=O)(=O)", "N~*~*~c", "[R2]", "[N+](=O)[O-]",
]  # fmt: skip


@pytest.mark.parametrize("smiles", [smiles for _name, smiles, _others in SUBSTANCES] + MORE)
def test_atoms_are_counted_as_rdkit_counts_them(smiles: str) -> None:
    mol = Chem.MolFromSmiles(smiles)
    counted = dict(zip(SORTS, count_atoms(Chem.MolToSmiles(mol)), strict=True))
    for sort, count in counted.items():
        query = {"#": lambda name: f"[#{Chem.GetPeriodicTable().GetAtomicNumber(name)}]"}.get(sort[0])
        smarts = query(sort[1:]) if query else sort
        assert count == len(mol.GetSubstructMatches(Chem.MolFromSmarts(smarts))), sort
    assert tuple(counted.values())[: len(most_counts(mol))] == most_counts(mol)


@pytest.mark.parametrize("text", PATTERNS)
def test_what_matches_has_at_least_the_atoms_of_the_pattern(text: str) -> None:
    pattern = parse_pattern(text)
    needed = least_counts(pattern)
    for mol in [*MOLECULES, *map(Chem.MolFromSmiles, MORE)]:
        if has_match(pattern, mol):
            present = count_atoms(Chem.MolToSmiles(mol))
            assert all(least <= count for least, count in zip(needed, present, strict=True)), Chem.MolToSmiles(mol)


@pytest.mark.parametrize("text", PATTERNS)
def test_a_pattern_in_another_order_matches_the_same_molecules(text: str) -> None:
    pattern = parse_pattern(text)
    quick = hasten(pattern)
    for mol in [*MOLECULES, *map(Chem.MolFromSmiles, MORE)]:
        assert has_match(quick, mol) == has_match(pattern, mol)


def test_a_ring_drawn_with_alternating_bonds_is_read_as_aromatic_and_says_so() -> None:
    read = read_kekule(parse_pattern("C1=CC=CC=C1C"))
    assert read.note
    assert has_match(read, Chem.MolFromSmiles("Cc1ccccc1"))
    plain = parse_pattern("C=CC1CCCCC1")
    assert read_kekule(plain) is plain
