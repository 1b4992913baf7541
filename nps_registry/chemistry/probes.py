"""Quick questions about a molecule, asked of RDKit's matcher instead of atom by atom in Python.

Most structures need no change at all, and a similarity search standardises its query: each step first
asks one of these, at a few microseconds.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from rdkit import Chem
from rdkit.Chem import rdqueries

ATOM_NUMBER = "molAtomMapNumber"  # RDKit's name for the number in [CH3:1]


@dataclass(frozen=True, slots=True)
class Probes:
    """Queries of one or two atoms, and of one cage, each telling whether a step has anything to do."""

    hydrogen: Chem.Mol
    bonded_metal: Chem.Mol
    charge: Chem.Mol
    isotope: Chem.Mol
    configured_atom: Chem.Mol
    inner_double_bond: Chem.Mol
    numbered_atom: Chem.Mol
    adamantane: Chem.Mol


@lru_cache(maxsize=1)
def probes() -> Probes:
    """The queries, built at first use."""
    configured, numbered = Chem.RWMol(), Chem.RWMol()
    configured.AddAtom(rdqueries.HasChiralTagQueryAtom())
    numbered.AddAtom(rdqueries.HasPropQueryAtom(ATOM_NUMBER))
    return Probes(
        hydrogen=Chem.MolFromSmarts("[#1]"),
        bonded_metal=Chem.MolFromSmarts("[Li,Be,Na,Mg,Al,K,Ca,Zn,Rb,Sr,Cs,Ba;!D0]"),
        charge=Chem.MolFromSmarts("[!+0]"),
        isotope=Chem.MolFromSmarts("[!0*]"),
        configured_atom=configured.GetMol(),
        inner_double_bond=Chem.MolFromSmarts("[!D1]=[!D1]"),
        numbered_atom=numbered.GetMol(),
        adamantane=Chem.MolFromSmarts("C1C2CC3CC1CC(C2)C3"),
    )
