"""Structures drawn as SVG for a page with a strict Content-Security-Policy and a light or a dark theme.

RDKit writes ``style=`` attributes, which such a policy drops, so that bonds vanish. Here each becomes
presentation attributes; black becomes ``currentColor``; labels are outlines, so no font is needed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from html import escape
from itertools import groupby
from types import MappingProxyType
from typing import NamedTuple

from rdkit import Chem
from rdkit.Chem import rdDepictor
from rdkit.Chem.Draw import rdMolDraw2D

from nps_registry.chemistry.palette import COMMON, HIGHLIGHT, INKS, Ink, rgb
from nps_registry.chemistry.rdkit_options import set_options

BOND_LENGTH_PX = 30.0
NO_INKS: Mapping[int, Ink] = MappingProxyType({})
_MARGIN_PX = 6
_SVG = "http://www.w3.org/2000/svg"
_BLACK = "#000000"
_KEPT_ATTRIBUTES = ("cx", "cy", "rx", "ry", "points")
_SIZE = re.compile(r"viewBox='0 0 (\d+) (\d+)'")
# Nearly every shape is a path with its attributes in one order; the general form takes four times as long.
_SHAPE = re.compile(
    r"<path(?: class='[^']*')? d='([^']*)'(?: style='([^']*)')?(?: fill='([^']*)')? ?/>"
    r"|<(path|ellipse|polygon) ([^>]*?)/>"
)
# Spaces that a path needs none of, as RDKit writes them; a pass for each over a whole drawing is soon done.
_SPACED = (("'M ", "'M"), *((f" {letter} ", letter) for letter in "MLQCA"), (" Z", "Z"), (", ", ","))
_LINE = 'fill="none"'
_ATTRIBUTE = re.compile(r"([\w-]+)='([^']*)'")
_DEFAULTS = {
    "fill-rule": "evenodd",
    "stroke-width": "1.0px",
    "stroke-linecap": "butt",
    "stroke-linejoin": "miter",
    "stroke-opacity": "1",
}


@dataclass(frozen=True, slots=True)
class Depiction:
    """A structure as people see it and as programs read it, in one layout."""

    svg: str
    molblock: str


def draw_svg(mol: Chem.Mol, *, scaffold: Chem.Mol | None = None, highlight: Sequence[int] = (), title: str = "") -> str:
    """The drawing of *mol* as one SVG element; the same input gives the same text.

    Args:
        mol: what to draw; its stereo groups are written beside their centres.
        scaffold: laid out as this is where it matches; with coordinates of its own where it has them.
        highlight: indices of atoms to mark, with the bonds between them.
        title: text alternative, for readers who do not see the drawing.
    """
    return _draw(lay_out(mol, scaffold), highlight, title)


def draw_differing(mol: Chem.Mol, shared: Sequence[int], title: str) -> str:
    """The drawing of *mol* with all marked but the atoms *shared* with another structure.

    A bond between a marked atom and a shared one is not marked. Where everything is shared, nothing is.
    """
    own = [atom.GetIdx() for atom in mol.GetAtoms() if atom.GetIdx() not in set(shared)]
    return draw_svg(mol, highlight=own, title=title)


def depict(mol: Chem.Mol, *, scaffold: Chem.Mol | None = None, title: str = "", name: str = "") -> Depiction:
    """Drawing and molfile of *mol*, laid out once; as :func:`draw_svg` and :func:`write_molblock` give them."""
    laid_out = lay_out(mol, scaffold)
    return Depiction(svg=_draw(laid_out, (), title), molblock=_write_molblock(laid_out, name))


def draw_pair(
    one: Chem.Mol, two: Chem.Mol, common_one: Sequence[int], common_two: Sequence[int], titles: tuple[str, str]
) -> tuple[str, str]:
    """Both drawn, what they share laid out alike and marked as such, and what differs marked otherwise.

    Args:
        one: the first structure.
        two: the second, which is laid out as if it were alone.
        common_one: atoms of the first that the second has too.
        common_two: the corresponding atoms of the second, in the same order.
        titles: text alternatives.
    """
    reference = lay_out(two)
    aligned = Chem.Mol(one)
    aligned.RemoveAllConformers()
    if common_one:
        pairs = list(zip(common_two, common_one, strict=True))
        rdDepictor.GenerateDepictionMatching2DStructure(aligned, reference, pairs)
    else:
        aligned = lay_out(one)
    return _draw_parts(aligned, common_one, titles[0]), _draw_parts(reference, common_two, titles[1])


def _draw_parts(laid_out: Chem.Mol, common: Sequence[int], title: str) -> str:
    """The drawing with the atoms *common* in one colour and all others in another."""
    inks = {atom: COMMON if atom in set(common) else HIGHLIGHT for atom in range(laid_out.GetNumAtoms())}
    if all(ink is HIGHLIGHT for ink in inks.values()):
        inks = {}  # with nothing in common there is no difference to point at
    return _draw(laid_out, list(inks), title, inks)


def _draw(laid_out: Chem.Mol, highlight: Sequence[int], title: str, inks: Mapping[int, Ink] = NO_INKS) -> str:
    """The SVG of *laid_out* with the atoms *highlight* marked, each in its colour of *inks* where it has one."""
    drawer = rdMolDraw2D.MolDraw2DSVG(-1, -1)
    drawer.SetDrawOptions(_options())
    bonds = _bonds_between(laid_out, highlight)
    rdMolDraw2D.PrepareAndDrawMolecule(
        drawer,
        laid_out,
        highlightAtoms=list(highlight),
        highlightBonds=bonds,
        highlightAtomColors={atom: rgb(ink.colour) for atom, ink in inks.items()},
        highlightBondColors={bond: rgb(_bond_ink(laid_out, bond, inks).colour) for bond in bonds},
        kekulize=True,
    )
    drawer.FinishDrawing()
    return _rewrite(drawer.GetDrawingText(), title)


def _bond_ink(mol: Chem.Mol, bond_number: int, inks: Mapping[int, Ink]) -> Ink:
    bond = mol.GetBondWithIdx(bond_number)
    ends = {inks.get(bond.GetBeginAtomIdx(), HIGHLIGHT), inks.get(bond.GetEndAtomIdx(), HIGHLIGHT)}
    return COMMON if ends == {COMMON} else HIGHLIGHT


def lay_out(mol: Chem.Mol, scaffold: Chem.Mol | None = None) -> Chem.Mol:
    """A copy of *mol* with 2D coordinates of one bond length, placed as *scaffold* is where it matches."""
    laid_out = Chem.Mol(mol)
    laid_out.RemoveAllConformers()
    if scaffold is not None and laid_out.HasSubstructMatch(scaffold):
        reference = scaffold if scaffold.GetNumConformers() else lay_out_scaffold(scaffold)
        rdDepictor.GenerateDepictionMatching2DStructure(laid_out, reference, acceptFailure=True)
        rdDepictor.NormalizeDepiction(laid_out, canonicalize=0)
    else:
        rdDepictor.Compute2DCoords(laid_out, canonOrient=True)
        rdDepictor.NormalizeDepiction(laid_out)
    return laid_out


def lay_out_scaffold(scaffold: Chem.Mol) -> Chem.Mol:
    """A copy of *scaffold* as the structures that it is the core of are laid out; made once for all of them."""
    reference = Chem.Mol(scaffold)
    if not reference.GetNumConformers():
        rdDepictor.Compute2DCoords(reference)
    rdDepictor.NormalizeDepiction(reference, canonicalize=0)
    return reference


def write_molblock(mol: Chem.Mol, *, scaffold: Chem.Mol | None = None, name: str = "") -> str:
    """The molfile of *mol*, laid out as its drawing is: V2000, or V3000 where only that can hold it."""
    return _write_molblock(lay_out(mol, scaffold), name)


def _write_molblock(laid_out: Chem.Mol, name: str) -> str:
    laid_out.SetProp("_Name", " ".join(name.split())[:80])
    return str(Chem.MolToMolBlock(laid_out, forceV3000=bool(laid_out.GetStereoGroups())))


@lru_cache(maxsize=1)  # setting them one by one takes as long as drawing a small structure
def _options() -> rdMolDraw2D.MolDrawOptions:
    options = rdMolDraw2D.MolDrawOptions()
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
        fontFile="BuiltinRobotoRegular",  # as legible as the usual one, with simpler outlines: drawn a fifth sooner
    )
    options.useBWAtomPalette()
    options.updateAtomPalette({number: rgb(ink.colour) for number, ink in INKS.items()})
    options.setHighlightColour(rgb(HIGHLIGHT.colour))
    return options


def _bonds_between(mol: Chem.Mol, atoms: Sequence[int]) -> list[int]:
    chosen = set(atoms)
    if not chosen:
        return []  # asking every bond takes as long as drawing some of them
    return [
        bond.GetIdx() for bond in mol.GetBonds() if bond.GetBeginAtomIdx() in chosen and bond.GetEndAtomIdx() in chosen
    ]


def _rewrite(drawn: str, title: str) -> str:
    size = _SIZE.search(drawn)
    width, height = (int(side) + 2 * _MARGIN_PX for side in (size.groups() if size else (0, 0)))
    box = f'viewBox="{-_MARGIN_PX} {-_MARGIN_PX} {width} {height}" width="{width}" height="{height}"'
    told = f' role="img"><title>{escape(title, quote=False)}</title>' if title else ' aria-hidden="true">'
    shapes = "".join(_join_lines(map(_read_shape, _SHAPE.findall(_close_up(drawn)))))
    return f'<svg xmlns="{_SVG}" class="structure" {box}{told}{shapes}</svg>'


class _Shape(NamedTuple):
    """One drawn element: its tag, what gives it its form, and its style as presentation attributes and colour class."""

    tag: str
    form: str
    style: str

    @property
    def is_line(self) -> bool:
        return self.tag == "path" and _LINE in self.style


def _join_lines(shapes: Iterable[_Shape]) -> Iterator[str]:
    """*shapes* as elements; lines of one style that follow one another are one, which halves a drawing."""
    for (is_line, style), alike in groupby(shapes, key=lambda shape: (shape.is_line, shape.style)):
        if is_line:
            yield f'<path d="{"".join(shape.form for shape in alike)}" {style}/>'
        else:
            for shape in alike:
                form = f'd="{shape.form}"' if shape.tag == "path" else shape.form
                yield f"<{shape.tag} {form} {style}/>"


def _read_shape(shape: tuple[str, ...]) -> _Shape:
    path, style_text, fill, tag, text = shape
    if path:
        return _Shape("path", path.strip(), _present(style_text, fill))
    attributes = dict(_ATTRIBUTE.findall(text))
    form = " ".join(f'{name}="{attributes[name]}"' for name in _KEPT_ATTRIBUTES if name in attributes)
    return _Shape(tag, form, _present(attributes.get("style", ""), attributes.get("fill", "")))


def _close_up(drawn: str) -> str:
    """*drawn* in one line and without the spaces in paths that only people need."""
    drawn = drawn.replace("\n", " ")
    for spaced, close in _SPACED:
        drawn = drawn.replace(spaced, close)
    return drawn


@lru_cache(maxsize=256)  # a drawing has some five different styles, all drawings together hardly more
def _present(style_text: str, fill: str) -> str:
    """A style as presentation attributes, and the classes of its colours."""
    style = dict(part.split(":", 1) for part in style_text.split(";") if ":" in part)
    if fill:
        style["fill"] = fill
    inks = [_ink_of(style[name]) for name in ("fill", "stroke") if name in style]
    classes = " ".join(dict.fromkeys(ink.css_class for ink in inks if ink))
    attributes = [f'{name}="{_presentable(value)}"' for name, value in style.items() if _DEFAULTS.get(name) != value]
    return " ".join([f'class="{classes}"', *attributes] if classes else attributes)


def _presentable(value: str) -> str:
    return "currentColor" if value.upper() == _BLACK else value.removesuffix("px").lower()


def _ink_of(colour: str) -> Ink | None:
    return next((ink for ink in (*INKS.values(), HIGHLIGHT, COMMON) if ink.colour.upper() == colour.upper()), None)
