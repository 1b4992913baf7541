"""Thousands of rows go to the driver as they are; what is stored is what an ordinary statement would have stored."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError

from nps_registry.store.bulk import FEW_ROWS, insert_rows
from nps_registry.store.engine import Engine, reading, writing
from nps_registry.store.tables import AuditEvent, Event
from nps_registry.vocabulary.finding import EventType, Outcome
from nps_registry.vocabulary.partial_date import PartialDate

MANY = FEW_ROWS * 3
ODD = ("plain", "tab\tnew\nline\\back", "\\N", "", "é漢🧪", "quote \"'; --")


def _events(prefix: str, count: int) -> list[dict[str, Any]]:
    return [
        {
            "id": f"{prefix}{number}",
            "type": EventType.SEIZURE,
            "country": "DE",
            "city": ODD[number % len(ODD)],
            "collected_on": PartialDate(2026, 2) if number % 2 else None,
            "year": 2026,
            "transit_countries": ["FR", "NL"] if number % 3 else [],
            "outcome": Outcome.FATAL if number % 5 == 0 else None,
        }
        for number in range(count)
    ]


def _entries(first: int, count: int) -> list[dict[str, Any]]:
    east = timezone(timedelta(hours=5))
    return [
        {
            "sequence": first + number, "at": datetime(2026, 2, 3, 4, 5, 6, 789, east), "actor": ODD[number % len(ODD)],
            "action": "a", "subject_kind": "s", "subject_id": str(number),
            "before": None if number % 2 else {"deep": [1, 2.5, None, {"é": True}]}, "after": {"half": "\ud800"},
            "previous_digest": "0", "digest": str(number),
        }
        for number in range(count)
    ]  # fmt: skip


def _told(engine: Engine, table: type[Any]) -> list[tuple[Any, ...]]:
    names = [column.name for column in table.__table__.columns if column.name not in ("id", "sequence", "subject_id")]
    with reading(engine) as session:
        rows = session.execute(select(*(getattr(table, name) for name in names)).order_by(text("1"), text("2")))
        return sorted((tuple(row) for row in rows), key=repr)


@pytest.mark.parametrize("table", [Event, AuditEvent])
def test_rows_written_in_bulk_read_back_as_rows_written_a_few_at_a_time(engine: Engine, table: type[Any]) -> None:
    made = _events("a", MANY) if table is Event else _entries(1, MANY)
    again = _events("b", MANY) if table is Event else _entries(1 + MANY, MANY)
    with writing(engine) as session:
        insert_rows(session, table, made)
    bulk = _told(engine, table)
    with writing(engine) as session:
        session.execute(table.__table__.delete())
        for start in range(0, MANY, FEW_ROWS):
            insert_rows(session, table, again[start : start + FEW_ROWS])
    assert _told(engine, table) == bulk
    assert len(bulk) == MANY


def test_a_row_that_breaks_a_rule_leaves_nothing_of_the_others(engine: Engine) -> None:
    rows = _events("c", MANY)
    rows[-1]["id"] = rows[0]["id"]
    with pytest.raises(DatabaseError), writing(engine) as session:
        insert_rows(session, Event, rows)
    assert _told(engine, Event) == []
