"""The figures behind every chart, from the public ledger: what a visitor may count, and nothing else.

Figures over several substances count distinct events; only new psychoactive substances count as such.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, func, select, true
from sqlmodel import col

from nps_registry.store.engine import Session
from nps_registry.store.public_years import ANYTHING
from nps_registry.store.tables import (
    ChemicalClass,
    EffectGroupMembership,
    PublicCount,
    PublicFinding,
    PublicYear,
    Substance,
)
from nps_registry.vocabulary.substance import EffectGroup, Nature, Status


@dataclass(frozen=True, slots=True)
class Totals:
    """The registry in four figures.

    Attributes:
        nps: listed new psychoactive substances.
        substances: entries of every nature that stand in the catalogue.
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


def _is_counted_nps() -> ColumnElement[bool]:
    return and_(
        col(PublicFinding.wastewater).is_(False),
        col(PublicFinding.detections) > 0,
        col(Substance.nature) == Nature.NPS,
    )


def totals(session: Session) -> Totals:
    """The four figures of the first page."""
    standing = col(Substance.status).in_((Status.LISTED, Status.UNCONFIRMED))
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
    first = (
        select(col(PublicFinding.substance_id).label("substance_id"), func.min(col(PublicFinding.year)).label("year"))
        .join(Substance, col(Substance.id) == col(PublicFinding.substance_id))
        .where(_is_counted_nps())
        .group_by(col(PublicFinding.substance_id))
        .subquery()
    )
    is_first = and_(first.c.substance_id == col(PublicFinding.substance_id), first.c.year == col(PublicFinding.year))
    statement = (
        select(
            col(PublicFinding.year),
            col(EffectGroupMembership.effect_group),
            func.count(col(PublicFinding.event_id).distinct()),
            func.count(col(PublicFinding.substance_id).distinct()),
            func.count(first.c.substance_id.distinct()),
        )
        .join(Substance, col(Substance.id) == col(PublicFinding.substance_id))
        .join(EffectGroupMembership, col(EffectGroupMembership.substance_id) == col(Substance.id))
        .outerjoin(first, is_first)
        .where(_is_counted_nps())
        .group_by(col(PublicFinding.year), col(EffectGroupMembership.effect_group))
        .order_by(col(PublicFinding.year), col(EffectGroupMembership.effect_group))
    )
    return [TimelineFigure(*row) for row in session.execute(statement)]


def countries(session: Session) -> list[CountryFigure]:
    """Every country with a public event, by code."""
    statement = (
        select(
            col(PublicFinding.country),
            func.count(col(PublicFinding.event_id).distinct()),
            func.count(col(PublicFinding.substance_id).distinct()),
            func.min(col(PublicFinding.year)),
            func.max(col(PublicFinding.year)),
        )
        .join(Substance, col(Substance.id) == col(PublicFinding.substance_id))
        .where(_is_counted_nps())
        .group_by(col(PublicFinding.country))
        .order_by(col(PublicFinding.country))
    )
    return [CountryFigure(*row) for row in session.execute(statement)]


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
    events = dict(
        session.execute(
            select(col(Substance.chemical_class), func.count(col(PublicFinding.event_id).distinct()))
            .join(PublicFinding, col(PublicFinding.substance_id) == col(Substance.id))
            .where(_is_counted_nps(), asked)
            .group_by(col(Substance.chemical_class))
        ).all()
    )
    rows = session.scalars(select(ChemicalClass).order_by(col(ChemicalClass.position), col(ChemicalClass.key)))
    return [ClassFigure(row.key, row.label, listed.get(row.key, 0), events.get(row.key, 0)) for row in rows]


@dataclass(frozen=True, slots=True)
class CountrySubstance:
    """One substance in one country: public events, and the years of the first and the last."""

    accession: str
    name: str
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
            events,
            func.min(col(PublicCount.year)),
            func.max(col(PublicCount.year)),
        )
        .join(Substance, col(Substance.id) == col(PublicCount.substance_id))
        .where(col(PublicCount.country) == country, col(PublicCount.events) > 0)
        .group_by(col(Substance.accession), col(Substance.name))
        .order_by(events.desc(), col(Substance.name), col(Substance.accession))
    )
    return [CountrySubstance(*row) for row in session.execute(statement)]


def events_of_country(session: Session, country: str) -> int:
    """Distinct public events in *country*."""
    counted = select(func.sum(col(PublicYear.events))).where(
        col(PublicYear.country) == country, col(PublicYear.found) == ANYTHING
    )
    return session.scalar(counted) or 0
