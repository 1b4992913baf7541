"""Holds end by themselves: what they delayed becomes public without anybody writing anything."""

from __future__ import annotations

from datetime import datetime

from nps_registry.intake.receive import publish
from nps_registry.store import counts, watch
from nps_registry.store.engine import Engine, reading, writing


def release_ended_holds(engine: Engine, now: datetime | None = None) -> bool:
    """Count and watch what is not held any more, by *now*; answers whether there was any.

    Raises:
        NotReady: the database cannot be reached.
    """
    with reading(engine) as session:
        if not counts.holds_have_ended(session, now) and not watch.holds_have_ended(session, now):
            return False
    with writing(engine) as session:
        publish(session, now)
    return True
