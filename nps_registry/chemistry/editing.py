"""A structure handed to a drawing program: with coordinates, and with its stereochemistry said in the program's way."""

from __future__ import annotations

from rdkit import Chem

from nps_registry.chemistry.depict import lay_out
from nps_registry.chemistry.structure import parse

_CHIRAL_FLAG = "_MolFileChiralFlag"


def write_editable(text: str) -> str:
    """The structure *text* as a molfile for an editor: as it was drawn where it was, else laid out.

    Wedges in a molfile without the chiral flag mean a racemate to an editor that follows the format's letter, and
    one enantiomer to this registry: the flag is set wherever no stereo group says more.

    Raises:
        UnreadableStructure: it cannot be read.
    """
    mol = parse(text).mol
    drawn = mol if mol.GetNumConformers() and not mol.GetConformer().Is3D() else lay_out(mol)
    groups = bool(drawn.GetStereoGroups())
    if not groups:
        drawn.SetIntProp(_CHIRAL_FLAG, 1)
    return str(Chem.MolToMolBlock(drawn, forceV3000=groups))
