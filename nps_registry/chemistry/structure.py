"""A structure as somebody gave it: SMILES, InChI or molfile, within limits, read or refused in one sentence."""

from __future__ import annotations

from dataclasses import dataclass

from rdkit import Chem

from nps_registry.chemistry.inchi import parse_inchi
from nps_registry.chemistry.limits import LIMITS, Limits
from nps_registry.chemistry.molfile import parse_molfile
from nps_registry.chemistry.notation import Notation, detect_notation
from nps_registry.chemistry.probes import ATOM_NUMBER, probes
from nps_registry.chemistry.smiles import parse_smiles
from nps_registry.errors import UnreadableStructure
from nps_registry.localisation import gettext as _

__all__ = ["LIMITS", "Drawn", "Limits", "Notation", "parse"]


@dataclass(frozen=True, slots=True)
class Drawn:
    """A structure as it was given.

    Attributes:
        text: the text given, unchanged.
        notation: what the text is.
        mol: the molecule, sanitised, with explicit hydrogens folded into their atoms. Stereo groups
            of an enhanced drawing (``|&1:1|``) are on it.
    """

    text: str
    notation: Notation
    mol: Chem.Mol


def parse(text: str, *, limits: Limits = LIMITS) -> Drawn:
    """Read *text* as the drawing of one substance.

    Args:
        text: a SMILES (with stereo groups of CXSMILES where wanted), an InChI, or a molfile.
        limits: sizes beyond which nothing is read.

    Raises:
        UnreadableStructure: what is wrong, with the position or line where it is known.
    """
    given, notation = detect_notation(text, limits)
    mol = _READERS[notation](given, limits)
    _require_modest_molecule(mol, limits)
    _forget_atom_numbers(mol)
    return Drawn(text=given, notation=notation, mol=mol)


_READERS = {Notation.SMILES: parse_smiles, Notation.INCHI: parse_inchi, Notation.MOLFILE: parse_molfile}


def _require_modest_molecule(mol: Chem.Mol, limits: Limits) -> None:
    atoms = mol.GetNumAtoms()
    if atoms == 0:
        raise UnreadableStructure(_("The structure has no atoms."))
    if atoms > limits.atoms:
        raise UnreadableStructure(
            _("The structure has {count} atoms; at most {limit} are read.").format(count=atoms, limit=limits.atoms)
        )
    fragments = len(Chem.GetMolFrags(mol))
    rings = mol.GetNumBonds() - atoms + fragments
    if rings > limits.rings:
        raise UnreadableStructure(
            _("The structure has {count} rings; at most {limit} are read.").format(count=rings, limit=limits.rings)
        )
    if fragments > limits.fragments:
        raise UnreadableStructure(
            _("The structure has {count} parts; at most {limit} are read.").format(
                count=fragments, limit=limits.fragments
            )
        )


def _forget_atom_numbers(mol: Chem.Mol) -> None:
    """Take off the numbers that editors put on atoms (``[CH3:1]``); they say nothing of the substance."""
    for (index,) in mol.GetSubstructMatches(probes().numbered_atom):
        mol.GetAtomWithIdx(index).ClearProp(ATOM_NUMBER)
