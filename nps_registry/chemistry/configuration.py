"""R and S of the centres of a structure, as systematic names state them."""

from __future__ import annotations

from rdkit import Chem
from rdkit.Chem import rdCIPLabeler

from nps_registry.chemistry.structure import parse


def centre_labels(smiles: str) -> tuple[str, ...]:
    """The Cahn-Ingold-Prelog labels (``R``, ``S``) of the configured centres, in order of atoms.

    Labels follow the revised rules (Hanson, Musacchio, Mayfield and others, J. Chem. Inf. Model. 2018, 58, 1755).

    Raises:
        UnreadableStructure: the SMILES cannot be read.
    """
    mol = Chem.Mol(parse(smiles).mol)
    rdCIPLabeler.AssignCIPLabels(mol)
    labels = (atom.GetProp("_CIPCode") for atom in mol.GetAtoms() if atom.HasProp("_CIPCode"))
    return tuple(label for label in labels if label in ("R", "S"))
