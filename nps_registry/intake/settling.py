"""Figures of weeks that are over are corrected now and then; what follows for all other series is settled together."""

from __future__ import annotations

from datetime import UTC, datetime

from nps_registry.signals import judging
from nps_registry.store import changes, watch_weeks
from nps_registry.store.engine import Engine, reading, writing


def settle_increases(engine: Engine, now: datetime | None = None) -> bool:
    """Judge all series anew from where figures were corrected on; answers whether any were.

    Raises:
        NotReady: the database cannot be reached.
    """
    with reading(engine) as session:
        if not watch_weeks.has_corrected(session):
            return False
    with writing(engine) as session:
        if judging.settle(session, now or datetime.now(UTC)).public:
            changes.touch(session)
    return True
