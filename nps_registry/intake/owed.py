"""What an upgrade owes: all reports read again, which is no news to anybody."""

from __future__ import annotations

from nps_registry.intake.receive import publish
from nps_registry.store import followed, outbox
from nps_registry.store.engine import Engine, reading, take_turn, writing
from nps_registry.store.signal_rows import TOPIC


def read_what_is_owed(engine: Engine) -> None:
    """Read anew what the tables hold of the reports, where an upgrade left that to be done; whoever comes first does.

    Nobody is told of what another rule sees otherwise. Where this is ended before its time it stays owed.

    Raises:
        NotReady: the database cannot be reached.
    """
    with reading(engine) as session:
        if not followed.is_reading_due(session):
            return
    with writing(engine) as session:
        take_turn(session)
        if not followed.is_reading_due(session):  # another one came first
            return
        followed.settle_reading(session)
        told = outbox.list_ids(session, TOPIC)
        publish(session)
        outbox.drop(session, outbox.list_ids(session, TOPIC) - told)
