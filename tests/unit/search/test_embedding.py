"""The compiled walk over graphs finds what RDKit finds, and leaves to RDKit what it cannot tell."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rdkit import Chem

from nps_registry.chemistry.graphs import MoleculeGraphs
from nps_registry.chemistry.patterns import parse_pattern
from nps_registry.search.matcher import MOST_MATCHES, MOST_STEPS, Matches, Molecules
from nps_registry.search.matching import Matcher
from tests.unit.search.library import SUBSTANCES
from tests.unit.search.test_substructure import ENDLESS, PATTERNS, make_endless

SMILES = (
    *(smiles for _, smiles, _ in SUBSTANCES),
    *(
        "[2H][H] [2H]C([2H])([2H])NC(C)Cc1ccccc1 C[N+](C)(C)CC(=O)[O-] CC[13CH3] [Na+].CC(=O)[O-] C#N "
        "O=S(=O)(N)c1cc[nH]c1 C1CC1C1CCC2(CC1)OCCO2 F/C=C/Cl [H][H] B(O)(O)c1ccsc1"
        " O=[N+]([O-])c1cnco1 [CH3] C[Se]C N->[Fe]<-N"
    ).split(),
)
MOLECULES = [Chem.MolFromSmiles(smiles) for smiles in SMILES]
_ATOMS = st.sampled_from(
    (
        "C c N n O [#6] [#7,#8] [!#6;!#1] * A a [R] [R2] [!R] [r5] [r{5-6}] [k6] [x2] [x3] [D2] [D{2-3}] [X4] [d3]"
        " [H1] [h2] [v4] [v3] [+] [-] [+0] [2H] [13C] [12*] [^2] [^3] [z1] [z{1-2}] [Z] [Z1] [C;H3] [c&D3] [C,N;R]"
        " [!C;!c] [nH] [F,Cl,Br]"
    ).split()
)
_BONDS = st.sampled_from(["", "", "-", "=", "~", ":", "@", "!@", "-,=", "-;!@", "#", "!-"])
_LINKS = st.sampled_from(["{bond}{atom}", "{bond}{atom}", "{bond}{atom}", "({bond}{atom})", ".{atom}"])


@st.composite
def _patterns(draw: st.DrawFn) -> str:
    """A chain with branches, perhaps with one ring closed, perhaps of several parts."""
    first = draw(_ATOMS)
    links = [draw(_LINKS).format(bond=draw(_BONDS), atom=draw(_ATOMS)) for _ in range(draw(st.integers(0, 6)))]
    ring = "1" if len(links) > 1 and draw(st.booleans()) else ""
    return f"{first}{ring}{''.join(links)}{ring}"


@lru_cache(maxsize=2)
def _learnt(kernel: Path, most_steps: int = MOST_STEPS) -> Molecules:
    molecules = Molecules(most_steps)
    assert molecules.hasten(kernel)
    molecules.learn(SMILES)
    return molecules


def _find(molecules: Molecules, pattern: str, enough: int = 1_000, *, exact: bool = True) -> dict[int, Matches]:
    numbers = np.arange(len(SMILES), dtype=np.int32)
    message = {"pattern": pattern, "enough": enough, "exact": exact}
    return {place: matches for answer in molecules.find(message, numbers) for place, matches in answer["hits"]}


def _expect(pattern: str) -> dict[int, Matches]:
    query = Chem.MolFromSmarts(pattern)
    found = {place: mol.GetSubstructMatches(query, maxMatches=MOST_MATCHES) for place, mol in enumerate(MOLECULES)}
    return {place: matches for place, matches in found.items() if matches}


def _assert_as_rdkit(found: dict[int, Matches], pattern: str) -> None:
    """The same molecules match, on the same sets of atoms (of more than are shown, on some), and every match is one."""
    query, expected = Chem.MolFromSmarts(pattern), _expect(pattern)
    assert found.keys() == expected.keys()
    for place, matches in found.items():
        sets = {frozenset(match) for match in matches}
        assert len(sets) == len(matches) == len(expected[place])
        assert len(sets) == MOST_MATCHES or sets == {frozenset(match) for match in expected[place]}
        others = [match for match in matches if tuple(match) not in expected[place]]
        assert all(_is_match(query, MOLECULES[place], match) for match in others)


def _is_match(query: Chem.Mol, mol: Chem.Mol, match: Sequence[int]) -> bool:
    under: list[tuple[Any, Any]] = [(atom, mol.GetAtomWithIdx(match[atom.GetIdx()])) for atom in query.GetAtoms()]
    for bond in query.GetBonds():
        ends = match[bond.GetBeginAtomIdx()], match[bond.GetEndAtomIdx()]
        under.append((bond, mol.GetBondBetweenAtoms(*ends)))
    return all(below is not None and asked.Match(below) for asked, below in under)


@given(pattern=_patterns().filter(lambda text: Chem.MolFromSmarts(text) is not None))
@settings(max_examples=60)
def test_hits_equal_those_of_rdkit(compiled_code: Path, pattern: str) -> None:
    _assert_as_rdkit(_find(_learnt(compiled_code), pattern), pattern)


@pytest.mark.parametrize("pattern", PATTERNS)
def test_what_takes_too_many_steps_is_left_to_rdkit(compiled_code: Path, pattern: str) -> None:
    _assert_as_rdkit(_find(_learnt(compiled_code, 1), pattern), pattern)


@pytest.mark.parametrize("pattern", ["c1ccccc1", "[2H]", "[$(CN)]", "[r5]"])
def test_molecules_that_are_held_packed_match_the_same(pattern: str) -> None:
    molecules = Molecules(most_ready=3)
    molecules.learn(SMILES)
    _assert_as_rdkit(_find(molecules, pattern), pattern)


@pytest.mark.parametrize("pattern", ["[$(c1ccccc1)]", "[#7;!$(N-C=O)]", "N->[Fe]", "[C@H](N)O"])
def test_patterns_that_ask_for_more_than_graphs_hold_are_left_to_rdkit(compiled_code: Path, pattern: str) -> None:
    graphs = MoleculeGraphs()
    graphs.add(Chem.MolFromSmiles("CO"))
    assert (graphs.plan(parse_pattern(pattern)) is None) == ("$" in pattern or ">" in pattern)
    _assert_as_rdkit(_find(_learnt(compiled_code), pattern), pattern)


def test_the_first_hits_are_those_of_the_whole_search(compiled_code: Path) -> None:
    molecules = _learnt(compiled_code)
    whole = _find(molecules, "c1ccccc1")
    assert list(_find(molecules, "c1ccccc1", 4, exact=False).items()) == list(whole.items())[:4]
    message = {"pattern": "c1ccccc1", "enough": 4, "exact": True}
    answers = list(molecules.find(message, np.arange(len(SMILES), dtype=np.int32)))
    assert sum(len(answer["hits"]) + answer["further"] for answer in answers) == len(whole)
    assert answers[-1]["tested"] == len(SMILES)


def test_a_molecule_learnt_later_with_atoms_of_a_new_sort_is_found(compiled_code: Path) -> None:
    molecules = Molecules()
    molecules.hasten(compiled_code)
    molecules.learn(["CC"])
    message = {"pattern": "[#52]", "enough": 5, "exact": True}
    assert list(molecules.find(message, np.array([0], np.int32)))[-1]["hits"] == []
    molecules.learn(["C[Te]C"])
    assert list(molecules.find(message, np.array([0, 1], np.int32)))[-1]["hits"] == [(1, [[1]])]


def test_of_several_matches_on_the_same_atoms_the_smallest_is_shown(compiled_code: Path) -> None:
    molecules = Molecules()
    molecules.hasten(compiled_code)
    molecules.learn(["CN(C)CCO"])
    message = {"pattern": "C-N-C", "enough": 1, "exact": False}
    shown = list(molecules.find(message, np.array([0], np.int32)))[-1]["hits"]
    assert shown == [(0, [[0, 1, 2], [0, 1, 3], [2, 1, 3]])]


def test_a_deuterium_is_a_heavy_neighbour_and_a_hydrogen_is_not(compiled_code: Path) -> None:
    _assert_as_rdkit(_find(_learnt(compiled_code), "[#1;d1]"), "[#1;d1]")


def test_what_is_asked_of_a_process_that_died_in_the_learning_has_failed() -> None:
    matcher = Matcher()
    matcher._process.kill()
    matcher._process.wait()
    numbers = matcher.learn(["CC", "CO"])
    question = {"pattern": "C", "enough": 5, "exact": True, "limit_s": 5.0}
    assert list(matcher.match(question, numbers, time.monotonic() + 5.0)) == []
    assert matcher.has_failed
    assert not matcher.can_be_asked


def test_an_endless_walk_is_stopped_with_what_was_found(compiled_code: Path) -> None:
    matcher = Matcher()
    try:
        matcher.hasten(compiled_code)
        numbers = matcher.learn(["C" * 70, make_endless()])
        question = {"pattern": ENDLESS, "enough": 5, "exact": True, "limit_s": 3.0}
        answers = list(matcher.match(question, numbers, time.monotonic() + 3.0))
        assert [answer["tested"] for answer in answers][-1] == 1
        assert sum(len(answer["hits"]) for answer in answers) == 1
        assert not matcher.can_be_asked
    finally:
        matcher.kill()


def test_a_matcher_that_nobody_listens_to_any_more_ends_without_a_word() -> None:
    command = [sys.executable, "-m", "nps_registry.search.matcher"]
    heard, told = os.pipe()
    os.close(heard)
    ended = subprocess.run(command, input=b'{"learn": ["CC"]}\n', stdout=told, stderr=subprocess.PIPE, check=False)
    os.close(told)
    assert (ended.returncode, ended.stderr) == (0, b"")
