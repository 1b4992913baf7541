"""The compiled walk: whether and where a pattern lies in a molecule, atom by atom with a way back.

Importing this module compiles it, or reads what was compiled before (``NUMBA_CACHE_DIR``); ask
:mod:`nps_registry.search.compiled` for it instead.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import Any, ClassVar

import numpy as np
from numba import njit, types
from numpy.typing import NDArray

from nps_registry.chemistry.graphs import GraphArrays, GraphPattern

_MISSES, _MATCHES, _UNDECIDED = 0, 1, 2
_INTS, _BOOLS = types.int32[::1], types.boolean[:, ::1]
_GRAPHS = types.NamedUniTuple(_INTS, len(GraphArrays._fields), GraphArrays)
_PLAN = types.NamedTuple((_INTS, _BOOLS, _INTS, _BOOLS, _INTS, _INTS, _INTS), GraphPattern)
_NUMBERS = types.Array(types.int32, 1, "C", readonly=True)
_DECIDE = types.int64(_GRAPHS, _PLAN, _NUMBERS, types.uint8[::1], types.int64, types.int64, types.int64)
_LAY_OUT = types.int64(_GRAPHS, _PLAN, _INTS, types.int64, types.int64, types.int32[:, ::1], _INTS)


@njit(nogil=True, cache=True)
def _fits(graphs: Any, plan: Any, depth: int, atom: int, lies_on: Any) -> bool:  # pragma: no cover
    """Whether the step *depth* may lie on *atom*: nothing else does, and every bond to an earlier step is there."""
    if not plan.atoms[depth, graphs.atom_sorts[atom]]:
        return False
    for before in range(depth):
        if lies_on[before] == atom:
            return False
    for closure in range(plan.closures[depth], plan.closures[depth + 1]):
        other, is_there = lies_on[plan.earlier[closure]], False
        for bond in range(graphs.first_bonds[atom], graphs.first_bonds[atom + 1]):
            if graphs.neighbours[bond] == other:
                is_there = plan.bonds[plan.bond_numbers[closure], graphs.bond_sorts[bond]]
                break
        if not is_there:
            return False
    return True


@njit(nogil=True, cache=True)
def _embed(
    graphs: Any, plan: Any, molecule: int, depth: int, most_steps: int, lies_on: Any, cursors: Any
) -> tuple[int, int]:  # pragma: no cover
    """Whether *molecule* matches from the step *depth* on, and how many atoms were tried.

    *lies_on* is the atom under each step; *cursors* is what is tried next: for the first step of a part an atom of the
    molecule, else a bond of the atom under its parent. With step 0 it begins, with the last step it goes on behind a
    match.
    """
    first, end = graphs.first_atoms[molecule], graphs.first_atoms[molecule + 1]
    steps = 0
    while depth >= 0:
        parent, chosen = plan.parents[depth], -1
        last = end if parent < 0 else graphs.first_bonds[lies_on[parent] + 1]
        while chosen < 0 and cursors[depth] < last:
            atom = cursors[depth] if parent < 0 else graphs.neighbours[cursors[depth]]
            if _fits(graphs, plan, depth, atom, lies_on):
                chosen = atom
            cursors[depth] += 1
            steps += 1
        if chosen < 0:
            depth -= 1
            if steps >= most_steps:
                return _UNDECIDED, steps
            continue
        lies_on[depth] = chosen
        depth += 1
        if depth == len(plan.parents):
            return _MATCHES, steps
        parent = plan.parents[depth]
        cursors[depth] = first if parent < 0 else graphs.first_bonds[lies_on[parent]]
    return _MISSES, steps


@njit(_DECIDE, nogil=True, cache=True)
def _decide(
    graphs: Any, plan: Any, numbers: Any, verdicts: Any, begin: int, enough: int, most_steps: int
) -> int:  # pragma: no cover
    lies_on, cursors = np.empty(len(plan.parents), np.int32), np.empty(len(plan.parents), np.int32)
    found, steps = 0, 0
    for place in range(begin, len(numbers)):
        if found >= enough or steps >= most_steps:
            return place
        cursors[0] = graphs.first_atoms[numbers[place]]
        verdicts[place], taken = _embed(graphs, plan, numbers[place], 0, most_steps, lies_on, cursors)
        steps += taken
        found += verdicts[place] == _MATCHES
    return len(numbers)


@njit(nogil=True, cache=True)
def _keep(match: Any, found: Any, covered: Any, count: int) -> int:  # pragma: no cover
    """How many of *found* there are with *match*: of one set of atoms, only the match that is smallest is kept."""
    for known in range(count):
        is_same_set = True
        for atom in match:
            is_same_set &= covered[known, atom]
        if is_same_set:
            for place in range(len(match)):
                if match[place] != found[known, place]:
                    if match[place] < found[known, place]:
                        found[known] = match
                    break
            return count
    found[count] = match
    for atom in match:
        covered[count, atom] = True
    return count + 1


@njit(_LAY_OUT, nogil=True, cache=True)
def _lay_out(
    graphs: Any, plan: Any, numbers: Any, most: int, most_steps: int, found: Any, counts: Any
) -> int:  # pragma: no cover
    lies_on, cursors = np.empty(len(plan.parents), np.int32), np.empty(len(plan.parents), np.int32)
    match = np.empty(len(plan.parents), np.int32)
    total = 0
    for place, number in enumerate(numbers):
        first = graphs.first_atoms[number]
        covered = np.zeros((most, graphs.first_atoms[number + 1] - first), np.bool_)
        cursors[0] = first
        depth, count, left = 0, 0, most_steps
        while count < most and left > 0:
            verdict, taken = _embed(graphs, plan, number, depth, left, lies_on, cursors)
            if verdict != _MATCHES:
                break
            for step in range(len(plan.parents)):
                match[plan.order[step]] = lies_on[step] - first
            count = _keep(match, found[total:], covered, count)
            depth, left = len(plan.parents) - 1, left - taken
        counts[place] = count
        total += count
    return total


@dataclass(frozen=True, slots=True)
class Embedding:
    """The compiled walk, called with what :class:`~nps_registry.chemistry.graphs.MoleculeGraphs` holds."""

    MATCHES: ClassVar = _MATCHES
    UNDECIDED: ClassVar = _UNDECIDED

    def decide(
        self,
        graphs: GraphArrays,
        plan: GraphPattern,
        numbers: NDArray[np.int32],
        verdicts: NDArray[np.uint8],
        begin: int,
        enough: int,
        most_steps: int,
    ) -> int:
        """Write into *verdicts* what becomes of the molecules with *numbers*, from place *begin* on.

        Answers the first place that is left: it stops after *enough* matches, after *most_steps* altogether, and after
        a molecule that took so many alone, which is :attr:`UNDECIDED`.
        """
        return int(_decide(graphs, plan, numbers, verdicts, begin, enough, most_steps))

    def lay_out(
        self, graphs: GraphArrays, plan: GraphPattern, numbers: NDArray[np.int32], most: int, most_steps: int
    ) -> list[list[list[int]]]:
        """The atoms under each match in each of the molecules with *numbers*, in the order of the pattern's atoms.

        Each set of atoms once, *most* of them at most, and only those that are found in *most_steps*.
        """
        found = np.empty((len(numbers) * most, len(plan.order)), np.int32)
        counts = np.empty(len(numbers), np.int32)
        rows = iter(found[: _lay_out(graphs, plan, numbers, most, most_steps, found, counts)].tolist())
        return [sorted(islice(rows, count)) for count in counts.tolist()]


KERNEL = Embedding()
"""Last of all, so that whoever finds it finds it compiled."""
