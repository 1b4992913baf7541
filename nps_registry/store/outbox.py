"""What is to be told to others, written in the transaction that makes it true."""

from __future__ import annotations

from collections.abc import Sequence

from nps_registry.store.bulk import insert_rows
from nps_registry.store.engine import Session
from nps_registry.store.tables import OutboxMessage


def add(session: Session, topic: str, contents: Sequence[dict[str, object]]) -> None:
    """Put one message per content under *topic*; they exist if and only if the transaction commits."""
    insert_rows(session, OutboxMessage, [{"topic": topic, "content": content} for content in contents])
