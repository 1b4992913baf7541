"""Similarity equals brute force over the same structures, ranked and filtered by who asks."""

from __future__ import annotations

from functools import lru_cache

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rdkit import Chem, DataStructs
from rdkit.Chem import rdFingerprintGenerator

from nps_registry.errors import UnreadableStructure
from nps_registry.search.questions import SimilarityQuestion
from nps_registry.search.similarity import OtherPlanes, find_neighbours, find_similar
from nps_registry.vocabulary.search import Fingerprint, Metric
from tests.unit.search.library import SUBSTANCES, library, make_row, position_of, snapshot_of

_MORGAN = rdFingerprintGenerator.GetMorganGenerator(radius=2, fpSize=2048)


@lru_cache(maxsize=64)
def morgan(smiles: str) -> DataStructs.ExplicitBitVect:
    bits: DataStructs.ExplicitBitVect = _MORGAN.GetFingerprint(Chem.MolFromSmiles(smiles))
    return bits


def brute_force(smiles: str, threshold: float) -> list[tuple[str, float]]:
    """Accessions and scores by RDKit alone."""
    entries = [entry for entry in library().entries if entry.row.smiles]
    scores = DataStructs.BulkTanimotoSimilarity(morgan(smiles), [morgan(entry.row.smiles or "") for entry in entries])
    found = [(entry.accession, score) for entry, score in zip(entries, scores, strict=True) if score >= threshold]
    return sorted(found, key=lambda pair: (-pair[1], pair[0]))


@given(st.sampled_from([smiles for _, smiles, _ in SUBSTANCES]), st.floats(0.0, 1.0), st.integers(1, 40))
def test_hits_order_and_total_equal_brute_force(smiles: str, threshold: float, limit: int) -> None:
    expected = brute_force(smiles, threshold)
    answer = find_similar(library(), SimilarityQuestion(smiles, threshold, limit))
    assert [(hit.entry.accession, hit.score) for hit in answer.hits] == expected[:limit]
    assert answer.total == len(expected)


def test_a_salt_is_compared_as_its_base() -> None:
    answer = find_similar(library(), SimilarityQuestion("CNC(C)C(=O)c1cccc(C)c1.Cl", threshold=1.0))
    assert [hit.entry.name for hit in answer.hits] == ["3-MMC"]
    assert answer.notes


def test_stereo_variants_are_neighbours_at_one_and_stand_by_accession() -> None:
    answer = find_similar(library(), SimilarityQuestion("CNC(C)Cc1ccc2OCOc2c1", threshold=1.0))
    assert [(hit.entry.name, hit.score) for hit in answer.hits] == [("MDMA", 1.0), ("(R)-MDMA", 1.0)]


@pytest.mark.parametrize("fingerprint", list(Fingerprint))
@pytest.mark.parametrize("metric", list(Metric))
def test_a_structure_is_its_own_nearest_by_every_fingerprint_and_metric(
    fingerprint: Fingerprint, metric: Metric
) -> None:
    question = SimilarityQuestion(SUBSTANCES[15][1], 0.3, fingerprint=fingerprint, metric=metric)
    best = find_similar(library(), question, others=OtherPlanes()).hits[0]
    assert best.entry.name == "Isotonitazene"
    assert best.score == pytest.approx(1.0)


def test_fingerprints_of_another_recipe_follow_the_snapshot() -> None:
    others = OtherPlanes()
    question = SimilarityQuestion("CCO", 1.0, fingerprint=Fingerprint.MACCS)
    assert find_similar(library(), question, others=others).total == 0
    grown = snapshot_of([*(entry.row for entry in library().entries), make_row(800, "Ethanol", "CCO")])
    assert find_similar(grown, question, others=others).total == 1


def test_a_hidden_substance_is_a_neighbour_only_to_those_who_may_know_of_it() -> None:
    rows = [make_row(1, "3-MMC", SUBSTANCES[0][1]), make_row(2, "4-MMC", SUBSTANCES[1][1])]
    snapshot = snapshot_of(rows, hidden=frozenset({2}))
    question = SimilarityQuestion(SUBSTANCES[1][1])
    assert find_similar(snapshot, question).total == 1
    assert find_similar(snapshot, question, frozenset({2})).total == 2
    assert find_similar(snapshot, question, frozenset({77})).total == 1


def test_the_neighbours_of_a_fingerprint_are_the_nearest_first() -> None:
    snapshot = library()
    bits = snapshot.entries[position_of(snapshot, "Fentanyl")].row.fingerprint
    names = [hit.entry.name for hit in find_neighbours(snapshot, bits, 2)]
    assert names == ["Fentanyl", "para-Fluorofentanyl"]


def test_nothing_in_common_is_no_neighbour() -> None:
    snapshot = snapshot_of([make_row(1, "Sulfur hexafluoride", "FS(F)(F)(F)(F)F")])
    assert find_neighbours(snapshot, library().entries[0].row.fingerprint, 5) == ()


def test_an_unreadable_structure_is_refused_with_its_position() -> None:
    with pytest.raises(UnreadableStructure) as refusal:
        find_similar(library(), SimilarityQuestion("CC(C"))
    assert refusal.value.errors[0].field == "structure"


def test_an_empty_registry_answers_with_nothing() -> None:
    answer = find_similar(snapshot_of([]), SimilarityQuestion("CCO", threshold=0.0))
    assert (answer.total, answer.hits) == (0, ())
