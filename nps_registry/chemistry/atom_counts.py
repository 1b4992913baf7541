"""How many atoms of each sort a structure has and a pattern needs: a screen that costs a comparison of small numbers.

Distinct atoms of a pattern lie on distinct atoms of a match, so a structure with fewer atoms of a sort than the
pattern names cannot hold it. Only atoms that a pattern names outright are counted (``O``, ``c``, ``[nH]``); what may be
one thing or another (``[C,N]``) needs nothing.
"""

from __future__ import annotations

import re
from collections import Counter

from rdkit import Chem

from nps_registry.chemistry.patterns import Pattern

ELEMENTS = ("C", "N", "O", "S", "F", "Cl", "Br", "I", "P")
_OF_ONE_ELEMENT = {"[#6]": "C", "[#7]": "N", "[#8]": "O", "[#16]": "S", "[#9]": "F", "[#17]": "Cl", "[#35]": "Br"}
SORTS = (
    *(f"#{element}" for element in ELEMENTS),  # any atom of the element; these come first
    *("c", "n", "o", "s", "C", "N", "O", "S", "[nH]"),
)
_ATOM = re.compile(r"\[\d*([A-Z][a-z]?|[a-z][a-z]?)(H?)[^\]]*\]|(Cl|Br|[BCNOPSFI]|[bcnops])")
_PLACE = {sort: place for place, sort in enumerate(SORTS)}


def count_atoms(smiles: str) -> tuple[int, ...]:
    """The atoms of *smiles* by :data:`SORTS`. It must be one that this registry wrote: no isotopes, no errors."""
    counts: Counter[str] = Counter()
    for bracketed, hydrogen, plain in _ATOM.findall(smiles.partition(" ")[0]):
        symbol = bracketed or plain
        counts[f"#{symbol.capitalize()}"] += 1
        counts[symbol] += 1
        if symbol == "n" and hydrogen:
            counts["[nH]"] += 1
    return tuple(counts[sort] for sort in SORTS)


def least_counts(pattern: Pattern) -> tuple[int, ...]:
    """The atoms that a structure must have at least to hold *pattern*, by :data:`SORTS`."""
    counts: Counter[str] = Counter()
    for number in range(pattern.query.GetNumAtoms()):
        text = _write(pattern.query.GetAtomWithIdx(number))
        if text in _OF_ONE_ELEMENT:
            counts[f"#{_OF_ONE_ELEMENT[text]}"] += 1
        elif text == "[nH]":
            counts.update(("#N", "n", text))
        elif text in _PLACE or text in ELEMENTS:
            counts.update((f"#{text.capitalize()}", text))
    return tuple(counts[sort] for sort in SORTS)


def _write(atom: Chem.Atom) -> str:
    """*atom* of a pattern as SMARTS; empty where RDKit read what it cannot write (``[!13CH3,N]``)."""
    try:
        return str(atom.GetSmarts())
    except ValueError:
        return ""


def most_counts(mol: Chem.Mol) -> tuple[int, ...]:
    """The atoms of *mol* by element, in the order of :data:`ELEMENTS`: nothing inside it has more."""
    counts = Counter(mol.GetAtomWithIdx(number).GetSymbol() for number in range(mol.GetNumAtoms()))
    return tuple(counts[element] for element in ELEMENTS)
