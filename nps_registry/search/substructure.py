"""Substructure: which substances contain a pattern. Screened here, matched where it can be stopped.

The pattern fingerprint rules out what cannot match; the rest is matched in processes of their own. One that
runs over its time is killed and replaced, and what it had found until then is answered as such.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import numpy as np

from nps_registry.chemistry.fingerprints import pattern_fingerprint
from nps_registry.chemistry.notation import Notation
from nps_registry.chemistry.patterns import Pattern, parse_pattern
from nps_registry.chemistry.reading import read
from nps_registry.errors import TooManyRequests, UnreadablePattern, UnreadableStructure
from nps_registry.localisation import gettext as _
from nps_registry.search.killable import Killable
from nps_registry.search.questions import SubstructureQuestion
from nps_registry.search.snapshot import NOBODY, Entry, Snapshot

PROCESSES = 2


@dataclass(frozen=True, slots=True)
class SubstructureHit:
    """One substance that contains the pattern.

    Attributes:
        matches: atoms under each match, in the order of the pattern's atoms, numbered from 0 as in its SMILES.
    """

    entry: Entry
    matches: tuple[tuple[int, ...], ...]

    @property
    def atoms(self) -> tuple[int, ...]:
        """The atoms of the first match."""
        return self.matches[0]


@dataclass(frozen=True, slots=True)
class SubstructureAnswer:
    """The hits by accession, and how far the search went.

    Attributes:
        question: what was asked.
        total: substances that contain the pattern, shown or not; of those tested, where it was stopped.
        hits: at most ``question.limit`` of them.
        tested: structures decided, those that the screen ruled out among them.
        structures: structures there were to decide.
        limit_s: seconds after which it would have been, or was, stopped.
        stopped: whether it was.
        failed: whether the matching itself broke down on this pattern.
    """

    question: SubstructureQuestion
    total: int
    hits: tuple[SubstructureHit, ...]
    tested: int
    structures: int
    limit_s: float
    stopped: bool
    failed: bool = False

    @property
    def sentence(self) -> str:
        """How far the search went, for people; empty where it went to the end."""
        if not self.stopped:
            return ""
        told = {"limit": self.limit_s, "tested": self.tested, "structures": self.structures}
        if self.failed:
            return _("Matching this pattern broke down; %(tested)d of %(structures)d tested.") % told
        return _("Stopped after %(limit)g s, %(tested)d of %(structures)d tested.") % told


def read_pattern(text: str) -> Pattern:
    """The pattern *text*, a SMARTS or a molfile that is taken as drawn.

    Raises:
        UnreadablePattern: with the position where it is known.
    """
    if "\n" not in text.strip():
        return parse_pattern(text)
    try:
        reading = read(text)
    except UnreadableStructure as fault:
        raise UnreadablePattern(fault.detail, line=fault.line, field="pattern") from None
    if reading.drawn.notation is not Notation.MOLFILE:
        raise UnreadablePattern(_("Give the pattern as one line of SMARTS, or as a molfile."), field="pattern")
    return parse_pattern(reading.identity.smiles.split()[0])


def screen(snapshot: Snapshot, pattern: Pattern) -> list[int]:
    """Positions of the substances that *pattern* may match: every true hit, and some that are none."""
    bits = np.frombuffer(pattern_fingerprint(pattern.query), np.uint64)
    wanted = np.flatnonzero(bits)
    patterns = snapshot.structures.patterns[:, wanted]
    able = ((patterns & bits[wanted]) == bits[wanted]).all(axis=1)
    return sorted(snapshot.structures.positions[able].tolist())


@dataclass(slots=True)
class _Found:
    """What a process has told so far."""

    tested: int = 0
    total: int = 0
    hits: list[SubstructureHit] = field(default_factory=list)
    is_whole: bool = False
    has_failed: bool = False


class SubstructureWorkers:
    """The processes that match; none is started before the first question.

    Attributes:
        limit_s: seconds that the matching of one question may take.
    """

    def __init__(self, limit_s: float, processes: int = PROCESSES) -> None:
        self.limit_s = limit_s
        self._free = threading.BoundedSemaphore(processes)
        self._guard = threading.Lock()
        self._idle: list[Killable] = []
        self._stopped = False

    def find(
        self, snapshot: Snapshot, question: SubstructureQuestion, visible: frozenset[int] = NOBODY
    ) -> SubstructureAnswer:
        """The answer to *question* for somebody who sees the public substances and those with ids *visible*.

        Raises:
            UnreadablePattern: the pattern cannot be read.
            TooManyRequests: every process is at work, and stays so for longer than the limit.
        """
        pattern = read_pattern(question.pattern)
        seen = snapshot.visible(visible)
        candidates = [position for position in screen(snapshot, pattern) if seen[position]]
        structures = int(seen[snapshot.structures.positions].sum())
        found = self._match(snapshot, pattern, candidates, question.limit) if candidates else _Found(is_whole=True)
        return SubstructureAnswer(
            question,
            total=found.total,
            hits=tuple(found.hits),
            tested=structures - len(candidates) + found.tested,
            structures=structures,
            limit_s=self.limit_s,
            stopped=not found.is_whole,
            failed=found.has_failed,
        )

    def _match(self, snapshot: Snapshot, pattern: Pattern, candidates: list[int], limit: int) -> _Found:
        smiles = [snapshot.entries[position].row.smiles or "" for position in candidates]
        found = _Found()
        with self._process() as process:
            numbers = process.learn(smiles)
            position_of = dict(zip(numbers, candidates, strict=True))
            question = {"pattern": pattern.smarts, "enough": limit, "limit_s": self.limit_s, "test": numbers}
            for message in process.ask(question, time.monotonic() + self.limit_s):
                found.tested = message["tested"]
                found.total += len(message["hits"])
                found.is_whole = bool(message.get("done"))
                for number, matches in message["hits"][: max(0, limit - len(found.hits))]:
                    entry = snapshot.entries[position_of[number]]
                    found.hits.append(SubstructureHit(entry, tuple(tuple(match) for match in matches)))
            found.has_failed = process.has_failed
        return found

    @contextmanager
    def _process(self) -> Iterator[Killable]:
        """A process that nobody else uses meanwhile; one that had to be killed does not come back."""
        if not self._free.acquire(timeout=self.limit_s):
            raise TooManyRequests(
                _("Other substructure searches are under way and take long; try again in a few seconds."),
                retry_after_s=max(1, round(self.limit_s)),
            )
        try:
            with self._guard:
                process = self._idle.pop() if self._idle else Killable("nps_registry.search.matcher")
            try:
                yield process
            finally:
                with self._guard:
                    if process.can_be_asked and not self._stopped:
                        self._idle.append(process)
                    else:
                        process.kill()
        finally:
            self._free.release()

    def stop(self) -> None:
        """End every process."""
        with self._guard:
            self._stopped = True
            for process in self._idle:
                process.kill()
            self._idle.clear()
