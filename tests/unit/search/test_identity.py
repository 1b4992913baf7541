"""A structure is told apart from its stereo variants and its tautomers."""

from __future__ import annotations

from nps_registry.search.identity import find_identical
from nps_registry.search.questions import IdentityQuestion
from nps_registry.vocabulary.substance import Stereo
from tests.unit.search.library import library, make_row, snapshot_of

AMPHETAMINE = "CC(N)Cc1ccccc1"
REGISTRY = snapshot_of(
    [
        make_row(1, "Amphetamine", AMPHETAMINE),
        make_row(2, "Dexamfetamine", "C[C@H](N)Cc1ccccc1"),
        make_row(3, "Racemic amphetamine", "C[C@H](N)Cc1ccccc1", stereo=Stereo.RACEMIC),
        make_row(4, "Enol form", "CC(O)=CC(C)=O"),
        make_row(5, "Acetylacetone", "CC(=O)CC(C)=O"),
        make_row(6, "Starch"),
    ]
)


def names(entries: object) -> list[str]:
    return [entry.name for entry in entries]  # type: ignore[attr-defined]


def test_the_exact_substance_and_its_stereo_variants_stand_apart() -> None:
    answer = find_identical(REGISTRY, IdentityQuestion("C[C@H](N)Cc1ccccc1.OS(=O)(=O)O"))
    assert names(answer.exact) == ["Dexamfetamine"]
    assert names(answer.stereo_variants) == ["Amphetamine", "Racemic amphetamine"]


def test_what_is_said_beside_the_drawing_decides() -> None:
    answer = find_identical(REGISTRY, IdentityQuestion(AMPHETAMINE, Stereo.RACEMIC))
    assert names(answer.exact) == ["Racemic amphetamine"]


def test_an_unknown_enantiomer_has_variants_and_no_exact_match() -> None:
    answer = find_identical(REGISTRY, IdentityQuestion("C[C@@H](N)Cc1ccccc1"))
    assert names(answer.exact) == []
    assert names(answer.same_skeleton) == ["Amphetamine", "Dexamfetamine", "Racemic amphetamine"]


def test_a_tautomer_is_found_and_is_no_variant() -> None:
    answer = find_identical(REGISTRY, IdentityQuestion("CC(=O)CC(C)=O"))
    assert names(answer.exact) == ["Acetylacetone"]
    assert names(answer.tautomers) == ["Enol form"]
    assert names(answer.same_skeleton) == []


def test_a_hidden_substance_is_nobodys_variant() -> None:
    hidden = snapshot_of([entry.row for entry in REGISTRY.entries], hidden=frozenset({2}))
    question = IdentityQuestion("C[C@H](N)Cc1ccccc1")
    assert names(find_identical(hidden, question).exact) == []
    assert names(find_identical(hidden, question, frozenset({2})).exact) == ["Dexamfetamine"]


def test_positional_isomers_carry_the_same_groups_at_other_places() -> None:
    answer = find_identical(library(), IdentityQuestion("CNC(C)C(=O)c1ccccc1C"))
    assert {entry.name for entry in answer.positional_isomers} == {"3-MMC", "Mephedrone"}
    assert answer.exact == ()


def test_a_salt_is_identified_as_its_parent_and_says_so() -> None:
    answer = find_identical(library(), IdentityQuestion("CNC(C)C(=O)c1cccc(C)c1.Cl.O"))
    assert [entry.name for entry in answer.exact] == ["3-MMC"]
    assert answer.forms == ("hydrochloride", "water")


def test_names_of_salts_stand_beside_the_substance_that_carries_them() -> None:
    snapshot = snapshot_of([make_row(1, "Fentanyl", "CCC(=O)N(c1ccccc1)C1CCN(CCc2ccccc2)CC1", ("Fentanyl citrate",))])
    answer = find_identical(snapshot, IdentityQuestion("CCC(=O)N(c1ccccc1)C1CCN(CCc2ccccc2)CC1"))
    assert answer.salt_names == ("Fentanyl citrate",)
