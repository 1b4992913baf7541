"""``python -m nps_registry.search.matcher``: matches patterns in a process of its own, which may be killed.

It speaks JSON, one message per line. ``{"kernel": directory}`` has the compiled walk read from there and is answered
``{"ready": bool}``. ``{"learn": [smiles, ...]}`` gives molecules the next numbers from 0 and is answered
``{"learned": n}``. ``{"pattern": smarts, "enough": n, "exact": bool, "limit_s": s, "test": base64 of int32}`` names
molecules by their numbers and is answered by any count of ``{"tested": n, "hits": [[place, [[atom, ...], ...]], ...],
"further": n}``, the last with ``"done": true``; a place is one of those in *test*. Past *enough* hits it ends, or only
counts further ones where the total is to be exact. With ``"structure": smiles`` in the place of the pattern, the
molecules are the patterns and the structure is searched.
"""

from __future__ import annotations

import json
import math
import os
import resource
import sys
import time
from base64 import b64decode
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from nps_registry.chemistry.graphs import GraphPattern, MoleculeGraphs
from nps_registry.chemistry.patterns import (
    Pattern,
    has_match,
    hasten,
    match_atoms,
    parse_pattern,
    structure_as_pattern,
)
from nps_registry.chemistry.stored import Mol, pack, restore, unpack
from nps_registry.search.compiled import fetch_embedding

if TYPE_CHECKING:
    from nps_registry.search.embedding import Embedding  # imported when it runs, it would be compiled

TELL_EVERY_S = 0.005
"""Short, because what was found and not told is lost when the next molecule takes for ever."""
MOST_MATCHES = 20
MOST_STEPS = 1_000_000
"""Of the compiled walk between two looks at the clock, some milliseconds; a molecule that takes so many alone is left
to RDKit."""
MOST_STEPS_SHOWN = 100_000
"""Of the walk that looks for all matches in a hit to be shown; those that it finds until then are shown."""
SHOWN_AT_ONCE = 50
MOST_READY = 20_000
"""Molecules held as RDKit's objects, some 20 kB each; the others are packed."""
_GRACE_S = 5.0

Matches = Sequence[Sequence[int]]


class Decided(NamedTuple):
    """How far a question has come.

    Attributes:
        tested: so many of its molecules are decided.
        hit: the place of one that matches; -1 for none.
        matches: the atoms under each match of it, where they are known already.
        further: matching ones that nobody wants to see.
        is_slow_next: whether the next may take for ever.
    """

    tested: int
    hit: int = -1
    matches: Matches = ()
    further: int = 0
    is_slow_next: bool = False


@dataclass(frozen=True, slots=True)
class Question:
    """A pattern made ready.

    Attributes:
        pattern: as it was written.
        quick: the same, telling more quickly whether it matches.
        plan: its way over the graphs; nothing where RDKit is to decide.
    """

    pattern: Pattern
    quick: Pattern
    plan: GraphPattern | None


