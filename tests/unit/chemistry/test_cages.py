"""Centres in adamantanes: what could not be otherwise is not left open, what could be is."""

from __future__ import annotations

import pytest

from nps_registry.chemistry.identity import Identity
from nps_registry.chemistry.reading import read
from nps_registry.vocabulary.substance import Stereo

AMANTADINE = "NC12CC3CC(CC(C3)C1)C2"
MEMANTINE = "CC12CC3CC(C)(C1)CC(N)(C3)C2"
TWO_ADAMANTYLAMINE = "NC1C2CC3CC(C2)CC1C3"
APINACA = "CCCCCn1nc(C(=O)NC23CC4CC(CC(C4)C2)C3)c2ccccc21"
RIMANTADINE = "CC(N)C12CC3CC(CC(C3)C1)C2"
FOUR_DIFFERENT = "FC12CC3(Cl)CC(Br)(C1)CC(I)(C3)C2"
CIS_OR_TRANS = "NC1C2CC3CC1CC(O)(C2)C3"


def identity(smiles: str) -> Identity:
    return read(smiles).identity


@pytest.mark.parametrize("smiles", [AMANTADINE, MEMANTINE, TWO_ADAMANTYLAMINE, APINACA])
def test_an_adamantane_that_has_no_mirror_image_is_achiral(smiles: str) -> None:
    assert identity(smiles).stereo is Stereo.ACHIRAL


def test_a_centre_outside_the_cage_stays_open() -> None:
    assert identity(RIMANTADINE).stereo is Stereo.UNDEFINED
    assert identity("C[C@H](N)C12CC3CC(CC(C3)C1)C2").stereo is Stereo.ABSOLUTE


def test_a_cage_with_four_different_groups_is_open_and_so_is_one_with_two_sides() -> None:
    assert identity(FOUR_DIFFERENT).stereo is Stereo.UNDEFINED
    assert identity(CIS_OR_TRANS).stereo is Stereo.UNDEFINED


def test_configurations_drawn_on_a_cage_without_a_choice_are_no_other_substance() -> None:
    drawn = identity("O=C(C)NC12C[C@H]3C[C@@H](C1)C[C@@H](C2)C3")
    assert drawn.key == identity("O=C(C)NC12CC3CC(CC(C3)C1)C2").key


def test_the_identifiers_of_a_cage_are_those_of_its_flat_drawing() -> None:
    assert identity(AMANTADINE).inchi == "InChI=1S/C10H17N/c11-10-4-7-1-8(5-10)3-9(2-7)6-10/h7-9H,1-6,11H2"
