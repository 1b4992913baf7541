"""Figures by the week in which events became known: of series, and of all substances of a place together."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Insert, case, delete, func, insert, literal, select, union_all, update
from sqlmodel import col

from nps_registry.store.bulk import add_to_figures, delete_rows
from nps_registry.store.engine import Session
from nps_registry.store.tables import SurroundingsDue, WatchedEvent, WatchedTotal, WatchedWeek
from nps_registry.store.watch_counts import NETWORK, PUBLIC, WORLD, Watched, sum_by_places

_KEY = ("substance_id", "place", "week", "layer")
_FIGURES = ("known", "late")
_TOTAL = ("place", "week", "layer")
_OF_TOTAL = ("known", "series")
_QUIETLY = {"synchronize_session": False}

WeekKey = tuple[int, str, int, str]
"""Substance, place, week, layer."""
TotalKey = tuple[str, int, str]
"""Place, week, layer."""


def move(session: Session, gone: Iterable[Watched], come: Iterable[Watched]) -> set[int]:
    """Take what is *gone* from the figures and add what has *come*.

    Returns:
        The weeks in which the number of series with events is another now.
    """
    moves: defaultdict[WeekKey, list[int]] = defaultdict(lambda: [0, 0])
    for rows, sign in ((gone, -1), (come, 1)):
        for row in rows:
            for place in row.places if row.week else ():
                moves[row.substance_id, place, row.week, row.layer][row.late] += sign
    told = {key: figures for key, figures in moves.items() if any(figures)}
    after = add_to_figures(session, WatchedWeek, _KEY, _FIGURES, told)
    delete_rows(session, WatchedWeek, _KEY, [key for key, figures in after.items() if not any(figures)])
    return _move_totals(session, {key: (moved, after[key][0]) for key, (moved, _late) in told.items() if moved})


def _move_totals(session: Session, known: Mapping[WeekKey, tuple[int, int]]) -> set[int]:
    """Follow what became *known*: of each row how much it moved, and what it is now."""
    totals: defaultdict[TotalKey, list[int]] = defaultdict(lambda: [0, 0])
    for (_substance, place, week, layer), (moved, now) in known.items():
        totals[place, week, layer][0] += moved
        if place != WORLD and now in {0, moved}:  # the series has none any more, or had none before
            totals[WORLD, week, layer][1] += 1 if now else -1
    told = {key: figures for key, figures in totals.items() if any(figures)}
    after = add_to_figures(session, WatchedTotal, _TOTAL, _OF_TOTAL, told)
    delete_rows(session, WatchedTotal, _TOTAL, [key for key, figures in after.items() if not any(figures)])
    return {week for (_place, week, _layer), (_known, series) in told.items() if series}


def mark_moved(session: Session, weeks: Iterable[int]) -> None:
    """Write down that the figures of *weeks* moved."""
    add_to_figures(session, SurroundingsDue, ("week",), ("times", "settled"), {(week,): (1, 0) for week in set(weeks)})


def read_moved(session: Session) -> dict[int, int]:
    """The weeks whose figures moved and are not settled, each with how many times they moved so far."""
    week, times = col(SurroundingsDue.week), col(SurroundingsDue.times)
    found = session.execute(select(week, times).where(times > col(SurroundingsDue.settled)))
    return {row[0]: row[1] for row in found}


def forget_moved(session: Session, moved: Mapping[int, int]) -> None:
    """Write down that weeks are settled, as far as they had *moved* when that was read."""
    for week, times in moved.items():
        before = (col(SurroundingsDue.week) == week, col(SurroundingsDue.settled) < times)
        session.execute(update(SurroundingsDue).where(*before).values(settled=times), execution_options=_QUIETLY)


def sum_up(session: Session) -> None:
    """Make all figures anew from the ledger, in the database itself."""
    for table in (WatchedWeek, WatchedTotal):
        session.execute(delete(table), execution_options=_QUIETLY)
    sum_by_places(session, _sums_of_countries, _sums_of_places)
    session.execute(_sums_of_all())


def _sums_of_countries(substance_ids: Sequence[int]) -> Insert:
    key = [col(getattr(WatchedEvent, name)) for name in ("substance_id", "country", "week", "layer")]
    late = func.sum(case((col(WatchedEvent.late), 1), else_=0))
    rows = select(*key, func.count() - late, late).where(key[0].in_(substance_ids), col(WatchedEvent.week) > 0)
    return insert(WatchedWeek).from_select((*_KEY, *_FIGURES), rows.group_by(*key))


def _sums_of_places(substance_ids: Sequence[int], place: str, smaller: Sequence[str]) -> Insert:
    """What counts in *place* too, by the places that it consists of."""
    substance, week, layer = (col(getattr(WatchedWeek, name)) for name in ("substance_id", "week", "layer"))
    figures = [func.sum(col(getattr(WatchedWeek, name))) for name in _FIGURES]
    among = (col(WatchedWeek.place).in_(smaller), layer.in_((PUBLIC, NETWORK)))
    rows = select(substance, literal(place), week, layer, *figures).where(substance.in_(substance_ids), *among)
    return insert(WatchedWeek).from_select((*_KEY, *_FIGURES), rows.group_by(substance, week, layer))


def _sums_of_all() -> Insert:
    """What became known of all substances together, and how many series it was of."""
    place, week, layer = (col(getattr(WatchedWeek, name)) for name in _TOTAL)
    known = col(WatchedWeek.known)
    named = zip((*_TOTAL, *_OF_TOTAL), (place, week, layer, known, literal(0)), strict=True)
    events: Any = select(*(each.label(name) for name, each in named))
    ones = select(literal(WORLD), week, layer, literal(0), literal(1)).where(place != WORLD)
    every = union_all(*(each.where(known > 0) for each in (events, ones))).subquery()
    key = [every.c[name] for name in _TOTAL]
    rows = select(*key, func.sum(every.c.known), func.sum(every.c.series)).group_by(*key)
    return insert(WatchedTotal).from_select((*_TOTAL, *_OF_TOTAL), rows)
