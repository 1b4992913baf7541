"""Bulletins as they were issued, and the public figures that a new one is made of.

Two times stand side by side, and a bulletin says which it means: the quarter in which something *happened*, which is
all that is public of it, and the month or quarter in which it *became public* here. Events, reports and cases count
where a new psychoactive substance was found in them; signals are told of whatever they are about, by its nature.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select
from sqlmodel import col

from nps_registry.store.engine import Session, take_turn
from nps_registry.store.marks import root_of_event
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
from nps_registry.store.watch_facts import stands
from nps_registry.vocabulary.finding import Causality, EventType, Outcome, Result
from nps_registry.vocabulary.period import Period
from nps_registry.vocabulary.report import Sharing
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
    nature: Nature
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
    statement = _first_published(select(func.count(root_of_event().distinct())), period)
    return session.scalar(statement) or 0


def reports_published(session: Session, period: Period) -> int:
    """Reports that became public in *period*, and stand."""
    return session.scalar(_published(select(func.count(col(Report.id).distinct())), period)) or 0


def severe_published(session: Session, period: Period) -> dict[Outcome, int]:
    """Fatal and severe events among those that became public in *period*, as the signals of harm have them.

    A case counts where what was found had a part in it, when the first report that tells of it became public; of two
    reports of one event the graver one stands.
    """
    is_fatal = col(Event.outcome) == Outcome.FATAL
    is_severe = or_(col(Event.outcome) == Outcome.SEVERE, col(Event.type) == EventType.SERIOUS_ADVERSE_EVENT)
    harmed = and_(or_(is_fatal, is_severe), col(Detection.causality).is_distinct_from(Causality.INCIDENTAL))
    gravity = func.max(case((is_fatal, 2), else_=1)).label("gravity")
    cases = _first_published(select(gravity), period, harmed).group_by(root_of_event()).subquery()
    counted = {row[0]: row[1] for row in session.execute(select(cases.c.gravity, func.count()).group_by("gravity"))}
    return {Outcome.FATAL: counted.get(2, 0), Outcome.SEVERE: counted.get(1, 0)}


def countries_published(session: Session, period: Period) -> list[tuple[str, int]]:
    """Events that became public in *period*, per country, most first."""
    events = func.count(root_of_event().distinct())
    statement = _first_published(select(col(Event.country), events), period).group_by(col(Event.country))
    return [(row[0], row[1]) for row in session.execute(statement.order_by(events.desc(), col(Event.country)))]


def groups_published(session: Session, period: Period) -> list[tuple[str, int]]:
    """Events that became public in *period*, per effect group of what was found in them."""
    group, events = col(EffectGroupMembership.effect_group), func.count(root_of_event().distinct())
    statement = (
        _first_published(select(group, events), period)
        .join(EffectGroupMembership, col(EffectGroupMembership.substance_id) == col(Substance.id))
        .group_by(group)
        .order_by(events.desc(), group)
    )
    return [(str(row[0]), row[1]) for row in session.execute(statement)]


def substances_published(session: Session, period: Period, *, limit: int) -> list[SubstanceEvents]:
    """The new psychoactive substances with most events that became public in *period*."""
    events, countries = func.count(root_of_event().distinct()), func.count(col(Event.country).distinct())
    columns = (col(Substance.accession), col(Substance.name), col(Substance.chemical_class))
    statement = (
        _first_published(select(*columns, events, countries), period)
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
    """The public signals raised in *period* that stand, of every kind; about NPS first, by kind and name."""
    raised = col(Signal.raised_at)
    statement = (
        select(Signal, col(Substance.accession), col(Substance.name), col(Substance.nature))
        .join(Substance, col(Substance.id) == col(Signal.substance_id))
        .where(col(Signal.public), col(Signal.retracted).is_(False), raised >= period.begins, raised < period.ends)
    )
    found = [
        PublicSignal(row.kind, accession, name, nature, row.country, row.region, row.year, row.quarter)
        for row, accession, name, nature in session.execute(statement)
    ]
    kinds = list(SignalKind)
    return sorted(
        found,
        key=lambda each: (
            each.nature is not Nature.NPS,
            kinds.index(each.kind),
            each.name.casefold(),
            each.country or "",
        ),
    )


def _first_published(
    statement: Select[*tuple[Any, ...]], period: Period, *told: ColumnElement[bool]
) -> Select[*tuple[Any, ...]]:
    """:func:`_published`, without events of which another laboratory's report had *told* in public before *period*.

    Only linked events can have several reports, and few are linked.
    """
    of_others = col(Event.same_as_id).is_not(None)
    linked = select(col(Event.id)).where(of_others).union(select(col(Event.same_as_id)).where(of_others))
    earlier = col(Report.published_at) < period.begins
    # What everywhere else is asked of nearly all rows is asked here past its index: linked events are few.
    public = and_(stands(datetime.now(UTC)), col(Report.sharing) == Sharing.PUBLIC)
    of_nps = func.coalesce(col(Substance.nature), "") == Nature.NPS.value
    which = (col(Event.id).in_(linked), public, of_nps, earlier, *told)
    before = _findings(select(root_of_event())).where(*which).correlate(None)
    return _published(statement, period).where(*told, root_of_event().not_in(before))


def _published(statement: Select[*tuple[Any, ...]], period: Period) -> Select[*tuple[Any, ...]]:
    """*statement* over findings of NPS in reports that became public in *period* and are public now."""
    published = col(Report.published_at)
    is_within = and_(published >= period.begins, published < period.ends)
    public = counts_in_public(datetime.now(UTC))
    return _findings(statement).where(public, col(Substance.nature) == Nature.NPS, is_within)


def _findings(statement: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    """*statement* over positive findings, those in wastewater apart."""
    return (
        statement.select_from(Detection)
        .join(Report, col(Report.id) == col(Detection.report_id))
        .join(Event, col(Event.id) == col(Report.event_id))
        .join(Substance, col(Substance.id) == col(Detection.substance_id))
        .where(col(Detection.result) == Result.POSITIVE, col(Event.type) != EventType.WASTEWATER)
    )
