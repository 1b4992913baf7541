"""Rows for tests: the shortest way to a laboratory, a substance, and a report of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from nps_registry.store.bulk import insert_objects
from nps_registry.store.engine import Session
from nps_registry.store.tables import Detection, Event, Item, Organisation, Report, Substance
from nps_registry.vocabulary.finding import EventType, Match, Outcome, Result
from nps_registry.vocabulary.partial_date import PartialDate
from nps_registry.vocabulary.report import ReportState, Sharing
from nps_registry.vocabulary.substance import Status

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)


def add_laboratory(session: Session, name: str, country: str) -> Organisation:
    """A laboratory in *country*, with its name as its id."""
    laboratory = Organisation(id=name, name=name, country=country)
    session.add(laboratory)
    session.flush()
    return laboratory


def add_substance(
    session: Session, accession: str, *, status: Status = Status.LISTED, from_catalogue: bool = True
) -> int:
    """A substance without a structure; answers its id."""
    substance = Substance(accession=accession, name=accession, status=status, from_catalogue=from_catalogue)
    session.add(substance)
    session.flush()
    assert substance.id is not None
    return substance.id


@dataclass
class Found:
    """What :func:`add_report` writes when nothing else is said."""

    type: EventType = EventType.SEIZURE
    country: str = "DE"
    year: int = 2026
    quarter: int = 1
    state: ReportState = ReportState.ACCEPTED
    sharing: Sharing = Sharing.PUBLIC
    hold_until: datetime | None = None
    legal_hold: bool = False
    result: Result = Result.POSITIVE
    same_as_id: str | None = None
    collected_on: PartialDate | None = None
    accepted_at: datetime | None = None
    outcome: Outcome | None = None


def add_report(session: Session, laboratory: str, substances: tuple[int, ...] = (), found: Found | None = None) -> str:
    """A report of one event with one item, each of *substances* detected in it; answers its id."""
    rows = report_rows(laboratory, substances, found)
    insert_objects(session, rows)
    return rows[1].id


def report_rows(
    laboratory: str, substances: tuple[int, ...] = (), found: Found | None = None
) -> tuple[Event, Report, Item, *tuple[Detection, ...]]:
    """The rows of such a report, in this order."""
    found = found or Found()
    event = Event(
        type=found.type,
        country=found.country,
        year=found.year,
        quarter=found.quarter,
        same_as_id=found.same_as_id,
        collected_on=found.collected_on,
        outcome=found.outcome,
    )
    report = Report(
        organisation_id=laboratory,
        event_id=event.id,
        state=found.state,
        sharing=found.sharing,
        hold_until=found.hold_until,
        legal_hold=found.legal_hold,
        submitted_at=NOON,
        accepted_at=found.accepted_at,
    )
    item = Item(report_id=report.id, position=0)
    detections = [
        Detection(
            item_id=item.id,
            report_id=report.id,
            position=position,
            substance_id=substance,
            match=Match.EXACT,
            result=found.result,
        )
        for position, substance in enumerate(substances)
    ]
    return (event, report, item, *detections)
