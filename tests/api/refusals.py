"""What every refusal looks like, and what must not have happened behind it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import func, literal, select, union_all

from nps_registry.store.engine import reading
from nps_registry.store.tables import Allowance, Delivery, LookBack, LookBackState, LookedAt, Notice, Table
from tests.spec.served import Served

PROBLEM = "application/problem+json"
_BESIDE = {table.__tablename__ for table in (Allowance, Delivery, LookBack, LookBackState, LookedAt, Notice)}
"""Limits count refused attempts too; the others are written by the rounds that a server makes beside its requests."""

# The name of a library, a file or a step of the stack has no business in a sentence for a laboratory.
_INSIDES = ("Traceback", "site-packages", ".py", ".cpp", "sqlalchemy", "psycopg", "sqlite3", "pydantic", "RDKit")


def assert_refused(answer: Any, status: int | tuple[int, ...] = (400, 422)) -> dict[str, Any]:
    """Hold *answer* to RFC 9457 and to *status*; its document."""
    wanted = (status,) if isinstance(status, int) else status
    assert answer.status_code in wanted, f"{answer.status_code}: {answer.text[:500]}"
    assert answer.headers["content-type"] == PROBLEM
    document = dict(answer.json())
    assert {"type", "title", "status", "detail"} <= document.keys() <= {"type", "title", "status", "detail", "errors"}
    assert document["status"] == answer.status_code
    assert document["title"]
    assert document["detail"].strip()
    assert len(document["detail"]) < 1000
    assert ("errors" in document) or answer.status_code not in (400, 422)  # these two say where
    for error in document.get("errors", []):
        assert error.keys() == {"field", "message"}
        assert error["message"]
    assert not any(word in answer.text for word in _INSIDES), answer.text[:500]
    assert "content-security-policy" in answer.headers
    return document


def fields_of(document: dict[str, Any]) -> list[str]:
    """The fields that *document* finds at fault."""
    return [error["field"] for error in document.get("errors", [])]


def count_rows(registry: Served) -> dict[str, int]:
    """The number of rows of every table of the registry that nothing but a request writes."""
    tables = [table for name, table in Table.metadata.tables.items() if name not in _BESIDE]
    counts = union_all(*(select(literal(table.name), func.count()).select_from(table) for table in tables))
    with reading(registry.engine) as session:
        return dict(session.execute(counts).all())


@contextmanager
def nothing_written(registry: Served) -> Iterator[None]:
    """Fail where the block leaves more or fewer rows than it found, in any table."""
    before = count_rows(registry)
    assert before["substance"] > 10
    yield
    assert count_rows(registry) == before
