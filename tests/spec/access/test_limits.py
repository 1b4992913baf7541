"""Limits: what they allow at once and over time, shared by all workers, told with the time to wait."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event, func, select

from nps_registry.accounts.limits import Limit, forget_whole_allowances, use_up
from nps_registry.errors import TooManyRequests
from nps_registry.store import allowances
from nps_registry.store.engine import Engine, make_engine, open_session, reading, writing
from nps_registry.store.tables import Allowance
from tests.databases import PostgresqlDatabases, dropped_afterwards
from tests.signing_in import PASSWORD, form_token, make_player, post_form, sign_in
from tests.spec.served import a_report, served

START = datetime(2026, 1, 1, tzinfo=UTC)


@given(
    burst=st.integers(1, 6),
    every_s=st.integers(1, 20),
    pauses_s=st.lists(st.integers(0, 40), min_size=1, max_size=25),
)
@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_more_is_allowed_than_the_burst_and_one_for_every_interval(
    engine: Engine, burst: int, every_s: int, pauses_s: list[int]
) -> None:
    every, key, at = timedelta(seconds=every_s), str(uuid4()), START
    taken: list[datetime] = []
    with open_session(engine, writes=True) as session:
        for pause_s in pauses_s:
            at += timedelta(seconds=pause_s)
            wait = allowances.take(session, key, burst=burst, every=every, at=at)
            if not wait:
                taken.append(at)
            else:
                assert wait <= every * burst
                assert not allowances.take(session, key, burst=burst, every=every, at=at + wait), "the wait was true"
                taken.append(at + wait)
                at += wait
        session.rollback()
    for first, begun in enumerate(taken):
        for last in range(first, len(taken)):
            assert last - first + 1 <= burst + (taken[last] - begun) / every


def test_an_allowance_that_is_being_used_is_not_forgotten_meanwhile(postgresql_databases: PostgresqlDatabases) -> None:
    """On SQLite there is one writer at a time."""
    later = START + timedelta(hours=1)
    with dropped_afterwards(postgresql_databases) as databases:
        engine = make_engine(databases.migrated())

        def forget(*_flush: object) -> None:
            with writing(engine) as other:
                allowances.forget_whole(other, later)

        with writing(engine) as session:
            allowances.take(session, "key", burst=1, every=timedelta(minutes=1), at=START)
        with writing(engine) as session:
            event.listen(session, "before_flush", forget)
            assert not allowances.take(session, "key", burst=1, every=timedelta(minutes=1), at=later)
        with writing(engine) as session:
            assert allowances.take(session, "key", burst=1, every=timedelta(minutes=1), at=later)
        engine.dispose()


def test_a_clock_set_back_makes_nobody_wait_longer_than_a_full_allowance_takes(engine: Engine) -> None:
    minute = timedelta(minutes=1)
    with open_session(engine, writes=True) as session:
        for _act in range(3):
            allowances.take(session, "key", burst=3, every=minute, at=START + timedelta(days=30))
        assert allowances.take(session, "key", burst=3, every=minute, at=START) <= 3 * minute


def test_workers_share_one_allowance(engine: Engine) -> None:
    limit = Limit("test", "somebody", 5, timedelta(hours=1))
    outcomes: list[bool] = []

    def try_three_times() -> None:
        for _act in range(3):
            try:
                use_up(engine, [limit])
                outcomes.append(True)
            except TooManyRequests:
                outcomes.append(False)

    threads = [threading.Thread(target=try_three_times) for _worker in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == [False] * 7 + [True] * 5


def test_an_allowance_that_is_whole_again_is_forgotten(engine: Engine) -> None:
    use_up(
        engine, [Limit("a", "somebody", 1, timedelta(microseconds=1)), Limit("b", "somebody", 1, timedelta(hours=1))]
    )
    forget_whole_allowances(engine)
    with reading(engine) as session:
        assert session.scalar(select(func.count()).select_from(Allowance)) == 1


def test_too_many_attempts_are_told_to_wait_whether_or_not_the_account_exists(
    database_url: str, tmp_path: Path
) -> None:
    with served(database_url, var_directory=tmp_path, sign_ins_per_hour=3) as registry:
        token = form_token(registry.client)
        for email in ("nobody@example.org", "another@example.org"):
            fields = {"email": email, "password": PASSWORD, "form_token": token}
            statuses = [registry.client.post("/sign-in", data=fields).status_code for _attempt in range(4)]
            assert statuses == [422, 422, 422, 429]
        last = registry.client.post("/sign-in", data=fields)
        assert 0 < int(last.headers["retry-after"]) <= 1_200
        assert "try again in" in last.text
        assert last.headers["content-type"].startswith("text/html")


def test_submissions_of_one_token_are_limited_and_others_go_on(database_url: str) -> None:
    with served(database_url, submissions_per_minute=2) as registry:
        statuses = [registry.report("de", a_report()).status_code for _report in range(3)]
        assert statuses == [201, 201, 429]
        refused = registry.report("de", a_report())
        assert refused.headers["content-type"] == "application/problem+json"
        assert 0 < int(refused.headers["retry-after"]) <= 30
        assert registry.report("jp", a_report(country="JP")).status_code == 201


def test_a_refused_submission_counts_too(database_url: str) -> None:
    with served(database_url, submissions_per_minute=2) as registry:
        statuses = [
            registry.client.post("/api/v1/reports", json={}, headers=registry.as_("at")).status_code
            for _attempt in range(3)
        ]
    assert statuses == [422, 422, 429]


def test_a_person_who_submits_too_often_waits_and_keeps_the_draft(database_url: str, tmp_path: Path) -> None:
    with served(database_url, var_directory=tmp_path, submissions_per_minute=1) as registry:
        app: Any = registry.client.app
        sign_in(registry.client, make_player(registry.engine, app.state.services.seal))
        draft = post_form(registry.client, "/lab/reports/new").headers["location"].partition("?")[0].partition("#")[0]
        assert post_form(registry.client, draft, {"action": "submit"}).status_code == 422
        again = post_form(registry.client, draft, {"action": "submit"})
        assert (again.status_code, again.headers["retry-after"]) == (429, "60")
        assert registry.client.get(draft).status_code == 200
