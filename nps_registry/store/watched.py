"""What the rules of signals ask of the ledger: the months of a place, the first events of a substance, families."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from sqlalchemy import ColumnElement, and_, select
from sqlmodel import col

from nps_registry.store.batches import in_batches, is_among
from nps_registry.store.bulk import delete_rows, insert_rows
from nps_registry.store.engine import Session
from nps_registry.store.tables import SeriesFamily, SeriesJudgement, WatchedCount, WatchedPlace

_AT_ONCE = 200
_JUDGED = ("year", "month", "audience", "substance_id", "place")

Unit = tuple[int, str]
"""Substance and place: what is evaluated by itself."""


class Month(NamedTuple):
    """Events of one substance in one place, period and layer; month and quarter are 0 where they are not known."""

    year: int
    quarter: int
    month: int
    layer: str
    events: int
    within_0: int
    within_1: int
    within_2: int
    fatal: int
    severe: int


class FirstSeen(NamedTuple):
    """When a layer first has a substance in a country."""

    substance_id: int
    country: str
    layer: str
    year: int
    quarter: int

    @property
    def events(self) -> int:
        """There is one at least."""
        return 1


class Judgement(NamedTuple):
    """A month in which a series rose, *p_value* the probability of as many events or more had nothing changed."""

    audience: str
    year: int
    month: int
    substance_id: int
    place: str
    p_value: float
    observed: int
    expected: float
    upper: float

    @property
    def at(self) -> int:
        """The month, 12 a year."""
        return self.year * 12 + self.month - 1


def read_units(session: Session, units: Collection[Unit]) -> dict[Unit, list[Month]]:
    """The months of each of *units*, in no order."""
    key = (col(WatchedCount.substance_id), col(WatchedCount.place))
    found: dict[Unit, list[Month]] = {unit: [] for unit in units}
    for part in in_batches(sorted(units), _AT_ONCE):
        _read_months(session, is_among(key, part), found)
    return found


def read_substances(session: Session, substance_ids: Sequence[int]) -> dict[Unit, list[Month]]:
    """The months of every place in which one of *substance_ids*, some dozens, was seen; in no order."""
    found: dict[Unit, list[Month]] = {}
    _read_months(session, col(WatchedCount.substance_id).in_(substance_ids), found)
    return found


def _read_months(session: Session, wanted: ColumnElement[bool], found: dict[Unit, list[Month]]) -> None:
    """Add the months that are *wanted* to those *found*."""
    columns = [col(getattr(WatchedCount, name)) for name in ("substance_id", "place", *Month._fields)]
    for row in session.connection().execute(select(*columns).where(wanted)):
        found.setdefault((row[0], row[1]), []).append(Month._make(row[2:]))


def watched_substances(session: Session) -> list[int]:
    """Every substance that was seen at all."""
    column = col(WatchedPlace.substance_id)
    return list(session.scalars(select(column).distinct().order_by(column)))


def first_seen(session: Session, substance_ids: Collection[int]) -> list[FirstSeen]:
    """When each layer first has each of *substance_ids* in each country."""
    columns = [col(getattr(WatchedPlace, name)) for name in FirstSeen._fields]
    found: list[FirstSeen] = []
    for part in in_batches(substance_ids):
        rows = session.execute(select(*columns).where(col(WatchedPlace.substance_id).in_(part)))
        found += [FirstSeen(*row) for row in rows]
    return found


def read_judgements(session: Session, since: Mapping[Unit, int]) -> set[Judgement]:
    """The judgements of each series in *since*, from that month (12 a year) on, whoever is told."""
    key = (col(SeriesJudgement.substance_id), col(SeriesJudgement.place))
    found: set[Judgement] = set()
    for part in in_batches(sorted(since), _AT_ONCE):
        found |= {
            row for row in _judgements(session, is_among(key, part)) if row.at >= since[row.substance_id, row.place]
        }
    return found


def replace_judgements(session: Session, gone: Collection[Judgement], come: Collection[Judgement]) -> None:
    """Let *come* stand in the place of *gone*."""
    delete_rows(session, SeriesJudgement, _JUDGED, [tuple(getattr(row, name) for name in _JUDGED) for row in gone])
    insert_rows(session, SeriesJudgement, [row._asdict() for row in come])


def judgements_in(session: Session, quarter: int) -> list[Judgement]:
    """The series that rose in a month of *quarter* (4 a year), whoever is told of them; the most certain first."""
    months = [quarter % 4 * 3 + month for month in (1, 2, 3)]
    of_quarter = and_(col(SeriesJudgement.year) == quarter // 4, col(SeriesJudgement.month).in_(months))
    found = _judgements(session, of_quarter)
    return sorted(found, key=lambda row: (row.p_value, row.substance_id, row.place))


def judged_quarters(session: Session) -> set[int]:
    """The quarters (4 a year) in which any series rose."""
    months = session.execute(select(col(SeriesJudgement.year), col(SeriesJudgement.month)).distinct())
    return {year * 4 + (month - 1) // 3 for year, month in months}


def _judgements(session: Session, wanted: ColumnElement[bool]) -> list[Judgement]:
    columns = [col(getattr(SeriesJudgement, name)) for name in Judgement._fields]
    return [Judgement._make(row) for row in session.connection().execute(select(*columns).where(wanted))]


def count_series(session: Session, since: int, until: int) -> dict[str, dict[int, int]]:
    """How many series have events, by layer and month (12 a year), from one month to another, both included."""
    at = col(SeriesFamily.year) * 12 + col(SeriesFamily.month) - 1
    years = col(SeriesFamily.year).between(since // 12, until // 12)
    statement = select(col(SeriesFamily.layer), at, col(SeriesFamily.series)).where(years, at.between(since, until))
    found: defaultdict[str, dict[int, int]] = defaultdict(dict)
    for layer, month, series in session.connection().execute(statement):
        found[layer][month] = series
    return found
