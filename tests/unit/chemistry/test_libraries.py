"""The structures of a library become the fingerprints that careful reading gives, in less time."""

from __future__ import annotations

import pytest
from rdkit import Chem

from nps_registry.chemistry.fingerprints import MORGAN, RECIPES, fingerprint
from nps_registry.chemistry.libraries import fingerprint_all
from nps_registry.chemistry.standardise import standardise

SMILES = [
    "C[C@H](N)Cc1ccccc1",
    "F/C=C/Cl",
    "[H]C([H])([H])O",
    "[#1]CO",
    "[2H]C([2H])([2H])NC",
    "C[N+](C)(C)CC(=O)[O-]",
    "C1=CC=CC=C1C(=O)N2CCCC2",
    "CN(C)(=O)C",
    "O=[N+]([O-])c1c[nH]c2ccccc12",
    "CCn1c(Cc2ccc(OC)cc2)nc2cc(N(=O)=O)ccc12",
    "[H][N+]([H])([H])C",
    "[Na]OC(=O)C",
    "C[S@](=O)c1ccccc1",
]


@pytest.mark.parametrize("kind", RECIPES)
def test_a_fingerprint_is_the_same_whether_or_not_stereochemistry_was_read(kind: str) -> None:
    made = fingerprint_all(SMILES, RECIPES[kind])
    assert not made.faults
    expected = [fingerprint(Chem.MolFromSmiles(smiles), RECIPES[kind]) for smiles in SMILES]
    assert [row.tobytes() for row in made.packed] == expected


def test_a_parent_is_the_same_whether_or_not_stereochemistry_was_read() -> None:
    drawn = [*SMILES, "C[C@H](N)Cc1ccccc1.O[C@H](C(O)=O)[C@@H](O)C(O)=O"]
    made = fingerprint_all(drawn, MORGAN, standardised=True)
    assert not made.faults
    expected = [fingerprint(standardise(Chem.MolFromSmiles(smiles)).parent) for smiles in drawn]
    assert [row.tobytes() for row in made.packed] == expected


def test_what_cannot_be_is_told_in_its_place() -> None:
    made = fingerprint_all(["CC", "C(C)(C)(C)(C)C", "c1cccc1", "C1CC", "CO"], RECIPES["morgan"])
    assert made.places.tolist() == [0, 4]
    assert [place for place, _ in made.faults] == [1, 2, 3]
    assert all(reason for _, reason in made.faults)
