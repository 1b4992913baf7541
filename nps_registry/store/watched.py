"""What the rules of signals ask of the ledger: the months of a place, the first events of a substance, families."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from typing import NamedTuple

from sqlalchemy import ColumnElement, and_, delete, func, or_, select, tuple_
from sqlmodel import col

from nps_registry.store.batches import in_batches
from nps_registry.store.bulk import insert_rows
from nps_registry.store.engine import Session
from nps_registry.store.tables import SeriesFamily, SeriesJudgement, WatchedCount, WatchedPlace

_QUIETLY = {"synchronize_session": False}
_AT_ONCE = 200

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


def read_units(session: Session, units: Collection[Unit]) -> dict[Unit, list[Month]]:
    """The months of each of *units*, in no order."""
    columns = [col(getattr(WatchedCount, name)) for name in ("substance_id", "place", *Month._fields)]
    key = tuple_(col(WatchedCount.substance_id), col(WatchedCount.place))
    found: dict[Unit, list[Month]] = {unit: [] for unit in units}
    for part in in_batches(units, _AT_ONCE):
        for substance_id, place, *rest in session.execute(select(*columns).where(key.in_(part))):
            found[substance_id, place].append(Month(*rest))
    return found


def units_of(session: Session, substance_ids: Collection[int]) -> list[Unit]:
    """Every place in which one of *substance_ids* was seen."""
    columns = (col(WatchedCount.substance_id), col(WatchedCount.place))
    found: list[Unit] = []
    for part in in_batches(substance_ids):
        rows = session.execute(select(*columns).where(columns[0].in_(part)).distinct().order_by(*columns))
        found += [(row[0], row[1]) for row in rows]
    return found


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


def replace_judgements(session: Session, since: Mapping[Unit, int], rows: Collection[Judgement]) -> None:
    """Let *rows* be the judgements of each series in *since*, from that month (12 a year) on, whoever is told."""
    at = col(SeriesJudgement.year) * 12 + col(SeriesJudgement.month) - 1
    by_start: defaultdict[int, list[Unit]] = defaultdict(list)
    for unit, start in since.items():
        by_start[start].append(unit)
    key = tuple_(col(SeriesJudgement.substance_id), col(SeriesJudgement.place))
    for start, units in by_start.items():
        for part in in_batches(units, _AT_ONCE):
            # The plain list of substances is what the index finds rows by.
            ids = {substance_id for substance_id, _place in part}
            gone = delete(SeriesJudgement).where(col(SeriesJudgement.substance_id).in_(ids), key.in_(part), at >= start)
            session.execute(gone, execution_options=_QUIETLY)
    insert_rows(session, SeriesJudgement, [row._asdict() for row in rows])


def judgements_in(session: Session, year: int, month: int) -> list[Judgement]:
    """The series that rose in one month, whoever is told of them, the most certain first."""
    columns = [col(getattr(SeriesJudgement, name)) for name in Judgement._fields]
    of_month = and_(col(SeriesJudgement.year) == year, col(SeriesJudgement.month) == month)
    found = [Judgement(*row) for row in session.execute(select(*columns).where(of_month))]
    return sorted(found, key=lambda row: (row.p_value, row.substance_id, row.place))


def count_series(session: Session, layers: Collection[str], months: Collection[tuple[int, int]]) -> int:
    """The most series with events that any of *months* has in *layers* together."""
    of_months: list[ColumnElement[bool]] = [
        and_(col(SeriesFamily.year) == year, col(SeriesFamily.month) == month) for year, month in months
    ]
    summed = (
        select(func.sum(col(SeriesFamily.series)))
        .where(col(SeriesFamily.layer).in_(layers), or_(*of_months))
        .group_by(col(SeriesFamily.year), col(SeriesFamily.month))
    )
    return max((int(number) for number in session.scalars(summed) if number), default=0)
