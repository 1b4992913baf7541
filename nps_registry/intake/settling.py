"""Every event moves what lies beside other series; what follows for all of them is settled together."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial

from nps_registry.signals import judging
from nps_registry.store import changes, followed
from nps_registry.store.engine import Engine, reading, take_turn, writing


def plan_settling(engine: Engine, now: datetime | None = None) -> list[Callable[[], None]]:
    """What judges all series anew from where figures moved on, in order: others write in between.

    Raises:
        NotReady: the database cannot be reached; so does each step.
    """
    with reading(engine) as session:
        if followed.is_reading_due(session):  # the ledger is not what it will be
            return []
        steps = judging.plan_settling(session, now or datetime.now(UTC))
    return [partial(_take, engine, step) for step in steps]


def _take(engine: Engine, step: judging.Step) -> None:
    with writing(engine) as session:
        take_turn(session)
        if step(session).public:
            changes.touch(session)
