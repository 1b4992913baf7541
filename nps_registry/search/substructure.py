"""Which substances contain a pattern, and which are contained in a structure; matched where it can be stopped.

The pattern fingerprint rules out what cannot match; the rest is matched in processes of their own. One that
runs over its time is killed and replaced, and what it had found until then is answered as such.
"""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nps_registry.chemistry.notation import Notation
from nps_registry.chemistry.patterns import Pattern, parse_pattern, pattern_of_structure, read_kekule
from nps_registry.chemistry.reading import read
from nps_registry.chemistry.standardise import standardise
from nps_registry.chemistry.stored import write_smiles
from nps_registry.chemistry.structure import parse
from nps_registry.errors import TooManyRequests, UnreadablePattern, UnreadableStructure
from nps_registry.localisation import gettext as _
from nps_registry.search.candidates import Screen, candidates, cut, screen_contained_in, screen_for
from nps_registry.search.compiled import KERNEL_FROM
from nps_registry.search.matching import Matcher
from nps_registry.search.questions import SubstructureQuestion, SuperstructureQuestion
from nps_registry.search.snapshot import NOBODY, Entry, Snapshot
from nps_registry.vocabulary.search import PatternForm

PROCESSES = 2
FIRST_LEARNT = 128
"""Candidates that a process has to learn first are told and matched in parts, the first one so large."""


@dataclass(frozen=True, slots=True)
class SubstructureHit:
    """One substance that contains the pattern, or is contained in the structure asked.

    Attributes:
        matches: atoms under each match, numbered from 0: those of the substance in the order of the pattern's atoms,
            or those of the structure asked in the order of the substance's.
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
        read_as: the pattern as SMARTS, or the structure as a SMILES whose atoms are numbered in its order.
        notes: how the question was read, for the asker.
        total: substances that were found to match, shown or not.
        hits: at most ``question.limit`` of them.
        tested: structures decided, those that the screen ruled out among them.
        structures: structures there were to decide.
        limit_s: seconds after which it would have been, or was, stopped.
        stopped: whether it was.
        failed: whether the matching itself broke down on this pattern.
    """

    question: SubstructureQuestion | SuperstructureQuestion
    read_as: str
    notes: tuple[str, ...]
    total: int
    hits: tuple[SubstructureHit, ...]
    tested: int
    structures: int
    limit_s: float
    stopped: bool
    failed: bool = False

    @property
    def total_is_exact(self) -> bool:
        """Whether every structure was decided, so that *total* is all there are and not only what was found so far."""
        return self.tested == self.structures

    @property
    def sentence(self) -> str:
        """How far the search went, for people; empty where it went as far as it was asked to."""
        if not self.stopped:
            return ""
        told = {"limit": self.limit_s, "tested": self.tested, "structures": self.structures}
        if self.failed:
            return _("Matching this pattern broke down; %(tested)d of %(structures)d tested.") % told
        return _("Stopped after %(limit)g s, %(tested)d of %(structures)d tested.") % told


def read_pattern(text: str, form: PatternForm = PatternForm.SMARTS) -> Pattern:
    """The pattern *text*: SMARTS, or a structure (always so where it is a molfile).

    Raises:
        UnreadablePattern: with the position where it is known.
    """
    if form is PatternForm.SMARTS and "\n" not in text.strip():
        return read_kekule(parse_pattern(text))
    try:
        reading = read(text)
    except UnreadableStructure as fault:
        raise UnreadablePattern(fault.detail, position=fault.position, line=fault.line, field="pattern") from None
    if form is PatternForm.SMARTS and reading.drawn.notation is not Notation.MOLFILE:
        raise UnreadablePattern(_("Give the pattern as one line of SMARTS, or as a molfile."), field="pattern")
    return pattern_of_structure(reading.standardised.parent)


@dataclass(frozen=True, slots=True)
class _Task:
    """What a process is to do: its message, which structures may match, and how the question was read."""

    message: dict[str, Any]
    screen: Screen
    notes: tuple[str, ...]


def _make_task(question: SubstructureQuestion | SuperstructureQuestion) -> _Task:
    asked = {"enough": question.limit, "exact": question.exact_total}
    if isinstance(question, SubstructureQuestion):
        pattern = read_pattern(question.pattern, question.read_as)
        read = [pattern.note] if pattern.note else []
        return _Task(asked | {"pattern": pattern.smarts}, screen_for(pattern), tuple(read))
    standardised = standardise(parse(question.structure).mol)
    message = asked | {"structure": write_smiles(standardised.parent)}
    notes = tuple(note.message for note in standardised.notes)
    return _Task(message, screen_contained_in(standardised.parent), notes)


@dataclass(slots=True)
class _Found:
    """What has been found so far, and until when the search may go on."""

    tested: int = 0
    total: int = 0
    hits: list[SubstructureHit] = field(default_factory=list)
    is_whole: bool = True
    has_failed: bool = False
    until: float = math.inf

    def take_in(self, snapshot: Snapshot, answer: dict[str, Any], before: int, places: NDArray[np.intp]) -> None:
        """Add one message about the structures at *places*, *before* which so many were tested."""
        self.tested = before + answer["tested"]
        self.total += len(answer["hits"]) + answer["further"]
        self.is_whole = bool(answer.get("done"))
        for number, matches in answer["hits"]:
            entry = snapshot.entries[snapshot.structures.positions[places[number]]]
            self.hits.append(SubstructureHit(entry, tuple(map(tuple, matches))))


