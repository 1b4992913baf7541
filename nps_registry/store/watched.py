"""What the rules of signals ask of the ledger: months and weeks of a place, a substance's first events, judgements."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, bindparam, func, select
from sqlmodel import col

from nps_registry.store.batches import NUMBERS, has_id_in, in_batches, is_among, name_keys
from nps_registry.store.bulk import delete_rows, insert_rows
from nps_registry.store.engine import Session
from nps_registry.store.plain_columns import select_plain
from nps_registry.store.tables import SeriesJudgement, WatchedCount, WatchedPlace, WatchedTotal, WatchedWeek
from nps_registry.store.watch_counts import NETWORK, PUBLIC, WORLD, Unit

_AT_ONCE = 200
_JUDGED = ("week", "audience", "substance_id", "place")


class Month(NamedTuple):
    """Events of one substance in one place, period and layer; month and quarter are 0 where they are not known."""

    year: int
    quarter: int
    month: int
    layer: str
    events: int
    fatal: int
    severe: int


class Week(NamedTuple):
    """Events that became known in one week, or happened in it and became known too *late*, of one layer."""

    week: int
    layer: str
    known: int
    late: int


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
    """A week in which a series rose.

    *p_value* is the probability of as many events or more had nothing changed, *given* the same of a week that has one.
    """

    week: int
    audience: str
    substance_id: int
    place: str
    p_value: float
    given: float
    observed: int
    expected: float
    upper: float

    @property
    def unit(self) -> Unit:
        """Substance and place."""
        return self.substance_id, self.place


def read_units(session: Session, units: Collection[Unit]) -> dict[Unit, list[Month]]:
    """The months of each of *units*, in no order."""
    found: dict[Unit, list[Month]] = {unit: [] for unit in units}
    for part in in_batches(sorted(units), _AT_ONCE):
        _add_months(select_plain(session, _MONTHS_OF_UNITS, name_keys(part)).all(), found)
    return found


def read_substances(session: Session, substance_ids: Sequence[int]) -> dict[Unit, list[Month]]:
    """The months of every place in which one of *substance_ids*, some dozens, was seen; in no order."""
    found: dict[Unit, list[Month]] = {}
    of_substances = col(WatchedCount.substance_id).in_(substance_ids)
    _add_months(session.connection().execute(_MONTHS.where(of_substances)).all(), found)
    return found


def _add_months(rows: Iterable[Sequence[Any]], found: dict[Unit, list[Month]]) -> None:
    for substance_id, place, *month in rows:
        found.setdefault((substance_id, place), []).append(Month._make(month))


def read_weeks(session: Session, units: Collection[Unit], since: int) -> dict[Unit, list[Week]]:
    """The weeks of each of *units* from *since* on, in no order."""
    found: dict[Unit, list[Week]] = {unit: [] for unit in units}
    for part in in_batches(sorted(units), _AT_ONCE):
        _add_weeks(select_plain(session, _WEEKS_OF_UNITS, {**name_keys(part), "since": since}).all(), found)
    return found


def read_weeks_of_substances(session: Session, substance_ids: Sequence[int], since: int) -> dict[Unit, list[Week]]:
    """The weeks from *since* on of every place in which one of *substance_ids*, some dozens, was seen; in no order."""
    found: dict[Unit, list[Week]] = {}
    wanted = and_(col(WatchedWeek.substance_id).in_(substance_ids), col(WatchedWeek.week) >= since)
    _add_weeks(session.connection().execute(_WEEKS.where(wanted)).all(), found)
    return found


def _add_weeks(rows: Iterable[Sequence[Any]], found: dict[Unit, list[Week]]) -> None:
    for substance_id, place, *week in rows:
        found.setdefault((substance_id, place), []).append(Week._make(week))


def known_since(session: Session, substance_ids: Sequence[int], since: int) -> set[Unit]:
    """The units of *substance_ids*, some dozens, of which something became known from the week *since* on."""
    key = (col(WatchedWeek.substance_id), col(WatchedWeek.place))
    wanted = (key[0].in_(substance_ids), col(WatchedWeek.week) >= since, col(WatchedWeek.known) > 0)
    return {(row[0], row[1]) for row in session.connection().execute(select(*key).where(*wanted).distinct())}


def read_totals(session: Session, places: Collection[str], weeks: range) -> dict[str, list[Week]]:
    """What became known of all substances together in each of *places* and in the world, in *weeks*."""
    asked = {"places": sorted(places), "since": weeks.start, "numbers": list(weeks)}
    return _totals(select_plain(session, _TOTALS_OF_PLACES, asked).all())


def read_all_totals(session: Session, since: int) -> dict[str, list[Week]]:
    """What became known of all substances together everywhere, from *since* on."""
    return _totals(select_plain(session, _TOTALS, {"since": since}).all())


def _totals(rows: Iterable[Sequence[Any]]) -> dict[str, list[Week]]:
    found: defaultdict[str, list[Week]] = defaultdict(list)
    for place, week, layer, known in rows:
        found[place].append(Week(week, layer, known, 0))
    return found


def first_week(session: Session) -> int | None:
    """The first week in which anything became known; none where nothing did."""
    week: int | None = session.scalar(select(func.min(col(WatchedTotal.week))))
    return week


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
    """The judgements of each series in *since*, from that week on, whoever is told."""
    found: set[Judgement] = set()
    for part in in_batches(sorted(since), _AT_ONCE):
        asked = {**name_keys(part), "since": min(since[unit] for unit in part)}
        judged = map(Judgement._make, select_plain(session, _JUDGEMENTS_OF_UNITS, asked))
        found |= {row for row in judged if row.week >= since[row.unit]}
    return found


def judgements_of_substances(session: Session, substance_ids: Sequence[int], since: int) -> set[Judgement]:
    """The judgements of *substance_ids*, some dozens, from the week *since* on, wherever and whoever is told."""
    of_substances = col(SeriesJudgement.substance_id).in_(substance_ids)
    return set(_judgements(session, and_(of_substances, col(SeriesJudgement.week) >= since)))


def replace_judgements(session: Session, gone: Collection[Judgement], come: Collection[Judgement]) -> None:
    """Let *come* stand in the place of *gone*."""
    delete_rows(session, SeriesJudgement, _JUDGED, [tuple(getattr(row, name) for name in _JUDGED) for row in gone])
    insert_rows(session, SeriesJudgement, [row._asdict() for row in come])


def judgements_in(session: Session, weeks: range) -> list[Judgement]:
    """The series that rose in one of *weeks*, whoever is told of them; the most certain first."""
    found = _judgements(session, col(SeriesJudgement.week).between(weeks.start, weeks.stop - 1))
    return sorted(found, key=lambda row: (row.p_value, row.substance_id, row.place))


def judged_weeks(session: Session) -> set[int]:
    """The weeks in which any series rose."""
    return set(session.scalars(select(col(SeriesJudgement.week)).distinct()))


def _judgements(session: Session, wanted: ColumnElement[bool]) -> list[Judgement]:
    return [Judgement._make(row) for row in session.connection().execute(_JUDGEMENTS.where(wanted))]


def count_series(session: Session, since: int, until: int) -> dict[str, dict[int, int]]:
    """How many series have events, by layer and week, from one week to another, both included."""
    columns = (col(WatchedTotal.layer), col(WatchedTotal.week), col(WatchedTotal.series))
    of_world = select(*columns).where(col(WatchedTotal.place) == WORLD, columns[1].between(since, until))
    found: defaultdict[str, dict[int, int]] = defaultdict(dict)
    for layer, week, series in session.connection().execute(of_world):
        found[layer][week] = series
    return found


# Asked with every report, so that they are put together once.
_MONTHS = select(*(col(getattr(WatchedCount, name)) for name in ("substance_id", "place", *Month._fields)))
_MONTHS_OF_UNITS = _MONTHS.where(is_among((col(WatchedCount.substance_id), col(WatchedCount.place))))
_WEEKS = select(*(col(getattr(WatchedWeek, name)) for name in ("substance_id", "place", *Week._fields)))
_WEEKS_OF_UNITS = _WEEKS.where(
    is_among((col(WatchedWeek.substance_id), col(WatchedWeek.place))), col(WatchedWeek.week) >= bindparam("since")
)
_EVERY_TOTAL = select(*(col(getattr(WatchedTotal, name)) for name in ("place", "week", "layer", "known"))).where(
    col(WatchedTotal.known) > 0
)
_TOTALS = _EVERY_TOTAL.where(col(WatchedTotal.week) >= bindparam("since"))
# Of the world each week's few rows are asked for one by one: it has a row more for each country's own layer, of which
# this is not read.
_TOTALS_OF_PLACES = _TOTALS.where(col(WatchedTotal.place).in_(bindparam("places", expanding=True))).union_all(
    _EVERY_TOTAL.where(
        col(WatchedTotal.place) == WORLD,
        has_id_in(col(WatchedTotal.week), NUMBERS),
        col(WatchedTotal.layer).in_((PUBLIC, NETWORK)),
    )
)
_JUDGEMENTS = select(*(col(getattr(SeriesJudgement, name)) for name in Judgement._fields))
_JUDGEMENTS_OF_UNITS = _JUDGEMENTS.where(
    is_among((col(SeriesJudgement.substance_id), col(SeriesJudgement.place))),
    col(SeriesJudgement.week) >= bindparam("since"),
)
