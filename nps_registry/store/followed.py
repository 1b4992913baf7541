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
from nps_registry.store.plain_columns import select_plain
from nps_registry.store.tables import Registry

_CLOCKS_DIFFER = timedelta(hours=1)
"""So much may servers' clocks differ; a moment farther ahead was kept by one that was wrong."""

_STALE = timedelta(days=1)
_QUIETLY = {"synchronize_session": False}
# Asked with every report, so that it is put together once.
_KEPT = select(col(Registry.reading_due), col(Registry.holds_followed_until)).where(col(Registry.id) == 1)


class Holds(NamedTuple):
    """The holds whose end is followed: those that ended behind *after*, or at any time, up to *until*."""

    after: datetime | None
    until: datetime

    @property
    def is_wide(self) -> bool:
        """Whether the next look should begin later, although no hold has ended."""
        return self.after is None or self.until - self.after > _STALE


def read_holds(session: Session, now: datetime | None = None) -> Holds:
    """The holds that have ended by *now* since they were followed last."""
    _reading_due, until = _read(session)
    return _holds_behind(until, now)


def take_up(session: Session, now: datetime | None = None) -> Holds:
    """The same for one who goes on to follow what changed.

    Raises:
        NotReady: an upgrade left reports to be read again. What would be followed before that could not be told from
            what a rule sees otherwise; the sentence names the command that reads them.
    """
    reading_due, until = _read(session)
    if reading_due:
        raise NotReady(
            _("The reports are to be read again after an upgrade, which the server is doing; try again in a minute, "
              "or run: nps-registry db upgrade")
        )  # fmt: skip
    return _holds_behind(until, now)


def note_holds(session: Session, holds: Holds) -> None:
    """Keep that *holds* were followed."""
    session.execute(update(Registry).values(holds_followed_until=holds.until), execution_options=_QUIETLY)


def owe_reading(connection: Connection) -> None:
    """Keep that all reports are to be read again."""
    connection.execute(update(Registry).values(reading_due=True))


def is_reading_due(session: Session) -> bool:
    """Whether all reports are to be read again."""
    reading_due, _until = _read(session)
    return reading_due


def settle_reading(session: Session) -> None:
    """Keep that all reports were read again."""
    session.execute(update(Registry).values(reading_due=False), execution_options=_QUIETLY)


def _read(session: Session) -> tuple[bool, datetime | None]:
    row = select_plain(session, _KEPT, {}).one_or_none()
    return (row[0], row[1]) if row is not None else (False, None)


def _holds_behind(until: datetime | None, now: datetime | None) -> Holds:
    """The holds that have ended by *now*; what a server whose clock is ahead has followed is not taken back."""
    now = now or datetime.now(UTC)
    if until is None or until > now + _CLOCKS_DIFFER:
        return Holds(None, now)
    return Holds(until, max(until, now))