class SubstructureWorkers:
    """The processes that match; none is started before the first question, or before :meth:`warm`.

    Attributes:
        limit_s: seconds that the matching of one question may take.
    """

    def __init__(self, limit_s: float, processes: int = PROCESSES, kernel: Path | None = None) -> None:
        """*kernel* is the directory of compiled code; with none, or among few structures, RDKit matches alone."""
        self.limit_s = limit_s
        self._processes = processes
        self._kernel = kernel
        self._free = threading.BoundedSemaphore(processes)
        self._guard = threading.Lock()
        self._idle: list[Matcher] = []
        self._stopped = False

    def warm(self, snapshot: Snapshot) -> None:
        """Have one process ready that knows the molecules of *snapshot*, so that no question waits for that."""
        spare = Matcher()
        if kernel := self._kernel_for(snapshot):
            spare.hasten(kernel)
        spare.learn_all(snapshot)
        self._take_back(spare)

    def _kernel_for(self, snapshot: Snapshot) -> Path | None:
        """The directory of compiled code where that pays."""
        return self._kernel if len(snapshot.structures.positions) >= KERNEL_FROM else None

    def _warm_soon(self, snapshot: Snapshot) -> None:
        """Have another process ready in the place of one that was killed or knows little, while nobody waits for it."""
        threading.Thread(target=self.warm, args=(snapshot,), name="warm-matcher", daemon=True).start()

    def find(
        self,
        snapshot: Snapshot,
        question: SubstructureQuestion | SuperstructureQuestion,
        visible: frozenset[int] = NOBODY,
        among: frozenset[int] | None = None,
    ) -> SubstructureAnswer:
        """The answer to *question* for somebody who sees the public substances and those with ids *visible*.

        Args:
            snapshot: what is searched.
            question: what is asked.
            visible: ids of provisional substances that the asker may know of.
            among: ids of the substances that the question is restricted to; none restricts nothing.

        Raises:
            UnreadablePattern: the pattern cannot be read.
            UnreadableStructure: the structure cannot be read.
            TooManyRequests: every process is at work, and stays so for longer than the limit.
        """
        task = _make_task(question)
        seen = snapshot.visible(visible, among)[snapshot.structures.positions]
        found = self._match(snapshot, task, seen)
        return SubstructureAnswer(
            question,
            read_as=str(task.message.get("pattern") or task.message["structure"]),
            notes=task.notes,
            total=found.total,
            hits=tuple(found.hits),
            tested=found.tested,
            structures=int(np.count_nonzero(seen)),
            limit_s=self.limit_s,
            stopped=not found.is_whole,
            failed=found.has_failed,
        )

    def _match(self, snapshot: Snapshot, task: _Task, seen: NDArray[np.bool_]) -> _Found:
        """Have the structures *seen* matched, by a process that is taken for the first that needs one."""
        found, message, process = _Found(), task.message, None
        with ExitStack() as stack:
            for places, ruled_out in candidates(snapshot, task.screen, seen):
                found.tested += ruled_out
                if len(places) and process is None:
                    process = stack.enter_context(self._process(snapshot))
                for part in cut(len(places), len(places) if process and process.is_warm else FIRST_LEARNT):
                    assert process is not None
                    self._match_part(process, snapshot, message, places[part], found)
                    if not found.is_whole or (found.total >= message["enough"] and not message["exact"]):
                        return found
        return found

    def _match_part(
        self, process: Matcher, snapshot: Snapshot, message: dict[str, Any], places: NDArray[np.intp], found: _Found
    ) -> None:
        numbers = _learn(process, snapshot, places)
        found.until = min(found.until, time.monotonic() + self.limit_s)  # a new process may have had much to learn
        asked = message | {"enough": max(0, message["enough"] - found.total), "limit_s": self.limit_s}
        before, found.is_whole = found.tested, False
        for answer in process.match(asked, numbers, found.until):
            found.take_in(snapshot, answer, before, places)
        found.has_failed = process.has_failed

    @contextmanager
    def _process(self, snapshot: Snapshot) -> Iterator[Matcher]:
        """A process that nobody else uses meanwhile; one that had to be killed does not come back."""
        if not self._free.acquire(timeout=self.limit_s):
            raise TooManyRequests(
                _("Other substructure searches are under way and take long; try again in a few seconds."),
                retry_after_s=max(1, round(self.limit_s)),
            )
        try:
            with self._guard:
                self._tidy()
                process = self._idle.pop() if self._idle else None
            is_new = process is None
            process = process or Matcher()
            try:
                yield process
            finally:
                is_alive = self._take_back(process)
                if not is_alive or (is_new and self._kernel_for(snapshot)):
                    self._warm_soon(snapshot)
        finally:
            self._free.release()

    def _take_back(self, process: Matcher) -> bool:
        """Keep *process* for the next question, or end it where it is not needed; whether it could be kept."""
        is_alive = process.can_be_asked
        with self._guard:
            self._idle.append(process)
            self._tidy()
        return is_alive

    def _tidy(self) -> None:
        """End the idle processes that died by themselves or are too many; those that know most are asked first."""
        self._idle.sort(key=lambda each: (each.can_be_asked, each.is_warm))
        while self._idle and (self._stopped or not self._idle[0].can_be_asked or len(self._idle) > self._processes):
            self._idle.pop(0).kill()

    def stop(self) -> None:
        """End every process."""
        with self._guard:
            self._stopped = True
            for process in self._idle:
                process.kill()
            self._idle.clear()


def _learn(process: Matcher, snapshot: Snapshot, places: NDArray[np.intp]) -> NDArray[np.int32]:
    """The numbers of the structures at *places*, which *process* knows by then."""
    if process.is_warm:
        return process.learn_all(snapshot)[places]
    positions = snapshot.structures.positions[places].tolist()
    return process.learn([snapshot.entries[position].row.smiles or "" for position in positions])
