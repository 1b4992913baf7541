"""The largest part that two structures share, found within a time limit, and what hangs off it."""

from __future__ import annotations

import time
from dataclasses import dataclass

from rdkit import Chem
from rdkit.Chem import rdFMCS

from nps_registry.chemistry.rdkit_options import set_options

_ALIGNMENTS = 64
_LONGEST_SEARCH_S = 10


@dataclass(frozen=True, slots=True)
class CommonPart:
    """Atoms that correspond: the n-th of one to the n-th of the other.

    Attributes:
        query_atoms: atoms of the first structure.
        other_atoms: the same atoms in the second.
        complete: whether the search ended before its time limit.
    """

    query_atoms: tuple[int, ...]
    other_atoms: tuple[int, ...]
    complete: bool


@dataclass(frozen=True, slots=True)
class Group:
    """A connected group of atoms outside the common part.

    Attributes:
        smiles: canonical, with ``*`` for each bond to the common part.
        sites: places in the common part that it is bound to; more than one for a bridge.
        is_single: whether it hangs by one single bond.
    """

    smiles: str
    sites: tuple[int, ...]
    is_single: bool


class _Deadline(rdFMCS.MCSProgress):
    """Ends the search at a moment finer than RDKit's own whole seconds."""

    def __init__(self, limit_s: float) -> None:
        super().__init__()
        self._end = time.monotonic() + limit_s

    def __call__(self, _progress: object, _parameters: object) -> bool:
        return time.monotonic() < self._end


def find_common_part(query: Chem.Mol, other: Chem.Mol, limit_s: float) -> CommonPart:
    """The largest connected common part of *query* and *other*, whole rings only.

    When *limit_s* ends the search, the largest part found until then is the answer, and says so.
    """
    parameters = rdFMCS.MCSParameters()
    set_options(parameters.BondCompareParameters, RingMatchesRingOnly=True, CompleteRingsOnly=True)
    set_options(parameters.AtomCompareParameters, MatchFormalCharge=True)
    # An aromatic bond is like no other; by default it would be like a single one, and a cyclohexane like a benzene.
    parameters.BondTyper = rdFMCS.BondCompare.CompareOrderExact
    deadline = _Deadline(limit_s)  # RDKit keeps no reference, so it is kept here
    set_options(parameters, Timeout=_LONGEST_SEARCH_S, ProgressCallback=deadline)
    found = rdFMCS.FindMCS([query, other], parameters)
    if found.numAtoms == 0:
        return CommonPart((), (), not found.canceled)
    return _align(query, other, found.queryMol, complete=not found.canceled)


def _align(query: Chem.Mol, other: Chem.Mol, core: Chem.Mol, *, complete: bool) -> CommonPart:
    """Of the ways to lay *core* on the other structure, one that puts most groups on equal places."""
    own = query.GetSubstructMatch(core)
    ways = other.GetSubstructMatches(core, uniquify=False, maxMatches=_ALIGNMENTS)
    own_sites = {site: group.smiles for group in outside_groups(query, own) for site in group.sites}

    def count_agreement(way: tuple[int, ...]) -> tuple[int, int]:
        sites = {site: group.smiles for group in outside_groups(other, way) for site in group.sites}
        shared = own_sites.keys() & sites.keys()
        return sum(own_sites[site] == sites[site] for site in shared), len(shared)

    best = max(ways, key=count_agreement)
    return CommonPart(tuple(own), tuple(best), complete)


def outside_groups(mol: Chem.Mol, common: tuple[int, ...]) -> list[Group]:
    """The groups of *mol* outside the atoms *common*, by their places in *common*."""
    place = {atom: number for number, atom in enumerate(common)}
    crossing = [bond for bond in mol.GetBonds() if (bond.GetBeginAtomIdx() in place) != (bond.GetEndAtomIdx() in place)]
    if not crossing:
        return []
    cut = Chem.FragmentOnBonds(mol, [bond.GetIdx() for bond in crossing], dummyLabels=[(0, 0)] * len(crossing))
    pieces: list[tuple[int, ...]] = []
    fragments = Chem.GetMolFrags(cut, asMols=True, sanitizeFrags=False, fragsMolAtomMapping=pieces)
    groups: list[Group] = []
    for fragment, atoms in zip(fragments, pieces, strict=True):
        own = {atom for atom in atoms if atom < mol.GetNumAtoms()}
        if own & place.keys():
            continue
        bonds = [bond for bond in crossing if bond.GetBeginAtomIdx() in own or bond.GetEndAtomIdx() in own]
        ends = (bond.GetBeginAtomIdx() if bond.GetBeginAtomIdx() in place else bond.GetEndAtomIdx() for bond in bonds)
        single = len(bonds) == 1 and bonds[0].GetBondType() == Chem.BondType.SINGLE
        groups.append(
            Group(Chem.MolToSmiles(fragment, isomericSmiles=False), tuple(place[end] for end in ends), single)
        )
    return sorted(groups, key=lambda group: (group.sites, group.smiles))
