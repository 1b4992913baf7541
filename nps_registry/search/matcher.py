"""``python -m nps_registry.search.matcher``: matches patterns in a process of its own, which may be killed.

It speaks JSON, one message per line. ``{"learn": [[number, smiles], ...]}`` gives molecules their numbers and
is answered ``{"learned": n}``. ``{"pattern": smarts, "enough": n, "limit_s": s, "test": [number, ...]}`` is
answered by any count of ``{"tested": n, "hits": [[number, [[atom, ...], ...]], ...]}``, the last with
``"done": true``. Past *enough* hits only their numbers are told.
"""

from __future__ import annotations

import json
import math
import resource
import sys
import time
from collections.abc import Iterator
from typing import IO, Any

from nps_registry.chemistry.patterns import Pattern, has_match, match_atoms, parse_pattern
from nps_registry.chemistry.stored import restore

TELL_EVERY_S = 0.005
"""Short, because what was found and not told is lost when the next molecule takes for ever."""
MOST_MATCHES = 20
_GRACE_S = 5.0


def serve(questions: IO[str], answers: IO[str]) -> None:
    """Answer *questions* until their end."""
    molecules: dict[int, Any] = {}
    for line in questions:
        message = json.loads(line)
        if "learn" in message:
            molecules.update((number, restore(smiles)) for number, smiles in message["learn"])
            _tell(answers, {"learned": len(molecules)})
            continue
        _bound_processor_time(message["limit_s"])
        for answer in match(parse_pattern(message["pattern"]), molecules, message["test"], message["enough"]):
            _tell(answers, answer)


def match(pattern: Pattern, molecules: dict[int, Any], numbers: list[int], enough: int) -> Iterator[dict[str, Any]]:
    """The hits of *pattern* among the molecules with *numbers*, told as they are found."""
    hits: list[tuple[int, tuple[tuple[int, ...], ...]]] = []
    found, told = 0, -math.inf
    for tested, number in enumerate(numbers, 1):
        atoms: tuple[tuple[int, ...], ...] = ()
        if found < enough:
            atoms = match_atoms(pattern, molecules[number], limit=MOST_MATCHES)
        if atoms or (found >= enough and has_match(pattern, molecules[number])):
            hits.append((number, atoms))
            found += 1
        if time.monotonic() - told > TELL_EVERY_S:
            yield {"tested": tested, "hits": hits}
            hits, told = [], time.monotonic()
    yield {"tested": len(numbers), "hits": hits, "done": True}


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
