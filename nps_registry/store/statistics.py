"""The figures behind every chart: what a visitor may count, and nothing else.

Figures over several substances count distinct events; only new psychoactive substances count as such. All of them are
read from figures that are kept beside the public ledger (``public_count``, ``public_year``).
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import and_, case, func, select, true
from sqlmodel import col

from nps_registry.store import spread
from nps_registry.store.engine import Session
from nps_registry.store.public_years import ANYTHING, kind_of
from nps_registry.store.spread import Subject
from nps_registry.store.tables import ChemicalClass, EffectGroupMembership, PublicCount, PublicYear, Substance
from nps_registry.store.viewer import VISITOR
from nps_registry.store.visibility import substances_visible_to
from nps_registry.vocabulary.substance import EffectGroup, Nature, Status


@dataclass(frozen=True, slots=True)
class Totals:
    """The registry in four figures.

    Attributes:
        nps: listed new psychoactive substances.
        substances: entries of every nature, those that a visitor finds in the list of substances.
        events: public events in which something was found.
        countries: countries with such an event.
    """

    nps: int
    substances: int
    events: int
    countries: int


@dataclass(frozen=True, slots=True)
class TimelineFigure:
    """One year and effect group.

    Attributes:
        events: public events of that year with a new psychoactive substance of the group.
        substances: those substances.
        new_substances: those whose first public event of all is of that year.
    """

    year: int
    effect_group: str
    events: int
    substances: int
    new_substances: int


@dataclass(frozen=True, slots=True)
class CountryFigure:
    """One country: public events with a new psychoactive substance, and how many such substances."""

    country: str
    events: int
    substances: int
    first_year: int
    last_year: int


@dataclass(frozen=True, slots=True)
class ClassFigure:
    """One chemical class: its listed new psychoactive substances, and public events with one of the class."""

    key: str
    label: str
    substances: int
    events: int


def totals(session: Session) -> Totals:
    """The four figures of the first page."""
    standing = and_(
        col(Substance.status).in_((Status.LISTED, Status.UNCONFIRMED, Status.PROVISIONAL)),
        substances_visible_to(VISITOR),
    )
    listed_nps = and_(col(Substance.status) == Status.LISTED, col(Substance.nature) == Nature.NPS)
    counted = select(func.count()).select_from(Substance)
    events, countries = session.execute(
        select(func.sum(col(PublicYear.events)), func.count(col(PublicYear.country).distinct())).where(
            col(PublicYear.found) == ANYTHING
        )
    ).one()
    return Totals(
        nps=session.scalar(counted.where(listed_nps)) or 0,
        substances=session.scalar(counted.where(standing)) or 0,
        events=events or 0,
        countries=countries,
    )


def timeline(session: Session) -> list[TimelineFigure]:
    """Events and substances per year and effect group, in that order."""
    events = {(figure.year, figure.effect_group): figure.events for figure in spread.per_year(session, Subject())}
    substance, year = col(PublicCount.substance_id), col(PublicCount.year)
    first = func.min(year).over(partition_by=substance).label("first")
    seen = spread.seen(Subject(), substance, year, first).group_by(substance, year).subquery()
    group, new = col(EffectGroupMembership.effect_group), case((seen.c.first == seen.c.year, 1), else_=0)
    rows = session.execute(
        select(seen.c.year, group, func.count(), func.sum(new))
        .join_from(seen, EffectGroupMembership, col(EffectGroupMembership.substance_id) == seen.c.substance_id)
        .group_by(seen.c.year, group)
        .order_by(seen.c.year, group)
    )
    return [TimelineFigure(year, group, events[year, group], *numbers) for year, group, *numbers in rows]


def countries(session: Session) -> list[CountryFigure]:
    """Every country with a public event, by code."""
    events = {figure.country: figure.events for figure in spread.per_country(session, Subject())}
    country, year = col(PublicCount.country), col(PublicCount.year)
    rows = session.execute(
        spread.seen(
            Subject(), country, func.count(col(PublicCount.substance_id).distinct()), func.min(year), func.max(year)
        )
        .group_by(country)
        .order_by(country)
    )
    return [CountryFigure(code, events[code], *figures) for code, *figures in rows]


def classes(session: Session, *, effect: EffectGroup | None = None) -> list[ClassFigure]:
    """Every chemical class in the catalogue's order; of its substances those of the group *effect* if one is named."""
    members = select(col(EffectGroupMembership.substance_id)).where(col(EffectGroupMembership.effect_group) == effect)
    asked = col(Substance.id).in_(members) if effect is not None else true()
    listed = dict(
        session.execute(
            select(col(Substance.chemical_class), func.count())
            .where(col(Substance.status) == Status.LISTED, col(Substance.nature) == Nature.NPS, asked)
            .group_by(col(Substance.chemical_class))
        ).all()
    )
    rows = list(session.scalars(select(ChemicalClass).order_by(col(ChemicalClass.position), col(ChemicalClass.key))))
    kinds = {row.key: kind_of(row.key, effect) for row in rows}
    kept = select(col(PublicYear.found), func.sum(col(PublicYear.events))).where(
        col(PublicYear.found).in_(kinds.values())
    )
    events = dict(session.execute(kept.group_by(col(PublicYear.found))).all())
    return [ClassFigure(row.key, row.label, listed.get(row.key, 0), events.get(kinds[row.key], 0)) for row in rows]


@dataclass(frozen=True, slots=True)
class CountrySubstance:
    """One substance in one country: public events, and the years of the first and the last."""

    accession: str
    name: str
    nature: Nature
    events: int
    first_year: int
    last_year: int


def substances_of_country(session: Session, country: str) -> list[CountrySubstance]:
    """The substances of every nature found in *country*, most events first."""
    events = func.sum(col(PublicCount.events))
    statement = (
        select(
            col(Substance.accession),
            col(Substance.name),
            col(Substance.nature),
            events,
            func.min(col(PublicCount.year)),
            func.max(col(PublicCount.year)),
        )
        .join(Substance, col(Substance.id) == col(PublicCount.substance_id))
        .where(col(PublicCount.country) == country, col(PublicCount.events) > 0)
        .group_by(col(Substance.accession), col(Substance.name), col(Substance.nature))
        .order_by(events.desc(), col(Substance.name), col(Substance.accession))
    )
    return [CountrySubstance(*row) for row in session.execute(statement)]


def events_of_country(session: Session, country: str) -> int:
    """Distinct public events in *country*."""
    counted = select(func.sum(col(PublicYear.events))).where(
        col(PublicYear.country) == country, col(PublicYear.found) == ANYTHING
    )
    return session.scalar(counted) or 0
