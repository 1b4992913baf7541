"""How large a structure or a pattern may be, checked before RDKit sees the text."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Upper bounds on one structure as text and as a molecule.

    The numbers leave room for everything a drug laboratory meets (the largest entry of the
    catalogue has fewer than 100 atoms) and keep one reading under a second.
    """

    smiles_chars: int = 4_000
    inchi_chars: int = 8_000
    molfile_bytes: int = 1_000_000
    molfile_lines: int = 20_000
    atoms: int = 500
    rings: int = 60
    fragments: int = 20
    branch_depth: int = 100


LIMITS = Limits()


@dataclass(frozen=True, slots=True)
class PatternLimits:
    """Upper bounds on one SMARTS pattern; matching itself is bounded by the caller's time limit."""

    smarts_chars: int = 1_000
    atoms: int = 100
    branch_depth: int = 30
    recursion_depth: int = 3
    recursions: int = 20
    ring_closures: int = 40
    matches: int = 100


PATTERN_LIMITS = PatternLimits()
