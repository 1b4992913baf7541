"""Which reports a signal rests on: all that its rule counted, as far as its audience reads them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence, Set
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, Select, and_, bindparam, select
from sqlmodel import col

from nps_registry.store.batches import IDS, has_id_in, in_batches
from nps_registry.store.bulk import delete_rows, insert_rows
from nps_registry.store.engine import Session
from nps_registry.store.marks import root_of_event
from nps_registry.store.plain_columns import select_plain
from nps_registry.store.signal_rows import Known, read_known
from nps_registry.store.tables import Event, Report, Signal, SignalReport, WatchedEvent
from nps_registry.store.visibility import NOW
from nps_registry.store.watch_counts import NETWORK, PUBLIC, layers_of
from nps_registry.store.watch_facts import rows_of_events, stands
from nps_registry.vocabulary.place import places
from nps_registry.vocabulary.report import Sharing
from nps_registry.vocabulary.signal import SignalKind
from nps_registry.vocabulary.week import quarter_of

_EVENTS_AT_ONCE, _SUBSTANCES_AT_ONCE = 2_000, 100

Pair = tuple[str, str]
"""A signal's id and a report's."""
Place = tuple[int, str, int, int]
"""Substance, country, year, quarter."""


class _Event(NamedTuple):
    """An event that a signal may rest on."""

    substance_id: int
    country: str
    year: int
    quarter: int
    event_id: str
    layer: str
    week: int
    late: bool
    fatal: bool
    severe: bool

    @property
    def became_known(self) -> Place:
        """Where and when it became known, where it happened if that was late."""
        quarter = quarter_of(self.week)
        return self.substance_id, self.country, quarter // 4, quarter % 4 + 1


_EVENTS = select(*(col(getattr(WatchedEvent, name)) for name in _Event._fields))
_PAIRS = select(col(SignalReport.signal_id), col(SignalReport.report_id))
# Asked with every report, so that they are put together once.
_EVENTS_WITH_IDS = _EVENTS.where(has_id_in(col(WatchedEvent.event_id), IDS))
_PAIRS_OF_SIGNALS = _PAIRS.where(has_id_in(col(SignalReport.signal_id), IDS))
_PAIRS_OF_REPORTS = _PAIRS.where(has_id_in(col(SignalReport.report_id), IDS))
_SIGNALS_ON_REPORTS = (
    select(col(Signal.id))
    .join(SignalReport, col(SignalReport.signal_id) == col(Signal.id))
    .where(has_id_in(col(SignalReport.report_id), IDS), col(Signal.kind) == bindparam("kind"))
    .distinct()
)
_REPORTS_OF_EVENTS = (
    select(col(Report.id), root_of_event(), col(Report.sharing), stands(NOW))
    .join(Event, col(Event.id) == col(Report.event_id))
    .where(col(Event.id).in_(rows_of_events()))
)


def put(session: Session, signals: Collection[Known], now: datetime) -> None:
    """Let each of *signals* rest on the reports that it is read from; those of a retracted one stay as they were."""
    standing = [signal for signal in signals if not signal.retracted]
    by_event: defaultdict[str, list[Known]] = defaultdict(list)
    for event, signal in _find_events(session, standing):
        by_event[event].append(signal)
    wanted = {
        (signal.id, report.id)
        for events in in_batches(by_event, _EVENTS_AT_ONCE)
        for report in _read_reports(session, events, now)
        for signal in by_event[report.event_id]
        if _reads(signal, report)
    }
    write(session, [signal.id for signal in standing], wanted)


def follow(session: Session, signals: Collection[Known], events: Collection[str], now: datetime) -> None:
    """Let each of *signals* rest on those reports of *events* that it is read from; its other reports stay.

    For signals that stand for what they stood for, so that only what came to these events, or went, can matter.
    """
    by_place, ids = _by_place(signals), {signal.id for signal in signals}
    for part in in_batches(events if ids else (), _EVENTS_AT_ONCE):
        by_event: defaultdict[str, list[Known]] = defaultdict(list)
        for row in select_plain(session, _EVENTS_WITH_IDS, {"ids": part}).all():
            event = _Event._make(row)
            by_event[event.event_id] += _read_from(event, by_place)
        reports = _read_reports(session, part, now)
        wanted = {
            (signal.id, report.id)
            for report in reports
            for signal in by_event.get(report.event_id, ())
            if _reads(signal, report)
        }
        before = _pairs(session, _PAIRS_OF_REPORTS, [each.id for each in reports])
        _replace(session, {pair for pair in before if pair[0] in ids}, wanted)


def write(session: Session, signal_ids: Sequence[str], pairs: Collection[Pair]) -> None:
    """Let the reports of *signal_ids* be those in *pairs*."""
    _replace(session, _pairs(session, _PAIRS_OF_SIGNALS, signal_ids), set(pairs))


def _replace(session: Session, before: Set[Pair], wanted: Set[Pair]) -> None:
    delete_rows(session, SignalReport, ("signal_id", "report_id"), before - wanted)
    rows = [{"signal_id": one, "report_id": other} for one, other in sorted(wanted - before)]
    insert_rows(session, SignalReport, rows)


def _pairs(session: Session, statement: Select[str, str], ids: Sequence[str]) -> set[Pair]:
    """The rows that *statement* finds of *ids*."""
    found: set[Pair] = set()
    for part in in_batches(ids):
        found.update((row[0], row[1]) for row in select_plain(session, statement, {"ids": part}).all())
    return found


def known_on(session: Session, report_ids: Collection[str], kind: SignalKind) -> list[Known]:
    """The signals of *kind* that rest on one of *report_ids*."""
    ids: set[str] = set()
    for part in in_batches(report_ids):
        ids |= set(select_plain(session, _SIGNALS_ON_REPORTS, {"ids": part, "kind": kind}).scalars())
    return read_known(session, sorted(ids))


def list_places(signal: Known) -> list[Place]:
    """The countries and quarters in whose events the reports of *signal* are, each with its substance."""
    arrivals = signal.evidence.get("arrivals")
    if isinstance(arrivals, list):
        return [(signal.substance_id, country, year, quarter) for country, year, quarter in arrivals]
    countries: Iterable[str] = [signal.country] if signal.country is not None else _countries_in(signal.region)
    return [(signal.substance_id, country, signal.year, signal.quarter) for country in countries]


def _countries_in(region: str | None) -> Iterator[str]:
    return (code for code, place in places().items() if region in {None, place.region})


def _by_place(signals: Iterable[Known]) -> dict[Place, list[Known]]:
    by_place: defaultdict[Place, list[Known]] = defaultdict(list)
    for signal in signals:
        for place in list_places(signal):
            by_place[place].append(signal)
    return by_place


def _find_events(session: Session, signals: Iterable[Known]) -> Iterator[tuple[str, Known]]:
    """The events that *signals* are read from, each with a signal."""
    by_place = _by_place(signals)
    for wanted in _in_places(by_place):
        for row in session.connection().execute(_EVENTS.where(wanted)):
            event = _Event._make(row)
            for signal in _read_from(event, by_place):
                yield event.event_id, signal


def _in_places(looked_at: Iterable[Place]) -> Iterator[ColumnElement[bool]]:
    """Conditions that find the events of the places *looked_at*: substances of the same countries and years at once."""
    countries: defaultdict[int, set[str]] = defaultdict(set)
    years: defaultdict[int, set[int]] = defaultdict(set)
    for substance_id, country, year, _quarter in looked_at:
        countries[substance_id].add(country)
        years[substance_id] |= {year - 1, year, year + 1}  # of events that became known in a week that began in *year*
    alike: defaultdict[tuple[frozenset[str], frozenset[int]], list[int]] = defaultdict(list)
    for substance_id, of_substance in countries.items():
        alike[frozenset(of_substance), frozenset(years[substance_id])].append(substance_id)
    for (of_countries, of_years), substance_ids in alike.items():
        for ids in in_batches(substance_ids, _SUBSTANCES_AT_ONCE):
            yield and_(
                col(WatchedEvent.substance_id).in_(ids),
                col(WatchedEvent.country).in_(sorted(of_countries)),
                col(WatchedEvent.year).in_(sorted(of_years)),
            )


def _read_from(event: _Event, by_place: Mapping[Place, Sequence[Known]]) -> list[Known]:
    """The signals that are read from *event*."""
    happened = [signal for signal in by_place.get(event[:4], ()) if signal.kind is not SignalKind.INCREASE]
    became_known = () if event.late else by_place.get(event.became_known, ())
    return [
        signal
        for signal in (*happened, *(each for each in became_known if each.kind is SignalKind.INCREASE))
        if event.layer in layers_of(signal.audience) and _is_meant(signal, event)
    ]


def _is_meant(signal: Known, event: _Event) -> bool:
    """Whether the rule of *signal* counts this event of its place and quarter."""
    return event.fatal or event.severe or signal.kind is not SignalKind.HARM


class _Report(NamedTuple):
    """A report of an event, *event_id* being the row that stands for it; whether it is watched."""

    id: str
    event_id: str
    sharing: Sharing
    stands: bool


def _read_reports(session: Session, events: Sequence[str], now: datetime) -> list[_Report]:
    """Every report of *events*."""
    found = select_plain(session, _REPORTS_OF_EVENTS, {"ids": events, "now": now}).all()
    return [_Report._make(row) for row in found]


def _reads(signal: Known, report: _Report) -> bool:
    return report.stands and report.sharing in _read_by(signal.audience)


def _read_by(audience: str) -> frozenset[Sharing]:
    if audience == PUBLIC:
        return frozenset({Sharing.PUBLIC})
    return _NETWORK_READS if audience == NETWORK else _NETWORK_READS | {Sharing.COUNTRY}


_NETWORK_READS = frozenset({Sharing.PUBLIC, Sharing.NETWORK})
