"""What a server does beside its requests; imported after the start, since none of it is needed to answer."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Protocol, TypeVar

from nps_registry.accounts.limits import forget_whole_allowances
from nps_registry.errors import Refusal
from nps_registry.http.services import Services
from nps_registry.intake.batch_work import BatchWorker
from nps_registry.intake.holds import release_ended_holds
from nps_registry.intake.owed import read_what_is_owed
from nps_registry.intake.settling import plan_settling
from nps_registry.localisation import gettext as _
from nps_registry.localisation import mark
from nps_registry.notices.delivery import deliver_mail
from nps_registry.notices.rounds import Rounds, open_rounds
from nps_registry.notices.subscribing import forget_unconfirmed
from nps_registry.search.warming import warm

LOOK_EVERY_S = 30
BATCHES_LOOKED_FOR_EVERY_S = 1.0
NOTICES_LOOKED_FOR_EVERY_S = 10.0
SETTLED_AFTER_S, SETTLED_EVERY_S = 60.0, 6 * 3600.0
THREADS = "beside-requests"
"""How the threads are called that this work is done in: those of the requests are not taken up by it."""

Answer = TypeVar("Answer")
_MATCHER_AFTER_S = 3.0
_STOPPED = mark("Something is wrong on our side; it has been written down. What was written before stays.")
_log = logging.getLogger(__name__)


class Beside(Protocol):
    """Takes work to a thread beside those of the requests, and waits for it."""

    async def __call__(self, work: Callable[[], Answer], /) -> Answer:
        """What *work* answers."""
        ...


async def work_beside(services: Services) -> None:
    """Everything at once, until it is cancelled."""
    with ThreadPoolExecutor(4, thread_name_prefix=THREADS) as threads:

        async def beside(work: Callable[[], Answer]) -> Answer:
            return await asyncio.get_running_loop().run_in_executor(threads, work)

        await asyncio.gather(
            _read_what_is_owed(services, beside),
            _watch_time(services, beside),
            _watch_series(services, beside),
            _watch_batches(services, beside),
            _watch_notices(services, beside),
            _warm_search(services, beside),
        )


async def _warm_search(services: Services, beside: Beside) -> None:
    """Have search ready before the first question, and a little later a process for substructures."""
    try:
        await beside(lambda: warm(services.index.snapshot))
        await asyncio.sleep(_MATCHER_AFTER_S)
        await beside(lambda: services.substructure.warm(services.index.snapshot))
    except Refusal as refusal:
        _log.warning("search is not warm: %s", refusal.detail)


async def _read_what_is_owed(services: Services, beside: Beside) -> None:
    """Read what an upgrade that was ended before its time left; reports wait for it."""
    while True:
        try:
            await beside(partial(read_what_is_owed, services.engine))
        except Refusal as refusal:
            _log.warning("reports wait to be read again: %s", refusal.detail)
        except Exception:  # noqa: BLE001  # the outermost edge of this work, as the server is that of a request
            _log.exception("reading again was stopped; that it is owed stays written down")
        else:
            return
        await asyncio.sleep(LOOK_EVERY_S)


async def _watch_time(services: Services, beside: Beside) -> None:
    """Let ended holds show in the public counts within half a minute, and forget limits that nobody has used up."""
    while True:
        await asyncio.sleep(LOOK_EVERY_S)
        for look in (release_ended_holds, forget_whole_allowances, forget_unconfirmed):
            try:
                await beside(partial(look, services.engine))
            except Refusal as refusal:
                _log.warning("%s waits: %s", look.__name__, refusal.detail)


async def _watch_series(services: Services, beside: Beside) -> None:
    """Settle a few times a day what became known, or was corrected, means for other series."""
    await asyncio.sleep(SETTLED_AFTER_S)
    while True:
        try:
            for step in await beside(partial(plan_settling, services.engine)):
                await beside(step)
        except Refusal as refusal:
            _log.warning("series wait to be judged anew: %s", refusal.detail)
        except Exception:  # noqa: BLE001  # the outermost edge of this work, as the server is that of a request
            _log.exception("settling was stopped; what moved stays written down for the next time")
        await asyncio.sleep(SETTLED_EVERY_S)


async def _watch_batches(services: Services, beside: Beside) -> None:
    """Work on uploaded tables, one step after the other; look for new ones every second."""
    worker = BatchWorker(services.engine)

    def step() -> bool:
        if not worker.has_work():
            return False
        worker.step(services.desk)
        services.index.refresh()
        return True

    while True:
        try:
            if not await beside(step):
                await asyncio.sleep(BATCHES_LOOKED_FOR_EVERY_S)
        except Refusal as refusal:
            _log.warning("a batch waits: %s", refusal.detail)
            await asyncio.sleep(BATCHES_LOOKED_FOR_EVERY_S)
        except Exception:  # noqa: BLE001  # the outermost edge of this work, as the server is that of a request
            _log.exception("a batch was stopped")
            await _give_up(worker, beside)


async def _watch_notices(services: Services, beside: Beside) -> None:
    """Deliver what waits to be told; several servers, and ``notices deliver`` beside them, share the work."""
    while True:
        await asyncio.sleep(NOTICES_LOOKED_FOR_EVERY_S)
        try:
            seal = await beside(lambda: services.seal)
            mode = services.demonstration
            with open_rounds(services.engine, services.settings, seal, demonstration=mode) as rounds:
                while True:
                    await beside(partial(_go_round, rounds))
                    await asyncio.sleep(NOTICES_LOOKED_FOR_EVERY_S)
        except Refusal as refusal:
            _log.warning("notices wait: %s", refusal.detail)
        except Exception:  # noqa: BLE001  # the outermost edge of this work, as the server is that of a request
            _log.exception("a round of notices was stopped")


def _go_round(rounds: Rounds) -> None:
    outcomes = [rounds.go()]
    if rounds.settings.smtp_url and rounds.settings.mail_from:
        outcomes.append(deliver_mail(rounds.engine, rounds.settings, rounds.seal))
    for told in outcomes:
        if told.postponed or told.parked:
            _log.warning("%d to be sent again, %d given up: %s", told.postponed, told.parked, told.reason)


async def _give_up(worker: BatchWorker, beside: Beside) -> None:
    """Stop the batch that *worker* holds; where the database is away it is found and stopped next time."""
    try:
        await beside(partial(worker.give_up, _(_STOPPED)))
    except Refusal as refusal:
        _log.warning("a batch waits: %s", refusal.detail)
        await asyncio.sleep(BATCHES_LOOKED_FOR_EVERY_S)
