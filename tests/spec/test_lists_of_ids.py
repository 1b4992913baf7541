"""Ids asked for by the thousand go to the database as one parameter, and find what ``IN`` would find."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, event, select, text
from sqlmodel import col

from nps_registry.store.batches import has_id_in
from nps_registry.store.bulk import insert_rows
from nps_registry.store.engine import Engine, is_sqlite, reading, writing
from nps_registry.store.tables import Event
from nps_registry.vocabulary.finding import EventType

ODD = ("plain", "", "a,b", "{x}", "quote\"'", "back\\slash", "é漢🧪", "NULL", "tab\tline\n", "1")


def test_whatever_is_written_in_ids_those_asked_for_are_found_and_no_others(engine: Engine) -> None:
    kept = [{"id": each, "type": EventType.SEIZURE, "country": "DE", "year": 2026} for each in (*ODD, "not asked for")]
    with writing(engine) as session:
        insert_rows(session, Event, kept)
    with reading(engine) as session:
        for asked in ((), ODD[:1], ODD, (*ODD, "not there")):
            found = session.scalars(select(col(Event.id)).where(has_id_in(col(Event.id), asked)))
            assert sorted(found) == sorted(set(asked) & set(ODD)), asked


def test_rows_are_found_by_the_index_of_their_ids(engine: Engine) -> None:
    plans: list[str] = []

    def explain(connection: Connection, cursor: Any, statement: str, parameters: Any, *_more: object) -> None:
        if statement.startswith("SELECT event.id"):
            words = "EXPLAIN QUERY PLAN" if is_sqlite(connection) else "EXPLAIN"
            cursor.execute(f"{words} {statement}", parameters)
            plans.append(str(cursor.fetchall()))

    event.listen(engine, "before_cursor_execute", explain)
    with reading(engine) as session:
        if not is_sqlite(session):
            session.execute(text("SET LOCAL enable_seqscan = off"))  # an empty table is read sooner than its index
        session.execute(select(col(Event.id)).where(has_id_in(col(Event.id), ["a", "b"])))
    assert len(plans) == 1
    assert "SEARCH event USING" in plans[0] or "Index" in plans[0]
