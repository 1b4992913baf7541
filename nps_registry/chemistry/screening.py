"""Many patterns over one structure, quickly: what each pattern needs at least is counted beforehand.

A structure without nitrogen cannot hold a pattern that asks for one, so most patterns of a long
list are put aside by comparing a few small numbers, and the search itself runs for the rest only.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

from rdkit import Chem

from nps_registry.chemistry.limits import PatternLimits
from nps_registry.chemistry.patterns import Pattern, parse_pattern

Mol: TypeAlias = Chem.Mol

OWN_LIMITS = PatternLimits(smarts_chars=6_000, atoms=100, recursions=100, recursion_depth=6)
"""For patterns that the catalogue itself states, whose named pieces make long texts."""

_ELEMENT = {"C": 6, "N": 7, "O": 8, "F": 9, "P": 15, "S": 16}


@dataclass(frozen=True, slots=True)
class Counts:
    """Simple properties of a structure.

    Attributes:
        heavy_atoms: atoms that are not hydrogen.
        rings: smallest rings, counted as the cyclomatic number of the graph.
        elements: number of atoms of each atomic number, hydrogen left out.
    """

    heavy_atoms: int
    rings: int
    elements: Mapping[int, int]

    def of(self, symbol: str) -> int:
        """Number of atoms of the element *symbol* (one of C, N, O, F, P, S)."""
        return self.elements.get(_ELEMENT[symbol], 0)


@dataclass(frozen=True, slots=True)
class ScreenedPattern:
    """A pattern with what a structure must have at least to hold it.

    Attributes:
        pattern: the pattern.
        atoms: number of atoms that the pattern names.
        rings: number of rings that the pattern closes.
        elements: number of atoms of each element that the pattern names outright.
    """

    pattern: Pattern
    atoms: int
    rings: int
    elements: Mapping[int, int]

    def may_match(self, counts: Counts) -> bool:
        """Whether a structure with *counts* is large and rich enough for the pattern."""
        if self.atoms > counts.heavy_atoms or self.rings > counts.rings:
            return False
        for element, number in self.elements.items():  # noqa: SIM110 - thousands a structure, each a generator else
            if counts.elements.get(element, 0) < number:
                return False
        return True


def screen(text: str) -> ScreenedPattern:
    """Read *text* as SMARTS and note what it needs.

    Raises:
        UnreadablePattern: not SMARTS, or over a limit.
    """
    pattern = parse_pattern(text, OWN_LIMITS)
    query = pattern.query
    # RDKit gives a query atom the number 0 unless it can be of one element only.
    elements = Counter(number for number in _atomic_numbers(query) if number > 1)
    rings = query.GetNumBonds() - query.GetNumAtoms() + len(Chem.GetMolFrags(query))
    return ScreenedPattern(pattern, atoms=query.GetNumAtoms(), rings=rings, elements=dict(elements))


def count(mol: Mol) -> Counts:
    """The simple properties of *mol*."""
    elements = Counter(number for number in _atomic_numbers(mol) if number > 1)
    heavy_atoms = mol.GetNumHeavyAtoms()
    rings = mol.GetNumBonds() - mol.GetNumAtoms() + len(Chem.GetMolFrags(mol))
    return Counts(heavy_atoms=heavy_atoms, rings=rings, elements=elements)


def find_first(screened_pattern: ScreenedPattern, mol: Mol, counts: Counts) -> tuple[int, ...] | None:
    """The atoms under the first match of the pattern in *mol*, whose counts are *counts*; None without one."""
    if not screened_pattern.may_match(counts):
        return None
    atoms: tuple[int, ...] = mol.GetSubstructMatch(screened_pattern.pattern.query)
    return atoms or None


def _atomic_numbers(mol: Mol) -> list[int]:
    return [mol.GetAtomWithIdx(index).GetAtomicNum() for index in range(mol.GetNumAtoms())]
