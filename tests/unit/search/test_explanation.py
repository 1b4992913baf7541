"""An explanation says what a hit shares, where its score comes from, and ends in time."""

from __future__ import annotations

import time

import pytest
from rdkit import Chem, DataStructs

from nps_registry.chemistry.fingerprints import RECIPES, fingerprint
from nps_registry.errors import NotFound, UnreadableStructure
from nps_registry.search.explanation import explain
from nps_registry.search.questions import ExplanationQuestion
from nps_registry.vocabulary.search import Fingerprint
from tests.unit.search.library import library, make_row, snapshot_of

MMC3 = "CNC(C)C(=O)c1cccc(C)c1"


@pytest.mark.parametrize("kind", list(Fingerprint))
def test_the_bits_give_the_score_that_the_search_gives(kind: Fingerprint) -> None:
    told = explain(library(), ExplanationQuestion(MMC3, "NPS-000002", kind), 1.0)
    bits = [
        DataStructs.CreateFromBinaryText(fingerprint(Chem.MolFromSmiles(smiles), RECIPES[kind.value]))  # type: ignore[arg-type]  # it takes bytes
        for smiles in (MMC3, "CNC(C)C(=O)c1ccc(C)cc1")
    ]
    assert told.bits.tanimoto == DataStructs.TanimotoSimilarity(*bits)


def test_atoms_in_common_are_the_same_elements_on_both_sides() -> None:
    told = explain(library(), ExplanationQuestion(f"{MMC3}.Cl", "NPS-000003"), 1.0)
    asked, found = Chem.MolFromSmiles(told.smiles), Chem.MolFromSmiles(told.entry.row.smiles)
    assert len(told.asked_atoms) == len(told.found_atoms) >= 11
    for one, two in zip(told.asked_atoms, told.found_atoms, strict=True):
        assert asked.GetAtomWithIdx(one).GetSymbol() == found.GetAtomWithIdx(two).GetSymbol()
    assert any("hydrochloride" in note.message for note in told.notes)


def test_both_are_drawn_with_the_common_part_and_the_difference_marked() -> None:
    told = explain(library(), ExplanationQuestion(MMC3, "NPS-000003"), 1.0)
    assert "common" in told.asked_svg
    assert "common" in told.found_svg
    assert "highlight" in told.found_svg
    assert "style=" not in told.asked_svg + told.found_svg


def test_a_benzene_is_not_taken_for_a_cyclohexane() -> None:
    told = explain(library(), ExplanationQuestion("CNC(C)CC1CCCCC1", "NPS-000001"), 1.0)
    found = Chem.MolFromSmiles(told.entry.row.smiles)
    assert sum(found.GetAtomWithIdx(atom).GetIsAromatic() for atom in told.found_atoms) <= 1, "where the chain ends"


def test_a_comparison_without_end_is_stopped_and_says_so() -> None:
    cage = (
        "C12C3C4C5C1C1C6C7C2C2C8C3C3C9C4C4C%10C5C5C1C1C6C6C%11C7C2C2C7C8C3C3C8C9C4C4C9C%10C5C5C1C1C6C6C%11C2C2C7C3"
        "C3C8C4C4C9C5C1C1C6C2C3C41"
    )
    snapshot = snapshot_of([make_row(1, "Cage", cage)])
    began = time.process_time()
    told = explain(snapshot, ExplanationQuestion(cage.replace("C41", "C41N"), "NPS-000001"), 0.3)
    assert time.process_time() - began < 5.0
    assert told.difference.sentence


def test_what_is_not_there_or_has_no_structure_or_cannot_be_read_is_refused() -> None:
    for accession in ("NPS-999999", "nonsense", "NPS-000900"):
        with pytest.raises(NotFound):
            explain(library(), ExplanationQuestion(MMC3, accession), 1.0)
    with pytest.raises(UnreadableStructure):
        explain(library(), ExplanationQuestion("CC(C", "NPS-000001"), 1.0)


def test_a_hidden_substance_is_as_one_that_is_not_there() -> None:
    snapshot = snapshot_of([entry.row for entry in library().entries], hidden=frozenset({1}))
    with pytest.raises(NotFound):
        explain(snapshot, ExplanationQuestion(MMC3, "NPS-000001"), 1.0)
    assert explain(snapshot, ExplanationQuestion(MMC3, "NPS-000001"), 1.0, frozenset({1})).bits.tanimoto == 1.0
