"""How far reports have been followed, kept on the registry's row: holds up to a moment, and a reading that is owed.

A migration can change what the tables hold of every report. That they are to be read again is written down in its own
transaction, so that nothing is lost where the reading is ended before its time.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from sqlalchemy import Connection, select, update
from sqlmodel import col

from nps_registry.errors import NotReady
from nps_registry.localisation import gettext as _
from nps_registry.store.engine import Session
from nps_registry.store.tables import Registry

_CLOCKS_DIFFER = timedelta(hours=1)
"""So much may servers' clocks differ; a moment farther ahead was kept by one that was wrong."""

_STALE = timedelta(days=1)
_QUIETLY = {"synchronize_session": False}


class Holds(NamedTuple):
    """The holds whose end is followed: those that ended behind *after*, or at any time, up to *until*."""

    after: datetime | None
    until: datetime

    @property
    def is_wide(self) -> bool:
        """Whether the next look should begin later, although no hold has ended."""
        return self.after is None or self.until - self.after > _STALE


def read_holds(session: Session, now: datetime | None = None) -> Holds:
    """The holds that have ended by *now* since they were followed last.

    What another server has followed already is not taken back because its clock is ahead.
    """
    now = now or datetime.now(UTC)
    after = session.scalar(select(col(Registry.holds_followed_until)))
    if after is None or after > now + _CLOCKS_DIFFER:
        return Holds(None, now)
    return Holds(after, max(after, now))


def note_holds(session: Session, holds: Holds) -> None:
    """Keep that *holds* were followed."""
    session.execute(update(Registry).values(holds_followed_until=holds.until), execution_options=_QUIETLY)


def owe_reading(connection: Connection) -> None:
    """Keep that all reports are to be read again."""
    connection.execute(update(Registry).values(reading_due=True))


def is_reading_due(session: Session) -> bool:
    """Whether all reports are to be read again."""
    return bool(session.scalar(select(col(Registry.reading_due))))


def settle_reading(session: Session) -> None:
    """Keep that all reports were read again."""
    session.execute(update(Registry).values(reading_due=False), execution_options=_QUIETLY)


def require_reading(session: Session) -> None:
    """Refuse to follow anything before what an upgrade left: nobody could tell news from what a rule sees otherwise.

    Raises:
        NotReady: with the command that reads it.
    """
    if is_reading_due(session):
        raise NotReady(
            _("The reports are to be read again after an upgrade, which the server is doing; try again in a minute, "
              "or run: nps-registry db upgrade")
        )  # fmt: skip
