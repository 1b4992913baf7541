"""Molecules as a compiled search reads them: who is bound to whom, and a small number for each sort of atom and bond.

Atoms are of one sort only where no query of :data:`ATOM_QUERIES` can tell them apart. RDKit itself decides, on one
atom of each sort, which sorts an atom of a pattern matches; so what is found is what RDKit finds, and only the
walk over the graph is ours. Patterns that ask for more (``$(...)``, dative bonds) have no :class:`GraphPattern`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Hashable, Iterable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from rdkit import Chem

from nps_registry.chemistry.patterns import Pattern

ATOM_QUERIES = frozenset(
    f"Atom{name}"
    for name in (
        "AtomicNum And Or Xor Null Type Isotope FormalCharge NegativeFormalCharge ExplicitDegree"
        " TotalDegree NonHydrogenDegree HCount ImplicitHCount HasImplicitH TotalValence IsAromatic IsAliphatic InRing"
        " InNRings MinRingSize RingSize RingBondCount HasRingBond NumHeteroatomNeighbors HasHeteroatomNeighbors"
        " NumAliphaticHeteroatomNeighbors HasAliphaticHeteroatomNeighbors"
    ).split()
)
"""What the sort of an atom settles, by the names that RDKit gives its queries."""
BOND_QUERIES = frozenset(
    {"BondOrder", "BondNull", "BondInRing", "BondAnd", "BondOr", "BondXor", "SingleOrAromaticBond"}
)
_COMPARED = re.compile(r"^\s*(?:less_|greater_|range_)?(\w+)", re.MULTILINE)
_HYDROGENS = ((1, 0), (1, 1))  # element and isotope; deuterium is a heavy neighbour to RDKit
_PLAIN = (1, 6)  # neighbours that are no heteroatoms
_MOST_TABLES = 1_000
_BLOCK = 1 << 20

Ints = NDArray[np.int32]


class GraphArrays(NamedTuple):
    """Molecules one after the other, their atoms numbered through.

    Attributes:
        first_atoms: (molecules + 1,) where the atoms of each begin.
        atom_sorts: (atoms,)
        first_bonds: (atoms + 1,) where the bonds of each begin; every bond stands at both its ends.
        neighbours: (bonds,) the atom at the other end.
        bond_sorts: (bonds,)
    """

    first_atoms: Ints
    atom_sorts: Ints
    first_bonds: Ints
    neighbours: Ints
    bond_sorts: Ints


class GraphPattern(NamedTuple):
    """The plan by which a pattern is laid over a molecule: one step for each of its atoms.

    Attributes:
        order: (steps,) the atom of the pattern that each step lays.
        atoms: (steps, sorts of atoms) which sorts each may lie on.
        parents: (steps,) an earlier step to whose atom it is bound; -1 for the first atom of a part.
        bonds: (bonds, sorts of bonds) which sorts each bond of the pattern may lie on.
        closures: (steps + 1,) where the bonds of a step to earlier ones begin in the next two.
        earlier: the earlier step at the other end of each.
        bond_numbers: the row of each in *bonds*.
    """

    order: Ints
    atoms: NDArray[np.bool_]
    parents: Ints
    bonds: NDArray[np.bool_]
    closures: Ints
    earlier: Ints
    bond_numbers: Ints


@dataclass(slots=True, eq=False)
class _Sorts:
    """Numbers of sorts, with one atom or bond of each, how often each was met, and which of them a query matches."""

    numbers: dict[Hashable, int] = field(default_factory=dict)
    examples: list[Any] = field(default_factory=list)
    counts: list[int] = field(default_factory=list)
    tables: dict[str, NDArray[np.bool_]] = field(default_factory=dict)

    def number(self, sort: Hashable, example: Any) -> int:
        number = self.numbers.get(sort)
        if number is None:
            number = self.numbers[sort] = len(self.examples)
            self.examples.append(example)
            self.counts.append(0)
        self.counts[number] += 1
        return number

    def match(self, query: Any) -> NDArray[np.bool_]:
        """(sorts,) which of them *query* matches; remembered, for most patterns are of the same few atoms."""
        name = query.DescribeQuery()
        known = self.tables.get(name)
        if known is None or len(known) < len(self.examples):
            if len(self.tables) >= _MOST_TABLES:
                self.tables.clear()
            known = self.tables[name] = np.array([query.Match(example) for example in self.examples], np.bool_)
        return known


class _Growing:
    """Numbers that are appended and read as an array."""

    def __init__(self, start: Iterable[int] = ()) -> None:
        self._fresh = list(start)
        self._laid_out = np.empty(0, np.int32)

    def __len__(self) -> int:
        return len(self._laid_out) + len(self._fresh)

    def extend(self, numbers: Iterable[int]) -> None:
        self._fresh.extend(numbers)
        if len(self._fresh) >= _BLOCK:  # a list takes several times the memory
            self.array()

    def array(self) -> Ints:
        if self._fresh:
            self._laid_out = np.concatenate([self._laid_out, np.array(self._fresh, np.int32)])
            self._fresh.clear()
        return self._laid_out


class MoleculeGraphs:
    """Molecules in arrays that grow as molecules are added.

    Attributes:
        count: how many there are.
    """

    def __init__(self) -> None:
        self.count = 0
        self._atom_sorts, self._bond_sorts = _Sorts(), _Sorts()
        self._first_atoms, self._first_bonds = _Growing([0]), _Growing([0])
        self._atoms, self._neighbours, self._bonds = _Growing(), _Growing(), _Growing()

    def add(self, mol: Chem.Mol) -> None:
        """Add *mol*, which must be sanitised."""
        neighbours, bonds, ring_bonds = self._read_bonds(mol)
        first, bond = len(self._atoms), len(self._neighbours)
        self._atoms.extend(self._read_atoms(mol, neighbours, ring_bonds))
        for own, others in zip(bonds, neighbours, strict=True):
            self._bonds.extend(own)
            self._neighbours.extend([first + other for other in others])
        self._first_bonds.extend([bond := bond + len(others) for others in neighbours])
        self._first_atoms.extend([len(self._atoms)])
        self.count += 1

    def _read_bonds(self, mol: Chem.Mol) -> tuple[list[list[int]], list[list[int]], list[int]]:
        """Of each atom: its neighbours, the sorts of its bonds in the same order, and how many are in rings."""
        atoms = range(mol.GetNumAtoms())
        neighbours: list[list[int]] = [[] for _ in atoms]
        sorts: list[list[int]] = [[] for _ in atoms]
        ring_bonds = [0 for _ in atoms]
        for bond in map(mol.GetBondWithIdx, range(mol.GetNumBonds())):
            is_in_ring = bond.IsInRing()
            sort = self._bond_sorts.number((bond.GetBondType(), bond.GetIsAromatic(), is_in_ring), bond)
            begin, end = bond.GetBeginAtomIdx(), bond.GetEndAtomIdx()
            for one, other in ((begin, end), (end, begin)):
                neighbours[one].append(other)
                sorts[one].append(sort)
                ring_bonds[one] += is_in_ring
        return neighbours, sorts, ring_bonds

    def _read_atoms(self, mol: Chem.Mol, neighbours: list[list[int]], ring_bonds: list[int]) -> list[int]:
        """The sort of each atom: everything that a query of :data:`ATOM_QUERIES` can ask about it."""
        atoms, sizes_of = list(map(mol.GetAtomWithIdx, range(mol.GetNumAtoms()))), mol.GetRingInfo().AtomRingSizes
        kinds = [(atom.GetAtomicNum(), atom.GetIsotope(), atom.GetIsAromatic()) for atom in atoms]
        sorts = []
        for index, atom in enumerate(atoms):
            others = [kinds[other] for other in neighbours[index]]
            hetero = [aromatic for element, _, aromatic in others if element not in _PLAIN]
            sort = (
                kinds[index],
                atom.GetFormalCharge(),
                atom.GetTotalDegree(),
                atom.GetTotalNumHs(True),
                atom.GetTotalNumHs(False),
                atom.GetTotalValence(),
                tuple(sorted(sizes_of(index))) if ring_bonds[index] else (),
                ring_bonds[index],
                len(others),
                sum(kind[:2] in _HYDROGENS for kind in others),
                len(hetero),
                sum(hetero),
            )
            sorts.append(self._atom_sorts.number(sort, atom))
        return sorts

    def arrays(self) -> GraphArrays:
        """All molecules."""
        columns = (self._first_atoms, self._atoms, self._first_bonds, self._neighbours, self._bonds)
        return GraphArrays(*(column.array() for column in columns))

    def plan(self, pattern: Pattern) -> GraphPattern | None:
        """The plan for *pattern*, from its rarest atom on; nothing where it asks for more than graphs hold.

        It holds for the molecules that there are; one with new sorts of atoms needs another.
        """
        atoms, bonds = list(pattern.query.GetAtoms()), list(pattern.query.GetBonds())
        if not (_are_known(atoms, ATOM_QUERIES) and _are_known(bonds, BOND_QUERIES)):
            return None
        if any(bond.GetBondType() == Chem.BondType.DATIVE for bond in bonds):
            return None  # RDKit asks for its direction too
        tables = [self._atom_sorts.match(atom) for atom in atoms]
        counts = np.array(self._atom_sorts.counts)
        order = _order(pattern.query, [int(counts[table].sum()) for table in tables])
        step_of = {atom: step for step, atom in enumerate(order)}
        back: list[list[tuple[int, int]]] = [[] for _ in order]
        for bond in bonds:
            earlier, later = sorted((step_of[bond.GetBeginAtomIdx()], step_of[bond.GetEndAtomIdx()]))
            back[later].append((earlier, bond.GetIdx()))
        flat = [each for own in back for each in own]
        return GraphPattern(
            np.array(order, np.int32),
            _stack([tables[atom] for atom in order], len(self._atom_sorts.examples)),
            np.array([own[0][0] if own else -1 for own in back], np.int32),
            _stack([self._bond_sorts.match(bond) for bond in bonds], len(self._bond_sorts.examples)),
            np.cumsum([0, *map(len, back)], dtype=np.int32),
            np.array([earlier for earlier, _ in flat], np.int32),
            np.array([number for _, number in flat], np.int32),
        )


def _are_known(parts: Iterable[Any], names: frozenset[str]) -> bool:
    return all(part.HasQuery() and names.issuperset(_COMPARED.findall(part.DescribeQuery())) for part in parts)


def _order(query: Chem.Mol, counts: list[int]) -> list[int]:
    """The atoms of *query*, the rarest first, each bound to one before it, those that close rings before others."""
    order: list[int] = []
    bound: Counter[int] = Counter()
    left = set(range(len(counts)))
    while left:
        chosen = min(bound.keys() & left or left, key=lambda atom: (-bound[atom], counts[atom], atom))
        order.append(chosen)
        left.discard(chosen)
        bound.update(neighbour.GetIdx() for neighbour in query.GetAtomWithIdx(chosen).GetNeighbors())
    return order


def _stack(rows: list[NDArray[np.bool_]], width: int) -> NDArray[np.bool_]:
    return np.array(rows, np.bool_).reshape(len(rows), width)
