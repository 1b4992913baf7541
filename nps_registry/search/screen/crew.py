"""Who does the work: processes of this machine, or the workers of a Dask cluster, given out in the same way.

A worker that dies takes nothing with it. What it had is given out again, one part at a time, so that the part
that kills workers is found; it is then told as a fault, and everything else goes on.
"""

from __future__ import annotations

import multiprocessing
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar

from nps_registry.errors import NotReady
from nps_registry.localisation import gettext as _
from nps_registry.search.screen.records import Part
from nps_registry.search.screen.work import TargetFile

Result = TypeVar("Result")
_CONNECT_LIMIT_S = 15
_DEATHS = 2
"""A part that was given out alone after a death, and kills again, is held responsible."""


@dataclass(eq=False)
class Crew:
    """Workers behind an executor.

    Attributes:
        size: how many work at once.
        start: makes the executor, again after workers died.
        share: makes what every worker needs reachable for all of them.
        deadly: the exceptions that say that a worker died.
    """

    size: int
    start: Callable[[], Executor]
    share: Callable[[TargetFile], Any]
    deadly: tuple[type[BaseException], ...]
    executor: Executor = field(init=False)

    def __post_init__(self) -> None:
        self.executor = self.start()

    def map(
        self, work: Callable[..., Result], parts: Iterator[Part], *arguments: Any
    ) -> Iterator[tuple[Part, Result | None]]:
        """``work(texts of part, *arguments)`` for every part, as they come; nothing where a part kills its workers.

        No more parts are read than the workers need next.
        """
        suspects: deque[Part] = deque()
        deaths: dict[int, int] = {}
        running: dict[Future[Result], Part] = {}
        while True:
            for part in self._next(parts, suspects, len(running)):
                running[self._submit(work, part, arguments)] = part
            if not running:
                return
            for future in wait(running, return_when=FIRST_COMPLETED).done:
                part = running.pop(future)
                try:
                    result = future.result()
                except self.deadly:
                    deaths[part.number] = deaths.get(part.number, 0) + 1
                    if deaths[part.number] < _DEATHS:
                        suspects.append(part)
                    else:
                        yield part, None
                else:
                    yield part, result

    def _next(self, parts: Iterator[Part], suspects: deque[Part], running: int) -> Iterator[Part]:
        """What is given out now: as many as keep the workers busy, or a suspect alone."""
        if suspects:
            if running == 0:
                yield suspects.popleft()
            return
        for _free in range(2 * self.size - running):
            part = next(parts, None)
            if part is None:
                return
            yield part

    def _submit(self, work: Callable[..., Result], part: Part, arguments: tuple[Any, ...]) -> Future[Result]:
        try:
            return self.executor.submit(work, part.texts, *arguments)
        except BrokenProcessPool:
            self.executor.shutdown(wait=False)
            self.executor = self.start()
            return self.executor.submit(work, part.texts, *arguments)


@contextmanager
def local_crew(processes: int) -> Iterator[Crew]:
    """So many *processes* of this machine; they end with the block."""

    def start() -> Executor:
        return ProcessPoolExecutor(processes, mp_context=multiprocessing.get_context("spawn"))

    crew = Crew(processes, start, lambda target: target, (BrokenProcessPool,))
    try:
        yield crew
    finally:
        crew.executor.shutdown(cancel_futures=True)


@contextmanager
def cluster_crew(address: str) -> Iterator[Crew]:
    """The workers of the Dask cluster whose scheduler is at *address*, such as ``tcp://10.0.0.1:8786``.

    Every worker needs this package, in this version.

    Raises:
        NotReady: the optional part ``cluster`` is not installed, there is no scheduler, or it has no workers.
    """
    try:
        from distributed import Client, KilledWorker  # optional, and slow to import
        from distributed.client import FutureCancelledError
    except ImportError:
        raise NotReady(_("A cluster needs one more package: pip install 'nps-registry[cluster]'.")) from None
    try:
        client = Client(address, timeout=_CONNECT_LIMIT_S, set_as_default=False)
    except (OSError, ValueError) as error:
        told = {"address": address, "reason": str(error).split("\n", maxsplit=1)[0]}
        raise NotReady(_("No Dask scheduler answers at %(address)s: %(reason)s") % told) from None
    with client:
        size = sum(client.nthreads().values())
        if size == 0:
            raise NotReady(_("The scheduler at %(address)s has no workers.") % {"address": address})

        def start() -> Executor:
            executor: Executor = client.get_executor(pure=False)
            return executor

        def share(target: TargetFile) -> Any:
            return client.scatter(target.open(), broadcast=True)

        crew = Crew(size, start, share, (KilledWorker, FutureCancelledError))
        yield crew
