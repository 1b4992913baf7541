"""Signals follow from what was accepted alone: not from the order, how it came, or how often one asks."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event, select
from sqlmodel import col

from nps_registry.errors import Conflict
from nps_registry.signals import evaluation, following
from nps_registry.store import watch
from nps_registry.store.engine import Engine, Session, is_sqlite, open_session
from nps_registry.store.registry import create_registry
from nps_registry.store.reports import link_events
from nps_registry.store.tables import (
    OutboxMessage,
    Report,
    Signal,
    SignalReport,
    SignalStep,
)
from nps_registry.vocabulary.finding import EventType, Outcome, Result
from nps_registry.vocabulary.report import RegistryMode, ReportState, Sharing
from nps_registry.vocabulary.signal import SignalAct, SignalKind
from tests.spec.rows import NOON, Found, add_laboratory, add_report, add_substance
from tests.spec.signalled import at, ledger, settle, standing, told


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    with open_session(engine, writes=True) as opened:
        create_registry(opened, RegistryMode.REAL)
        add_laboratory(opened, "berlin", "DE")
        add_laboratory(opened, "paris", "FR")
        yield opened


AHEAD, BEHIND, END = (NOON + timedelta(minutes=minutes) for minutes in (75, 45, 180))  # of servers' clocks
FOUND = st.builds(
    lambda year, month, kind, **rest: at(year, month, type=kind, **rest),
    year=st.sampled_from([2022, 2025, 2026]),
    month=st.integers(1, 12),
    kind=st.sampled_from([EventType.SEIZURE, EventType.TOXICOLOGY_CASE, EventType.WASTEWATER]),
    country=st.sampled_from(["DE", "FR", "JP"]),
    state=st.sampled_from([ReportState.SUBMITTED, ReportState.ACCEPTED, ReportState.ACCEPTED]),
    sharing=st.sampled_from([Sharing.LABORATORY, Sharing.COUNTRY, Sharing.NETWORK, Sharing.PUBLIC, Sharing.PUBLIC]),
    hold_until=st.sampled_from([None, None, None, NOON - timedelta(hours=1), NOON + timedelta(hours=1)]),
    result=st.sampled_from([Result.POSITIVE, Result.POSITIVE, Result.UNCERTAIN]),
    outcome=st.sampled_from([None, Outcome.FATAL, Outcome.SEVERE, Outcome.RECOVERED]),
)
ARRIVE = st.tuples(st.just("arrive"), st.sampled_from(["berlin", "paris"]), FOUND, st.integers(1, 6))
CHANGE = st.tuples(
    st.just("change"),
    st.integers(0, 30),
    st.one_of(
        st.tuples(st.just("state"), st.sampled_from([ReportState.ACCEPTED, ReportState.WITHDRAWN])),
        st.tuples(st.just("sharing"), st.sampled_from(Sharing)),
        st.tuples(st.just("legal_hold"), st.booleans()),
    ),
)
LINK = st.tuples(st.just("link"), st.integers(0, 30), st.one_of(st.none(), st.integers(0, 30)))
FOLLOW = st.tuples(st.just("follow"), st.sampled_from([NOON, AHEAD, BEHIND, END]))
Step = tuple[object, ...]


def take(session: Session, step: Step, reports: list[str], substances: list[int]) -> None:
    match step:
        case ("arrive", str() as laboratory, Found() as found, int() as number):
            for _each in range(number):
                reports.append(add_report(session, laboratory, tuple(substances[: 1 + number % 2]), found))
        case ("change", int() as number, (str() as name, value)) if reports:
            setattr(session.get_one(Report, reports[number % len(reports)]), name, value)
            session.flush()
        case ("link", int() as number, int() | None as other) if reports:
            event = session.get_one(Report, reports[number % len(reports)]).event_id
            target = None if other is None else session.get_one(Report, reports[other % len(reports)]).event_id
            with suppress(Conflict):  # wastewater with something else
                link_events(session, event, target)
        case ("follow", datetime() as now):
            following.follow(session, now)
        case _:
            pass


@given(steps=st.lists(st.one_of(ARRIVE, ARRIVE, ARRIVE, CHANGE, LINK, FOLLOW), min_size=2, max_size=9))
@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_following_step_by_step_leaves_what_evaluating_everything_would(session: Session, steps: list[Step]) -> None:
    with session.begin_nested() as everything:
        substances = [add_substance(session, f"NPS-{number:06d}") for number in range(2)]
        reports: list[str] = []
        for step in steps:
            take(session, step, reports, substances)
        following.follow(session, END)
        settle(session, END)
        kept, said = ledger(session), told(session)
        assert following.follow(session, END).signals.raised == []
        watch.follow_all(session, END)
        assert ledger(session) == kept
        again = evaluation.evaluate_all(session, END)
        assert (again.raised, again.retracted, again.changed) == ([], [], [])
        assert told(session) == said
        everything.rollback()


def test_following_one_report_reads_no_table_from_end_to_end(session: Session) -> None:
    if not is_sqlite(session):
        pytest.skip("PostgreSQL chooses by the size of a table, and these are small")
    substances = [add_substance(session, f"NPS-{number:06d}") for number in range(2)]
    for month in (1, 2, 5):
        for _each in range(4 * month):
            add_report(session, "berlin", tuple(substances), at(2025, month, outcome=Outcome.FATAL))
    following.follow(session, NOON)
    report = add_report(session, "paris", tuple(substances), at(2025, 5, country="DE", outcome=Outcome.FATAL))
    asked: list[tuple[str, object]] = []
    connection = session.connection()

    def listen(_connection: object, _cursor: object, statement: str, told: object, *_rest: object) -> None:
        asked.append((statement, told[0] if isinstance(told, list) else told))

    event.listen(connection, "before_cursor_execute", listen)
    following.follow(session, NOON)
    event.remove(connection, "before_cursor_execute", listen)
    assert {pair.report_id for pair in session.scalars(select(SignalReport))} >= {report}
    read = {
        (step[3], statement)
        for statement, told in asked
        for step in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", told).all()  # type: ignore[arg-type]
        if step[3].startswith("SCAN ") and "CONSTANT ROW" not in step[3] and "json_each" not in step[3]  # asked for
    }
    assert {step for step, _statement in read} <= {"SCAN report USING INDEX ix_report_count_due"}


def test_a_return_after_two_silent_years_is_retracted_once_a_late_report_fills_the_silence(session: Session) -> None:
    substance = add_substance(session, "NPS-000001")
    add_report(session, "berlin", (substance,), at(2022, 5))
    add_report(session, "berlin", (substance,), at(2026, 2))
    following.follow(session, NOON)
    returns = standing(session, kind=SignalKind.RE_EMERGENCE)
    assert [(row.country, row.place, row.year, row.quarter) for row in returns] == [
        ("DE", "DE", 2026, 1),
        (None, "001", 2026, 1),
    ]
    assert returns[0].evidence["since"] == [2022, 2]
    add_report(session, "berlin", (substance,), at(2024, 5, accepted_at=NOON))
    following.follow(session, NOON)
    assert standing(session, kind=SignalKind.RE_EMERGENCE) == []
    steps = session.scalars(select(SignalStep)).all()
    assert [step.act for step in steps] == [SignalAct.RETRACTED] * 2
    changes = [row.content for row in session.scalars(select(OutboxMessage)) if row.topic == "notice.signal"]
    told_of = [change for change in changes if change["signal"] in {row.id for row in returns}]
    assert sorted(str(change["change"]) for change in told_of) == ["raised", "raised", "retracted", "retracted"]


def test_a_return_stands_until_the_last_event_of_its_month_is_withdrawn(session: Session) -> None:
    substance = add_substance(session, "NPS-000001")
    add_report(session, "berlin", (substance,), at(2022, 5))
    returning = [add_report(session, "berlin", (substance,), at(2026, 2)) for _each in range(2)]
    following.follow(session, NOON)
    standing_after = []
    for report in returning:
        session.get_one(Report, report).state = ReportState.WITHDRAWN
        following.follow(session, NOON)
        standing_after.append([row.place for row in standing(session, kind=SignalKind.RE_EMERGENCE)])
    assert standing_after == [["DE", "001"], []]


def test_a_signal_that_everybody_may_know_of_now_has_not_ended_for_those_who_were_told_before(session: Session) -> None:
    substance = add_substance(session, "NPS-000001")
    found = at(2026, 2, type=EventType.TOXICOLOGY_CASE, outcome=Outcome.FATAL, sharing=Sharing.NETWORK)
    report = session.get_one(Report, add_report(session, "berlin", (substance,), found))
    for sharing in (Sharing.NETWORK, Sharing.PUBLIC, Sharing.COUNTRY):
        report.sharing = sharing
        following.follow(session, NOON)
    of = {row.id: (row.kind, row.audience) for row in session.scalars(select(Signal))}
    changes: dict[tuple[SignalKind, str], list[object]] = {}
    for message in session.scalars(select(OutboxMessage).order_by(col(OutboxMessage.created_at))):
        changes.setdefault(of[str(message.content["signal"])], []).append(message.content["change"])
    for kind in (SignalKind.FIRST_IN_COUNTRY, SignalKind.HARM):
        assert changes[kind, "network"] == ["raised"]
        assert changes[kind, "public"] == ["raised", "retracted"]
        assert changes[kind, "DE"] == ["raised"]


def test_five_new_countries_within_a_year_are_a_spread_and_fewer_are_none(session: Session) -> None:
    substance = add_substance(session, "NPS-000001")
    for month, country in enumerate(("DE", "FR", "JP", "BR", "AT"), start=1):
        add_report(session, "berlin", (substance,), at(2025, month, country=country))
    following.follow(session, NOON)
    assert standing(session, kind=SignalKind.SPREAD) == []  # the first is where it comes from
    late = add_report(session, "berlin", (substance,), at(2025, 12, country="CH"))
    following.follow(session, NOON)
    (spread,) = standing(session, kind=SignalKind.SPREAD)
    assert (spread.year, spread.quarter, spread.evidence["new_countries"]) == (2025, 4, 5)
    resting = {pair.report_id for pair in session.scalars(select(SignalReport)) if pair.signal_id == spread.id}
    assert len(resting) == 5
    session.get_one(Report, late).state = ReportState.WITHDRAWN
    following.follow(session, NOON)
    assert standing(session, kind=SignalKind.SPREAD) == []


def test_a_fatal_case_is_a_harm_signal_and_an_incidental_finding_is_none(session: Session) -> None:
    substance, other = add_substance(session, "NPS-000001"), add_substance(session, "NPS-000002")
    case = at(2026, 3, type=EventType.TOXICOLOGY_CASE, outcome=Outcome.FATAL)
    add_report(session, "berlin", (substance,), case)
    add_report(session, "berlin", (other,), replace(case, outcome=Outcome.RECOVERED))
    following.follow(session, NOON)
    (harm,) = standing(session, kind=SignalKind.HARM)
    assert (harm.substance_id, harm.evidence["fatal"], harm.evidence["severe"]) == (substance, 1, 0)


def test_what_only_the_network_may_see_is_a_signal_of_its_own_beside_the_public_one(session: Session) -> None:
    substance = add_substance(session, "NPS-000001")
    add_report(session, "berlin", (substance,), at(2025, 1, sharing=Sharing.NETWORK))
    add_report(session, "paris", (substance,), at(2025, 8, country="FR"))
    following.follow(session, NOON)
    firsts = [
        (row.audience, row.country, row.year, row.quarter) for row in standing(session, kind=SignalKind.FIRST_EVER)
    ]
    assert firsts == [("network", "DE", 2025, 1), ("public", "FR", 2025, 3)]
    assert [row.audience for row in standing(session, kind=SignalKind.FIRST_IN_COUNTRY, country="FR")] == ["public"]
