"""Molecules from what the registry wrote itself: no limits to check, nothing to explain."""

from __future__ import annotations

from rdkit import Chem


def restore(smiles: str) -> Chem.Mol:
    """The molecule of a canonical *smiles* (CXSMILES where it has stereo groups) that was written by this room.

    Raises:
        ValueError: it cannot be read, so it was not written here.
    """
    mol = Chem.MolFromSmiles(smiles)
    if mol is None:
        raise ValueError(f"no SMILES of this registry: {smiles[:80]!r}")
    return mol
