"""Structures drawn as SVG for a page with a strict Content-Security-Policy and a light or a dark theme.

RDKit writes ``style=`` attributes, which such a policy drops, so that bonds vanish. Here each becomes
presentation attributes; black becomes ``currentColor``; labels are outlines, so no font is needed.
"""

from __future__ import annotations

from collections.abc import Sequence
from xml.etree import ElementTree

from rdkit import Chem
from rdkit.Chem import rdDepictor
from rdkit.Chem.Draw import rdMolDraw2D

from nps_registry.chemistry.palette import HIGHLIGHT, INKS, Ink, rgb
from nps_registry.chemistry.rdkit_options import set_options

BOND_LENGTH_PX = 30.0
_MARGIN_PX = 6
_SVG = "http://www.w3.org/2000/svg"
_BLACK = "#000000"
_KEPT_ATTRIBUTES = ("d", "cx", "cy", "rx", "ry", "points")
_DEFAULTS = {
    "fill-rule": "evenodd",
    "stroke-width": "1.0px",
    "stroke-linecap": "butt",
    "stroke-linejoin": "miter",
    "stroke-opacity": "1",
}


def draw_svg(mol: Chem.Mol, *, scaffold: Chem.Mol | None = None, highlight: Sequence[int] = (), title: str = "") -> str:
    """The drawing of *mol* as one SVG element; the same input gives the same text.

    Args:
        mol: what to draw; its stereo groups are written beside their centres.
        scaffold: laid out as this is where it matches; with coordinates of its own where it has them.
        highlight: indices of atoms to mark, with the bonds between them.
        title: text alternative, for readers who do not see the drawing.
    """
    laid_out = lay_out(mol, scaffold)
    drawer = rdMolDraw2D.MolDraw2DSVG(-1, -1)
    _set_options(drawer.drawOptions())
    bonds = _bonds_between(laid_out, highlight)
    rdMolDraw2D.PrepareAndDrawMolecule(
        drawer, laid_out, highlightAtoms=list(highlight), highlightBonds=bonds, kekulize=True
    )
    drawer.FinishDrawing()
    return _rewrite(drawer.GetDrawingText(), title)


def lay_out(mol: Chem.Mol, scaffold: Chem.Mol | None = None) -> Chem.Mol:
    """A copy of *mol* with 2D coordinates of one bond length, placed as *scaffold* is where it matches."""
    laid_out = Chem.Mol(mol)
    laid_out.RemoveAllConformers()
    if scaffold is not None and laid_out.HasSubstructMatch(scaffold):
        reference = Chem.Mol(scaffold)
        if not reference.GetNumConformers():
            rdDepictor.Compute2DCoords(reference)
        rdDepictor.NormalizeDepiction(reference, canonicalize=0)
        rdDepictor.GenerateDepictionMatching2DStructure(laid_out, reference, acceptFailure=True)
        rdDepictor.NormalizeDepiction(laid_out, canonicalize=0)
    else:
        rdDepictor.Compute2DCoords(laid_out, canonOrient=True)
        rdDepictor.NormalizeDepiction(laid_out)
    return laid_out


def write_molblock(mol: Chem.Mol, *, scaffold: Chem.Mol | None = None, name: str = "") -> str:
    """The molfile of *mol*, laid out as its drawing is: V2000, or V3000 where only that can hold it."""
    laid_out = lay_out(mol, scaffold)
    laid_out.SetProp("_Name", " ".join(name.split())[:80])
    return str(Chem.MolToMolBlock(laid_out, forceV3000=bool(laid_out.GetStereoGroups())))


def _set_options(options: rdMolDraw2D.MolDrawOptions) -> None:
    set_options(
        options,
        scalingFactor=BOND_LENGTH_PX / 1.5,  # RDKit's bond is 1.5 long
        fixedBondLength=BOND_LENGTH_PX,
        clearBackground=False,
        singleColourBonds=True,
        singleColourWedgeBonds=True,
        bondLineWidth=1.6,
        padding=0.0,  # a share of the canvas, which would shrink bonds; the margin is added to the view box
        addStereoGroupAnnotation=True,
        atomLabelDeuteriumTritium=True,
    )
    options.useBWAtomPalette()
    options.updateAtomPalette({number: rgb(ink.colour) for number, ink in INKS.items()})
    options.setHighlightColour(rgb(HIGHLIGHT.colour))


def _bonds_between(mol: Chem.Mol, atoms: Sequence[int]) -> list[int]:
    chosen = set(atoms)
    return [
        bond.GetIdx() for bond in mol.GetBonds() if bond.GetBeginAtomIdx() in chosen and bond.GetEndAtomIdx() in chosen
    ]


def _rewrite(drawn: str, title: str) -> str:
    source = ElementTree.fromstring(drawn)
    _left, _top, drawn_width, drawn_height = source.get("viewBox", "0 0 0 0").split()
    width, height = (int(size) + 2 * _MARGIN_PX for size in (drawn_width, drawn_height))
    root = ElementTree.Element(
        "svg",
        {
            "xmlns": _SVG,
            "class": "structure",
            "viewBox": f"{-_MARGIN_PX} {-_MARGIN_PX} {width} {height}",
            "width": str(width),
            "height": str(height),
        },
    )
    if title:
        root.set("role", "img")
        ElementTree.SubElement(root, "title").text = title
    else:
        root.set("aria-hidden", "true")
    for element in source:
        tag = element.tag.removeprefix(f"{{{_SVG}}}")
        if tag in {"path", "ellipse", "polygon"}:
            ElementTree.SubElement(root, tag, _attributes(element))
    return ElementTree.tostring(root, encoding="unicode")


def _attributes(element: ElementTree.Element) -> dict[str, str]:
    """The attributes of one drawn element, its style as presentation attributes and its colour as a class."""
    kept = {name: element.attrib[name] for name in _KEPT_ATTRIBUTES if name in element.attrib}
    style = dict(part.split(":", 1) for part in element.get("style", "").split(";") if ":" in part)
    if "fill" in element.attrib:
        style["fill"] = element.attrib["fill"]
    inks = [_ink_of(style[name]) for name in ("fill", "stroke") if name in style]
    classes = element.get("class", "").split() + [ink.css_class for ink in inks if ink]
    if classes:
        kept["class"] = " ".join(dict.fromkeys(classes))
    for name, value in style.items():
        if _DEFAULTS.get(name) != value:
            kept[name] = _presentable(value)
    return kept


def _presentable(value: str) -> str:
    return "currentColor" if value.upper() == _BLACK else value.removesuffix("px").lower()


def _ink_of(colour: str) -> Ink | None:
    return next((ink for ink in (*INKS.values(), HIGHLIGHT) if ink.colour.upper() == colour.upper()), None)
