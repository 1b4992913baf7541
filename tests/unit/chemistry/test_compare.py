"""What differs between two structures, in words that are right."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from rdkit import Chem

from nps_registry.chemistry.compare import difference, difference_at_a_glance
from tests.unit.chemistry.samples import DEXTROMETHORPHAN, LEVOMETHORPHAN, MEPHEDRONE_3, MEPHEDRONE_4, diverse

CATHINONE = "CNC(C)C(=O)c1ccccc1"
FLUORO_3 = "CNC(C)C(=O)c1cccc(F)c1"
FENTANYL = "CCC(=O)N(c1ccccc1)C1CCN(CCc2ccccc2)CC1"


@pytest.mark.parametrize(
    ("query", "other", "sentence"),
    [
        (FLUORO_3, CATHINONE, "Has fluorine where the other has hydrogen."),
        (CATHINONE, FLUORO_3, "Has hydrogen where the other has fluorine."),
        (MEPHEDRONE_3, FLUORO_3, "Has methyl where the other has fluorine."),
        ("COc1cc(CCN)c(OC)cc1Br", "COc1cc(CCN)c(OC)cc1I", "Has bromine where the other has iodine."),
        ("CC(N)Cc1ccccc1", "NCCc1ccccc1", "Has methyl where the other has hydrogen."),
        ("CCNC(C)C(=O)c1ccccc1", CATHINONE, "Has a carbon chain longer by CH2 than the other."),
        ("CC(=O)N(c1ccccc1)C1CCN(CCc2ccccc2)CC1", FENTANYL, "Has a carbon chain shorter by CH2 than the other."),
        ("CNC(C)Cc1ccc2OCOc2c1", "CNC(C)Cc1ccccc1", "Has CO2 more than the other."),
        ("CC", "O", "Has C2H4 more and O less than the other."),
        (MEPHEDRONE_3, MEPHEDRONE_3, "The same structure."),
        (DEXTROMETHORPHAN, LEVOMETHORPHAN, "The same atoms and bonds, with other stereochemistry."),
        (DEXTROMETHORPHAN, DEXTROMETHORPHAN + " |&1:4,9,10|", "The same atoms and bonds, with other stereochemistry."),
        ("CC(=O)CC(C)=O", "CC(O)=CC(C)=O", "A tautomer: only hydrogen atoms and double bonds stand elsewhere."),
        (
            "C1CCCCC1",
            "CCCCC=C",
            "An isomer: the same formula, with the atoms arranged otherwise.",
        ),
        (
            MEPHEDRONE_3,
            MEPHEDRONE_4,
            "An isomer: the same groups, with methyl at another place.",
        ),
    ],
)
def test_the_sentence_says_what_differs(query: str, other: str, sentence: str) -> None:
    assert difference(query, other).sentence == sentence


def test_the_common_atoms_correspond() -> None:
    query, other = Chem.MolFromSmiles(MEPHEDRONE_3), Chem.MolFromSmiles(FLUORO_3)
    found = difference(query, other)
    assert len(found.query_atoms) == len(found.other_atoms) == 12
    for one, two in zip(found.query_atoms, found.other_atoms, strict=True):
        assert query.GetAtomWithIdx(one).GetSymbol() == other.GetAtomWithIdx(two).GetSymbol()


def test_a_hard_comparison_stops_at_its_time_limit_with_what_it_has() -> None:
    one = "C1CC2CCC3C(CCC4CCCCC34)C2C1CCCCCCCCCCCCCCCCC(CCCCCC)CCCCCCCCC"
    two = "C1CCC2C(C1)CCC1CCC3CCCC3C12CCCCCCCCCCCC(CCCCCCCCCCC)CCCCC(CCCC)CCC"
    started = time.process_time()
    found = difference(one, two, limit_s=0.2)
    assert time.process_time() - started < 1.5
    assert not found.complete
    assert found.sentence.endswith(".")


@given(diverse, diverse)
@settings(max_examples=60, deadline=None)
def test_any_two_structures_get_a_sentence_and_corresponding_atoms(query: str, other: str) -> None:
    found = difference(query, other, limit_s=0.3)
    assert found.sentence.endswith(".")
    assert len(found.query_atoms) == len(found.other_atoms)
    assert (found.sentence == "The same structure.") == (query == other)


def test_a_glance_tells_the_difference_of_the_formulae_and_never_more() -> None:
    assert difference_at_a_glance(("C11H14FNO", "A"), ("C11H15NO", "B")) == "Has F more and H less than the other."
    assert difference_at_a_glance(("C11H15NO", "A"), ("C11H15NO", "B")).startswith("An isomer")
    assert difference_at_a_glance(("C11H15NO", "A"), ("C11H15NO", "A")).startswith("The same atoms and bonds")
