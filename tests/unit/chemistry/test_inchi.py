"""Reading and writing InChI."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nps_registry.chemistry.inchi import write_inchi
from nps_registry.chemistry.structure import Drawn, Notation, parse
from nps_registry.errors import UnreadableStructure
from tests.unit.chemistry.samples import DIVERSE, SALTS, outcome_of

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
        ("InChI=1S/99CH4/h99*1H4", "more than 20 parts"),
        ("InChI=1S/" + ".".join(["CH4"] * 30), "more than 20 parts"),
        ("InChI=1S/" + "C" * 9_000, "characters"),
        # Each of these reached past the end of an array, or could have, in the library's own reader.
        ("InChI=1S/C2H6O/c1-2-3/h3*7H,2H2,1H3", "layer of hydrogens"),
        ("InChI=1S/C2H6O/c1-2-3/h3H,2H2,13H3", "layer of hydrogens"),
        ("InChI=1S/C2H6O/c1-2-3/h3H,1-2H2", "layer of hydrogens"),
        ("InChI=1S/C2H6O/c1-2-9/h3H,2H2,1H3", "layer of connections"),
        ("InChI=1S/C2H6O/c1-2-3(/h3H,2H2,1H3", "layer of connections"),
        ("InChI=1S/C2H6O/c1-2-3-1-2/h3H,2H2,1H3", "layer of connections"),
        ("InChI=1S/C2H6O/h3H,2H2,1H3", "layer of connections"),
        ("InChI=1S/C2H6O/h3H,2H2,1H3/c1-2-3", "layer of connections"),
        ("InChI=1S/C2H6O/c1-2-3;/h3H,2H2,1H3", "layer of connections"),
        ("InChI=1S/C2H6O/c1-2-3/h3H,2H2,1H3/q+", "layer of charges"),
        ("InChI=1S/C2H6O/c1-2-3/h3H,2H2,1H3/t9-", "layer of stereocentres"),
        ("InChI=1S/C2H6O/c1-2-3/h3H,2H2,1H3/b1-4+", "layer of double bonds"),
        ("InChI=1S/C2H6O/c1-2-3/h3H,2H2,1H3/i9D", "layer of isotopes"),
        ("InChI=1S/C5H14NO/c1-6(2,3)4-5-7/h7H,4-5H2,1-3H3", "numbered 6 has 4 bonds"),
    ],
)
def test_a_faulty_inchi_is_refused_with_what_is_wrong(text: str, words: str) -> None:
    started = time.process_time()
    with pytest.raises(UnreadableStructure) as caught:
        parse(text)
    assert words in caught.value.detail
    assert time.process_time() - started < 2


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


@pytest.mark.parametrize("smiles", [*DIVERSE, *SALTS, "[2H]O[2H]", "[H][H]", "Cl.Cl.CCO", "[13CH4]", "[C-]#[O+]"])
def test_what_the_library_writes_is_within_the_grammar(smiles: str) -> None:
    inchi = write_inchi(parse(smiles).mol).text
    assert write_inchi(parse(inchi).mol).text == inchi


@given(st.sampled_from(DIVERSE), st.data())
@settings(max_examples=300, deadline=None)
def test_an_inchi_with_one_change_is_read_or_refused(smiles: str, data: st.DataObject) -> None:
    inchi = write_inchi(parse(smiles).mol).text
    place = data.draw(st.integers(9, len(inchi) - 1))
    sign = data.draw(st.sampled_from("0123456789-,;()*+?/.CHNOchqpbtmsi"))
    outcome = outcome_of(inchi[:place] + sign + inchi[place + 1 :])
    assert isinstance(outcome, Drawn) or outcome.detail.endswith(".")
