"""Substructure search finds what RDKit finds, says where, and stops when its time is over."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace

import pytest
from rdkit import Chem

from nps_registry.chemistry.fingerprints import fingerprint, pattern_fingerprint
from nps_registry.chemistry.patterns import parse_pattern
from nps_registry.errors import InvalidInput, UnreadablePattern
from nps_registry.search.candidates import screen_for
from nps_registry.search.questions import SubstructureQuestion, SuperstructureQuestion
from nps_registry.search.substructure import SubstructureWorkers, read_pattern
from nps_registry.store.index_rows import IndexRow
from nps_registry.vocabulary.search import PatternForm
from tests.unit.search.library import library, make_row, snapshot_of

PATTERNS = [
    "c1ccccc1",
    "[#6]",
    "C(=O)N",
    "[nH]1cccc1",
    "c1ccc2OCOc2c1",
    "[F,Cl,Br,I]",
    "[$(c1ccccc1),$(C=O)]",
    "[!#6;!#1]",
    "N~*~*~c",
    "[R2]",
    "*",
    "C1CCN(CC1)[#6]",
    "[OX2H]",
    "[#7;!$(N-C=O)]",
    "C.N",
    "[D3]",
    "[R;n]",
    "[H3&C][D2,D3;#6]",
    "[!13CH3,N]",
]


@pytest.fixture(scope="module")
def workers() -> Iterator[SubstructureWorkers]:
    made = SubstructureWorkers(limit_s=20.0, processes=1)
    yield made
    made.stop()


@pytest.mark.parametrize("pattern", PATTERNS)
def test_the_screen_loses_nothing_that_matches(pattern: str) -> None:
    snapshot = library()
    query = Chem.MolFromSmarts(pattern)
    matching = {
        position
        for position, entry in enumerate(snapshot.entries)
        if entry.row.smiles and Chem.MolFromSmiles(entry.row.smiles).HasSubstructMatch(query)
    }
    able = screen_for(parse_pattern(pattern))(snapshot, slice(None))
    assert matching <= set(snapshot.structures.positions[able].tolist())


@pytest.mark.parametrize("pattern", PATTERNS)
def test_hits_and_atoms_are_those_of_rdkit(workers: SubstructureWorkers, pattern: str) -> None:
    answer = workers.find(library(), SubstructureQuestion(pattern, limit=500))
    query = Chem.MolFromSmarts(pattern)
    expected = {}
    for entry in library().entries:
        matches = Chem.MolFromSmiles(entry.row.smiles or "").GetSubstructMatches(query, maxMatches=20)
        if matches:
            expected[entry.accession] = tuple(sorted(matches))
    assert {hit.entry.accession: hit.matches for hit in answer.hits} == expected
    assert (answer.total, answer.stopped, answer.tested) == (len(expected), False, answer.structures)


def test_past_the_limit_hits_are_counted_and_not_shown(workers: SubstructureWorkers) -> None:
    answer = workers.find(library(), SubstructureQuestion("c1ccccc1", limit=3, exact_total=True))
    assert len(answer.hits) == 3
    assert answer.total > 10
    assert answer.total_is_exact
    assert [hit.entry.accession for hit in answer.hits] == sorted(hit.entry.accession for hit in answer.hits)


def test_without_an_exact_total_the_search_ends_at_the_last_hit_shown(workers: SubstructureWorkers) -> None:
    answer = workers.find(library(), SubstructureQuestion("c1ccccc1", limit=3))
    whole = workers.find(library(), SubstructureQuestion("c1ccccc1", limit=3, exact_total=True))
    assert answer.hits == whole.hits
    assert (answer.total, answer.total_is_exact, answer.stopped) == (3, False, False)
    assert answer.tested < answer.structures


def test_a_hidden_substance_is_matched_only_for_those_who_may_know_of_it(workers: SubstructureWorkers) -> None:
    snapshot = snapshot_of([entry.row for entry in library().entries], hidden=frozenset({1}))
    everything, public = SubstructureQuestion("[#6]"), library().structures.positions.size
    assert workers.find(snapshot, everything).total == public - 1
    assert workers.find(snapshot, everything, frozenset({1})).total == public


def test_a_process_that_died_while_nobody_asked_is_replaced(workers: SubstructureWorkers) -> None:
    workers.warm(library())
    for process in workers._idle:
        process._process.kill()
        process._process.wait()
    answer = workers.find(library(), SubstructureQuestion("c1ccccc1", exact_total=True))
    assert (answer.failed, answer.total_is_exact) == (False, True)


def test_a_substance_added_later_is_found(workers: SubstructureWorkers) -> None:
    question = SubstructureQuestion("[Te]")
    assert workers.find(library(), question).total == 0
    grown = snapshot_of([*(entry.row for entry in library().entries), make_row(801, "Telluride", "C[Te]C")])
    assert workers.find(grown, question).total == 1


# Sixty carbons as in buckminsterfullerene, all bonds single, with three methyl groups: a path through all 63
# would need three ends. There is none, and the attempts are beyond counting.
_CAGE = (
    "C12C3C4C5C1C1C6C7C2C2C8C3C3C9C4C4C%10C5C5C1C1C6C6C%11C7C2C2C7C8C3C3C8C9C4C4C9C%10C5C5C1C1C6C6C%11C2C2C7C3C3C8"
    "C4C4C9C5C1C1C6C2C3C41"
)
ENDLESS = "~".join(["[#6]"] * 63)


def make_endless() -> str:
    """The SMILES of that cage with its three groups."""
    cage = Chem.RWMol(Chem.MolFromSmiles(_CAGE))
    for corner in (0, 20, 40):
        cage.AddBond(corner, cage.AddAtom(Chem.Atom(6)), Chem.BondType.SINGLE)
    return Chem.MolToSmiles(cage)


def _endless_row() -> IndexRow:
    smiles = make_endless()
    mol = Chem.MolFromSmiles(smiles)
    bits, pattern = fingerprint(mol), pattern_fingerprint(mol)
    return replace(make_row(2, "Slow"), smiles=smiles, fingerprint=bits, pattern_fingerprint=pattern)


def test_an_endless_pattern_is_stopped_with_what_was_found_and_the_next_question_answered() -> None:
    quick = make_row(1, "Quick", "C" * 70)
    snapshot = snapshot_of([quick, _endless_row()])
    workers = SubstructureWorkers(limit_s=5.0, processes=1)
    try:
        assert workers.find(snapshot, SubstructureQuestion("CC")).total == 2
        started = time.monotonic()
        answer = workers.find(snapshot, SubstructureQuestion(ENDLESS))
        assert time.monotonic() - started < 30.0
        assert (answer.stopped, answer.sentence) == (True, "Stopped after 5 s, 1 of 2 tested.")
        assert [hit.entry.name for hit in answer.hits] == ["Quick"]
        assert workers.find(snapshot, SubstructureQuestion("CC")).total == 2
    finally:
        workers.stop()


def test_a_pattern_that_is_no_smarts_is_refused_with_its_position() -> None:
    with pytest.raises(UnreadablePattern) as refusal:
        read_pattern("c1ccccc1[")
    assert refusal.value.errors[0].field == "pattern"


def test_a_molfile_is_taken_as_drawn(workers: SubstructureWorkers) -> None:
    drawn = Chem.MolToMolBlock(Chem.MolFromSmiles("c1ccc2OCOc2c1"))
    found = workers.find(library(), SubstructureQuestion(drawn))
    assert {hit.entry.name for hit in found.hits} == {"Methylone", "MDMA", "(R)-MDMA"}


def test_several_lines_that_are_no_molfile_are_refused() -> None:
    with pytest.raises(UnreadablePattern):
        read_pattern("CC\nCC")


def test_an_empty_pattern_never_reaches_a_process() -> None:
    with pytest.raises(InvalidInput):
        SubstructureQuestion("  ")


@pytest.mark.parametrize("smiles", ["CCN(C)C(C)C(=O)c1cccc(C)c1C", "CCC(=O)N(c1ccc(F)cc1)C1CCN(CCc2ccccc2)CC1", "CCO"])
def test_a_structure_contains_what_rdkit_says_it_contains(workers: SubstructureWorkers, smiles: str) -> None:
    answer = workers.find(library(), SuperstructureQuestion(smiles, limit=500, exact_total=True))
    target = Chem.MolFromSmiles(answer.read_as)
    expected = {
        entry.accession
        for entry in library().entries
        if entry.row.smiles and target.HasSubstructMatch(Chem.MolFromSmiles(entry.row.smiles))
    }
    assert {hit.entry.accession for hit in answer.hits} == expected
    for hit in answer.hits:
        part = Chem.MolFromSmiles(hit.entry.row.smiles or "")
        assert [target.GetAtomWithIdx(atom).GetSymbol() for atom in hit.atoms] == [
            atom.GetSymbol() for atom in part.GetAtoms()
        ]


def test_a_pattern_read_as_a_structure_may_carry_anything_at_its_hydrogens(workers: SubstructureWorkers) -> None:
    strict = workers.find(library(), SubstructureQuestion("c1c[nH]c2ccccc12"))
    drawn = workers.find(library(), SubstructureQuestion("c1c[nH]c2ccccc12", read_as=PatternForm.STRUCTURE))
    assert {hit.entry.name for hit in strict.hits} == {"4-HO-MET"}
    assert {hit.entry.name for hit in drawn.hits} >= {"4-HO-MET", "JWH-018", "5F-MDMB-PICA"}


def test_a_search_restricted_to_some_tests_no_others(workers: SubstructureWorkers) -> None:
    answer = workers.find(library(), SubstructureQuestion("[#6]", exact_total=True), among=frozenset({1, 2, 3}))
    assert (answer.total, answer.structures) == (3, 3)


def test_a_warm_process_has_learnt_the_molecules() -> None:
    warm = SubstructureWorkers(limit_s=0.4, processes=1)
    try:
        warm.warm(library())
        assert warm.find(library(), SubstructureQuestion("[#6]", exact_total=True)).total == 25
    finally:
        warm.stop()
