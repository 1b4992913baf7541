"""Browsing: substances by filters, sorted, a page at a time, with counts of what each further filter leaves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Select, SQLColumnExpression, and_, exists, func, or_, select
from sqlmodel import col

from nps_registry.store.engine import Session
from nps_registry.store.paging import Mark, Page, read_cursor, refused_cursor, write_cursor
from nps_registry.store.tables import Control, ControlList, EffectGroupMembership, PublicCount, Substance, SubstanceName
from nps_registry.store.viewer import VISITOR, Viewer
from nps_registry.store.visibility import substances_visible_to
from nps_registry.vocabulary.folding import fold
from nps_registry.vocabulary.substance import EffectGroup, Nature, Status

SORTS = ("name", "accession", "mass", "newest", "reports")


@dataclass(frozen=True, slots=True)
class Browse:
    """Which substances, in which order; a filter that is none filters nothing.

    Attributes:
        q: part of a name, or an accession.
        country: ISO 3166-1 alpha-2 with public events of the substance.
        control: jurisdiction (``UN``, ``DE`` …) one of whose lists names the substance today.
        first_reported_from: year; the first public event is of it or later.
        first_reported_until: year; the first public event is of it or earlier.
        sort: ``name``, ``accession``, ``mass`` (rising), ``newest`` (latest first public event first),
            ``reports`` (most public events first).
    """

    q: str = ""
    chemical_class: str | None = None
    effect: EffectGroup | None = None
    nature: Nature | None = None
    status: Status | None = None
    country: str | None = None
    control: str | None = None
    first_reported_from: int | None = None
    first_reported_until: int | None = None
    sort: str = "name"


@dataclass(frozen=True, slots=True)
class CardRow:
    """What a card or a row of the list says.

    Attributes:
        events: public events.
        first: first public quarter as year * 10 + quarter (5 where only the year is known); 0 for none.
    """

    id: int
    accession: str
    name: str
    smiles: str | None
    inchikey: str | None
    chemical_class: str | None
    status: Status
    nature: Nature
    formula: str | None
    mass_da: float | None
    events: int
    first: int


Facets = dict[str, dict[str, int]]
"""Filter to value to the number of substances that this value leaves, the other filters as they are."""

_GONE = (Status.MERGED, Status.WITHDRAWN)
_CARD = ("id", "accession", "name", "smiles", "inchikey", "chemical_class", "status", "nature", "formula", "mass_da")


def browse(
    session: Session, question: Browse, viewer: Viewer = VISITOR, *, limit: int = 50, cursor: str | None = None
) -> Page[CardRow]:
    """The substances that *question* asks for, as far as *viewer* may know of them.

    Raises:
        InvalidInput: *cursor* is not one that this list gave in this order.
    """
    wanted = _conditions(question, viewer)
    total = session.scalar(select(func.count()).select_from(Substance).where(*wanted)) or 0
    figures = _figures()
    order, is_rising = _order(question.sort, figures)
    statement = _cards(figures).add_columns(order).where(*wanted)
    if cursor is not None:
        statement = statement.where(_behind(cursor, question.sort, order, is_rising=is_rising))
    direction = order.asc() if is_rising else order.desc()
    rows = session.execute(statement.order_by(direction, col(Substance.accession)).limit(limit + 1)).all()
    items = [CardRow(*row[:-1]) for row in rows[:limit]]
    more = len(rows) > limit
    return Page(items, total, write_cursor([question.sort, rows[limit - 1][-1], items[-1].accession]) if more else None)


def find_ids(session: Session, question: Browse, viewer: Viewer = VISITOR) -> frozenset[int]:
    """Ids of all substances that *question* asks for, as far as *viewer* may know of them."""
    found = session.scalars(select(col(Substance.id)).where(*_conditions(question, viewer)))
    return frozenset(key for key in found if key is not None)


def find_reported_countries(session: Session) -> list[str]:
    """Codes of the countries that have public events."""
    counted = select(col(PublicCount.country)).where(col(PublicCount.events) > 0).distinct()
    return sorted(session.scalars(counted))


def facets(session: Session, question: Browse, viewer: Viewer = VISITOR) -> Facets:
    """For each filter and value: how many substances remain when that value is chosen and the others stay."""
    counted = func.count(col(Substance.id).distinct())
    found: Facets = {}
    for name, value, joins in _dimensions():
        wanted = _conditions(_without(question, name), viewer)
        statement: Select[Any] = select(value, counted).select_from(Substance)
        for table, on in joins:
            statement = statement.join(table, on)
        rows = session.execute(statement.where(value.is_not(None), *wanted).group_by(value))
        found[name] = dict(sorted((str(key), number) for key, number in rows))
    return found


def newly_reported(session: Session, *, limit: int) -> list[CardRow]:
    """The new psychoactive substances whose first public event is the latest, latest first."""
    page = browse(session, Browse(nature=Nature.NPS, sort="newest"), limit=limit)
    return [row for row in page.items if row.first]


def _without(question: Browse, filter_name: str) -> Browse:
    values: dict[str, Any] = {filter_name: None}
    return replace(question, **values)


def _dimensions() -> Sequence[tuple[str, SQLColumnExpression[Any], Sequence[tuple[Any, ColumnElement[bool]]]]]:
    """Each filter with the column it counts by and what has to be joined for it."""
    own = col(Substance.id)
    return (
        ("chemical_class", col(Substance.chemical_class), ()),
        ("nature", col(Substance.nature), ()),
        ("status", col(Substance.status), ()),
        (
            "effect",
            col(EffectGroupMembership.effect_group),
            ((EffectGroupMembership, col(EffectGroupMembership.substance_id) == own),),
        ),
        (
            "country",
            col(PublicCount.country),
            ((PublicCount, and_(col(PublicCount.substance_id) == own, col(PublicCount.events) > 0)),),
        ),
        (
            "control",
            col(ControlList.jurisdiction),
            (
                (Control, and_(col(Control.substance_id) == own, col(Control.ended_on) == "")),
                (ControlList, col(ControlList.id) == col(Control.list_id)),
            ),
        ),
    )


def _conditions(question: Browse, viewer: Viewer) -> list[ColumnElement[bool]]:
    own = col(Substance.id)
    wanted = [substances_visible_to(viewer)]
    if question.status is None:
        wanted.append(col(Substance.status).not_in(_GONE))
    elif question.status in _GONE:
        # Whoever has the accession of an entry of this instance is led on; a list would tell what was reported early.
        wanted.append(col(Substance.from_catalogue).is_(True))
    for name in ("chemical_class", "nature", "status"):
        if (value := getattr(question, name)) is not None:
            wanted.append(col(getattr(Substance, name)) == value)
    if question.effect is not None:
        membership = EffectGroupMembership
        wanted.append(_has(col(membership.substance_id) == own, col(membership.effect_group) == str(question.effect)))
    if question.country is not None:
        wanted.append(_has(*_counted(), col(PublicCount.country) == question.country))
    if question.control is not None:
        wanted.append(_is_controlled(question.control))
    if question.first_reported_from is not None:
        since = question.first_reported_from
        wanted.append(_has(*_counted()))
        wanted.append(~_has(*_counted(), col(PublicCount.year) < since))
    if question.first_reported_until is not None:
        wanted.append(_has(*_counted(), col(PublicCount.year) <= question.first_reported_until))
    if question.q.strip():
        wanted.append(_is_named(question.q.strip()))
    return wanted


def _has(*conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    """Whether the substance has a row of which *conditions* hold, whatever else the statement joins."""
    return exists(select(1).where(*conditions).correlate(Substance))


def _counted() -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return col(PublicCount.substance_id) == col(Substance.id), col(PublicCount.events) > 0


def _is_controlled(jurisdiction: str) -> ColumnElement[bool]:
    named = select(1).join_from(Control, ControlList, col(ControlList.id) == col(Control.list_id))
    return exists(
        named.where(
            col(Control.substance_id) == col(Substance.id),
            col(Control.ended_on) == "",
            col(ControlList.jurisdiction) == jurisdiction,
        ).correlate(Substance)
    )


def _is_named(text: str) -> ColumnElement[bool]:
    is_accession = col(Substance.accession) == text.upper()
    part = fold(text)
    if not part:
        return is_accession
    named = _has(
        col(SubstanceName.substance_id) == col(Substance.id), col(SubstanceName.folded).contains(part, autoescape=True)
    )
    return or_(is_accession, named)


def _figures() -> FromClause:
    """Public events and the first quarter of each substance that has any."""
    quarter = col(PublicCount.year) * 10 + func.coalesce(func.nullif(col(PublicCount.quarter), 0), 5)
    return (
        select(
            col(PublicCount.substance_id).label("substance_id"),
            func.sum(col(PublicCount.events)).label("events"),
            func.min(quarter).label("first"),
        )
        .where(col(PublicCount.events) > 0)
        .group_by(col(PublicCount.substance_id))
        .subquery()
    )


def _cards(figures: FromClause) -> Select[Any]:
    columns = [col(getattr(Substance, name)) for name in _CARD]
    return select(*columns, func.coalesce(figures.c.events, 0), func.coalesce(figures.c.first, 0)).outerjoin(
        figures, figures.c.substance_id == col(Substance.id)
    )


def _order(sort: str, figures: FromClause) -> tuple[SQLColumnExpression[Any], bool]:
    """The column sorted by, and whether it rises. Substances without a mass come last."""
    orders: dict[str, tuple[SQLColumnExpression[Any], bool]] = {
        "name": (col(Substance.name_key), True),
        "accession": (col(Substance.accession), True),
        "mass": (func.coalesce(col(Substance.mass_da), 1e9), True),
        "newest": (func.coalesce(figures.c.first, 0), False),
        "reports": (func.coalesce(figures.c.events, 0), False),
    }
    return orders[sort]


def _behind(cursor: str, sort: str, order: SQLColumnExpression[Any], *, is_rising: bool) -> ColumnElement[bool]:
    kind: type | tuple[type, ...] = str if sort in ("name", "accession") else (int, float)
    given, mark, accession = read_cursor(cursor, (str, kind, str))
    if given != sort:
        raise refused_cursor()
    further = order > mark if is_rising else order < mark
    return or_(further, and_(order == mark, col(Substance.accession) > accession))


__all__ = [
    "SORTS",
    "Browse",
    "CardRow",
    "Facets",
    "Mark",
    "browse",
    "facets",
    "find_ids",
    "find_reported_countries",
    "newly_reported",
]
