"""Bulletins as they were issued, and the public figures that a new one is made of.

Two times stand side by side, and a bulletin says which it means: the quarter in which something *happened*, which is
all that is public of it, and the month or quarter in which it *became public* here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, select
from sqlmodel import col

from nps_registry.store.engine import Session, take_turn
from nps_registry.store.tables import (
    Bulletin,
    Detection,
    EffectGroupMembership,
    Event,
    PublicFinding,
    Report,
    Signal,
    Substance,
)
from nps_registry.store.visibility import counts_in_public
from nps_registry.vocabulary.finding import EventType, Outcome, Result
from nps_registry.vocabulary.period import Period
from nps_registry.vocabulary.signal import SignalKind
from nps_registry.vocabulary.substance import Nature


@dataclass(frozen=True, slots=True)
class SubstanceEvents:
    """A substance with events that became public in a period, and how many of all its events that is."""

    accession: str
    name: str
    chemical_class: str
    events: int
    countries: int


@dataclass(frozen=True, slots=True)
class PublicSignal:
    """A signal that was raised in public."""

    kind: SignalKind
    accession: str
    name: str
    country: str | None
    region: str | None
    year: int
    quarter: int


def list_bulletins(session: Session) -> list[Bulletin]:
    """The latest version of each bulletin, the latest period first."""
    latest = select(col(Bulletin.period), func.max(col(Bulletin.version)).label("version"))
    newest = latest.group_by(col(Bulletin.period)).subquery()
    statement = select(Bulletin).join(
        newest, and_(newest.c.period == col(Bulletin.period), newest.c.version == col(Bulletin.version))
    )
    rows = list(session.scalars(statement))
    return sorted(rows, key=lambda row: _order(row.period), reverse=True)


def _order(key: str) -> tuple[datetime, int]:
    period = Period.read(key)
    assert period is not None  # only periods are issued
    return period.ends, period.months


def versions_of(session: Session, period: str) -> list[Bulletin]:
    """Every version of the bulletin of a period, the latest first."""
    of_period = select(Bulletin).where(col(Bulletin.period) == period)
    return list(session.scalars(of_period.order_by(col(Bulletin.version).desc())))


def keep(session: Session, bulletin: Bulletin) -> None:
    """Keep a version; the caller holds the turn."""
    session.add(bulletin)
    session.flush()


def lock(session: Session) -> None:
    """Wait until nobody else issues a bulletin."""
    take_turn(session)


def events_published(session: Session, period: Period) -> int:
    """Distinct public events whose first report became public in *period*, and stands."""
    statement = _published(select(func.count(_event().distinct())), period)
    return session.scalar(statement) or 0


def reports_published(session: Session, period: Period) -> int:
    """Reports that became public in *period*, and stand."""
    return session.scalar(_published(select(func.count(col(Report.id).distinct())), period)) or 0


def severe_published(session: Session, period: Period) -> dict[Outcome, int]:
    """Fatal and severe events among those that became public in *period*."""
    statement = _published(select(col(Event.outcome), func.count(_event().distinct())), period).where(
        col(Event.outcome).in_((Outcome.FATAL, Outcome.SEVERE))
    )
    return {row[0]: row[1] for row in session.execute(statement.group_by(col(Event.outcome))) if row[0]}


def countries_published(session: Session, period: Period) -> list[tuple[str, int]]:
    """Events that became public in *period*, per country, most first."""
    events = func.count(_event().distinct())
    statement = _published(select(col(Event.country), events), period).group_by(col(Event.country))
    return [(row[0], row[1]) for row in session.execute(statement.order_by(events.desc(), col(Event.country)))]


def groups_published(session: Session, period: Period) -> list[tuple[str, int]]:
    """Events that became public in *period*, per effect group of the new psychoactive substances in them."""
    group, events = col(EffectGroupMembership.effect_group), func.count(_event().distinct())
    statement = (
        _published(select(group, events), period)
        .join(Substance, col(Substance.id) == col(Detection.substance_id))
        .join(EffectGroupMembership, col(EffectGroupMembership.substance_id) == col(Substance.id))
        .where(col(Substance.nature) == Nature.NPS)
        .group_by(group)
        .order_by(events.desc(), group)
    )
    return [(str(row[0]), row[1]) for row in session.execute(statement)]


def substances_published(session: Session, period: Period, *, limit: int) -> list[SubstanceEvents]:
    """The new psychoactive substances with most events that became public in *period*."""
    events, countries = func.count(_event().distinct()), func.count(col(Event.country).distinct())
    columns = (col(Substance.accession), col(Substance.name), col(Substance.chemical_class))
    statement = (
        _published(select(*columns, events, countries), period)
        .join(Substance, col(Substance.id) == col(Detection.substance_id))
        .where(col(Substance.nature) == Nature.NPS)
        .group_by(*columns)
        .order_by(events.desc(), col(Substance.name), col(Substance.accession))
        .limit(limit)
    )
    return [SubstanceEvents(row[0], row[1], row[2] or "", row[3], row[4]) for row in session.execute(statement)]


def events_of_quarters(session: Session, quarters: Sequence[Period]) -> list[int]:
    """Distinct public events that happened in each of *quarters*, with a new psychoactive substance."""
    first = min((each.year for each in quarters), default=0)
    statement = (
        select(
            col(PublicFinding.year),
            col(PublicFinding.quarter),
            func.count(col(PublicFinding.event_id).distinct()),
        )
        .join(Substance, col(Substance.id) == col(PublicFinding.substance_id))
        .where(
            col(PublicFinding.wastewater).is_(False),
            col(PublicFinding.detections) > 0,
            col(PublicFinding.year) >= first,
            col(Substance.nature) == Nature.NPS,
        )
        .group_by(col(PublicFinding.year), col(PublicFinding.quarter))
    )
    counted = {(row[0], row[1]): row[2] for row in session.execute(statement)}
    return [counted.get((each.year, each.quarter), 0) for each in quarters]


def signals_raised(session: Session, period: Period) -> list[PublicSignal]:
    """The public signals raised in *period* that stand, of every kind, by kind and name."""
    raised = col(Signal.raised_at)
    statement = (
        select(Signal, col(Substance.accession), col(Substance.name))
        .join(Substance, col(Substance.id) == col(Signal.substance_id))
        .where(col(Signal.public), col(Signal.retracted).is_(False), raised >= period.begins, raised < period.ends)
    )
    found = [
        PublicSignal(row.kind, accession, name, row.country, row.region, row.year, row.quarter)
        for row, accession, name in session.execute(statement)
    ]
    kinds = list(SignalKind)
    return sorted(found, key=lambda each: (kinds.index(each.kind), each.name.casefold(), each.country or ""))


def _event() -> ColumnElement[str]:
    """The event that a row stands for: linked ones are one."""
    return func.coalesce(col(Event.same_as_id), col(Event.id))


def _published(statement: Select[*tuple[Any, ...]], period: Period) -> Select[*tuple[Any, ...]]:
    """*statement* over positive findings in reports that became public in *period* and are public now."""
    published = col(Report.published_at)
    return (
        statement.select_from(Detection)
        .join(Report, col(Report.id) == col(Detection.report_id))
        .join(Event, col(Event.id) == col(Report.event_id))
        .where(
            counts_in_public(datetime.now(UTC)),
            published >= period.begins,
            published < period.ends,
            col(Detection.result) == Result.POSITIVE,
            col(Event.type) != EventType.WASTEWATER,
        )
    )
