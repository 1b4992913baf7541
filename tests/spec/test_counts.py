"""The public aggregates equal a count of the reports from scratch, whatever was done in whatever order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from itertools import product
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.event import listen

from nps_registry.errors import Conflict
from nps_registry.store import counts, public_years
from nps_registry.store.bulk import insert_objects
from nps_registry.store.engine import Engine, Session, open_session
from nps_registry.store.marks import Marked
from nps_registry.store.reports import link_events
from nps_registry.store.tables import (
    ChemicalClass,
    Detection,
    EffectGroupMembership,
    Event,
    PublicCount,
    PublicFinding,
    PublicYear,
    Report,
    Substance,
)
from nps_registry.vocabulary.finding import EventType, Result
from nps_registry.vocabulary.report import ReportState, Sharing
from nps_registry.vocabulary.substance import EffectGroup, Nature
from tests.spec.rows import NOON, Found, add_laboratory, add_report, add_substance, report_rows

FIGURES = ("events", "reports", "detections", "uncertain_events", "wastewater_samples")
Row = tuple[int, str, int, int]


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    with open_session(engine, writes=True) as opened:
        add_laboratory(opened, "berlin", "DE")
        add_laboratory(opened, "paris", "FR")
        yield opened


def told(session: Session) -> dict[Row, dict[str, int]]:
    rows = session.scalars(select(PublicCount).execution_options(populate_existing=True))
    return {
        (row.substance_id, row.country, row.year, row.quarter): {name: getattr(row, name) for name in FIGURES}
        for row in rows
    }


def counted_by_hand(session: Session) -> dict[Row, dict[str, int]]:
    """The aggregates as one would count them with paper and pencil, event by event."""
    return counted_by_hand_at(session, NOON)


def counted_by_hand_at(session: Session, now: datetime) -> dict[Row, dict[str, int]]:
    """The same, with the holds that have ended by *now*."""
    session.expire_all()
    events = {event.id: event for event in session.scalars(select(Event))}
    detections = session.scalars(select(Detection)).all()
    public = [
        report
        for report in session.scalars(select(Report))
        if report.state is ReportState.ACCEPTED
        and report.sharing is Sharing.PUBLIC
        and not report.legal_hold
        and (report.hold_until is None or report.hold_until <= now)
    ]
    together: dict[str, list[Report]] = {}
    for report in public:
        event = events[report.event_id]
        together.setdefault(event.same_as_id or event.id, []).append(report)
    figures: dict[Row, Counter[str]] = {}
    for reports in together.values():
        shown = min(
            (events[report.event_id] for report in reports),
            key=lambda event: (event.year, event.quarter or 5, event.country, event.id),
        )
        ids = {report.id for report in reports}
        found = [d for d in detections if d.report_id in ids and d.result is not Result.NEGATIVE]
        for substance in {detection.substance_id for detection in found if detection.substance_id}:
            positive = [d for d in found if d.substance_id == substance and d.result is Result.POSITIVE]
            row = figures.setdefault((substance, shown.country, shown.year, shown.quarter), Counter())
            if shown.type is EventType.WASTEWATER:
                row["wastewater_samples"] += bool(positive)
            elif not positive:
                row["uncertain_events"] += 1
            else:
                row.update(events=1, reports=len({d.report_id for d in positive}), detections=len(positive))
    return {key: {name: row[name] for name in FIGURES} for key, row in figures.items() if any(row.values())}


def years_told(session: Session) -> dict[tuple[str, int, str], int]:
    rows = session.scalars(select(PublicYear).execution_options(populate_existing=True))
    return {(row.country, row.year, row.found): row.events for row in rows}


def years_by_hand(session: Session) -> dict[tuple[str, int, str], int]:
    """Distinct events by what was found in them, from the ledger, which the counts are held against."""
    session.expire_all()
    groups = [(row.substance_id, row.effect_group) for row in session.scalars(select(EffectGroupMembership))]
    kinds = {}
    for substance in session.scalars(select(Substance)):
        kinds[substance.id] = {""}
        if substance.nature is Nature.NPS:
            own = {group for member, group in groups if member == substance.id}
            kinds[substance.id] |= {"nps", *own}
            if substance.chemical_class is not None:
                in_class = f"class:{substance.chemical_class}"
                kinds[substance.id] |= {in_class, *(f"{in_class}/{group}" for group in own)}
    events: dict[tuple[str, int, str], set[str]] = {}
    for row in session.scalars(select(PublicFinding)):
        for kind in kinds[row.substance_id] if row.detections and not row.wastewater else ():
            events.setdefault((row.country, row.year, kind), set()).add(row.event_id)
    return {key: len(found) for key, found in events.items()}


def add_stimulant(session: Session, accession: str, *groups: EffectGroup) -> int:
    """A new psychoactive substance of the stimulants and of further *groups*."""
    substance_id = add_substance(session, accession)
    for group in (EffectGroup.STIMULANT, *groups):
        session.add(EffectGroupMembership(substance_id=substance_id, effect_group=group))
    session.flush()
    return substance_id


FOUND = st.builds(
    Found,
    type=st.sampled_from([EventType.SEIZURE, EventType.SEIZURE, EventType.WASTEWATER]),
    country=st.sampled_from(["DE", "FR"]),
    year=st.sampled_from([2025, 2026]),
    quarter=st.integers(0, 2),
    state=st.sampled_from([ReportState.SUBMITTED, ReportState.ACCEPTED, ReportState.ACCEPTED]),
    sharing=st.sampled_from([Sharing.COUNTRY, Sharing.PUBLIC, Sharing.PUBLIC]),
    hold_until=st.sampled_from([None, None, NOON - timedelta(hours=1), NOON + timedelta(hours=1)]),
    result=st.sampled_from(Result),
)
ARRIVE = st.tuples(st.just("arrive"), FOUND, st.lists(st.integers(0, 2), max_size=3))
CHANGE = st.tuples(
    st.just("change"),
    st.integers(0, 9),
    st.one_of(
        st.tuples(st.just("state"), st.sampled_from(ReportState)),
        st.tuples(st.just("sharing"), st.sampled_from(Sharing)),
        st.tuples(st.just("legal_hold"), st.booleans()),
        st.tuples(st.just("hold_until"), st.sampled_from([None, NOON + timedelta(days=1)])),
    ),
)
CLASSES = ("nitazene", "synthetic_cathinone")
BECOME = st.tuples(
    st.just("become"),
    st.integers(0, 2),
    st.sampled_from([Nature.NPS, Nature.NPS, Nature.MEDICINE]),
    st.sampled_from([None, *CLASSES]),
)
LINK = st.tuples(st.just("link"), st.integers(0, 9), st.one_of(st.none(), st.integers(0, 9)))
FOLLOW = st.tuples(st.just("follow"))
Step = tuple[object, ...]


def take(session: Session, step: Step, reports: list[str], substances: list[int]) -> None:
    match step:
        case ("arrive", Found() as found, list() as places):
            reports.append(add_report(session, "berlin", tuple(substances[place] for place in places), found))
        case ("change", int() as number, (str() as name, value)) if reports:
            report = session.get_one(Report, reports[number % len(reports)])
            setattr(report, name, value)
            session.flush()
        case ("link", int() as number, int() | None as other) if reports:
            event = session.get_one(Report, reports[number % len(reports)]).event_id
            target = None if other is None else session.get_one(Report, reports[other % len(reports)]).event_id
            with suppress(Conflict):  # wastewater with something else
                link_events(session, event, target)
        case ("become", int() as place, Nature() as nature, str() | None as chemical_class):
            substance = session.get_one(Substance, substances[place])
            substance.nature, substance.chemical_class = nature, chemical_class
            session.flush()
            public_years.count_anew(session, [substances[place]])
        case ("follow",):
            counts.follow(session, NOON)
        case _:
            pass


@given(steps=st.lists(st.one_of(ARRIVE, ARRIVE, CHANGE, BECOME, LINK, FOLLOW), max_size=12))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_aggregates_equal_a_count_by_hand_after_any_sequence(session: Session, steps: list[Step]) -> None:
    with session.begin_nested() as everything:
        more = ((), (EffectGroup.DISSOCIATIVE,), (EffectGroup.DISSOCIATIVE,))
        session.add_all(ChemicalClass(key=key, label=key) for key in CLASSES)
        substances = [add_stimulant(session, f"NPS-{number:06d}", *groups) for number, groups in enumerate(more)]
        reports: list[str] = []
        for step in steps:
            take(session, step, reports, substances)
        counts.follow(session, NOON)
        assert told(session) == counted_by_hand(session)
        assert years_told(session) == years_by_hand(session)
        followed = told(session), years_told(session)
        counts.recount_all(session, NOON)
        assert (told(session), years_told(session)) == followed
        public_years.count_all(session)
        assert years_told(session) == followed[1]
        everything.rollback()


def test_an_event_that_two_laboratories_report_counts_once(session: Session) -> None:
    substance = add_substance(session, "NPS-000001")
    first = session.get_one(Report, add_report(session, "berlin", (substance,), Found(year=2026, quarter=2)))
    second = session.get_one(Report, add_report(session, "paris", (substance,), Found(year=2026, quarter=1)))
    link_events(session, second.event_id, first.event_id)
    counts.follow(session, NOON)
    assert told(session) == {
        (substance, "DE", 2026, 1): dict.fromkeys(FIGURES, 0) | {"events": 1, "reports": 2, "detections": 2}
    }


def test_wastewater_is_never_among_the_events(session: Session) -> None:
    substance = add_substance(session, "NPS-000001")
    add_report(session, "berlin", (substance,), Found(type=EventType.WASTEWATER))
    counts.follow(session, NOON)
    (row,) = told(session).values()
    assert row == dict.fromkeys(FIGURES, 0) | {"wastewater_samples": 1}


def test_a_report_counts_from_the_end_of_its_hold(session: Session) -> None:
    substance = add_substance(session, "NPS-000001")
    add_report(session, "berlin", (substance,), Found(hold_until=NOON))
    assert counts.follow(session, NOON - timedelta(seconds=1)) == set()
    assert told(session) == {}
    assert counts.follow(session, NOON) == {substance}
    assert sum(row["events"] for row in told(session).values()) == 1


def test_a_report_that_arrives_is_written_as_it_will_be_counted(session: Session) -> None:
    days = (None, NOON - timedelta(days=2), NOON + timedelta(days=1))
    told = [
        Found(state=state, sharing=sharing, hold_until=hold_until, legal_hold=legal_hold, accepted_at=accepted_at)
        for state, sharing, hold_until, legal_hold, accepted_at in product(
            (ReportState.ACCEPTED, ReportState.SUBMITTED),
            Sharing,
            days,
            (False, True),
            (None, NOON - timedelta(days=3)),
        )
    ]
    expected = {}
    for found in told:
        event, report, *rest = report_rows("berlin", (), found)
        insert_objects(session, [event, report, *rest])
        expected[report.id] = counts.as_counted(report.model_dump(), NOON)
    assert any(row["published_at"] for row in expected.values())
    counts.follow(session, NOON)
    for report_id, row in expected.items():
        assert {name: getattr(session.get_one(Report, report_id), name) for name in row} == row


def test_a_report_written_as_it_will_be_counted_is_not_written_again(session: Session) -> None:
    event, report, *rest = report_rows("berlin", (add_substance(session, "NPS-000001"),), Found(accepted_at=NOON))
    report.sqlmodel_update(counts.as_counted(report.model_dump(), NOON))
    insert_objects(session, [event, report, *rest])
    written = []

    def note(_connection: object, cursor: Any, statement: str, *_more: object) -> None:
        if statement.startswith("UPDATE report"):
            written.append(cursor.rowcount)

    listen(session.connection(), "after_cursor_execute", note)
    assert counts.follow(session, NOON, [Marked.of_new(report.model_dump())])
    assert written == [0]


def test_a_withdrawn_report_counts_no_longer(session: Session) -> None:
    substance = add_substance(session, "NPS-000001")
    report = session.get_one(Report, add_report(session, "berlin", (substance,)))
    counts.follow(session, NOON)
    report.state = ReportState.WITHDRAWN
    assert counts.follow(session, NOON) == {substance}
    assert told(session) == {}
    assert session.scalars(select(PublicFinding)).all() == []


def test_following_again_moves_nothing(session: Session) -> None:
    add_report(session, "berlin", (add_substance(session, "NPS-000001"),))
    assert counts.follow(session, NOON)
    assert counts.follow(session, NOON) == set()
