"""Increases: raised by what becomes known within weeks, corrected with the past, and no news where they are none."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from nps_registry.intake.settling import plan_settling
from nps_registry.signals import evaluation, following
from nps_registry.store.engine import Engine, Session, open_session, writing
from nps_registry.store.tables import OutboxMessage, Report, Signal, SignalReport
from nps_registry.vocabulary.partial_date import PartialDate
from nps_registry.vocabulary.report import ReportState
from nps_registry.vocabulary.signal import SignalAct, SignalKind
from tests.spec.rows import NOON, add_laboratory, add_report, add_substance
from tests.spec.signalled import at, settle, standing


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    with open_session(engine, writes=True) as opened:
        add_laboratory(opened, "berlin", "DE")
        yield opened


def alarms(session: Session) -> int:
    """How many increases wait to be told of."""
    rises = {signal.id for signal in session.scalars(select(Signal)) if signal.kind is SignalKind.INCREASE}
    waiting = [row.content for row in session.scalars(select(OutboxMessage)) if row.content.get("signal") in rises]
    return len([change for change in waiting if change["change"] == SignalAct.RAISED.value])


def test_a_rise_within_weeks_is_an_increase_and_says_so_in_quarters(session: Session) -> None:
    substance = add_substance(session, "NPS-000001")
    for month in range(1, 13):
        add_report(session, "berlin", (substance,), at(2025, month))
    following.follow(session, NOON)
    assert standing(session, kind=SignalKind.INCREASE) == []
    for _each in range(9):
        add_report(session, "berlin", (substance,), at(2026, 1))
    following.follow(session, NOON)
    region, country = standing(session, kind=SignalKind.INCREASE)  # by their keys
    assert (country.country, region.region, country.year, country.quarter) == ("DE", "155", 2026, 1)
    assert (country.evidence["observed"], country.evidence["expected"]) == (9, 3.0)
    assert len([pair for pair in session.scalars(select(SignalReport)) if pair.signal_id == country.id]) == 9


def test_a_correction_of_the_past_reaches_other_series_when_it_is_settled_and_is_no_news(session: Session) -> None:
    substance, other = add_substance(session, "NPS-000001"), add_substance(session, "NPS-000002")
    for month in range(1, 13):
        add_report(session, "berlin", (substance,), at(2025, month))
    taken_back = [add_report(session, "berlin", (other,), at(2025, 8 + at_ % 4)) for at_ in range(200)]
    for _each in range(12):
        add_report(session, "berlin", (substance,), at(2026, 1))
    following.follow(session, NOON)
    settle(session)
    before = standing(session, kind=SignalKind.INCREASE, substance_id=substance)[0]
    for report in taken_back:
        session.get_one(Report, report).state = ReportState.WITHDRAWN
    following.follow(session, NOON)
    first, evidence = standing(session, kind=SignalKind.INCREASE, substance_id=substance)[0], before.evidence
    assert first.evidence == evidence
    news = alarms(session)
    settle(session)
    after = standing(session, kind=SignalKind.INCREASE, substance_id=substance)
    assert [row.evidence["rise"] for row in after] != [evidence["rise"]] * len(after)
    assert alarms(session) == news
    again = evaluation.evaluate_all(session, NOON)
    assert (again.raised, again.retracted, again.changed) == ([], [], [])


def test_an_archive_sent_in_years_later_raises_no_increase_and_tells_nobody(session: Session) -> None:
    substance = add_substance(session, "NPS-000001")
    for month in range(1, 13):
        for _each in range(12 if month == 11 else 1):
            add_report(session, "berlin", (substance,), at(2021, month, accepted_at=NOON))
    following.follow(session, NOON)
    assert standing(session, kind=SignalKind.INCREASE) == []
    assert {row.kind for row in standing(session)} == {
        SignalKind.FIRST_EVER, SignalKind.FIRST_IN_REGION, SignalKind.FIRST_IN_COUNTRY,
    }  # fmt: skip
    assert [row for row in session.scalars(select(OutboxMessage)) if row.topic == "notice.signal"] == []


def resting_on(session: Session, signal: Signal) -> set[str]:
    return {pair.report_id for pair in session.scalars(select(SignalReport)) if pair.signal_id == signal.id}


def a_year_of(session: Session, substance: int) -> None:
    for month in range(1, 13):
        add_report(session, "berlin", (substance,), at(2025, month))


def test_an_increase_over_the_turn_of_the_year_rests_on_the_events_of_both_years(session: Session) -> None:
    substance = add_substance(session, "NPS-000001")
    a_year_of(session, substance)
    friday, saturday = PartialDate(2026, 1, 2), datetime(2026, 1, 3, tzinfo=UTC)  # of a week that began in 2025
    found = at(2026, 1, collected_on=friday, accepted_at=saturday)
    reports = {add_report(session, "berlin", (substance,), found) for _each in range(9)}
    following.follow(session, NOON)
    country = standing(session, kind=SignalKind.INCREASE)[0]
    assert (country.year, country.quarter) == (2025, 4)
    assert resting_on(session, country) >= reports


def test_what_came_late_is_past_and_not_among_what_became_known_in_its_quarter(session: Session) -> None:
    substance = add_substance(session, "NPS-000001")
    a_year_of(session, substance)
    for _each in range(9):
        add_report(session, "berlin", (substance,), at(2025, 10, accepted_at=datetime(2025, 11, 5, tzinfo=UTC)))
    for _each in range(3):
        add_report(session, "berlin", (substance,), at(2025, 9, accepted_at=NOON))
        add_report(session, "berlin", (substance,), at(2025, 10, accepted_at=NOON))
    following.follow(session, NOON)
    country = standing(session, kind=SignalKind.INCREASE)[0]
    assert (country.evidence["observed"], country.evidence["expected"]) == (12, 3.0)
    assert len(resting_on(session, country)) == 12


def test_an_event_that_was_moved_behind_its_publication_is_past(session: Session) -> None:
    substance = add_substance(session, "NPS-000001")
    a_year_of(session, substance)
    for _each in range(9):
        add_report(session, "berlin", (substance,), at(2026, 5, accepted_at=datetime(2026, 1, 20, tzinfo=UTC)))
    following.follow(session, NOON)
    assert standing(session, kind=SignalKind.INCREASE) == []


def test_what_is_written_behind_the_next_week_reaches_the_series_of_that_week(session: Session) -> None:
    substance, other = add_substance(session, "NPS-000001"), add_substance(session, "NPS-000002")
    a_year_of(session, substance)
    sunday, monday = (datetime(2026, 1, day, 23 * (day == 18), 59, tzinfo=UTC) for day in (18, 19))
    for _each in range(12):
        add_report(session, "berlin", (substance,), at(2026, 1, accepted_at=monday))
    following.follow(session, monday)
    settle(session, monday)
    for _each in range(50):  # of a server that took its turn later
        add_report(session, "berlin", (other,), at(2026, 1, accepted_at=sunday))
    following.follow(session, sunday)
    settle(session, monday)
    again = evaluation.evaluate_all(session, monday)
    assert (again.raised, again.retracted, again.changed) == ([], [], [])


def test_series_are_settled_in_turns_and_what_is_accepted_in_between_is_not_lost(engine: Engine) -> None:
    with writing(engine) as session:
        add_laboratory(session, "berlin", "DE")
        substance, other = add_substance(session, "NPS-000001"), add_substance(session, "NPS-000002")
        a_year_of(session, substance)
        for _each in range(9):
            add_report(session, "berlin", (substance,), at(2026, 5, accepted_at=NOON))
        following.follow(session, NOON)
    with writing(engine) as session:
        for month in (11, 12) * 20:
            add_report(session, "berlin", (other,), at(2025, month))
        following.follow(session, NOON)
    with ThreadPoolExecutor(1) as beside:
        with writing(engine) as session:
            add_report(session, "berlin", (substance,), at(2026, 5, accepted_at=NOON))
            add_report(session, "berlin", (other,), at(2025, 12))
            following.follow(session, NOON)
            done = beside.submit(lambda: [step() for step in plan_settling(engine, NOON)])
            with suppress(TimeoutError):
                done.result(0.3)
            assert not done.done()
        done.result(30)
    corrected_in_between = plan_settling(engine, NOON)
    assert corrected_in_between
    for step in corrected_in_between:
        step()
    assert plan_settling(engine, NOON) == []
    with writing(engine) as session:
        again = evaluation.evaluate_all(session, NOON)
    assert (again.raised, again.retracted, again.changed) == ([], [], [])
