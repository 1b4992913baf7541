"""Which reports a transaction changed: read once, for the queue, the public counts and the ledger that follow them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple, Self

from sqlalchemy import ColumnElement, Select, and_, func, select
from sqlmodel import col

from nps_registry.store.engine import Session
from nps_registry.store.plain_columns import select_plain
from nps_registry.store.tables import Event, Report
from nps_registry.vocabulary.report import ReportState


class Marked(NamedTuple):
    """A report to look at, its event, and the row that stands for that event."""

    report_id: str
    state: ReportState
    event_id: str
    root: str

    @classmethod
    def of_new(cls, report: Mapping[str, object]) -> Self:
        """The row *report* of one that has just arrived, whose event is linked to no other."""
        event_id = str(report["event_id"])
        return cls(str(report["id"]), ReportState(str(report["state"])), event_id, event_id)


def root_of_event() -> ColumnElement[str]:
    """The row that stands for an event: the one it is linked to, or itself."""
    return func.coalesce(col(Event.same_as_id), col(Event.id))


def select_reports(which: ColumnElement[bool]) -> Select[str, ReportState, str, str]:
    """The statement of the reports *which* the condition holds for; :func:`read_reports` asks it."""
    asked = select(col(Report.id), col(Report.state), col(Event.id), root_of_event())
    return asked.join(Event, col(Event.id) == col(Report.event_id)).where(which)


_MARKED = select_reports(and_(col(Report.count_due)))  # compared with anything, its index is not used


def read_marked(session: Session) -> list[Marked]:
    """The reports whose rows bear the mark that every change of them sets."""
    return read_reports(session, _MARKED, {})


def read_reports(
    session: Session, statement: Select[str, ReportState, str, str], values: Mapping[str, object]
) -> list[Marked]:
    """The reports that a statement of :func:`select_reports` asks for."""
    return [Marked(*row) for row in select_plain(session, statement, values).all()]
