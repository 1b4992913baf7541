"""Standard InChI, read and written.

The identifier is that of the InChI Trust's own library (Heller et al., J. Cheminform. 2015, 7, 23),
which comes with RDKit. Its messages are part of the answer: only they tell that stereochemistry
was possible and left open everywhere.
"""

from __future__ import annotations

from dataclasses import dataclass

from rdkit import Chem
from rdkit.Chem import rdinchi

from nps_registry.chemistry.faults import describe_fault
from nps_registry.chemistry.limits import Limits
from nps_registry.chemistry.notation import Notation
from nps_registry.chemistry.rdkit_log import captured_log
from nps_registry.errors import UnreadableStructure
from nps_registry.localisation import gettext as _
from nps_registry.localisation import mark

_PREFIX = "InChI=1S/"
_READABLE_PREFIXES = (_PREFIX, "InChI=1/")
_OPEN_STEREO_MESSAGE = "Omitted undefined stereo"
_LAYER_HINTS = (
    ("FORMULA", mark("its formula")),
    ("CONNECTIONS", mark("its layer of connections (/c)")),
    ("MOBILE_H", mark("its layer of hydrogens (/h)")),
)
_WRITE_TIMEOUT_OPTION = "/W4"  # seconds


@dataclass(frozen=True, slots=True)
class Inchi:
    """A standard InChI and what it leaves open.

    Attributes:
        text: the identifier, ``InChI=1S/...``.
        is_open: whether a stereocentre or double bond exists whose configuration is not given.
    """

    text: str
    is_open: bool

    @property
    def is_chiral(self) -> bool:
        """Whether the mirror image is another InChI (the ``/m`` layer is written only then)."""
        return "/m" in self.text

    @property
    def key(self) -> str:
        """The InChIKey."""
        return str(rdinchi.InchiToInchiKey(self.text))


def write_inchi(mol: Chem.Mol) -> Inchi:
    """The standard InChI of *mol*.

    Raises:
        UnreadableStructure: the InChI library gives none (too large, an element it does not know).
    """
    text, _code, message, _log, _aux = rdinchi.MolToInchi(mol, _WRITE_TIMEOUT_OPTION)
    if not text.startswith(_PREFIX):
        raise UnreadableStructure(
            _("No InChI can be computed for this structure, so it cannot be identified; is it one definite substance?")
        )
    return Inchi(text, _OPEN_STEREO_MESSAGE in message or "?" in text)


def parse_inchi(text: str, limits: Limits) -> Chem.Mol:
    """The molecule that the InChI *text* describes.

    Raises:
        UnreadableStructure: with the position of the first stray character, or the layer at fault.
    """
    offset = len(text) - len(text.lstrip())
    inchi = text.strip()
    _require_one_word(inchi, offset)
    if not inchi.startswith(_READABLE_PREFIXES):
        raise UnreadableStructure(_("The InChI must start with “InChI=1S/”."), position=offset + 1)
    _require_modest_formula(inchi, limits)
    with captured_log():
        mol: Chem.Mol | None = rdinchi.InchiToMol(inchi, True, True)[0]
    if mol is not None:
        return mol
    with captured_log():
        unchecked, _code, _message, library_log = rdinchi.InchiToMol(inchi, False, False)
    if unchecked is None:
        raise _syntax_error(library_log)
    raise describe_fault(unchecked, lambda index: index + 1, Notation.INCHI)


def _require_one_word(inchi: str, offset: int) -> None:
    for index, character in enumerate(inchi):
        if character.isspace() or not character.isascii():
            position = offset + index + 1
            raise UnreadableStructure(
                _("There is something behind the InChI, from position {position} on; give it alone.").format(
                    position=position
                ),
                position=position,
            )


def _require_modest_formula(inchi: str, limits: Limits) -> None:
    formula = inchi.split("/")[1]
    components = formula.split(".")
    if len(components) > limits.fragments or any(part[:1].isdigit() and len(part) > 60 for part in components):
        raise UnreadableStructure(
            _("The InChI has {count} parts; at most {limit} are read.").format(
                count=len(components), limit=limits.fragments
            )
        )
    heavy = _heavy_atoms(formula)
    if heavy > limits.atoms:
        raise UnreadableStructure(
            _("The structure has {count} atoms; at most {limit} are read.").format(count=heavy, limit=limits.atoms)
        )


def _heavy_atoms(formula: str) -> int:
    """Atoms other than hydrogen in an InChI's formula layer; components may carry a multiplier (``2C2H6O``)."""
    total = 0
    for component in formula.split("."):
        digits = len(component) - len(component.lstrip("0123456789"))
        multiplier = int(component[:digits][:6] or 1)
        total += multiplier * _count_component(component[digits:])
    return total


def _count_component(component: str) -> int:
    total, index = 0, 0
    while index < len(component):
        end = index + 1
        while end < len(component) and component[end].islower():
            end += 1
        symbol, start = component[index:end], end
        while end < len(component) and component[end].isdigit():
            end += 1
        if symbol != "H":
            total += int(component[start:end][:6] or 1)
        index = end
    return total


def _syntax_error(library_log: str) -> UnreadableStructure:
    layer = next((_(name) for word, name in _LAYER_HINTS if f"{word} (" in library_log), _("one of its layers"))
    return UnreadableStructure(
        _("The InChI cannot be read: {layer} is malformed or contradicts the others.").format(layer=layer)
    )
