"""The ledger of accepted events that signals are read from, kept in the transaction that changes a report.

As with the public counts, a changed report's event is looked at anew, what it adds is written down
(``watched_event``), and the figures per place and month move by the difference. A transaction therefore costs what it
changes, and neither what the registry holds nor what a substance has behind it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from sqlalchemy import ColumnElement, CompoundSelect, and_, delete, exists, func, not_, or_, select
from sqlmodel import col

from nps_registry.store import watch_counts
from nps_registry.store.batches import in_batches
from nps_registry.store.bulk import delete_rows, insert_rows
from nps_registry.store.counts import root_of_event
from nps_registry.store.engine import Session
from nps_registry.store.tables import (
    LATE,
    Detection,
    Event,
    Organisation,
    Report,
    SeriesFamily,
    WatchedCount,
    WatchedEvent,
    WatchedPlace,
)
from nps_registry.store.watch_counts import IN_TIME_MONTHS, NETWORK, PUBLIC, Watched, layers_of
from nps_registry.vocabulary.finding import Causality, EventType, Outcome, Result
from nps_registry.vocabulary.partial_date import PartialDate
from nps_registry.vocabulary.report import ReportState, Sharing

_HOLDS_LOOKED_BACK = timedelta(days=30)
_QUIETLY = {"synchronize_session": False}
_EVENTS_AT_ONCE, _QUESTION_EVENTS = 20_000, 500


@dataclass(frozen=True, slots=True)
class Due:
    """What a transaction changes: reports, and the rows that stand for their events before and after."""

    reports: tuple[str, ...] = ()
    events: tuple[str, ...] = ()


@dataclass
class Moved:
    """What moved in the ledger.

    Attributes:
        periods: per substance and place, the periods (year, quarter, month) in which something came or went.
        seen: the same of all that was looked at: reports can come to an event, or go, that stays what it was.
        firsts: the substances of which the first event in a country is another now.
        families: the months (12 a year) in which more or fewer series have events.
        reports: that were looked at.
        events: the rows that stood for their events before, and that do now.
    """

    periods: dict[tuple[int, str], set[tuple[int, int, int]]] = field(default_factory=dict)
    seen: dict[tuple[int, str], set[tuple[int, int, int]]] = field(default_factory=dict)
    firsts: set[int] = field(default_factory=set)
    families: set[int] = field(default_factory=set)
    reports: tuple[str, ...] = ()
    events: tuple[str, ...] = ()

    @property
    def substances(self) -> set[int]:
        """Those whose events were looked at."""
        return {substance_id for substance_id, _place in self.seen}


def begin_following(session: Session, now: datetime | None = None) -> Due:
    """What is to be looked at; to be asked before the public counts follow, which take the marks away."""
    session.flush()
    now = now or datetime.now(UTC)
    statement = select(col(Report.id), col(Event.id), root_of_event()).join(
        Event, col(Event.id) == col(Report.event_id)
    )
    found = {
        *session.execute(statement.where(col(Report.count_due))),
        *session.execute(statement.where(_hold_ended(now))),
    }
    events = {event_id for _report, *both in found for event_id in both}
    return Due(tuple(sorted(row[0] for row in found)), tuple(sorted(events)))


def holds_have_ended(session: Session, now: datetime | None = None) -> bool:
    """Whether an accepted report is watched from now on although nothing was written since."""
    due = select(col(Report.id)).join(Event, col(Event.id) == col(Report.event_id))
    return session.scalar(due.where(_hold_ended(now or datetime.now(UTC))).limit(1)) is not None


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
        before, after = set(_read_ledger(session, part)), set(_find(session, part, now))
        _rewrite(session, before - after, after - before)
        gone += before - after
        come += after - before
        for row in before | after:
            for place in row.places:
                moved.seen.setdefault((row.substance_id, place), set()).add(row.period)
    if gone or come:
        moved.families |= watch_counts.move(session, gone, come)
        moved.firsts |= watch_counts.follow_places(session, gone, come)
        for row in (*gone, *come):
            for place in row.places:
                moved.periods.setdefault((row.substance_id, place), set()).add(row.period)


def follow_all(session: Session, now: datetime | None = None) -> None:
    """Make the whole ledger anew from the reports; the signals stay as they are until they are evaluated."""
    for table in (WatchedPlace, WatchedCount, SeriesFamily, WatchedEvent):
        session.execute(delete(table), execution_options=_QUIETLY)
    roots = select(root_of_event()).join(Report, col(Report.event_id) == col(Event.id)).where(stands(None)).distinct()
    follow(session, Due(events=tuple(session.scalars(roots))), now)


def stands(now: datetime | None) -> ColumnElement[bool]:
    """The condition on ``report`` that it may be watched: accepted, shared beyond its laboratory, not held."""
    now = now or datetime.now(UTC)
    over = or_(col(Report.hold_until).is_(None), col(Report.hold_until) <= now)
    shared = col(Report.sharing) != Sharing.LABORATORY
    # Not by the index of states: most reports are accepted, and what is asked for is found by its event.
    accepted = func.coalesce(col(Report.state), "") == ReportState.ACCEPTED.value
    return and_(accepted, shared, not_(col(Report.legal_hold)), over)


def rows_of(events: Collection[str]) -> CompoundSelect[str]:
    """The ids of the rows of *events*: their own, and those that are linked to them; each found by its own index."""
    own = select(col(Event.id)).where(col(Event.id).in_(events))
    return own.union_all(select(col(Event.id)).where(col(Event.same_as_id).in_(events)))


def _hold_ended(now: datetime) -> ColumnElement[bool]:
    """Accepted, its hold over for a while, and its event not in the ledger although it found something."""
    watched = exists().where(col(WatchedEvent.event_id) == func.coalesce(col(Event.same_as_id), col(Event.id)))
    found = exists().where(
        col(Detection.report_id) == col(Report.id),
        col(Detection.substance_id).is_not(None),
        col(Detection.result) == Result.POSITIVE,
    )
    ended = and_(col(Report.hold_until) <= now, col(Report.hold_until) > now - _HOLDS_LOOKED_BACK)
    return and_(ended, stands(now), col(Event.type) != EventType.WASTEWATER, not_(watched), found)


def _read_ledger(session: Session, events: Sequence[str]) -> Iterable[Watched]:
    columns = [col(getattr(WatchedEvent, name)) for name in Watched._fields]
    rows = session.execute(select(*columns).where(col(WatchedEvent.event_id).in_(events)))
    return [Watched(*row) for row in rows]


class _Facts(NamedTuple):
    """What one report says of an event and a substance."""

    root: str
    substance_id: int
    causality: Causality | None
    result: Result
    sharing: Sharing
    home: str
    known_at: datetime | None
    event_id: str
    country: str
    year: int
    quarter: int
    type: EventType
    outcome: Outcome | None
    collected_on: PartialDate | None
    analysed_on: PartialDate | None

    @property
    def when(self) -> tuple[int, int, str, str]:
        """The order of time, a year alone behind its quarters."""
        return self.year, self.quarter or 5, self.country, self.event_id

    @property
    def layer(self) -> str:
        """The widest audience of the report."""
        return self.home if self.sharing is Sharing.COUNTRY else self.sharing.value


_WIDEST_FIRST = {PUBLIC: 0, NETWORK: 1}


def _find(session: Session, events: Sequence[str], now: datetime) -> Iterable[Watched]:
    """The ledger of *events* as it should be."""
    known_at = func.coalesce(col(Report.published_at), col(Report.accepted_at), col(Report.submitted_at))
    rows = (
        select(
            root_of_event(),
            col(Detection.substance_id),
            col(Detection.causality),
            col(Detection.result),
            col(Report.sharing),
            col(Organisation.country),
            known_at,
            col(Event.id),
            *(col(getattr(Event, name)) for name in _Facts._fields[8:]),
        )
        .select_from(Event)
        .join(Report, col(Report.event_id) == col(Event.id))
        .join(Organisation, col(Organisation.id) == col(Report.organisation_id))
        .join(Detection, col(Detection.report_id) == col(Report.id))
        .where(
            col(Event.id).in_(rows_of(events)),
            col(Detection.substance_id).is_not(None),
            col(Event.type) != EventType.WASTEWATER,
            stands(now),
        )
    )
    wanted = set(events)
    told: dict[str, list[_Facts]] = {}
    for row in session.execute(rows):
        if row[0] in wanted:  # it came by its own id, and stands elsewhere
            told.setdefault(row[0], []).append(_Facts(*row))
    return [watched for facts in told.values() for watched in _watch(facts)]


def _watch(facts: Sequence[_Facts]) -> Iterable[Watched]:
    """The rows of one event."""
    for substance_id in sorted({each.substance_id for each in facts if each.result is Result.POSITIVE}):
        saying = [each for each in facts if each.substance_id == substance_id and each.result is Result.POSITIVE]
        layer = min((each.layer for each in saying), key=lambda name: (_WIDEST_FIRST.get(name, 2), name))
        # What only a narrower layer knows of the event must not show in a wider one.
        within = [each for each in facts if each.layer in layers_of(layer)]
        shown = min(within, key=lambda each: each.when)
        own = [each for each in saying if each in within]
        harmed = [each for each in own if each.causality is not Causality.INCIDENTAL]
        fatal = any(each.outcome is Outcome.FATAL for each in harmed)
        severe = not fatal and any(
            each.outcome is Outcome.SEVERE or each.type is EventType.SERIOUS_ADVERSE_EVENT for each in harmed
        )
        month, lag = _month_and_lag(shown, [each.known_at for each in own])
        yield Watched(
            shown.root, substance_id, layer, shown.country, shown.year, shown.quarter, month, lag, fatal, severe
        )


def _month_and_lag(shown: _Facts, known: Sequence[datetime | None]) -> tuple[int, int]:
    """The month of an event, and how many months later it was known first."""
    day = shown.collected_on or shown.analysed_on
    month = day.month if day is not None and day.year == shown.year else 0
    instants = [each for each in known if each is not None]
    if not month or not instants:
        return month, LATE
    first = min(instants)
    lag = max((first.year - shown.year) * 12 + first.month - month, 0)
    return month, lag if lag <= IN_TIME_MONTHS else LATE


def _rewrite(session: Session, gone: Collection[Watched], come: Collection[Watched]) -> None:
    delete_rows(session, WatchedEvent, ("event_id", "substance_id"), [(row.event_id, row.substance_id) for row in gone])
    insert_rows(session, WatchedEvent, [row._asdict() for row in come])
