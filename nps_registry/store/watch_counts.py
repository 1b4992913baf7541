"""Figures per place and month, and the first events per country: the sums of the ledger that signals are read from."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from typing import NamedTuple

from sqlalchemy import Insert, case, delete, func, insert, literal, select
from sqlmodel import col

from nps_registry.store.batches import in_batches, is_among, name_keys
from nps_registry.store.bulk import add_to_figures, delete_rows, insert_rows
from nps_registry.store.engine import Session
from nps_registry.store.plain_columns import select_plain
from nps_registry.store.tables import WatchedCount, WatchedEvent, WatchedPlace
from nps_registry.vocabulary.place import places, region_of

WORLD = "001"
"""The world in UN M49."""
PUBLIC, NETWORK = "public", "network"

_QUIETLY = {"synchronize_session": False}
_SUBSTANCES_AT_ONCE = 25
_KEY = ("substance_id", "place", "year", "quarter", "month", "layer")
_FIGURES = ("events", "fatal", "severe")

Unit = tuple[int, str]
"""Substance and place: what is evaluated by itself."""
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
    week: int
    late: bool
    fatal: bool
    severe: bool

    @property
    def figures(self) -> tuple[int, ...]:
        """What it adds to each place that it counts in, in the order of the columns."""
        return 1, int(self.fatal), int(self.severe)

    @property
    def places(self) -> tuple[str, ...]:
        """What it counts in."""
        return places_of(self.country, self.layer in {PUBLIC, NETWORK})

    @property
    def where(self) -> Where:
        """Where and when it counts."""
        is_wide = self.layer in {PUBLIC, NETWORK}
        period = (self.year, self.quarter, self.month)
        return Where(self.substance_id, self.country, is_wide, *period, self.week, self.late)


class Where(NamedTuple):
    """Where and when events count; *is_wide* says whether in the wider places of their country, too.

    *week* is the one in which they became known, that of what became known *late* the one in which it happened; 0 where
    it is not known.
    """

    substance_id: int
    country: str
    is_wide: bool
    year: int
    quarter: int
    month: int
    week: int
    late: bool

    @property
    def period(self) -> tuple[int, int, int]:
        """Year, quarter, month."""
        return self.year, self.quarter, self.month


def places_of(country: str, is_wide: bool) -> tuple[str, ...]:
    """Country, region and world; a country's own layer counts in countries only."""
    return (country, region_of(country), WORLD) if is_wide else (country,)


def is_region(place: str) -> bool:
    """Whether *place* is a sub-region, neither a country nor the world."""
    return place != WORLD and len(place) != len("FR")


def move(session: Session, gone: Iterable[Watched], come: Iterable[Watched]) -> set[Unit]:
    """Take what is *gone* from the figures and add what has *come*.

    Returns:
        The substances and places that have events in other months than before, or other cases of harm; one event more
        in a month that had some leaves all that is said of it as it was.
    """
    moves: dict[CountKey, list[int]] = {}
    for rows, sign in ((gone, -1), (come, 1)):
        for row in rows:
            figures = row.figures
            for place in row.places:
                key = (row.substance_id, place, row.year, row.quarter, row.month, row.layer)
                if key not in moves:
                    moves[key] = [0] * len(_FIGURES)
                moves[key] = [before + sign * more for before, more in zip(moves[key], figures, strict=True)]
    moves = {key: move for key, move in moves.items() if any(move)}
    after = add_to_figures(session, WatchedCount, _KEY, _FIGURES, moves)
    delete_rows(session, WatchedCount, _KEY, {key for key, (events, *_rest) in after.items() if events <= 0})
    return {
        (key[0], key[1])
        for key, (events, *_harm) in after.items()
        if events <= 0 or events == moves[key][0] or any(moves[key][1:])
    }


def follow_places(session: Session, gone: Sequence[Watched], come: Sequence[Watched]) -> set[int]:
    """Bring the first events per country up to date; answers the substances of which one is another now."""
    first: dict[PlaceKey, tuple[int, int]] = {}
    for row in come:
        key = (row.substance_id, row.country, row.layer)
        period = (row.year, row.quarter)
        first[key] = min(first.get(key, period), period, key=_order)
    touched = {*first, *((row.substance_id, row.country, row.layer) for row in gone)}
    before = _read_places(session, touched)
    # Where something went, the earliest may have gone; the figures, written already, tell.
    after = _earliest(session, {(row.substance_id, row.country, row.layer) for row in gone})
    for key, came in first.items():
        after.setdefault(key, min(before.get(key, came), came, key=_order))
    changed = {key for key in touched if before.get(key) != after.get(key)}
    delete_rows(session, WatchedPlace, ("substance_id", "country", "layer"), changed & before.keys())
    rows = [
        {"substance_id": key[0], "country": key[1], "layer": key[2], "year": after[key][0], "quarter": after[key][1]}
        for key in sorted(changed)
        if key in after
    ]
    insert_rows(session, WatchedPlace, rows)
    return {key[0] for key in changed}


