"""``python -m nps_registry.search.matcher``: matches patterns in a process of its own, which may be killed.

It speaks JSON, one message per line. ``{"learn": [[number, smiles], ...]}`` gives molecules their numbers and
is answered ``{"learned": n}``. ``{"pattern": smarts, "enough": n, "exact": bool, "limit_s": s, "test": [number, ...]}``
is answered by any count of ``{"tested": n, "hits": [[number, [[atom, ...], ...]], ...], "further": n}``, the last with
``"done": true``. Past *enough* hits it ends, or only counts further ones where the total is to be exact.
With ``"structure": smiles`` in the place of the pattern, the molecules are the patterns and the structure is searched.
"""

from __future__ import annotations

import json
import math
import resource
import sys
import time
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import IO, Any

from nps_registry.chemistry.patterns import (
    Pattern,
    has_match,
    hasten,
    match_atoms,
    parse_pattern,
    structure_as_pattern,
)
from nps_registry.chemistry.stored import restore

TELL_EVERY_S = 0.005
"""Short, because what was found and not told is lost when the next molecule takes for ever."""
MOST_MATCHES = 20
_GRACE_S = 5.0

Pair = tuple[Pattern, Pattern, Any]
"""A pattern that tells quickly whether it matches, the same as it was written, and the molecule it is searched in."""


def serve(questions: IO[str], answers: IO[str]) -> None:
    """Answer *questions* until their end."""
    molecules: dict[int, Any] = {}
    read = lru_cache(maxsize=8)(_read_pattern)  # the parts of one question ask for one pattern
    for line in questions:
        message = json.loads(line)
        if "learn" in message:
            molecules.update((number, restore(smiles)) for number, smiles in message["learn"])
            _tell(answers, {"learned": len(molecules)})
            continue
        _bound_processor_time(message["limit_s"])
        pair = _pairing(message, molecules, read)
        for answer in match(pair, message["test"], message["enough"], exact=message["exact"]):
            _tell(answers, answer)


def _read_pattern(smarts: str) -> tuple[Pattern, Pattern]:
    pattern = parse_pattern(smarts)
    return hasten(pattern), pattern


def _pairing(
    message: dict[str, Any], molecules: dict[int, Any], read: Callable[[str], tuple[Pattern, Pattern]]
) -> Callable[[int], Pair]:
    """From a molecule's number to what is searched in what."""
    if "structure" in message:
        target = restore(message["structure"])
        return lambda number: ((small := structure_as_pattern(molecules[number])), small, target)
    quick, pattern = read(message["pattern"])
    return lambda number: (quick, pattern, molecules[number])


def match(pair: Callable[[int], Pair], numbers: list[int], enough: int, *, exact: bool) -> Iterator[dict[str, Any]]:
    """The hits among the molecules with *numbers*, told as they are found."""
    hits: list[tuple[int, tuple[tuple[int, ...], ...]]] = []
    found = further = tested = 0
    tell_at = -math.inf
    for tested, number in enumerate(numbers, 1):
        quick, pattern, molecule = pair(number)
        if has_match(quick, molecule):
            found += 1
            if found <= enough:
                hits.append((number, match_atoms(pattern, molecule, limit=MOST_MATCHES)))
            else:
                further += 1
            if found == enough and not exact:
                break
        if time.monotonic() >= tell_at:
            yield {"tested": tested, "hits": hits, "further": further}
            hits, further, tell_at = [], 0, time.monotonic() + TELL_EVERY_S
    yield {"tested": tested, "hits": hits, "further": further, "done": True}


def _bound_processor_time(limit_s: float) -> None:
    """End this process by itself where whoever asked is gone and cannot kill it."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    soft = math.ceil(used.ru_utime + used.ru_stime + 2 * limit_s + _GRACE_S)
    resource.setrlimit(resource.RLIMIT_CPU, (soft, resource.getrlimit(resource.RLIMIT_CPU)[1]))


def _tell(answers: IO[str], message: dict[str, Any]) -> None:
    answers.write(json.dumps(message, separators=(",", ":")) + "\n")
    answers.flush()


if __name__ == "__main__":
    serve(sys.stdin, sys.stdout)
