"""Figures per place and month, and the first events per country: the sums of the ledger that signals are read from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import NamedTuple

from sqlalchemy import delete, select, tuple_, update
from sqlmodel import col

from nps_registry.store.batches import in_batches
from nps_registry.store.bulk import add_to_figures, insert_rows
from nps_registry.store.engine import Session
from nps_registry.store.tables import SeriesFamily, WatchedCount, WatchedPlace
from nps_registry.vocabulary.place import region_of

WORLD = "001"
"""The world in UN M49."""
PUBLIC, NETWORK = "public", "network"
IN_TIME_MONTHS = 2
"""An event that becomes known later than this behind its month is late: it changes no judgement of that month."""


_QUIETLY = {"synchronize_session": False}
_KEY = ("substance_id", "place", "year", "quarter", "month", "layer")
_FIGURES = ("events", "within_0", "within_1", "within_2", "fatal", "severe")

CountKey = tuple[int, str, int, int, int, str]
"""Substance, place, year, quarter, month, layer."""
PlaceKey = tuple[int, str, str]
"""Substance, country, layer."""


def layers_of(audience: str) -> tuple[str, ...]:
    """The layers that *audience* reads, the widest first."""
    if audience == PUBLIC:
        return (PUBLIC,)
    return (PUBLIC, NETWORK) if audience == NETWORK else (PUBLIC, NETWORK, audience)


class Watched(NamedTuple):
    """One row of the ledger."""

    event_id: str
    substance_id: int
    layer: str
    country: str
    year: int
    quarter: int
    month: int
    lag_months: int
    fatal: bool
    severe: bool

    @property
    def figures(self) -> dict[str, int]:
        """What it adds to each place that it counts in."""
        told = {"events": 1, "fatal": int(self.fatal), "severe": int(self.severe)}
        return told | {f"within_{lag}": 1 for lag in range(self.lag_months, IN_TIME_MONTHS + 1)}

    @property
    def places(self) -> tuple[str, ...]:
        """Country, region and world; a country's own layer counts in countries only."""
        if self.layer in {PUBLIC, NETWORK}:
            return self.country, region_of(self.country), WORLD
        return (self.country,)

    @property
    def period(self) -> tuple[int, int, int]:
        """Year, quarter, month."""
        return self.year, self.quarter, self.month


def move(session: Session, gone: Iterable[Watched], come: Iterable[Watched]) -> None:
    """Take what is *gone* from the figures and add what has *come*."""
    moves: dict[CountKey, Counter[str]] = {}
    for rows, sign in ((gone, -1), (come, 1)):
        for row in rows:
            figures = row.figures.items()
            for place in row.places:
                key = (row.substance_id, place, *row.period, row.layer)
                move = moves.setdefault(key, Counter())
                for figure, number in figures:
                    move[figure] += sign * number
    there = _keys_there(session, moves)
    fresh = [key for key in moves if key not in there]
    insert_rows(session, WatchedCount, [dict(zip(_KEY, key, strict=True)) | moves[key] for key in fresh])
    add_to_figures(
        session, WatchedCount, _KEY, _FIGURES, {key: moves[key] for key in there if any(moves[key].values())}
    )
    _move_families(session, Counter(_family(key) for key in fresh if _is_series(key)))
    if gone:
        _drop_empty_rows(session, moves)


def _keys_there(session: Session, keys: Collection[CountKey]) -> set[CountKey]:
    columns = [col(getattr(WatchedCount, name)) for name in _KEY]
    there: set[CountKey] = set()
    for part in in_batches(keys, 200):
        there |= {tuple(row) for row in session.execute(select(*columns).where(tuple_(*columns).in_(part)))}
    return there


def _drop_empty_rows(session: Session, keys: Iterable[CountKey]) -> None:
    columns = [col(getattr(WatchedCount, name)) for name in _KEY]
    dropped: Counter[tuple[str, int, int]] = Counter()
    for part in in_batches(keys, 200):
        empty = delete(WatchedCount).where(tuple_(*columns).in_(part), col(WatchedCount.events) <= 0)
        for row in session.execute(empty.returning(*columns), execution_options=_QUIETLY):
            key: CountKey = tuple(row)
            dropped[_family(key)] -= int(_is_series(key))
    _move_families(session, dropped)


