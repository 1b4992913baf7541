"""What positional isomers share: the rings and what they carry, without the places where they carry it."""

from __future__ import annotations

from rdkit import Chem

from nps_registry.chemistry.structure import parse

_RING_TO_CHAIN = Chem.MolFromSmarts("[R]!@[!#1]")


def positional_key(smiles: str) -> str:
    """A key that 2-, 3- and 4-MMC share and ethcathinone does not.

    Every bond between a ring and what it carries is cut, stereochemistry is left out, and the pieces
    are sorted: isomers that only carry the same pieces at other places of the same rings have the same key.
    It is coarser than chemistry where a molecule has several rings (a piece may sit on another ring), so it
    says which structures a mass spectrum may confuse, not that they differ in one position.

    Raises:
        UnreadableStructure: the SMILES cannot be read.
    """
    return positional_key_of(parse(smiles).mol)


def positional_key_of(parent: Chem.Mol) -> str:
    """The same key, of a structure that was read already."""
    mol = Chem.Mol(parent)
    Chem.RemoveStereochemistry(mol)
    bonds = {mol.GetBondBetweenAtoms(*pair).GetIdx() for pair in mol.GetSubstructMatches(_RING_TO_CHAIN)}
    if not bonds:
        return str(Chem.MolToSmiles(mol))
    pieces = Chem.FragmentOnBonds(mol, sorted(bonds), addDummies=False)
    return ".".join(sorted(Chem.MolToSmiles(pieces).split(".")))
