"""How public events spread over years and countries: of one substance, a class, an effect group, a country, or of all.

From the figures that are kept beside the public ledger, so that no question counts it. Where no single substance is
asked about, only new psychoactive substances count.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from operator import attrgetter
from typing import Any

from sqlalchemy import Select, Subquery, and_, case, func, literal, select
from sqlmodel import col

from nps_registry.store.engine import Session
from nps_registry.store.public_years import NPS, kind_of
from nps_registry.store.tables import EffectGroupMembership, PublicCount, PublicYear, Substance
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
    groups = [subject.effect] if subject.effect is not None else list(EffectGroup)
    groups_of = {kind_of(subject.chemical_class, group): group.value for group in groups}
    kept = _kept(subject, groups_of)
    summed = select(kept.c.year, kept.c.kind, func.sum(kept.c.events)).group_by(kept.c.year, kept.c.kind)
    figures = [YearFigure(year, groups_of.get(kind, ""), events) for year, kind, events in session.execute(summed)]
    return sorted(figures, key=attrgetter("year", "effect_group"))


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
    kept = _kept(subject, [kind_of(subject.chemical_class, subject.effect)])
    country, number = col(PublicCount.country), func.count(col(PublicCount.substance_id).distinct())
    substances = seen(subject, country, number.label("number")).group_by(country).subquery()
    events = func.sum(kept.c.events)
    rows = session.execute(
        select(kept.c.country, events, substances.c.number)
        .join(substances, substances.c.country == kept.c.country)
        .group_by(kept.c.country, substances.c.number)
        .order_by(events.desc(), kept.c.country)
    )
    return [PlaceFigure(*row) for row in rows]


def first_seen_in(session: Session, year: int) -> list[SubstanceFigure]:
    """New psychoactive substances whose first public event of all is of *year*, most events in that year first."""
    substance, first = col(PublicCount.substance_id), func.min(col(PublicCount.year))
    events = func.sum(case((col(PublicCount.year) == year, col(PublicCount.events)), else_=0))
    statement = seen(Subject(), substance, events, first).group_by(substance).having(first == year)
    return [SubstanceFigure(*row) for row in session.execute(statement.order_by(events.desc(), substance))]


def years_with_events(session: Session) -> list[int]:
    """Every year with a public event, earliest first."""
    new = select(col(PublicYear.year)).where(col(PublicYear.found) == NPS)
    return list(session.scalars(new.distinct().order_by(col(PublicYear.year))))


def _kept(subject: Subject, kinds: Collection[str]) -> Subquery:
    """The kept figures of *subject* by country, year and kind: those of the substance if it is one, else of *kinds*."""
    table: type[PublicCount] | type[PublicYear]
    if subject.substance_id is not None:
        table, kind = PublicCount, literal("").label("kind")
        which = and_(col(PublicCount.substance_id) == subject.substance_id, col(PublicCount.events) > 0)
    else:
        table, kind = PublicYear, col(PublicYear.found).label("kind")
        which = col(PublicYear.found).in_(kinds)
    kept = select(col(table.country), col(table.year), kind, col(table.events)).where(which)
    return _narrowed(kept, table, subject).subquery()


def seen(subject: Subject, *columns: Any) -> Select[*tuple[Any, ...]]:
    """*columns* of the public counts of each substance of *subject*, where it was found."""
    counts = select(*columns).join_from(PublicCount, Substance, col(Substance.id) == col(PublicCount.substance_id))
    counts = _narrowed(counts.where(col(PublicCount.events) > 0), PublicCount, subject)
    if subject.substance_id is not None:
        return counts.where(col(PublicCount.substance_id) == subject.substance_id)
    counts = counts.where(col(Substance.nature) == Nature.NPS)
    if subject.chemical_class is not None:
        counts = counts.where(col(Substance.chemical_class) == subject.chemical_class)
    if subject.effect is not None:
        grouped = select(col(EffectGroupMembership.substance_id))
        members = grouped.where(col(EffectGroupMembership.effect_group) == subject.effect)
        counts = counts.where(col(PublicCount.substance_id).in_(members))
    return counts


def _narrowed(
    statement: Select[*tuple[Any, ...]], table: type[PublicCount] | type[PublicYear], subject: Subject
) -> Select[*tuple[Any, ...]]:
    """*statement* over *table*, narrowed to the country and the year of *subject*."""
    if subject.country is not None:
        statement = statement.where(col(table.country) == subject.country)
    if subject.year is not None:
        statement = statement.where(col(table.year) == subject.year)
    return statement
