"""One round of all that tells others: look-backs, notices from the outbox, their deliveries."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from nps_registry.accounts.seal import Seal
from nps_registry.notices.delivery import Delivery as Outcome
from nps_registry.notices.dispatch import Dispatch
from nps_registry.notices.fan_out import FanOut
from nps_registry.notices.look_back import look_back
from nps_registry.search.watching import PatternWatch
from nps_registry.settings import Settings
from nps_registry.store.engine import Engine, reading
from nps_registry.store.registry import find_registry
from nps_registry.vocabulary.report import RegistryMode


@dataclass(frozen=True, slots=True)
class Rounds:
    """What rounds are gone with; :func:`open_rounds` makes and ends it."""

    engine: Engine
    settings: Settings
    seal: Seal
    patterns: PatternWatch
    demonstration: bool
    stopping: threading.Event = field(default_factory=threading.Event)
    """Once it is set, a round ends with the letters that are under way."""

    def go(self) -> Outcome:
        """Look back, make the notices that wait, and deliver what is due."""
        look_back(self.engine)
        FanOut(self.engine, self.patterns).run()
        return Dispatch(self.engine, self.settings, self.seal, self.demonstration, stopping=self.stopping).run()


@contextmanager
def open_rounds(
    engine: Engine, settings: Settings, seal: Seal, *, demonstration: bool | None = None
) -> Iterator[Rounds]:
    """Rounds over the registry behind *engine*; the process that matches patterns ends with the block.

    Whether it is a *demonstration* is looked up where the caller does not know.

    Raises:
        NotReady: the registry was never created.
    """
    if demonstration is None:
        with reading(engine) as session:
            demonstration = find_registry(session).mode is RegistryMode.DEMONSTRATION
    patterns = PatternWatch(settings.substructure_limit_s)
    rounds = Rounds(engine, settings, seal, patterns, demonstration)
    try:
        yield rounds
    finally:
        rounds.stopping.set()
        patterns.stop()