def _is_series(key: CountKey) -> bool:
    """Whether the row is a month of a series that is judged: of a country or region, with the month known."""
    return key[1] != WORLD and key[4] != 0


def _family(key: CountKey) -> tuple[str, int, int]:
    return key[5], key[2], key[4]


def _move_families(session: Session, moves: Mapping[tuple[str, int, int], int]) -> None:
    fresh: list[dict[str, object]] = []
    for (layer, year, month), number in moves.items():
        if not number:
            continue
        here = (col(SeriesFamily.layer) == layer, col(SeriesFamily.year) == year, col(SeriesFamily.month) == month)
        changed = update(SeriesFamily).where(*here).values(series=col(SeriesFamily.series) + number)
        if not session.execute(changed.returning(col(SeriesFamily.year)), execution_options=_QUIETLY).first():
            fresh.append({"layer": layer, "year": year, "month": month, "series": number})
    insert_rows(session, SeriesFamily, fresh)


def follow_places(session: Session, gone: Sequence[Watched], come: Sequence[Watched]) -> set[int]:
    """Bring the first events per country up to date; answers the substances of which one is another now."""
    places: dict[PlaceKey, tuple[int, int]] = {}
    for row in come:
        key = (row.substance_id, row.country, row.layer)
        places[key] = min(places.get(key, row.period[:2]), row.period[:2], key=_order)
    touched = {*places, *((row.substance_id, row.country, row.layer) for row in gone)}
    before = _read_places(session, touched)
    # Where something went, the earliest may have gone; the figures, written already, tell.
    after = _earliest(session, {(row.substance_id, row.country, row.layer) for row in gone})
    for key, came in places.items():
        after.setdefault(key, min(before.get(key, came), came, key=_order))
    changed = {key for key in touched if before.get(key) != after.get(key)}
    columns = (col(WatchedPlace.substance_id), col(WatchedPlace.country), col(WatchedPlace.layer))
    for keys in in_batches(changed & before.keys(), 200):
        session.execute(delete(WatchedPlace).where(tuple_(*columns).in_(keys)), execution_options=_QUIETLY)
    rows = [
        {"substance_id": key[0], "country": key[1], "layer": key[2], "year": after[key][0], "quarter": after[key][1]}
        for key in sorted(changed)
        if key in after
    ]
    insert_rows(session, WatchedPlace, rows)
    return {key[0] for key in changed}


def _order(period: tuple[int, int]) -> tuple[int, int]:
    return period[0], period[1] or 5


def _read_places(session: Session, keys: Collection[PlaceKey]) -> dict[PlaceKey, tuple[int, int]]:
    columns = (col(WatchedPlace.substance_id), col(WatchedPlace.country), col(WatchedPlace.layer))
    found: dict[PlaceKey, tuple[int, int]] = {}
    for part in in_batches(keys, 200):
        statement = select(*columns, col(WatchedPlace.year), col(WatchedPlace.quarter))
        for substance_id, country, layer, year, quarter in session.execute(statement.where(tuple_(*columns).in_(part))):
            found[substance_id, country, layer] = (year, quarter)
    return found


def _earliest(session: Session, keys: Collection[PlaceKey]) -> dict[PlaceKey, tuple[int, int]]:
    columns = (col(WatchedCount.substance_id), col(WatchedCount.place), col(WatchedCount.layer))
    found: dict[PlaceKey, tuple[int, int]] = {}
    for part in in_batches(keys, 200):
        statement = select(*columns, col(WatchedCount.year), col(WatchedCount.quarter))
        for substance_id, country, layer, year, quarter in session.execute(statement.where(tuple_(*columns).in_(part))):
            key, period = (substance_id, country, layer), (year, quarter)
            found[key] = min(found.get(key, period), period, key=_order)
    return found
