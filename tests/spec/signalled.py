"""What tests of signals say and ask: events in short, the signals that stand, and the figures they are read from."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from sqlalchemy import select

from nps_registry.signals import judging
from nps_registry.store.engine import Session
from nps_registry.store.tables import (
    Signal,
    SignalReport,
    WatchedCount,
    WatchedEvent,
    WatchedPlace,
    WatchedTotal,
    WatchedWeek,
)
from nps_registry.vocabulary.partial_date import PartialDate
from tests.spec.rows import NOON, Found

TABLES = (WatchedEvent, WatchedCount, WatchedPlace, WatchedWeek, WatchedTotal)


def at(year: int, month: int, **told: object) -> Found:
    """What was found in a month and accepted ten days later."""
    found = Found(
        year=year,
        quarter=(month + 2) // 3,
        collected_on=PartialDate(year, month, 10),
        accepted_at=datetime(year, month, 20, tzinfo=UTC),
    )
    return replace(found, **told)  # type: ignore[arg-type]  # fields of it


def standing(session: Session, **wanted: object) -> list[Signal]:
    """The signals that stand, by key."""
    session.expire_all()
    rows = session.scalars(select(Signal).where(Signal.retracted.is_(False)).order_by(Signal.key))  # type: ignore[attr-defined]
    return [row for row in rows if all(getattr(row, name) == value for name, value in wanted.items())]


def told(session: Session) -> set[tuple[object, ...]]:
    """Everything that signals say, without when they were raised."""
    reports: dict[str, set[str]] = {}
    for pair in session.scalars(select(SignalReport)):
        reports.setdefault(pair.signal_id, set()).add(pair.report_id)
    return {
        (row.key, row.country, row.year, row.quarter, row.score, str(row.evidence), frozenset(reports.get(row.id, ())))
        for row in standing(session)
    }


def ledger(session: Session) -> dict[str, set[tuple[object, ...]]]:
    session.expire_all()
    return {
        table.__name__: {tuple(sorted(row.model_dump().items())) for row in session.scalars(select(table))}
        for table in TABLES
    }


def settle(session: Session, now: datetime = NOON) -> None:
    """Settle what was corrected, in one transaction."""
    for step in judging.plan_settling(session, now):
        step(session)
