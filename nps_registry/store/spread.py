"""How public events spread over years and countries: of one substance, a class, an effect group, a country, or of all.

From the public ledger, as everything else that a visitor counts. Where no single substance is asked about, only new
psychoactive substances count.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, func, select
from sqlmodel import col

from nps_registry.store.engine import Session
from nps_registry.store.public_years import ANYTHING, NPS
from nps_registry.store.tables import EffectGroupMembership, PublicCount, PublicFinding, PublicYear, Substance
from nps_registry.vocabulary.substance import EffectGroup, Nature

QUARTERS = 20
"""How many a line of quarters shows."""


@dataclass(frozen=True, slots=True)
class Subject:
    """What the figures are about: each part that is set narrows them; with none it is the whole phenomenon."""

    substance_id: int | None = None
    chemical_class: str | None = None
    effect: EffectGroup | None = None
    country: str | None = None
    year: int | None = None


@dataclass(frozen=True, slots=True)
class YearFigure:
    """Distinct public events of one year with a substance of one effect group; of any group where none is named."""

    year: int
    effect_group: str
    events: int


@dataclass(frozen=True, slots=True)
class QuarterFigure:
    """Public events of one quarter."""

    year: int
    quarter: int
    events: int


@dataclass(frozen=True, slots=True)
class PlaceFigure:
    """Distinct public events in one country, and how many substances they hold of those asked about."""

    country: str
    events: int
    substances: int


@dataclass(frozen=True, slots=True)
class SubstanceFigure:
    """One substance: its distinct public events among those asked about, and the year of its first of all."""

    substance_id: int
    events: int
    first_year: int


def per_year(session: Session, subject: Subject) -> list[YearFigure]:
    """Events per year, split by effect group unless the subject is one substance; by year, then group."""
    events = func.count(col(PublicFinding.event_id).distinct())
    if subject.substance_id is not None:
        whole = select(col(PublicFinding.year), events).group_by(col(PublicFinding.year))
        found = session.execute(_narrowed(whole, subject).order_by(col(PublicFinding.year)))
        return [YearFigure(row[0], "", row[1]) for row in found]
    if subject.chemical_class is None:
        return _kept_per_year(session, subject)
    group = col(EffectGroupMembership.effect_group)
    split = _narrowed(select(col(PublicFinding.year), group, events), subject)
    split = split.join(EffectGroupMembership, col(EffectGroupMembership.substance_id) == col(Substance.id))
    if subject.effect is not None:
        split = split.where(group == subject.effect)
    rows = session.execute(split.group_by(col(PublicFinding.year), group).order_by(col(PublicFinding.year), group))
    return [YearFigure(*row) for row in rows]


def _kept_per_year(session: Session, subject: Subject) -> list[YearFigure]:
    """The same of a country, an effect group or all, which are kept."""
    group, year, events = col(PublicYear.found), col(PublicYear.year), func.sum(col(PublicYear.events))
    kept = select(year, group, events).where(group.not_in((ANYTHING, NPS)))
    for column, wanted in ((group, subject.effect), (col(PublicYear.country), subject.country), (year, subject.year)):
        if wanted is not None:
            kept = kept.where(column == wanted)
    return [YearFigure(*row) for row in session.execute(kept.group_by(year, group).order_by(year, group))]


def latest_quarters(session: Session, subject: Subject) -> list[QuarterFigure]:
    """Events of one substance in each quarter up to its latest, as :func:`quarters_of` tells them."""
    counted = select(PublicCount).where(col(PublicCount.substance_id) == subject.substance_id)
    return quarters_of(session.scalars(counted))


def quarters_of(counts: Iterable[PublicCount]) -> list[QuarterFigure]:
    """Each of the :data:`QUARTERS` up to the latest with an event; none where no quarter is known."""
    events: Counter[int] = Counter()
    for count in counts:
        if count.quarter and count.events:
            events[count.year * 4 + count.quarter - 1] += count.events
    last = max(events, default=-1)
    shown = range(last - QUARTERS + 1, last + 1) if events else range(0)
    return [QuarterFigure(quarter // 4, quarter % 4 + 1, events[quarter]) for quarter in shown]


def per_country(session: Session, subject: Subject) -> list[PlaceFigure]:
    """Events and substances per country, most events first."""
    events = func.count(col(PublicFinding.event_id).distinct())
    kinds = func.count(col(PublicFinding.substance_id).distinct())
    statement = _narrowed(select(col(PublicFinding.country), events, kinds), subject)
    if subject.effect is not None:
        statement = _of_effect(statement, subject.effect)
    rows = session.execute(
        statement.group_by(col(PublicFinding.country)).order_by(events.desc(), col(PublicFinding.country))
    )
    return [PlaceFigure(*row) for row in rows]


def first_seen_in(session: Session, year: int) -> list[SubstanceFigure]:
    """New psychoactive substances whose first public event of all is of *year*, most events in that year first."""
    first = (
        select(col(PublicFinding.substance_id), func.min(col(PublicFinding.year)).label("year"))
        .where(col(PublicFinding.wastewater).is_(False), col(PublicFinding.detections) > 0)
        .group_by(col(PublicFinding.substance_id))
        .subquery()
    )
    events = func.count(col(PublicFinding.event_id).distinct())
    statement = (
        _narrowed(select(col(PublicFinding.substance_id), events, first.c.year), Subject(year=year))
        .join(first, first.c.substance_id == col(PublicFinding.substance_id))
        .where(first.c.year == year)
        .group_by(col(PublicFinding.substance_id), first.c.year)
        .order_by(events.desc(), col(PublicFinding.substance_id))
    )
    return [SubstanceFigure(*row) for row in session.execute(statement)]


def years_with_events(session: Session) -> list[int]:
    """Every year with a public event, earliest first."""
    return list(session.scalars(_narrowed(select(col(PublicFinding.year)).distinct(), Subject()).order_by(
        col(PublicFinding.year)
    )))  # fmt: skip


def _narrowed(statement: Select[*tuple[Any, ...]], subject: Subject) -> Select[*tuple[Any, ...]]:
    """*statement* over the ledger and its substances, narrowed to *subject* but for its effect group."""
    statement = statement.join_from(
        PublicFinding, Substance, col(Substance.id) == col(PublicFinding.substance_id)
    ).where(col(PublicFinding.wastewater).is_(False), col(PublicFinding.detections) > 0)
    if subject.substance_id is None:
        statement = statement.where(col(Substance.nature) == Nature.NPS)
    else:
        statement = statement.where(col(PublicFinding.substance_id) == subject.substance_id)
    if subject.chemical_class is not None:
        statement = statement.where(col(Substance.chemical_class) == subject.chemical_class)
    if subject.country is not None:
        statement = statement.where(col(PublicFinding.country) == subject.country)
    if subject.year is not None:
        statement = statement.where(col(PublicFinding.year) == subject.year)
    return statement


def _of_effect(statement: Select[*tuple[Any, ...]], effect: EffectGroup) -> Select[*tuple[Any, ...]]:
    members = select(col(EffectGroupMembership.substance_id)).where(col(EffectGroupMembership.effect_group) == effect)
    return statement.where(col(PublicFinding.substance_id).in_(members))
