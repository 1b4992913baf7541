"""Drawings: safe under a strict policy, readable in light and dark, alike in size."""

from __future__ import annotations

import math
import re
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from rdkit import Chem

from nps_registry.chemistry.depict import BOND_LENGTH_PX, draw_svg, lay_out, write_molblock
from nps_registry.chemistry.palette import HIGHLIGHT, INKS, rgb
from nps_registry.chemistry.structure import parse
from tests.unit.chemistry.samples import DIVERSE, MEPHEDRONE_3, RACEMETHORPHAN, diverse

SVG = "{http://www.w3.org/2000/svg}"
NITAZENE = "CCN(CC)CCn1c(Cc2ccc(OCC)cc2)nc2cc([N+](=O)[O-])ccc12"


def drawing_of(smiles: str, **options: object) -> ElementTree.Element:
    return ElementTree.fromstring(draw_svg(parse(smiles).mol, **options))  # type: ignore[arg-type]


@given(diverse)
@settings(max_examples=40, deadline=None)
def test_a_drawing_is_well_formed_and_has_nothing_a_strict_policy_drops(smiles: str) -> None:
    text = draw_svg(parse(smiles).mol, highlight=[0], title="a <b> & 'c'")
    root = ElementTree.fromstring(text)
    assert root.tag == f"{SVG}svg"
    assert not re.search(r"\bstyle\b|<script|href|rdkit|<\?xml|<!", text)
    assert {element.tag.removeprefix(SVG) for element in root} <= {"title", "path", "ellipse", "polygon"}


def lines_of(smiles: str, **options: object) -> list[tuple[float, float, float, float]]:
    """The straight lines from one point to another: one for a single bond, two for a double one."""
    drawn = " ".join(element.get("d", "") for element in drawing_of(smiles, **options) if element.get("fill") == "none")
    found = re.findall(r"M([-\d.]+),([-\d.]+)L([-\d.]+),([-\d.]+)(?=M| |$)", drawn)
    return [(float(x1), float(y1), float(x2), float(y2)) for x1, y1, x2, y2 in found]


@pytest.mark.parametrize("smiles", [NITAZENE, MEPHEDRONE_3])
def test_every_bond_is_drawn(smiles: str) -> None:
    mol = parse(smiles).mol
    Chem.Kekulize(mol, clearAromaticFlags=True)
    assert len(lines_of(smiles)) == sum(int(bond.GetBondTypeAsDouble()) for bond in mol.GetBonds())


def test_bonds_take_the_colour_of_the_text_and_labels_that_of_their_element() -> None:
    root = drawing_of(NITAZENE)
    assert {element.get("stroke") for element in root if element.get("fill") == "none"} == {"currentColor"}
    fills = {element.get("fill") for element in root if "atom-n" in element.get("class", "").split()}
    assert fills == {INKS[7].colour}
    assert "#000000" not in draw_svg(parse(NITAZENE).mol)


@pytest.mark.parametrize("number", INKS)
def test_every_coloured_element_has_its_class(number: int) -> None:
    symbol = Chem.GetPeriodicTable().GetElementSymbol(number)
    drawn = draw_svg(Chem.MolFromSmiles(f"C[{symbol}]"))
    assert re.search(rf'class="[^"]*\b{INKS[number].css_class}\b', drawn)


def luminance(colour: str) -> float:
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in rgb(colour)]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("colour", [ink.colour for ink in INKS.values()])
def test_labels_stand_out_on_white_and_on_near_black(colour: str) -> None:
    light, dark = luminance("#ffffff"), luminance("#16181d")
    assert (light + 0.05) / (luminance(colour) + 0.05) >= 3
    assert (luminance(colour) + 0.05) / (dark + 0.05) >= 3


def bond_lengths(smiles: str) -> list[float]:
    return [math.hypot(x2 - x1, y2 - y1) for x1, y1, x2, y2 in lines_of(smiles)]


@pytest.mark.parametrize("smiles", ["CCCC", "CC1CCCCC1", "C" * 40, "CC(C)(C)c1ccccc1", "CCC(C)C1CCCCC1" + "C" * 25])
def test_a_bond_is_as_long_in_a_small_molecule_as_in_a_large_one(smiles: str) -> None:
    assert max(bond_lengths(smiles)) == pytest.approx(BOND_LENGTH_PX, abs=0.7)


def test_the_title_is_the_text_alternative() -> None:
    root = drawing_of("CCO", title="Ethanol <1>")
    assert root.get("role") == "img"
    assert root.findtext(f"{SVG}title") == "Ethanol <1>"
    assert drawing_of("CCO").get("aria-hidden") == "true"


def test_the_size_is_that_of_the_view_box() -> None:
    root = drawing_of(NITAZENE)
    assert root.get("viewBox", "").endswith(f" {root.get('width')} {root.get('height')}")


def test_the_same_structure_gives_the_same_text() -> None:
    assert draw_svg(parse(NITAZENE).mol) == draw_svg(parse(NITAZENE).mol)


def test_atoms_are_marked_with_the_bonds_between_them() -> None:
    marked = [e for e in drawing_of(MEPHEDRONE_3, highlight=[4, 5]) if "highlight" in e.get("class", "").split()]
    assert {e.get("fill") for e in marked} == {HIGHLIGHT.colour}
    assert sorted(e.tag.removeprefix(SVG) for e in marked) == ["ellipse", "ellipse", "path"]


def test_members_of_a_class_lie_as_their_scaffold() -> None:
    scaffold = Chem.MolFromSmiles("O=C(CN)c1ccccc1")
    laid_out = [
        lay_out(Chem.MolFromSmiles(smiles), scaffold)
        for smiles in (MEPHEDRONE_3, "CCCC(N1CCCC1)C(=O)c1ccc2OCOc2c1", "CNC(C)C(=O)c1ccc(Br)cc1")
    ]
    shapes = []
    for mol in laid_out:
        points = [mol.GetConformer().GetAtomPosition(atom) for atom in mol.GetSubstructMatch(scaffold)]
        shapes.append([(point.x - points[0].x, point.y - points[0].y) for point in points])
    for shape in shapes[1:]:
        for one, other in zip(shape[:4], shapes[0][:4], strict=True):
            assert one == pytest.approx(other, abs=0.05)


def test_a_scaffold_that_does_not_match_changes_nothing() -> None:
    assert draw_svg(parse(NITAZENE).mol, scaffold=Chem.MolFromSmiles("S1CCCC1")) == draw_svg(parse(NITAZENE).mol)


def test_a_racemate_is_drawn_as_one() -> None:
    plain = RACEMETHORPHAN.split(" ")[0]
    assert draw_svg(parse(RACEMETHORPHAN).mol) != draw_svg(parse(plain).mol)


@pytest.mark.parametrize("smiles", [*DIVERSE, RACEMETHORPHAN])
def test_a_molfile_is_read_back_as_the_same_structure(smiles: str) -> None:
    block = write_molblock(parse(smiles).mol, name="one\ntwo")
    assert block.startswith("one two\n")
    assert ("V3000" in block) == ("|" in smiles)
    assert Chem.MolToSmiles(parse(block).mol) == Chem.MolToSmiles(parse(smiles).mol)
