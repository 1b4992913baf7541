"""The ledger of accepted events that signals are read from, kept in the transaction that changes a report.

As with the public counts, a changed report's event is looked at anew, what it adds is written down
(``watched_event``), and the figures per place and month move by the difference. A transaction therefore costs what it
changes, and neither what the registry holds nor what a substance has behind it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Self

from sqlalchemy import and_, bindparam, delete, func, select
from sqlmodel import col

from nps_registry.collection import collection_paused
from nps_registry.store import watch_counts, watch_weeks
from nps_registry.store.batches import IDS, has_id_in, in_batches
from nps_registry.store.bulk import delete_rows, insert_rows
from nps_registry.store.engine import Session
from nps_registry.store.followed import Holds, read_holds
from nps_registry.store.marks import Marked, read_reports, select_reports
from nps_registry.store.plain_columns import select_plain
from nps_registry.store.tables import Event, Report, WatchedEvent
from nps_registry.store.visibility import NOW
from nps_registry.store.watch_counts import Unit, Watched, Where, places_of
from nps_registry.store.watch_facts import find_watched, find_watched_between, stands

_QUIETLY = {"synchronize_session": False}
_EVENTS_AT_ONCE, _QUESTION_EVENTS = 20_000, 2_000
_EVENTS_IN_A_ROW = 5_000
_EVER = datetime(1970, 1, 1, tzinfo=UTC)


Periods = Mapping[Unit, Collection[tuple[int, int, int]]]
"""By substance and place: year, quarter, month."""


@dataclass(frozen=True, slots=True)
class Due:
    """What a transaction changes: reports, and the rows that stand for their events before and after."""

    reports: tuple[str, ...] = ()
    events: tuple[str, ...] = ()

    @classmethod
    def of(cls, marked: Iterable[Marked]) -> Self:
        """What the reports *marked* change."""
        found = {(each.report_id, each.event_id, each.root) for each in marked}
        events = {event_id for _report, *both in found for event_id in both}
        return cls(tuple(sorted(row[0] for row in found)), tuple(sorted(events)))


@dataclass
class Moved:
    """What moved in the ledger.

    Attributes:
        came_or_went: where and when something came or went.
        looked_at: the same of all that was looked at: reports can come to an event, or go, that stays what it was.
        months: substances and places that have events in other months than before, or other cases of harm.
        firsts: the substances of which the first event in a country is another now.
        families: the weeks in which more or fewer series have events.
        reports: that were looked at.
        events: the rows that stood for their events before, and that do now.
    """

    came_or_went: set[Where] = field(default_factory=set)
    looked_at: set[Where] = field(default_factory=set)
    months: set[Unit] = field(default_factory=set)
    firsts: set[int] = field(default_factory=set)
    families: set[int] = field(default_factory=set)
    reports: tuple[str, ...] = ()
    events: tuple[str, ...] = ()

    @property
    def since(self) -> dict[Unit, int]:
        """By substance and place: the first week in which something came or went."""
        weeks: dict[Unit, int] = {}
        for where in self.came_or_went:
            for place in places_of(where.country, where.is_wide) if where.week else ():
                unit = (where.substance_id, place)
                weeks[unit] = min(weeks.get(unit, where.week), where.week)
        return weeks

    @property
    def seen(self) -> Periods:
        """The periods in which anything was looked at."""
        periods: defaultdict[Unit, set[tuple[int, int, int]]] = defaultdict(set)
        for where in self.looked_at:
            for place in places_of(where.country, where.is_wide):
                periods[where.substance_id, place].add(where.period)
        return periods


def find_released(session: Session, holds: Holds) -> list[Marked]:
    """The reports that are watched from now on although nothing was written since, as their hold is one of *holds*."""
    return read_reports(session, _RELEASED, _moments(holds))


def holds_have_ended(session: Session, now: datetime | None = None) -> bool:
    """Whether a report is watched from now on although nothing was written since."""
    return bool(read_reports(session, _RELEASED.limit(1), _moments(read_holds(session, now))))


def follow(session: Session, due: Due, now: datetime | None = None) -> Moved:
    """Write the ledger of what is *due* anew and move the figures by the difference."""
    now = now or datetime.now(UTC)
    session.flush()
    moved = Moved(reports=due.reports, events=due.events)
    for part in in_batches(due.events, _EVENTS_AT_ONCE):
        _follow_events(session, part, now, moved)
    return moved


def _follow_events(session: Session, events: Sequence[str], now: datetime, moved: Moved) -> None:
    """Follow *events*, and add to *moved* what came or went; memory stays that of these events."""
    gone: list[Watched] = []
    come: list[Watched] = []
    for part in in_batches(events, _QUESTION_EVENTS):
        wanted = set(part)
        before = set(_read_ledger(session, part))
        found = find_watched(session, part, now)
        after = {row for row in found if row.event_id in wanted}  # others came by a row that stands elsewhere
        _rewrite(session, before - after, after - before)
        gone += before - after
        come += after - before
        moved.looked_at |= {row.where for row in before | after}
    if gone or come:
        moved.months |= watch_counts.move(session, gone, come)
        moved.families |= watch_weeks.move(session, gone, come)
        moved.firsts |= watch_counts.follow_places(session, gone, come)
        moved.came_or_went |= {row.where for row in (*gone, *come)}


@collection_paused()
def follow_all(session: Session, now: datetime | None = None) -> None:
    """Make the whole ledger anew from the reports; the signals stay as they are until they are evaluated."""
    now = read_holds(session, now).until
    session.execute(delete(WatchedEvent), execution_options=_QUIETLY)
    after = ""
    while until := _end_of_part(session, after):
        _rewrite(session, (), list(find_watched_between(session, after, until, now)))
        after = until
    watch_counts.sum_up(session)
    watch_weeks.sum_up(session)


def _end_of_part(session: Session, after: str) -> str | None:
    """The last of the next events behind *after*; none where there are no more."""
    part = select(col(Event.id)).where(col(Event.id) > after).order_by(col(Event.id)).limit(_EVENTS_IN_A_ROW)
    until: str | None = session.scalar(select(func.max(part.subquery().c.id)))
    return until


def _moments(holds: Holds) -> Mapping[str, datetime]:
    return {"after": holds.after or _EVER, "now": holds.until}


# Asked with every report, so that they are put together once. What holds keep back is found by their index.
_RELEASED = select_reports(
    and_(col(Report.hold_until) > bindparam("after", type_=NOW.type), col(Report.hold_until) <= NOW, stands(NOW))
)
_LEDGER = select(*(col(getattr(WatchedEvent, name)) for name in Watched._fields)).where(
    has_id_in(col(WatchedEvent.event_id), IDS)
)


def _read_ledger(session: Session, events: Sequence[str]) -> Iterable[Watched]:
    return map(Watched._make, select_plain(session, _LEDGER, {"ids": events}).all())


def _rewrite(session: Session, gone: Collection[Watched], come: Collection[Watched]) -> None:
    delete_rows(session, WatchedEvent, ("event_id", "substance_id"), [(row.event_id, row.substance_id) for row in gone])
    insert_rows(session, WatchedEvent, [row._asdict() for row in come])
