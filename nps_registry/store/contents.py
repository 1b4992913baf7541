"""What reports hold: event, items, detections; read in a few queries, replaced as a whole."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import ColumnElement, delete, or_, select, update
from sqlmodel import col

from nps_registry.errors import Conflict
from nps_registry.localisation import gettext as _
from nps_registry.store.batches import in_batches
from nps_registry.store.bulk import Row, insert_rows
from nps_registry.store.engine import Session, take_turn
from nps_registry.store.tables import (
    CandidateSubstance,
    Detection,
    Event,
    Item,
    Organisation,
    Report,
    Substance,
    Table,
)
from nps_registry.vocabulary.finding import EventType

_QUIETLY = {"synchronize_session": False}


@dataclass(slots=True)
class Contents:
    """What one report holds.

    Attributes:
        organisation: the reporting laboratory: only for those who read the whole report.
        items: each with its detections, both in the report's order.
        substances: those that the detections count for, by id.
    """

    event: Event
    organisation: Organisation
    items: list[tuple[Item, list[Detection]]] = field(default_factory=list)
    substances: Mapping[int, Substance] = field(default_factory=dict)


def contents(session: Session, report_ids: Collection[str]) -> dict[str, Contents]:
    """What the reports *report_ids* hold, by report; that they may be seen is the caller's query."""
    found: dict[str, Contents] = {}
    for ids in in_batches(report_ids):
        statement = (
            select(col(Report.id), Event, Organisation)
            .join(Event, col(Event.id) == col(Report.event_id))
            .join(Organisation, col(Organisation.id) == col(Report.organisation_id))
            .where(col(Report.id).in_(ids))
        )
        found |= {
            report_id: Contents(event, organisation) for report_id, event, organisation in session.execute(statement)
        }
        _add_items(session, ids, found)
    return found


def _add_items(session: Session, ids: Sequence[str], found: Mapping[str, Contents]) -> None:
    detections: dict[str, list[Detection]] = defaultdict(list)
    of_reports = select(Detection).where(col(Detection.report_id).in_(ids)).order_by(col(Detection.position))
    for detection in session.scalars(of_reports):
        detections[detection.item_id].append(detection)
    met = {detection.substance_id for each in detections.values() for detection in each if detection.substance_id}
    substances = _find_substances(session, met)
    for item in session.scalars(select(Item).where(col(Item.report_id).in_(ids)).order_by(col(Item.position))):
        found[item.report_id].items.append((item, detections[item.id]))
        found[item.report_id].substances = substances


def _find_substances(session: Session, ids: Collection[int]) -> dict[int, Substance]:
    found: dict[int, Substance] = {}
    for part in in_batches(ids):
        rows = session.scalars(select(Substance).where(col(Substance.id).in_(part)))
        found |= {row.id: row for row in rows if row.id is not None}
    return found


def substance_ids_of(session: Session, report_id: str) -> set[int]:
    """The substances that the detections of a report count for."""
    statement = select(col(Detection.substance_id)).where(
        col(Detection.report_id) == report_id, col(Detection.substance_id).is_not(None)
    )
    return {substance_id for substance_id in session.scalars(statement) if substance_id is not None}


def replace_contents(session: Session, report: Report, event: Row, rows: Mapping[type[Table], Sequence[Row]]) -> None:
    """Put *event* and *rows* in the place of what *report* holds; the event keeps its id and its link."""
    session.flush()
    of_report = col(Detection.report_id) == report.id
    _delete(
        session,
        CandidateSubstance,
        col(CandidateSubstance.detection_id).in_(select(col(Detection.id)).where(of_report)),
    )
    _delete(session, Detection, of_report)
    _delete(session, Item, col(Item.report_id) == report.id)
    stated = {name: value for name, value in event.items() if name not in ("id", "same_as_id")}
    session.execute(update(Event).where(col(Event.id) == report.event_id).values(stated), execution_options=_QUIETLY)
    for table in (Item, Detection, CandidateSubstance):
        insert_rows(session, table, rows.get(table, ()))
    mark_reports_due(session, [report.event_id])
    session.expire_all()


def link_events(session: Session, event_id: str, same_as_id: str | None) -> None:
    """Say that two laboratories' events are one, or with none that *event_id* stands for itself again.

    Raises:
        Conflict: one is wastewater, which is never added to event counts.
    """
    take_turn(session)
    event = session.get_one(Event, event_id, populate_existing=True)
    before, other = event.same_as_id, None
    if same_as_id is not None:
        other = session.get_one(Event, same_as_id, populate_existing=True)
        if (event.type is EventType.WASTEWATER) is not (other.type is EventType.WASTEWATER):
            raise Conflict(_("A wastewater sample and another event cannot be one event."))
    root = (other.same_as_id or other.id) if other else None
    if root == event_id:
        return
    if root is not None:  # those that were linked here go along: a link never points at a linked row
        moved = update(Event).where(col(Event.same_as_id) == event_id).values(same_as_id=root)
        session.execute(moved, execution_options=_QUIETLY)
    session.execute(update(Event).where(col(Event.id) == event_id).values(same_as_id=root), execution_options=_QUIETLY)
    session.expire_all()
    mark_reports_due(session, [each for each in (event_id, before, root) if each is not None])


def mark_reports_due(session: Session, event_ids: Sequence[str]) -> None:
    """Have the public aggregates look again at the reports of these events and of those linked to them."""
    events = select(col(Event.id)).where(or_(col(Event.id).in_(event_ids), col(Event.same_as_id).in_(event_ids)))
    due = update(Report).where(col(Report.event_id).in_(events)).values(count_due=True)
    session.execute(due, execution_options=_QUIETLY)


def _delete(session: Session, table: type[Table], which: ColumnElement[bool]) -> None:
    session.execute(delete(table).where(which), execution_options=_QUIETLY)
