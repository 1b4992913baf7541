"""The connection layer of an InChI: a walk through the atoms, branches in parentheses.

``1-2(3)4`` joins 1 to 2, and 2 to 3 and to 4; ``1-2(3,4)5`` gives 2 three more neighbours; a number met
again closes a ring.
"""

from __future__ import annotations

import re

_TOKEN = re.compile(r"([1-9]\d{0,3})|([-(),])")
_MOST_NEIGHBOURS = 20


def check_connections(part: str, atoms: int) -> bool:
    """Whether *part* is a walk that joins each of the *atoms* 1 to n, no two of them twice."""
    if not part:
        return atoms <= 1
    tokens = _tokens(part)
    bonds = _walk(tokens, atoms) if tokens else None
    if bonds is None:
        return False
    neighbours = [0] * (atoms + 1)
    for begin, end in bonds:
        neighbours[begin] += 1
        neighbours[end] += 1
    return all(1 <= number <= _MOST_NEIGHBOURS for number in neighbours[1:])


def _tokens(part: str) -> list[str] | None:
    found = _TOKEN.findall(part)
    tokens = [number or sign for number, sign in found]
    return tokens if "".join(tokens) == part else None


def _walk(tokens: list[str], atoms: int) -> set[tuple[int, int]] | None:
    """The bonds of the walk; None where it breaks the grammar."""
    bonds: set[tuple[int, int]] = set()
    branches: list[int] = []
    current, before = 0, ""
    for token in tokens:
        if token.isdigit():
            number = int(token)
            if number > atoms:
                return None
            if before and not _join(bonds, current, number):
                return None
            current = number
        elif not before.isdigit():  # every sign stands behind an atom
            return None
        elif token == "(":
            branches.append(current)
        elif token == ",":
            if not branches:
                return None
            current = branches[-1]
        elif token == ")":
            if not branches:
                return None
            current = branches.pop()
        before = token
    return bonds if not branches and before.isdigit() else None


def _join(bonds: set[tuple[int, int]], one: int, other: int) -> bool:
    pair = (min(one, other), max(one, other))
    if one == other or pair in bonds:
        return False
    bonds.add(pair)
    return True
