"""How long public reports took from stage to stage, and the medians per year.

Kept with the public counts: what a report adds stands in ``report_delay``, the sum per stage, year and number of
days in ``public_delay``. Only whole days count; a stage with an unknown day is left out. Medians of fewer than
:data:`FEWEST_REPORTS` reports are withheld: they would tell the days of single reports.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import pairwise
from typing import NamedTuple

from sqlalchemy import ColumnElement, String, and_, case, delete, select, type_coerce
from sqlmodel import col

from nps_registry.localisation import mark as _
from nps_registry.store.batches import has_id_in, in_batches
from nps_registry.store.bulk import add_to_figures, delete_rows, insert_rows
from nps_registry.store.engine import Session
from nps_registry.store.tables import Event, PublicDelay, Report, ReportDelay
from nps_registry.store.visibility import counts_in_public
from nps_registry.vocabulary.term import Term

FEWEST_REPORTS = 5


class Stage(Term):
    """A stretch of the way from the find to its publication."""

    ANALYSIS = "analysis", _("From collection to analysis")
    SUBMISSION = "submission", _("From analysis to submission")
    ACCEPTANCE = "acceptance", _("From submission to acceptance")
    PUBLICATION = "publication", _("From acceptance to publication")


Key = tuple[str, int, int]
"""Stage, year, days: the key of ``public_delay``."""


@dataclass(frozen=True, slots=True)
class Latency:
    """The median of one stage in one year.

    Attributes:
        median_days: none where fewer than :data:`FEWEST_REPORTS` reports tell it.
        reports: that tell it; none likewise.
    """

    stage: Stage
    year: int
    median_days: float | None
    reports: int | None


class _Delays(NamedTuple):
    """A row of ``report_delay``; the days stand in the order of the stages."""

    report_id: str
    year: int
    analysis_days: int | None
    submission_days: int | None
    acceptance_days: int | None
    publication_days: int | None

    @property
    def keys(self) -> list[Key]:
        """The rows of ``public_delay`` that it counts in."""
        _report_id, year, *spans = self
        return [(stage, year, days) for stage, days in zip(_STAGES, spans, strict=True) if isinstance(days, int)]


_STAGES = [stage.value for stage in Stage]


def follow(session: Session, report_ids: Iterable[str], now: datetime) -> None:
    """Bring the delays up to date with *report_ids*, each of which may have become public, changed or gone."""
    for ids in in_batches(report_ids):
        before, after = set(_read(session, ids)), set(_delays_of(session, ids, now))
        gone, come = before - after, after - before
        delete_rows(session, ReportDelay, ("report_id",), [(row.report_id,) for row in gone])
        insert_rows(session, ReportDelay, [row._asdict() for row in come])
        moves = Counter(key for row in come for key in row.keys)
        moves.subtract(key for row in gone for key in row.keys)
        _move(session, {key: number for key, number in moves.items() if number})


def medians(session: Session) -> list[Latency]:
    """The median of every stage and year of which anything is public, latest year first."""
    figures: dict[tuple[str, int], list[tuple[int, int]]] = defaultdict(list)
    for row in session.scalars(select(PublicDelay).order_by(col(PublicDelay.days))):
        figures[row.stage, row.year].append((row.days, row.reports))
    years = sorted({year for _stage, year in figures}, reverse=True)
    return [
        _latency(stage, year, figures[stage.value, year])
        for year in years
        for stage in Stage
        if (stage.value, year) in figures
    ]


def _latency(stage: Stage, year: int, days: Sequence[tuple[int, int]]) -> Latency:
    reports = sum(number for _days, number in days)
    if reports < FEWEST_REPORTS:
        return Latency(stage, year, None, None)
    return Latency(stage, year, _median(days, reports), reports)


def _median(days: Sequence[tuple[int, int]], reports: int) -> float:
    """The median of a table of values, in rising order, with how often each stands there."""
    places = ((reports - 1) // 2, reports // 2)
    values, passed = [], 0
    for value, number in days:
        values += [value for place in places if passed <= place < passed + number]
        passed += number
    return sum(values) / len(values)


def publication(now: datetime) -> ColumnElement[datetime]:
    """When a report first counted in public, kept once it did: from its acceptance, or from the end of its hold."""
    moment = case(
        (col(Report.hold_until) > col(Report.accepted_at), col(Report.hold_until)), else_=col(Report.accepted_at)
    )
    fresh = and_(col(Report.published_at).is_(None), counts_in_public(now))
    return case((fresh, moment), else_=col(Report.published_at))


def _read(session: Session, ids: Collection[str]) -> Iterator[_Delays]:
    columns = [col(getattr(ReportDelay, name)) for name in _Delays._fields]
    wanted = select(*columns).where(has_id_in(col(ReportDelay.report_id), ids))
    return map(_Delays._make, session.connection().execute(wanted))


def _delays_of(session: Session, ids: Collection[str], now: datetime) -> Iterator[_Delays]:
    statement = (
        select(
            counts_in_public(now),  # told and not asked for, as in store/counts.py
            col(Report.id),
            col(Event.year),
            type_coerce(col(Event.collected_on), String),
            type_coerce(col(Event.analysed_on), String),
            col(Report.submitted_at),
            col(Report.accepted_at),
            col(Report.published_at),
        )
        .join(Event, col(Event.id) == col(Report.event_id))
        .where(has_id_in(col(Report.id), ids))
    )
    for counted, report_id, year, collected, analysed, *instants in session.connection().execute(statement).all():
        if not counted:
            continue
        submitted, accepted, published = instants
        days = (_day(collected), _day(analysed), _date(submitted), _date(accepted), _date(published))
        yield _Delays(report_id, year, *(_span(*pair) for pair in pairwise(days)))


def _day(text: str | None) -> date | None:
    """The day of a stored date that names one (``store/columns.py``: the ISO text)."""
    return date.fromisoformat(text) if text is not None and len(text) == len("2026-10-02") else None


def _date(moment: datetime | None) -> date | None:
    return moment.date() if moment is not None else None


def _span(begin: date | None, end: date | None) -> int | None:
    """Whole days between two days; none where one is unknown or, by a slip, the end is before the beginning."""
    return None if begin is None or end is None or end < begin else (end - begin).days


def _move(session: Session, moves: dict[Key, int]) -> None:
    key = ("stage", "year", "days")
    after = add_to_figures(session, PublicDelay, key, ("reports",), {each: (number,) for each, number in moves.items()})
    delete_rows(session, PublicDelay, key, [each for each, (reports,) in after.items() if reports <= 0])


def forget(session: Session) -> None:
    """Drop all delays, to be made anew with the counts."""
    session.execute(delete(PublicDelay))
    session.execute(delete(ReportDelay))