class Molecules:
    """What this process has learnt: molecules by number, and once there is a compiled walk, their graphs."""

    def __init__(self, most_steps: int = MOST_STEPS, most_ready: int = MOST_READY) -> None:
        self.most_steps, self.most_ready = most_steps, most_ready
        self._known: list[Mol | bytes] = []
        self.read = lru_cache(maxsize=8)(self._read)  # the parts of one question ask for one pattern
        self._graphs = MoleculeGraphs()
        self._walk: Embedding | None = None

    def hasten(self, directory: Path) -> bool:
        """Have the compiled walk read from *directory*, or compiled and kept there; whether it could be."""
        self._walk = fetch_embedding(directory)
        if self._walk is not None:
            for number in range(self._graphs.count, len(self._known)):
                self._graphs.add(self[number])
        self.read.cache_clear()
        return self._walk is not None

    def learn(self, texts: Iterable[str]) -> int:
        """Give the molecules *texts* the next numbers; answers how many are known."""
        for mol in map(restore, texts):
            if self._walk is not None:
                self._graphs.add(mol)
            self._known.append(mol if len(self._known) < self.most_ready else pack(mol))
        self.read.cache_clear()  # a plan knows the sorts of atoms that there were
        return len(self._known)

    def __getitem__(self, number: int) -> Mol:
        known = self._known[number]
        return unpack(known) if isinstance(known, bytes) else known

    def _read(self, smarts: str) -> Question:
        pattern = parse_pattern(smarts)
        return Question(pattern, hasten(pattern), self._graphs.plan(pattern) if self._walk else None)

    def find(self, message: dict[str, Any], numbers: NDArray[np.int32]) -> Iterator[dict[str, Any]]:
        """The answers to a question about the molecules with *numbers*."""
        shown = message["enough"]
        if "structure" in message:
            target = restore(message["structure"])

            def match_in_target(place: int) -> Matches:
                return match_atoms(structure_as_pattern(self[numbers[place]]), target, limit=MOST_MATCHES)

            contained = (has_match(structure_as_pattern(self[number]), target) for number in numbers)
            return _answer(_count_up(contained), match_in_target, shown, exact=message["exact"])
        question = self.read(message["pattern"])

        def match_in_molecule(place: int) -> Matches:
            return match_atoms(question.pattern, self[numbers[place]], limit=MOST_MATCHES)

        if question.plan is not None and self._walk is not None:
            decided = self._decide(question.quick, question.plan, self._walk, numbers, shown)
        else:
            decided = _count_up(has_match(question.quick, self[number]) for number in numbers)
        return _answer(decided, match_in_molecule, shown, exact=message["exact"])

    def _decide(
        self, quick: Pattern, plan: GraphPattern, walk: Embedding, numbers: NDArray[np.int32], shown: int
    ) -> Iterator[Decided]:
        """Decide by the compiled walk, which is asked for the hits to be shown first and then for all others."""
        verdicts = np.zeros(len(numbers), np.uint8)
        begin = found = 0
        while begin < len(numbers):
            wanted = min(shown - found, SHOWN_AT_ONCE) if found < shown else len(numbers)
            graphs = self._graphs.arrays()
            end = walk.decide(graphs, plan, numbers, verdicts, begin, wanted, self.most_steps)
            hits = begin + np.flatnonzero(verdicts[begin:end] == walk.MATCHES)
            further = len(hits)
            if found < shown:
                laid_out = walk.lay_out(graphs, plan, numbers[hits], MOST_MATCHES, MOST_STEPS_SHOWN)
                yield from map(Decided, (hits + 1).tolist(), hits.tolist(), laid_out)
                found, further = found + len(hits), 0
            if verdicts[end - 1] == walk.UNDECIDED:
                yield Decided(end - 1, further=further, is_slow_next=True)
                yield Decided(end, end - 1 if has_match(quick, self[numbers[end - 1]]) else -1)
            else:
                yield Decided(end, further=further)
            begin = end


def _count_up(matching: Iterable[bool]) -> Iterator[Decided]:
    """What RDKit decides one by one: after the first, which is told at once, any may take for ever."""
    for place, matches in enumerate(matching):
        yield Decided(place + 1, place if matches else -1, is_slow_next=place == 0)


def _answer(
    decided: Iterable[Decided], match: Callable[[int], Matches], enough: int, *, exact: bool
) -> Iterator[dict[str, Any]]:
    """What is *decided*, told as it comes; *match* gives the atoms of a hit that is shown without them."""
    hits: list[tuple[int, Matches]] = []
    found = further = tested = 0
    tell_at = time.monotonic() + TELL_EVERY_S
    for tested, hit, matches, more, is_slow_next in decided:
        further += more
        if hit >= 0:
            found += 1
            if found <= enough:
                hits.append((hit, matches or match(hit)))
            else:
                further += 1
            if found == enough and not exact:
                break
        if is_slow_next or time.monotonic() >= tell_at:
            yield {"tested": tested, "hits": hits, "further": further}
            hits, further, tell_at = [], 0, time.monotonic() + TELL_EVERY_S
    yield {"tested": tested, "hits": hits, "further": further, "done": True}


def serve(questions: IO[str], answers: IO[str]) -> None:
    """Answer *questions* until their end."""
    molecules = Molecules()
    for line in questions:
        message = json.loads(line)
        if "kernel" in message:
            _bound_processor_time(math.inf)
            _tell(answers, {"ready": molecules.hasten(Path(message["kernel"]))})
        elif "learn" in message:
            _bound_processor_time(math.inf)
            _tell(answers, {"learned": molecules.learn(message["learn"])})
        else:
            _bound_processor_time(message["limit_s"])
            numbers = np.frombuffer(b64decode(message["test"]), np.int32)
            for answer in molecules.find(message, numbers):
                _tell(answers, answer)


def _bound_processor_time(limit_s: float) -> None:
    """End this process by itself where whoever asked is gone and cannot kill it."""
    used, hard = resource.getrusage(resource.RUSAGE_SELF), resource.getrlimit(resource.RLIMIT_CPU)[1]
    left_s = used.ru_utime + used.ru_stime + 2 * limit_s + _GRACE_S
    resource.setrlimit(resource.RLIMIT_CPU, (math.ceil(left_s) if math.isfinite(limit_s) else hard, hard))


def _tell(answers: IO[str], message: dict[str, Any]) -> None:
    answers.write(json.dumps(message, separators=(",", ":")) + "\n")
    answers.flush()


if __name__ == "__main__":
    try:
        serve(sys.stdin, sys.stdout)
    except BrokenPipeError:  # whoever asked is gone, and a traceback would reach the terminal of the server
        os._exit(0)
