"""The audit trail: nothing in it is changed, removed or slipped in unseen."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select, update
from sqlmodel import col

from nps_registry.store import audit
from nps_registry.store.audit import AuditEntry, Break
from nps_registry.store.engine import Engine, Session, open_session, reading, writing
from nps_registry.store.tables import AuditEvent


def entry(number: int, after: dict[str, object] | None = None) -> AuditEntry:
    return AuditEntry("person:1", "report.amended", "report", f"r{number}", {"state": "submitted"}, after)


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    with open_session(engine, writes=True) as opened:
        yield opened


@pytest.fixture
def written(session: Session) -> Session:
    audit.append(session, [entry(number, {"number": number}) for number in range(5)])
    return session


def tamper(session: Session, **values: object) -> None:
    third = update(AuditEvent).where(col(AuditEvent.sequence) == 3)
    session.execute(third.values(**values), execution_options={"synchronize_session": False})
    session.expire_all()


def test_an_empty_trail_holds(session: Session) -> None:
    assert audit.verify(session) is None


def test_a_trail_written_at_several_times_holds(written: Session) -> None:
    audit.append(written, [entry(9)])
    written.expire_all()
    assert audit.verify(written) is None
    assert [event.subject_id for event in audit.history_of(written, "report", "r9")] == ["r9"]


@pytest.mark.parametrize(
    "values",
    [
        {"actor": "person:2"},
        {"action": "report.withdrawn"},
        {"subject_id": "r7"},
        {"before": {"state": "accepted"}},
        {"after": None},
    ],
    ids=lambda values: next(iter(values)),
)
def test_a_changed_entry_is_found(written: Session, values: dict[str, object]) -> None:
    tamper(written, **values)
    assert audit.verify(written) == Break(3, "was changed")


def test_a_changed_entry_with_a_fresh_digest_breaks_the_next(written: Session) -> None:
    tamper(written, digest="0" * 63 + "1")
    found = audit.verify(written)
    assert found is not None
    assert found.sequence == 3


def test_a_removed_entry_is_found(written: Session) -> None:
    written.execute(delete(AuditEvent).where(col(AuditEvent.sequence) == 2))
    assert audit.verify(written) == Break(2, "missing")


def test_cut_off_entries_are_found_by_what_was_kept_elsewhere(written: Session) -> None:
    kept = audit.newest(written)
    assert audit.verify(written, kept) is None
    written.execute(delete(AuditEvent).where(col(AuditEvent.sequence) > 3))
    assert audit.verify(written) is None
    assert audit.verify(written, kept) == Break(5, "missing")


def test_a_trail_written_anew_is_found_by_what_was_kept_elsewhere(written: Session) -> None:
    kept = audit.newest(written)
    written.execute(delete(AuditEvent))
    audit.append(written, [entry(number, {"number": -number}) for number in range(5)])
    assert audit.verify(written) is None
    found = audit.verify(written, kept)
    assert found is not None
    assert found.sequence == 5


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**40), 2**40) | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["a", "é", "Z"]), inner, max_size=3),
    max_leaves=8,
)  # fmt: skip


@given(after=st.dictionaries(st.sampled_from(["x", "y"]), JSON, max_size=2))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_is_written_down_reads_back_as_it_was_sealed(session: Session, after: dict[str, object]) -> None:
    with session.begin_nested() as everything:
        audit.append(session, [entry(1, after)])
        session.expire_all()
        assert audit.verify(session) is None
        everything.rollback()


def test_writers_at_the_same_time_make_one_chain(engine: Engine) -> None:
    def write(writer: int) -> None:
        for number in range(5):
            with writing(engine) as session:
                audit.append(session, [entry(10 * writer + number)])

    threads = [threading.Thread(target=write, args=(writer,)) for writer in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with reading(engine) as session:
        assert audit.verify(session) is None
        assert len(session.scalars(select(AuditEvent)).all()) == 15
