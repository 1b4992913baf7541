"""Whether harm is exact: cases put into a registry as reports, evaluated, and the signals held against the cases."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path

from sqlalchemy import select
from sqlmodel import col

from benchmarks.exact_report import Exact
from benchmarks.harm_cases import FIRST_YEAR, Case, Harm, list_harms
from benchmarks.simulation import WEEKS_A_YEAR, World
from nps_registry.signals import evaluation
from nps_registry.store import schema, watch
from nps_registry.store.bulk import insert_rows
from nps_registry.store.engine import Engine, Session, make_engine, reading, writing
from nps_registry.store.tables import Detection, Event, Item, Organisation, Report, Signal, Substance
from nps_registry.store.tables.base import Table, random_id
from nps_registry.store.watch_counts import PUBLIC
from nps_registry.vocabulary.finding import Match
from nps_registry.vocabulary.partial_date import PartialDate
from nps_registry.vocabulary.place import places
from nps_registry.vocabulary.signal import SignalKind
from nps_registry.vocabulary.substance import Status

Row = dict[str, object]


def check_harms(cases: Sequence[Case], world: World) -> dict[SignalKind, Exact]:
    """How many harms there were, how many of them were found with their cases, how many more were told of."""
    truth = list_harms(cases)
    with tempfile.TemporaryDirectory() as directory:
        engine = make_engine(f"sqlite:///{Path(directory) / 'harms.sqlite'}")
        told = _evaluate(engine, cases, world)
        engine.dispose()
    exact = sum(told.get(harm) == numbers for harm, numbers in truth.items())
    return {SignalKind.HARM: Exact(len(truth), exact, len(told) - exact)}


def _evaluate(engine: Engine, cases: Sequence[Case], world: World) -> dict[Harm, tuple[int, int]]:
    """The public signals of harm that a registry with *cases* raises."""
    schema.upgrade(engine)
    codes = list(islice(places(), world.countries))
    with writing(engine) as session:
        _write(session, cases, codes, world)
        watch.follow_all(session)
        evaluation.evaluate_all(session)
    with reading(engine) as session:
        is_told = (col(Signal.kind) == SignalKind.HARM, col(Signal.audience) == PUBLIC, ~col(Signal.retracted))
        return {
            (each.substance_id or 0, codes.index(each.country or ""), (each.year, each.quarter)): _cases_of(each)
            for each in session.scalars(select(Signal).where(*is_told))
        }


def _cases_of(signal: Signal) -> tuple[int, int]:
    """How many were fatal and how many severe, as the signal says."""
    fatal, severe = signal.evidence["fatal"], signal.evidence["severe"]
    assert isinstance(fatal, int)
    assert isinstance(severe, int)
    return fatal, severe


def _write(session: Session, cases: Sequence[Case], codes: Sequence[str], world: World) -> None:
    numbers = range(1, world.substances + 1)
    substances: list[Row] = [
        {"id": number, "accession": f"NPS-{number:06}", "name": f"substance {number}", "status": Status.LISTED}
        for number in numbers
    ]
    insert_rows(session, Substance, substances)
    insert_rows(session, Organisation, [{"id": code, "name": code, "country": code} for code in codes])
    rows = list(_rows_of(cases, codes))
    tables: tuple[type[Table], ...] = (Event, Report, Item, Detection)
    for position, table in enumerate(tables):
        insert_rows(session, table, [each[position] for each in rows])


def _rows_of(cases: Sequence[Case], codes: Sequence[str]) -> Iterator[tuple[Row, Row, Row, Row]]:
    """Event, report, item and detection of each case."""
    for case in cases:
        event, report, item = random_id(), random_id(), random_id()
        (year, quarter), country = case.quarter, codes[case.country]
        month = case.week % WEEKS_A_YEAR * 12 // WEEKS_A_YEAR + 1
        accepted = datetime(FIRST_YEAR, 1, 1, tzinfo=UTC) + timedelta(weeks=case.known_week)
        yield (
            {
                "id": event, "type": case.type, "country": country, "year": year, "quarter": quarter,
                "collected_on": PartialDate(year, month), "outcome": case.outcome,
            },
            {
                "id": report, "organisation_id": country, "event_id": event, "state": case.state,
                "sharing": case.sharing, "submitted_at": accepted, "accepted_at": accepted,
            },
            {"id": item, "report_id": report, "position": 0},
            {
                "item_id": item, "report_id": report, "position": 0, "substance_id": case.substance,
                "match": Match.EXACT, "result": case.result, "causality": case.causality,
            },
        )  # fmt: skip
