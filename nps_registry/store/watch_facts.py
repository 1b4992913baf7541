"""What reports say of events, and the rows of the ledger that follow from it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Select,
    String,
    and_,
    bindparam,
    func,
    not_,
    or_,
    select,
    type_coerce,
)
from sqlmodel import col

from nps_registry.store.batches import IDS, has_id_in
from nps_registry.store.engine import Session
from nps_registry.store.marks import root_of_event
from nps_registry.store.plain_columns import select_plain
from nps_registry.store.tables import Detection, Event, Organisation, Report
from nps_registry.store.visibility import NOW, Moment
from nps_registry.store.watch_counts import NETWORK, PUBLIC, Watched, layers_of
from nps_registry.vocabulary.finding import Causality, EventType, Outcome, Result
from nps_registry.vocabulary.report import ReportState, Sharing
from nps_registry.vocabulary.week import week_of


def stands(now: Moment) -> ColumnElement[bool]:
    """The condition on ``report`` that it may be watched: accepted, shared beyond its laboratory, not held."""
    over = or_(col(Report.hold_until).is_(None), col(Report.hold_until) <= now)
    shared = col(Report.sharing) != Sharing.LABORATORY
    # Not by the index of states: most reports are accepted, and what is asked for is found by its event.
    accepted = func.coalesce(col(Report.state), "") == ReportState.ACCEPTED.value
    return and_(accepted, shared, not_(col(Report.legal_hold)), over)


def rows_of_events() -> CompoundSelect[str]:
    """The ids of the rows of the events ``IDS``: their own and those linked to them; each found by its own index."""
    own = select(col(Event.id)).where(has_id_in(col(Event.id), IDS))
    return own.union_all(select(col(Event.id)).where(has_id_in(col(Event.same_as_id), IDS)))


def _rows_between() -> CompoundSelect[str]:
    """The same of the events whose ids lie behind one, up to another, in the order of the database."""
    after, until = bindparam("after", type_=String()), bindparam("until", type_=String())
    own = and_(col(Event.id) > after, col(Event.id) <= until, col(Event.same_as_id).is_(None))
    linked = and_(col(Event.same_as_id) > after, col(Event.same_as_id) <= until)
    return select(col(Event.id)).where(own).union_all(select(col(Event.id)).where(linked))


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
    day: str | None

    @property
    def when(self) -> tuple[int, int, str, str]:
        """The order of time, a year alone behind its quarters."""
        return self.year, self.quarter or 5, self.country, self.event_id

    @property
    def layer(self) -> str:
        """The widest audience of the report."""
        return self.home if self.sharing is Sharing.COUNTRY else self.sharing.value


IN_TIME_MONTHS = 6
"""An event that becomes known later than this behind its month tells nothing of the time in which it became known."""
_AHEAD_MONTHS = 1  # by local time a month can have begun; what is still farther ahead was dated anew
_MIDDLE_OF_MONTH = 15
_WIDEST_FIRST = {PUBLIC: 0, NETWORK: 1}


def find_watched(session: Session, events: Sequence[str], now: datetime) -> Iterator[Watched]:
    """The rows of the ledger that the reports of *events* tell of.

    Of an event whose rows are not all among those of *events*, what is told is a part: that is for the caller to drop.
    """
    return _watch_all(select_plain(session, _OF_EVENTS, {"ids": events, "now": now}).all())


def find_watched_between(session: Session, after: str, until: str, now: datetime) -> Iterator[Watched]:
    """The same of the events whose ids lie behind *after*, up to *until*, in the order of the database."""
    return _watch_all(select_plain(session, _BETWEEN, {"after": after, "until": until, "now": now}).all())


def _told_of(events: CompoundSelect[str]) -> Select[Any]:
    """What reports say of the rows *events*."""
    # Whether a report stands is told of each, not asked for: PostgreSQL would expect next to none of them, and compare
    # every event with every report.
    return (
        select(
            stands(NOW),
            root_of_event(),
            col(Detection.substance_id),
            col(Detection.causality),
            col(Detection.result),
            col(Report.sharing),
            col(Organisation.country),
            func.coalesce(col(Report.published_at), col(Report.accepted_at), col(Report.submitted_at)),
            col(Event.id),
            *(col(getattr(Event, name)) for name in ("country", "year", "quarter", "type", "outcome")),
            type_coerce(func.coalesce(col(Event.collected_on), col(Event.analysed_on)), String),
        )
        .select_from(Event)
        .join(Report, col(Report.event_id) == col(Event.id))
        .join(Organisation, col(Organisation.id) == col(Report.organisation_id))
        .join(Detection, col(Detection.report_id) == col(Report.id))
        .where(
            col(Event.id).in_(events), col(Detection.substance_id).is_not(None), col(Event.type) != EventType.WASTEWATER
        )
    )


_OF_EVENTS, _BETWEEN = _told_of(rows_of_events()), _told_of(_rows_between())


def _watch_all(rows: Iterable[Sequence[Any]]) -> Iterator[Watched]:
    told: defaultdict[str, list[_Facts]] = defaultdict(list)
    for is_standing, *row in rows:
        if is_standing:
            told[row[0]].append(_Facts._make(row))
    for facts in told.values():
        yield from _watch(facts)


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
        month = _month_of(shown)
        when = (shown.year, shown.quarter, month, *_week_of(shown.year, month, [each.known_at for each in own]))
        yield Watched(shown.root, substance_id, layer, shown.country, *when, fatal, severe)


def _month_of(shown: _Facts) -> int:
    """The month of an event; 0 where it is not known."""
    has_month = shown.day is not None and len(shown.day) > len("2026") and int(shown.day[:4]) == shown.year
    return int(shown.day[5:7]) if shown.day is not None and has_month else 0


def _week_of(year: int, month: int, known: Iterable[datetime | None]) -> tuple[int, bool]:
    """The week in which an event of a month became known first, or that of its month, and whether that was late."""
    if not month:
        return 0, True
    first = min((each for each in known if each is not None), default=None)
    if first is not None and -_AHEAD_MONTHS <= (first.year - year) * 12 + first.month - month <= IN_TIME_MONTHS:
        return week_of(first.date()), False
    return week_of(date(year, month, _MIDDLE_OF_MONTH)), True
