"""Distinct public events per country and year, by what was found: kept with the public counts, read by pages.

An event in which two substances of a group were found is one event of that group, so no sum over substances gives these
figures. They follow from the ledger (``public_finding``) and from what each substance is; whoever changes either says
so here, in the same transaction.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Select,
    SQLColumnExpression,
    and_,
    delete,
    func,
    insert,
    literal,
    select,
    true,
    union_all,
)
from sqlmodel import col

from nps_registry.store.batches import in_batches
from nps_registry.store.bulk import add_to_figures, delete_rows
from nps_registry.store.engine import Session
from nps_registry.store.tables import EffectGroupMembership, PublicCount, PublicFinding, PublicYear, Substance
from nps_registry.vocabulary.substance import Nature

ANYTHING, NPS = "", "nps"
"""What events are counted by beside effect groups and classes: any substance, and any new psychoactive one."""

_KEY = ("country", "year", "found")
_QUIETLY = {"synchronize_session": False}


def kind_of(chemical_class: str | None, effect: str | None = None) -> str:
    """What events with a new psychoactive substance of a class, of an effect group or of both are counted by."""
    if chemical_class is None:
        return effect or NPS
    return f"class:{chemical_class}" if effect is None else f"class:{chemical_class}/{effect}"


class Seen(NamedTuple):
    """A substance that counts in a public event."""

    event_id: str
    substance_id: int
    country: str
    year: int


@dataclass(slots=True)
class Moves:
    """What moves in the figures: gathered from some events after the other, and written once."""

    _kinds: dict[int, set[str]] = field(default_factory=dict)
    _events: Counter[tuple[str, int, str]] = field(default_factory=Counter)

    def gather(self, session: Session, before: Collection[Seen], after: Collection[Seen]) -> None:
        """Follow the ledger of some events from all that was seen in them *before* to all that is *after*."""
        met = {seen.substance_id for seen in (*before, *after)}
        self._kinds |= _kinds_of(session, met - self._kinds.keys())
        self._events.update(self._count(after))
        self._events.subtract(self._count(before))

    def _count(self, found: Iterable[Seen]) -> Counter[tuple[str, int, str]]:
        events = {
            (seen.event_id, seen.country, seen.year, kind) for seen in found for kind in self._kinds[seen.substance_id]
        }
        return Counter((country, year, kind) for _event, country, year, kind in events)

    def write(self, session: Session) -> None:
        """Move the figures."""
        figures = {key: (number,) for key, number in self._events.items() if number}
        left = add_to_figures(session, PublicYear, _KEY, ("events",), figures)
        delete_rows(session, PublicYear, _KEY, [key for key, (events,) in left.items() if not events])


def _kinds_of(session: Session, substance_ids: Collection[int]) -> dict[int, set[str]]:
    """What an event with each substance is counted by."""
    kinds: dict[int, set[str]] = {substance_id: {ANYTHING} for substance_id in substance_ids}
    for ids in in_batches(substance_ids):
        new = and_(col(Substance.id).in_(ids), col(Substance.nature) == Nature.NPS)
        grouped = select(col(Substance.id), col(Substance.chemical_class), col(EffectGroupMembership.effect_group))
        members = grouped.where(new).outerjoin(EffectGroupMembership, _is_member())
        for substance_id, chemical_class, group in session.execute(members):
            kinds[substance_id or 0] |= {
                kind_of(one, other) for one in (None, chemical_class) for other in (None, group)
            }
    return kinds


def count_anew(session: Session, substance_ids: Collection[int]) -> None:
    """Count the years again in which *substance_ids* were found: one of them is another kind of thing now."""
    years: defaultdict[str, set[int]] = defaultdict(set)
    for ids in in_batches(substance_ids):
        pairs = select(col(PublicCount.country), col(PublicCount.year)).where(col(PublicCount.substance_id).in_(ids))
        for country, year in session.execute(pairs.distinct()):
            years[country].add(year)
    for country, told in sorted(years.items()):
        counted, kept = (
            and_(col(table.country) == country, col(table.year).in_(sorted(told)))
            for table in (PublicFinding, PublicYear)
        )
        session.execute(delete(PublicYear).where(kept), execution_options=_QUIETLY)
        _sum_up(session, counted)


def count_all(session: Session) -> None:
    """Make all figures anew from the ledger."""
    session.execute(delete(PublicYear), execution_options=_QUIETLY)
    _sum_up(session, true())


def _sum_up(session: Session, which: ColumnElement[bool]) -> None:
    """Count in the database itself the events of the ledger's rows of which *which* holds."""
    group, in_class = col(EffectGroupMembership.effect_group), literal("class:") + col(Substance.chemical_class)
    classed = and_(which, col(Substance.chemical_class).is_not(None))
    parts = (
        _counted(literal(ANYTHING), which),
        _counted(literal(NPS), which).join(Substance, _is_new()),
        _counted(in_class, classed).join(Substance, _is_new()),
        *(
            _counted(kind, told).join(Substance, _is_new()).join(EffectGroupMembership, _is_member())
            for kind, told in ((group, which), (in_class + "/" + group, classed))
        ),
    )
    rows = union_all(*(part.group_by(*part.selected_columns[:3]) for part in parts))
    session.execute(insert(PublicYear).from_select([*_KEY, "events"], rows))


def _counted(kind: SQLColumnExpression[str], which: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    events = func.count(col(PublicFinding.event_id).distinct())
    counts = and_(which, col(PublicFinding.wastewater).is_(False), col(PublicFinding.detections) > 0)
    return select(col(PublicFinding.country), col(PublicFinding.year), kind, events).where(counts)


def _is_new() -> ColumnElement[bool]:
    return and_(col(Substance.id) == col(PublicFinding.substance_id), col(Substance.nature) == Nature.NPS)


def _is_member() -> ColumnElement[bool]:
    return col(EffectGroupMembership.substance_id) == col(Substance.id)