def sum_up(session: Session) -> None:
    """Make all figures anew from the ledger, in the database itself."""
    for table in (WatchedPlace, WatchedCount):
        session.execute(delete(table), execution_options=_QUIETLY)
    sum_by_places(session, _sums_of_countries, _sums_of_places)
    session.execute(_first_places())


def sum_by_places(
    session: Session,
    of_countries: Callable[[Sequence[int]], Insert],
    of_places: Callable[[Sequence[int], str, Sequence[str]], Insert],
) -> None:
    """Sum the ledger up by country, region and world, some substances after the other.

    Args:
        session: what is written in.
        of_countries: the statement that sums up some substances by country.
        of_places: the one that sums them up in a place, from the smaller ones that it consists of.
    """
    regions: defaultdict[str, list[str]] = defaultdict(list)
    for country in places():
        regions[region_of(country)].append(country)
    substances = select(col(WatchedEvent.substance_id)).distinct().order_by(col(WatchedEvent.substance_id))
    for ids in in_batches(session.scalars(substances).all(), _SUBSTANCES_AT_ONCE):
        session.execute(of_countries(ids))
        for region, countries in regions.items():
            session.execute(of_places(ids, region, countries))
        session.execute(of_places(ids, WORLD, list(regions)))


def _sums_of_countries(substance_ids: Sequence[int]) -> Insert:
    names = ("substance_id", "country", "year", "quarter", "month", "layer")
    key = [col(getattr(WatchedEvent, name)) for name in names]
    told = (col(WatchedEvent.fatal), col(WatchedEvent.severe))
    figures = (func.count(), *(func.sum(case((holds, 1), else_=0)) for holds in told))
    rows = select(*key, *figures).where(key[0].in_(substance_ids)).group_by(*key)
    return insert(WatchedCount).from_select((*_KEY, *_FIGURES), rows)


def _sums_of_places(substance_ids: Sequence[int], place: str, smaller: Sequence[str]) -> Insert:
    """What counts in *place* too, by the places that it consists of."""
    substance, *when = [col(getattr(WatchedCount, name)) for name in _KEY if name != "place"]
    figures = [func.sum(col(getattr(WatchedCount, name))) for name in _FIGURES]
    among = (col(WatchedCount.place).in_(smaller), col(WatchedCount.layer).in_((PUBLIC, NETWORK)))
    rows = select(substance, literal(place), *when, *figures).where(substance.in_(substance_ids), *among)
    return insert(WatchedCount).from_select((*_KEY, *_FIGURES), rows.group_by(substance, *when))


def _first_places() -> Insert:
    key = (col(WatchedCount.substance_id), col(WatchedCount.place), col(WatchedCount.layer))
    quarter = col(WatchedCount.quarter)
    order = func.min(col(WatchedCount.year) * 10 + case((quarter == 0, 5), else_=quarter))  # as _order has it
    rows = select(*key, order // 10, order % 5).where(func.length(col(WatchedCount.place)) == 2).group_by(*key)
    return insert(WatchedPlace).from_select(("substance_id", "country", "layer", "year", "quarter"), rows)


def _order(period: tuple[int, int]) -> tuple[int, int]:
    return period[0], period[1] or 5


def _read_places(session: Session, keys: Collection[PlaceKey]) -> dict[PlaceKey, tuple[int, int]]:
    found: dict[PlaceKey, tuple[int, int]] = {}
    for part in in_batches(sorted(keys), _KEYS_AT_ONCE):
        for substance_id, country, layer, year, quarter in select_plain(session, _PLACES, name_keys(part)):
            found[substance_id, country, layer] = (year, quarter)
    return found


def _earliest(session: Session, keys: Collection[PlaceKey]) -> dict[PlaceKey, tuple[int, int]]:
    found: dict[PlaceKey, tuple[int, int]] = {}
    for part in in_batches(sorted(keys), _KEYS_AT_ONCE):
        for substance_id, country, layer, year, quarter in select_plain(session, _PERIODS, name_keys(part)):
            key, period = (substance_id, country, layer), (year, quarter)
            found[key] = min(found.get(key, period), period, key=_order)
    return found


_KEYS_AT_ONCE = 200
# Asked with every report, so that they are put together once.
_KEY_OF_PLACE = (col(WatchedPlace.substance_id), col(WatchedPlace.country), col(WatchedPlace.layer))
_PLACES = select(*_KEY_OF_PLACE, col(WatchedPlace.year), col(WatchedPlace.quarter)).where(is_among(_KEY_OF_PLACE))
_KEY_OF_COUNT = (col(WatchedCount.substance_id), col(WatchedCount.place), col(WatchedCount.layer))
_PERIODS = select(*_KEY_OF_COUNT, col(WatchedCount.year), col(WatchedCount.quarter)).where(is_among(_KEY_OF_COUNT))
