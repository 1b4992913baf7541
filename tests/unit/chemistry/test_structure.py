"""Reading SMILES: what is accepted, and what each refusal says."""

from __future__ import annotations

import threading
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rdkit import Chem

from nps_registry.chemistry.structure import LIMITS, Drawn, Notation, parse
from nps_registry.errors import UnreadableStructure
from tests.unit.chemistry.samples import MEPHEDRONE_3, outcome_of


def refusal_of(text: object) -> UnreadableStructure:
    with pytest.raises(UnreadableStructure) as caught:
        parse(text)  # type: ignore[arg-type]
    return caught.value


def test_a_smiles_is_read_and_its_text_kept() -> None:
    drawn = parse(f"  {MEPHEDRONE_3}\n")
    assert drawn.notation is Notation.SMILES
    assert drawn.text == f"  {MEPHEDRONE_3}\n"
    assert drawn.mol.GetNumAtoms() == 13


def test_drawn_hydrogens_are_folded_into_their_atoms() -> None:
    assert parse("[H]C([H])([H])[H]").mol.GetNumAtoms() == 1


@pytest.mark.parametrize(
    ("text", "position"),
    [
        ("CCO extra", 5),
        ("CCO\tname", 5),
        ("  CCO extra", 7),
        ("[Xx]", 2),
        ("  [Xx]", 4),
        ("CC(C", 3),
        ("CC)C", 3),
        ("C==C", 3),
        ("CC>>CO", 3),
        ("CC*", 3),
        ("CC[*:1]", 3),
        ("C~C", 2),
        ("C\x00C", 2),
        ("C–C", 2),
        ("CC\ud800", 3),
        ("CC(C)(C)(C)(C)C", 2),
        ("C[N+](C)(C)(C)C", 2),
        ("CCc", 3),
        ("CCO |&1:1|", 2),
    ],
)
def test_a_refusal_gives_the_position_as_a_person_counts(text: str, position: int) -> None:
    refused = refusal_of(text)
    assert refused.position == position
    assert str(position) in refused.detail
    assert refused.detail.isprintable()


def test_too_many_bonds_are_told_with_the_element_and_their_number() -> None:
    assert "carbon at position 2 has 6 bonds" in refusal_of("CC(C)(C)(C)(C)C").detail
    assert "nitrogen at position 2 has 5 bonds" in refusal_of("C[N+](C)(C)(C)C").detail


def test_an_impossible_aromatic_ring_is_told_by_its_atoms() -> None:
    refused = refusal_of("CCn1cccc1.c1cccn1")
    assert "position 11, 13, 14, 15, 16" in refused.detail
    assert "[nH]" in refused.detail


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (None, "must be text"),
        (b"CCO", "must be text"),
        ("", "empty"),
        (" \t\n ", "empty"),
        ("C1CC", "ring is opened and not closed"),
        ("BSYNRYMUTXBXSQ-UHFFFAOYSA-N", "InChIKey"),
        ("$RXN\n\n", "reaction"),
        ("CCO\nCCN", "several lines"),
        ("C[C@H](O)F |&1:9|", "there are 4 atoms"),
        ("C[C@H](O)F |^1:0|", "not read here"),
        ("C[C@H](O)F |&1:1", "behind the SMILES"),
    ],
)
def test_other_refusals_say_what_is_wrong(text: object, words: str) -> None:
    assert words in refusal_of(text).detail


@pytest.mark.parametrize(
    "text",
    [
        "C" * 5_000,
        "C" * (LIMITS.atoms + 1),
        "[H]" * 600,
        ".".join("C" * 21),
        "(" * 2_000 + "C",
        "C(" * 1_000 + "C" + ")" * 1_000,
        "C12" * 500,
        "[" * 3_000,
        "C%99" * 900,
        "N" * 2_000_000,
    ],
)
def test_what_is_too_large_is_refused_at_once(text: str) -> None:
    started = time.process_time()
    refusal_of(text)
    assert time.process_time() - started < 1


def test_a_cage_of_too_many_rings_is_refused() -> None:
    rungs = 62
    cage = "C1" + "".join(f"C%{number}" for number in range(20, 20 + rungs))
    cage += "C" + "".join(f"C%{number}" for number in range(20, 20 + rungs)) + "C1"
    assert "rings" in refusal_of(cage).detail


def test_enhanced_stereo_is_read_and_the_rest_of_the_extension_left_aside() -> None:
    mol = parse("C[C@H](O)F |(0,0,;1,0,;2,0,;1,1,),wU:1.0,&1:1|").mol
    assert [group.GetGroupType() for group in mol.GetStereoGroups()] == [Chem.STEREO_AND]
    assert mol.GetNumConformers() == 0


def test_numbers_on_atoms_say_nothing_of_the_substance() -> None:
    assert Chem.MolToSmiles(parse("[CH3:1][CH2:2][OH:3]").mol) == "CCO"


def test_each_thread_gets_the_position_of_its_own_error() -> None:
    wrong: list[str] = []

    def read_one(carbons: int) -> None:
        for _ in range(150):
            refused = refusal_of("C" * carbons + "[Xx]")
            if refused.position != carbons + 2:
                wrong.append(refused.detail)

    threads = [threading.Thread(target=read_one, args=(carbons,)) for carbons in range(1, 7)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_nothing_is_written_to_the_streams_of_the_process(capfd: pytest.CaptureFixture[str]) -> None:
    for text in ("CC(C", "[Xx]", "CC(C)(C)(C)(C)C", "c1cccc1", "InChI=1S/CH4/h1H", "InChI=1S/xx"):
        refusal_of(text)
    assert capfd.readouterr() == ("", "")


@given(st.text(max_size=80))
@settings(max_examples=300, deadline=None)
def test_any_text_is_read_or_refused(text: str) -> None:
    outcome = outcome_of(text)
    assert isinstance(outcome, Drawn) or outcome.detail.endswith(".")


@given(st.text(alphabet="CNOcn[]()=#123%@+-H.\\/ |&:", max_size=40))
@settings(max_examples=500, deadline=None)
def test_any_text_that_looks_like_smiles_is_read_or_refused(text: str) -> None:
    outcome = outcome_of(text)
    if isinstance(outcome, Drawn):
        assert outcome.mol.GetNumAtoms() > 0
    else:
        assert outcome.position is None or 1 <= outcome.position <= len(text) + 1
