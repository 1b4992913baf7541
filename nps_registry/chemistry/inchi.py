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
from nps_registry.chemistry.inchi_grammar import check_inchi
from nps_registry.chemistry.limits import Limits
from nps_registry.chemistry.notation import Notation
from nps_registry.chemistry.rdkit_log import captured_log
from nps_registry.errors import UnreadableStructure
from nps_registry.localisation import gettext as _

_PREFIX = "InChI=1S/"
_READABLE_PREFIXES = (_PREFIX, "InChI=1/")
_OPEN_STEREO_MESSAGE = "Omitted undefined stereo"
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
    try:
        text, _code, message, _log, _aux = rdinchi.MolToInchi(mol, _WRITE_TIMEOUT_OPTION)
    except Chem.MolSanitizeException:  # aromatic atoms that have no alternating bonds
        text, message = "", ""
    if not text.startswith(_PREFIX):
        raise UnreadableStructure(_("No InChI can be computed for this structure, so it cannot be identified."))
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
    check_inchi(inchi, limits)
    with captured_log():
        try:
            mol: Chem.Mol | None = rdinchi.InchiToMol(inchi, True, True)[0]
        except Chem.MolSanitizeException:
            mol = None
        unchecked = mol or rdinchi.InchiToMol(inchi, False, False)[0]
    if unchecked is None:
        raise UnreadableStructure(_("The InChI cannot be read: its layers contradict each other."))
    if mol is None:
        raise describe_fault(unchecked, lambda index: index + 1, Notation.INCHI)
    return mol


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
