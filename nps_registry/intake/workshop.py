"""Chemistry for many structures at once, in as many processes as the machine has.

The processes are programs of our own (:mod:`nps_registry.intake.deriver`), neither forked (the caller may
have threads, whose locks a fork would copy) nor spawned by ``multiprocessing`` (which runs the caller's
main program again).
"""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from queue import SimpleQueue
from typing import BinaryIO

from nps_registry.errors import CatalogueFault
from nps_registry.intake.derivation import Derived, Given, Scaffolds, derive_all, lay_out_all

WORTH_PROCESSES = 400
"""Below so many structures, starting processes costs more than they save."""

MOST_PROCESSES = 8
STRUCTURES_AT_ONCE = 50
MOST_BEGUN = 1_500
"""Structures derived before they are ordered: what processes do while files are read, in bounded memory."""

Helpers = Sequence[subprocess.Popen[bytes]]
"""Processes that derive structures."""


Place = tuple[Future[list[Derived]], int]
"""Where a derived structure will be: in which answer, and where in that."""


@dataclass(frozen=True, slots=True)
class Order:
    """Structures that are being derived."""

    places: Sequence[Place]

    def collect(self) -> list[Derived]:
        """Wait for all of them; in the order in which they were given.

        Raises:
            CatalogueFault: one of them cannot be derived.
        """
        return [part.result()[number] for part, number in self.places]


class Workshop:
    """Takes orders of structures; works here and now without processes, else in those."""

    def __init__(self, helpers: Helpers = (), threads: ThreadPoolExecutor | None = None) -> None:
        self._helpers = helpers
        self._threads = threads
        self._scaffolds: Scaffolds | None = None
        self._free: SimpleQueue[subprocess.Popen[bytes]] = SimpleQueue()
        self._gathered: list[Given] = []
        self._begun: dict[Given, Place] = {}

    @property
    def is_ready(self) -> bool:
        """Whether it has its scaffolds."""
        return self._scaffolds is not None

    def learn(self, scaffolds: Scaffolds) -> None:
        """Take up the *scaffolds* that drawings are aligned to, once, before anything is derived."""
        self._scaffolds = scaffolds if self._helpers else lay_out_all(scaffolds)
        for process in self._helpers:
            _send(process, scaffolds)
            self._free.put(process)

    def begin(self, given: Given) -> None:
        """Let processes that have nothing to do yet derive *given*, which will be ordered; more than a few are left."""
        if not self._helpers or len(self._begun) >= MOST_BEGUN:
            return
        self._gathered.append(given)
        if len(self._gathered) == STRUCTURES_AT_ONCE:
            self._begun.update(zip(self._gathered, self._hand_out(self._gathered), strict=True))
            self._gathered = []

    def order(self, given: Sequence[Given]) -> Order:
        """Begin deriving *given*, where that was not begun before."""
        places = {each: self._begun.pop(each) for each in given if each in self._begun}
        left = [each for each in given if each not in places]
        places.update(zip(left, self._hand_out(left), strict=True))
        return Order([places[each] for each in given])

    def _hand_out(self, given: Sequence[Given]) -> list[Place]:
        starts = range(0, len(given), STRUCTURES_AT_ONCE)
        chunks = [given[start : start + STRUCTURES_AT_ONCE] for start in starts]
        return [
            (part, number)
            for part, chunk in zip(map(self._submit, chunks), chunks, strict=True)
            for number in range(len(chunk))
        ]

    def _submit(self, given: Sequence[Given]) -> Future[list[Derived]]:
        if self._threads is not None:
            return self._threads.submit(self._derive, given)
        done: Future[list[Derived]] = Future()
        done.set_result(derive_all(given, self._scaffolds or {}))
        return done

    def _derive(self, given: Sequence[Given]) -> list[Derived]:
        process = self._free.get()
        try:
            _send(process, given)
            answer: list[Derived] | str = pickle.load(_pipe(process.stdout))
        finally:
            self._free.put(process)
        if isinstance(answer, str):
            raise CatalogueFault(answer)
        return answer


@contextmanager
def start_helpers(expected: int, processes: int | None = None) -> Iterator[Helpers]:
    """Processes for about *expected* structures, none where they are not worth it; they end with the block.

    They take a second to be ready, which the caller uses for reading. *processes* is as many as this program may
    use processors, unless it is given.
    """
    count = min(_processors() if processes is None else processes, MOST_PROCESSES)
    command = [sys.executable, "-m", "nps_registry.intake.deriver"]
    with ExitStack() as stack:
        started = []
        for _number in range(count if expected >= WORTH_PROCESSES and count > 1 else 0):
            process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True)
            stack.callback(_end, process)
            started.append(process)
        yield started


@contextmanager
def open_workshop(helpers: Helpers = ()) -> Iterator[Workshop]:
    """A workshop with *helpers*, or without any: then it works here."""
    if not helpers:
        yield Workshop()
        return
    with ExitStack() as stack:
        threads = stack.enter_context(ThreadPoolExecutor(len(helpers), thread_name_prefix="deriving"))
        # Leaving early, by a fault, drops what is not begun; the processes end when nobody writes to them.
        stack.callback(threads.shutdown, cancel_futures=True)
        yield Workshop(helpers, threads)


def _send(process: subprocess.Popen[bytes], message: object) -> None:
    pipe = _pipe(process.stdin)
    pickle.dump(message, pipe, protocol=pickle.HIGHEST_PROTOCOL)
    pipe.flush()


def _end(process: subprocess.Popen[bytes]) -> None:
    _pipe(process.stdin).close()
    _pipe(process.stdout).close()
    process.wait()


def _pipe(pipe: object) -> BinaryIO:
    assert pipe is not None  # every process here was started with pipes
    return pipe  # type: ignore[return-value]


def _processors() -> int:
    """Processors that this program may use."""
    affinity = getattr(os, "sched_getaffinity", None)  # not on every system
    return len(affinity(0)) if affinity else os.cpu_count() or 1
