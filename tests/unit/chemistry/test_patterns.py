"""SMARTS patterns: read, limited, matched."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rdkit import Chem

from nps_registry.chemistry.patterns import PATTERN_LIMITS, has_match, match_atoms, parse_pattern
from nps_registry.errors import UnreadablePattern
from tests.unit.chemistry.samples import MEPHEDRONE_3


def refusal_of(text: object) -> UnreadablePattern:
    with pytest.raises(UnreadablePattern) as caught:
        parse_pattern(text)
    return caught.value


def test_a_pattern_tells_the_atoms_it_matches() -> None:
    mol = Chem.MolFromSmiles(MEPHEDRONE_3)
    assert match_atoms(parse_pattern(" [CX3]=O "), mol) == ((4, 5),)
    assert match_atoms(parse_pattern("[CH3]"), mol) == ((0,), (3,), (11,))
    assert match_atoms(parse_pattern("S"), mol) == ()


def test_matches_are_bounded() -> None:
    mol = Chem.MolFromSmiles("C" * 300)
    assert len(match_atoms(parse_pattern("C"), mol)) == PATTERN_LIMITS.matches
    assert len(match_atoms(parse_pattern("C"), mol, limit=3)) == 3


def test_a_smiles_is_a_pattern_too() -> None:
    assert has_match(parse_pattern("c1ccccc1"), Chem.MolFromSmiles(MEPHEDRONE_3))
    assert not has_match(parse_pattern("c1ccncc1"), Chem.MolFromSmiles(MEPHEDRONE_3))


@pytest.mark.parametrize(
    ("text", "position"),
    [("CC(", 3), ("  [?]", 4), ("CC>>C", 3), ("CC C", 3), ("C–C", 2), ("C\x00", 2), ("[C&&&&", 4)],
)
def test_a_refusal_gives_the_position(text: str, position: int) -> None:
    refused = refusal_of(text)
    assert refused.position == position
    assert refused.errors[0].field == "pattern"
    assert refused.detail.isprintable()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "empty"),
        (None, "empty"),
        ("  ", "empty"),
        ("C" * 2_000, "characters"),
        ("C" * 150, "atoms"),
        ("[$(" * 5 + "C" + ")]" * 5, "nested 5 deep"),
        ("[$(C)]" * 21, "21 parts"),
        ("C(" * 40 + "C" + ")" * 40, "nested"),
        ("C1" + "CC1C1" * 45, "ring closures"),
        ("C1CC", "not closed"),
        ("C[#200]", "no element"),
    ],
)
def test_what_is_over_a_limit_is_refused_at_once(text: object, words: str) -> None:
    started = time.process_time()
    assert words in refusal_of(text).detail
    assert time.process_time() - started < 1


@given(st.text(alphabet="CNO[]()$#&,;!:123*~-=@HXDRv+ ", max_size=60))
@settings(max_examples=500, deadline=None)
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        pattern = parse_pattern(text)
    except UnreadablePattern:
        return
    assert pattern.query.GetNumAtoms() > 0
