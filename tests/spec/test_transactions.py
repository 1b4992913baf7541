"""What a transaction promises: all or nothing, one state for a reader, one writer after the other."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import col

from nps_registry.errors import NotReady
from nps_registry.store.engine import Engine, Session, make_engine, open_session, reading, take_turn, writing
from nps_registry.store.tables import Country, Organisation
from tests.spec.rows import add_laboratory, add_report


def count_laboratories(session: Session) -> int:
    return session.execute(select(func.count()).select_from(Organisation)).scalar_one()


def test_a_transaction_is_there_when_its_block_has_ended(engine: Engine) -> None:
    with writing(engine) as session:
        add_laboratory(session, "berlin", "DE")
    with reading(engine) as session:
        assert count_laboratories(session) == 1


def test_what_escapes_a_transaction_leaves_nothing_behind(engine: Engine) -> None:
    def fail_halfway() -> None:
        with writing(engine) as session:
            add_laboratory(session, "berlin", "DE")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_halfway()
    with reading(engine) as session:
        assert count_laboratories(session) == 0


def test_a_reader_sees_one_state_while_others_write(engine: Engine) -> None:
    with reading(engine) as reader:
        before = count_laboratories(reader)
        with writing(engine) as writer:
            add_laboratory(writer, "berlin", "DE")
        assert count_laboratories(reader) == before


def test_writers_that_read_before_they_write_lose_no_update(engine: Engine) -> None:
    with writing(engine) as session:
        session.add(Country(iso2="A0"))

    def count_up() -> None:
        for _ in range(5):
            with writing(engine) as session:
                take_turn(session)
                name = session.execute(select(col(Country.iso2))).scalar_one()
                session.execute(update(Country).values(iso2=f"A{int(name[1:], 36) + 1:x}"))

    threads = [threading.Thread(target=count_up) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with reading(engine) as session:
        assert session.execute(select(col(Country.iso2))).scalar_one() == f"A{15:x}"


def test_a_writer_that_waits_too_long_is_told_to_come_back(database_url: str) -> None:
    patient, hurried = make_engine(database_url), make_engine(database_url, wait_for_lock_s=0.2)
    with writing(patient) as first:
        take_turn(first)
        add_laboratory(first, "berlin", "DE")
        with pytest.raises(NotReady, match="try again"), writing(hurried) as second:
            take_turn(second)


def test_a_row_that_refers_to_nothing_is_refused(engine: Engine) -> None:
    with open_session(engine, writes=True) as session, pytest.raises(IntegrityError):
        add_report(session, "no such laboratory")


def test_a_database_without_tables_is_told_as_such(empty_database_url: str) -> None:
    with (
        pytest.raises(NotReady, match="nps-registry db upgrade"),
        reading(make_engine(empty_database_url)) as session,
    ):
        count_laboratories(session)


def test_a_server_that_does_not_answer_is_told_as_such() -> None:
    with (
        pytest.raises(NotReady, match="does not answer"),
        reading(make_engine("postgresql://nobody@127.0.0.1:1/none")) as session,
    ):
        count_laboratories(session)


@pytest.mark.parametrize(
    "url", ["mysql://a/b", "nonsense", "", "sqlite://", "sqlite:///:memory:", "postgresql://a:b:c/d"]
)
def test_an_address_of_no_database_known_here_is_refused(url: str) -> None:
    with pytest.raises(NotReady, match="NPS_DATABASE_URL"):
        make_engine(url)
