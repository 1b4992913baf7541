"""Reading and writing InChI."""

from __future__ import annotations

import time

import pytest

from nps_registry.chemistry.inchi import write_inchi
from nps_registry.chemistry.structure import Notation, parse
from nps_registry.errors import UnreadableStructure

ETHANOL = "InChI=1S/C2H6O/c1-2-3/h3H,2H2,1H3"


def test_an_inchi_is_read() -> None:
    drawn = parse(f" {ETHANOL}\n")
    assert drawn.notation is Notation.INCHI
    assert write_inchi(drawn.mol).text == ETHANOL
    assert write_inchi(drawn.mol).key == "LFQSCWFLJHTTHZ-UHFFFAOYSA-N"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("InChI=1S/CH4/h1H", "layer of hydrogens"),
        ("InChI=1S/C2H6O/c1-2-3-9/h3H,2H2,1H3", "layer of connections"),
        ("InChI=1S/xx", "formula"),
        ("InChI=1S/", "formula"),
        ("InChI=", "must start with"),
        ("InChI=2S/CH4/h1H4", "must start with"),
        ("InChI=1S/C9999/c1", "9999 atoms"),
        ("InChI=1S/99999CH4/h99999*1H4", "atoms"),
        ("InChI=1S/" + ".".join(["CH4"] * 30), "30 parts"),
        ("InChI=1S/" + "C" * 9_000, "characters"),
    ],
)
def test_a_faulty_inchi_is_refused_with_what_is_wrong(text: str, words: str) -> None:
    started = time.monotonic()
    with pytest.raises(UnreadableStructure) as caught:
        parse(text)
    assert words in caught.value.detail
    assert time.monotonic() - started < 2


def test_what_stands_behind_an_inchi_is_refused_with_its_position() -> None:
    with pytest.raises(UnreadableStructure) as caught:
        parse(f"{ETHANOL} ethanol")
    assert caught.value.position == len(ETHANOL) + 1


@pytest.mark.parametrize(
    ("smiles", "is_open", "is_chiral"),
    [
        ("CCO", False, False),
        ("CC(O)F", True, False),
        ("C[C@H](O)F", False, True),
        ("CC(O)[C@H](O)F", True, True),
        ("CC=CC", True, False),
        ("C/C=C/C", False, False),
        ("CC(=N)N", False, False),
        ("CCS(C)=O", True, False),
    ],
)
def test_the_library_itself_tells_what_is_left_open(smiles: str, is_open: bool, is_chiral: bool) -> None:
    inchi = write_inchi(parse(smiles).mol)
    assert (inchi.is_open, inchi.is_chiral) == (is_open, is_chiral)
