"""A deterministic library of drug-like molecules, as large as is asked: the same molecules on every machine.

Amides of substituted aromatic acids with substituted amines, enumerated in an order that mixes them; no two
are written alike. It stands in for a vendor's library where only counts and speed matter.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from itertools import product
from math import gcd

_GROUPS = ("", "F", "Cl", "Br", "C", "OC", "C#N", "C(F)(F)F", "CC", "OCC", "N(C)C", "S(C)(=O)=O", "C(C)C")
_RINGS = (
    "c1c{a}cc{b}cc1",
    "c1cc{a}c{b}cc1",
    "c1ncc{a}cc1{b}",
    "c1sc{a}cc1{b}",
    "c1oc{a}cc1{b}",
    "c1cc2c{a}cccc2n1C{b}",
    "c1nn(C{a})c2ccc{b}cc12",
    "c1cnc2cc{a}c{b}cc2c1",
)
_LINKS = ("", "C", "CC", "OC", "C=C", "CCC")
_AMINES = (
    "NC{c}",
    "N(C)CC{c}",
    "NC1CCCCC1{c}",
    "N1CCN(C{c})CC1",
    "N1CCC(CC1)C{c}",
    "NCc1ccc{c}cc1",
    "NCCc1c[nH]c2ccc{c}cc12",
    "NC(C(C)C)C(=O)NC{c}",
    "NC1CCN(CCc2ccc{c}cc2)CC1",
    "N1CCCC1C{c}",
    "NCC1CC1{c}",
)


def _branch(group: str) -> str:
    return f"({group})" if group else ""


@lru_cache(maxsize=1)
def _acids() -> list[str]:
    acids = []
    for ring, link, one, other in product(_RINGS, _LINKS, _GROUPS, _GROUPS):
        acids.append(f"O=C({link}{ring.format(a=_branch(one), b=_branch(other))})")
    return list(dict.fromkeys(acids))


@lru_cache(maxsize=1)
def _all_amines() -> list[str]:
    return list(dict.fromkeys(amine.format(c=_branch(group)) for amine, group in product(_AMINES, _GROUPS)))


def enumerate_molecules(count: int, *, first: int = 0) -> Iterator[str]:
    """The molecules from *first* up to and without *count*, as SMILES; a small library begins every larger one.

    Raises:
        ValueError: there are not so many.
    """
    acids, amines = _acids(), _all_amines()
    most = len(acids) * len(amines)
    if count > most:
        raise ValueError(f"the library has {most} molecules")
    step = 611_953  # a stride without a common factor visits every pair once, far from its neighbour
    while gcd(step, most) != 1:
        step += 1
    for number in range(first, count):
        acid, amine = divmod(number * step % most, len(amines))
        yield acids[acid] + amines[amine]
