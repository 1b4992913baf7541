"""Which reports a signal rests on: all that its rule counted, as far as its audience reads them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import NamedTuple

from sqlalchemy import and_, delete, or_, select, tuple_
from sqlmodel import col

from nps_registry.store.batches import in_batches
from nps_registry.store.bulk import insert_rows
from nps_registry.store.engine import Session
from nps_registry.store.signal_rows import Known, read_known
from nps_registry.store.tables import Event, Report, Signal, SignalReport, WatchedEvent
from nps_registry.store.watch import stands
from nps_registry.store.watch_counts import IN_TIME_MONTHS, NETWORK, PUBLIC, layers_of
from nps_registry.vocabulary.place import places
from nps_registry.vocabulary.report import Sharing
from nps_registry.vocabulary.signal import SignalKind

_QUIETLY = {"synchronize_session": False}
_AT_ONCE = 200
_SIGNALS_AT_ONCE = 400

Pair = tuple[str, str]
"""A signal's id and a report's."""
Period = tuple[str, int, int]
"""Country, year, quarter."""


class _Event(NamedTuple):
    """An event that a signal may rest on."""

    substance_id: int
    country: str
    year: int
    quarter: int
    event_id: str
    layer: str
    lag_months: int
    fatal: bool
    severe: bool


def put(session: Session, signals: Collection[Known]) -> None:
    """Let each of *signals* rest on the reports that it is read from; those of a retracted one stay as they were."""
    standing = [signal for signal in signals if not signal.retracted]
    for part in in_batches([signal.id for signal in standing], _SIGNALS_AT_ONCE):
        ids = set(part)
        write(session, part, _find_reports(session, [signal for signal in standing if signal.id in ids]))


def write(session: Session, signal_ids: Sequence[str], pairs: Collection[Pair]) -> None:
    """Let the reports of *signal_ids* be those in *pairs*."""
    wanted, before = set(pairs), set[Pair]()
    columns = (col(SignalReport.signal_id), col(SignalReport.report_id))
    for ids in in_batches(signal_ids):
        before |= {(row[0], row[1]) for row in session.execute(select(*columns).where(columns[0].in_(ids)))}
    for keys in in_batches(before - wanted, _AT_ONCE):
        session.execute(delete(SignalReport).where(tuple_(*columns).in_(keys)), execution_options=_QUIETLY)
    rows = [{"signal_id": one, "report_id": other} for one, other in sorted(wanted - before)]
    insert_rows(session, SignalReport, rows)


def known_on(session: Session, report_ids: Collection[str], kind: SignalKind) -> list[Known]:
    """The signals of *kind* that rest on one of *report_ids*."""
    ids: set[str] = set()
    for part in in_batches(report_ids):
        on_report = and_(col(SignalReport.report_id).in_(part), col(Signal.kind) == kind)
        joined = select(col(Signal.id)).join(SignalReport, col(SignalReport.signal_id) == col(Signal.id))
        ids |= set(session.scalars(joined.where(on_report).distinct()))
    return read_known(session, sorted(ids))


def _periods_of(signal: Known) -> Sequence[Period]:
    """The countries and quarters in whose events the reports of *signal* are."""
    arrivals = signal.evidence.get("arrivals")
    if isinstance(arrivals, list):
        return [(country, year, quarter) for country, year, quarter in arrivals]
    if signal.country is not None:
        return [(signal.country, signal.year, signal.quarter)]
    countries = [code for code, place in places().items() if signal.region in {None, place.region}]
    return [(code, signal.year, signal.quarter) for code in countries]


def _find_reports(session: Session, signals: Collection[Known]) -> set[Pair]:
    by_place: dict[tuple[int, str, int, int], list[Known]] = {}
    for signal in signals:
        for period in _periods_of(signal):
            by_place.setdefault((signal.substance_id, *period), []).append(signal)
    by_event: dict[str, list[Known]] = {}
    columns = [col(getattr(WatchedEvent, name)) for name in _Event._fields]
    for part in in_batches(sorted(by_place), _AT_ONCE):
        for row in session.execute(select(*columns).where(tuple_(*columns[:4]).in_(part))):
            event = _Event(*row)
            for signal in by_place[event[:4]]:
                if event.layer in layers_of(signal.audience) and _is_meant(signal, event):
                    by_event.setdefault(event.event_id, []).append(signal)
    return _reports_of(session, by_event)


def _is_meant(signal: Known, event: _Event) -> bool:
    """Whether the rule of *signal* counts this event of its place and quarter."""
    if signal.kind is SignalKind.HARM:
        return event.fatal or event.severe
    return signal.kind is not SignalKind.INCREASE or event.lag_months <= IN_TIME_MONTHS


def _reports_of(session: Session, by_event: dict[str, list[Known]]) -> set[Pair]:
    found: set[Pair] = set()
    for events in in_batches(by_event, _AT_ONCE):
        statement = (
            select(col(Report.id), col(Event.id), col(Event.same_as_id), col(Report.sharing))
            .join(Event, col(Event.id) == col(Report.event_id))
            .where(
                or_(col(Event.id).in_(events), col(Event.same_as_id).in_(events)),
                stands(None),
            )
        )
        for report_id, event_id, same_as_id, sharing in session.execute(statement):
            for signal in by_event.get(same_as_id or event_id, ()):
                if sharing in _read_by(signal.audience):
                    found.add((signal.id, report_id))
    return found


def _read_by(audience: str) -> frozenset[Sharing]:
    if audience == PUBLIC:
        return frozenset({Sharing.PUBLIC})
    return _NETWORK_READS if audience == NETWORK else _NETWORK_READS | {Sharing.COUNTRY}


_NETWORK_READS = frozenset({Sharing.PUBLIC, Sharing.NETWORK})
