"""Centres whose configuration a cage settles: those of adamantane.

Each bridgehead of an adamantane is a possible centre by its neighbours alone, and none of them has a choice: the four
stand to each other in the one way that the cage allows, so that only the cage as a whole can have a mirror image. A
group on a bridge has a choice of two sides, which are alike where the cage carries nothing else.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import chain, combinations

from rdkit import Chem

from nps_registry.chemistry.inchi import Inchi, write_inchi
from nps_registry.chemistry.probes import probes

_BRIDGEHEADS = {1: (1, 1, 1), 3: (1, -1, -1), 5: (-1, 1, -1), 7: (-1, -1, 1)}
"""Places of the bridgeheads, by their atoms in the probe: corners of a tetrahedron."""

_BRIDGES = {0: (1, 5), 2: (1, 3), 4: (3, 5), 6: (5, 7), 8: (7, 1), 9: (7, 3)}
"""The bridgeheads that each other atom lies between, which is the sum of their places."""

_IN_CAGE = 2
"""Neighbours of a bridge within the cage; one with more carries something."""

_MOST_TURNS = 4

Place = tuple[int, int, int]


def is_settled_by_cages(mol: Chem.Mol) -> bool:
    """Whether *mol*, something of which is open, has nothing open but centres in cages that could not be otherwise."""
    written = _write_all(mol)
    return len({each.text for each in written}) == 1 and not written[0].is_open


def forget_caged_centres(mol: Chem.Mol) -> Chem.Mol:
    """*mol* without the configurations of those centres in cages that could not be otherwise."""
    caged = {index for cage in mol.GetSubstructMatches(probes().adamantane) for index in cage}
    marked = [index for index in caged if mol.GetAtomWithIdx(index).GetChiralTag() != Chem.ChiralType.CHI_UNSPECIFIED]
    if not marked:
        return mol
    plain = Chem.RWMol(mol)
    for index in marked:
        plain.GetAtomWithIdx(index).SetChiralTag(Chem.ChiralType.CHI_UNSPECIFIED)
    Chem.AssignStereochemistry(plain, cleanIt=True, force=True)
    return plain.GetMol() if len({each.text for each in _write_all(plain)}) == 1 else mol


def _write_all(mol: Chem.Mol) -> list[Inchi]:
    """*mol* with the open centres of its cages configured in every way that those allow; none without a cage."""
    settled = Chem.RWMol(mol)
    turns = [turn for cage in mol.GetSubstructMatches(probes().adamantane) for turn in _configure(settled, cage)]
    if not 0 < len(turns) <= _MOST_TURNS:
        return []
    chosen = chain.from_iterable(combinations(turns, count) for count in range(len(turns) + 1))
    return [write_inchi(_turned(settled, each)) for each in chosen]


def _turned(settled: Chem.Mol, turns: Iterable[Sequence[int]]) -> Chem.Mol:
    """*settled* with the centres of each of *turns* the other way round."""
    turned = Chem.RWMol(settled)
    for index in chain.from_iterable(turns):
        turned.GetAtomWithIdx(index).InvertChirality()
    Chem.AssignStereochemistry(turned, cleanIt=False, force=True)
    return turned.GetMol()


def _configure(mol: Chem.RWMol, cage: Sequence[int]) -> list[list[int]]:
    """Configure the open centres of *cage*, a match of the probe; answers which can only be turned together."""
    places = {cage[number]: place for number, place in _BRIDGEHEADS.items()}
    for number, (one, other) in _BRIDGES.items():
        places[cage[number]] = _sum(_BRIDGEHEADS[one], _BRIDGEHEADS[other])
    bridgeheads = []
    for number, place in _BRIDGEHEADS.items():
        atom = mol.GetAtomWithIdx(cage[number])
        if atom.GetChiralTag() == Chem.ChiralType.CHI_UNSPECIFIED:
            # What is outside the cage points away from its middle.
            outside = _sum(place, place)
            around = [places.get(each.GetIdx(), outside) for each in atom.GetNeighbors()]
            atom.SetChiralTag(_tag([_difference(each, place) for each in around[:3]]))
            bridgeheads.append(atom.GetIdx())
    turns = [bridgeheads] if bridgeheads else []
    for atom in (mol.GetAtomWithIdx(cage[number]) for number in _BRIDGES):
        if atom.GetDegree() > _IN_CAGE and atom.GetChiralTag() == Chem.ChiralType.CHI_UNSPECIFIED:
            atom.SetChiralTag(Chem.ChiralType.CHI_TETRAHEDRAL_CW)
            turns.append([atom.GetIdx()])
    return turns


def _tag(around: Sequence[Place]) -> Chem.ChiralType:
    """RDKit's mark of a centre whose first three neighbours lie in these directions."""
    (ax, ay, az), (bx, by, bz), (cx, cy, cz) = around
    volume = (ay * bz - az * by) * cx + (az * bx - ax * bz) * cy + (ax * by - ay * bx) * cz
    return Chem.ChiralType.CHI_TETRAHEDRAL_CCW if volume > 0 else Chem.ChiralType.CHI_TETRAHEDRAL_CW


def _sum(one: Place, other: Place) -> Place:
    return one[0] + other[0], one[1] + other[1], one[2] + other[2]


def _difference(one: Place, other: Place) -> Place:
    return one[0] - other[0], one[1] - other[1], one[2] - other[2]
