"""The rows that official forms are filled from: one per detection of what a reviewer may send on."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import ColumnElement, not_, or_, select
from sqlmodel import col

from nps_registry.store.batches import in_batches
from nps_registry.store.engine import Session
from nps_registry.store.tables import (
    ChemicalClass,
    Detection,
    Event,
    Item,
    Organisation,
    Report,
    Substance,
    SubstanceIdentifier,
)
from nps_registry.store.viewer import Viewer
from nps_registry.store.visibility import visible_to
from nps_registry.vocabulary.finding import Result
from nps_registry.vocabulary.report import ReportState, Role, Sharing
from nps_registry.vocabulary.substance import IdentifierScheme

MOST_ROWS = 50_000


@dataclass(frozen=True, slots=True)
class FormRow:
    """One detection with all that it stands in."""

    report: Report
    event: Event
    item: Item
    detection: Detection
    substance: Substance | None
    organisation: Organisation
    cas: str
    chemical_class: ChemicalClass | None


def rows(
    session: Session,
    viewer: Viewer,
    *,
    country: str | None,
    years: tuple[int, int],
    sharings: Collection[Sharing],
    now: datetime | None = None,
) -> Iterator[FormRow]:
    """Positive and uncertain detections of released and accepted reports in *years*, both included.

    A focal point gets those of its country, a curator those of *country* or of all. What is held is left out: to send
    it on would release it. At most :data:`MOST_ROWS`.
    """
    now = now or datetime.now(UTC)
    within = viewer.country if viewer.role is Role.FOCAL_POINT else country
    wanted: list[ColumnElement[bool]] = [
        visible_to(viewer, now),
        col(Report.state).in_((ReportState.RELEASED, ReportState.ACCEPTED)),
        col(Report.sharing).in_(sharings),
        not_(col(Report.legal_hold)),
        or_(col(Report.hold_until).is_(None), col(Report.hold_until) <= now),
        col(Event.year).between(*years),
        col(Detection.result) != Result.NEGATIVE,
    ]
    if within is not None:
        wanted.append(col(Organisation.country) == within)
    statement = (
        select(Report, Event, Item, Detection, Substance, Organisation)
        .join(Event, col(Event.id) == col(Report.event_id))
        .join(Organisation, col(Organisation.id) == col(Report.organisation_id))
        .join(Item, col(Item.report_id) == col(Report.id))
        .join(Detection, col(Detection.item_id) == col(Item.id))
        .outerjoin(Substance, col(Substance.id) == col(Detection.substance_id))
        .where(*wanted)
        .order_by(col(Event.year), col(Report.id), col(Item.position), col(Detection.position))
        .limit(MOST_ROWS)
    )
    found: list[tuple[Report, Event, Item, Detection, Substance | None, Organisation]]
    found = [(row[0], row[1], row[2], row[3], row[4], row[5]) for row in session.execute(statement)]
    numbers = _cas_numbers(session, {row[4].id for row in found if row[4] is not None and row[4].id is not None})
    classes = {each.key: each for each in session.scalars(select(ChemicalClass))}
    for report, event, item, detection, substance, organisation in found:
        yield FormRow(
            report,
            event,
            item,
            detection,
            substance,
            organisation,
            numbers.get(substance.id or 0, "") if substance else "",
            classes.get(substance.chemical_class or "") if substance else None,
        )


def _cas_numbers(session: Session, substance_ids: Collection[int]) -> dict[int, str]:
    numbers: dict[int, str] = {}
    for ids in in_batches(substance_ids):
        statement = (
            select(col(SubstanceIdentifier.substance_id), col(SubstanceIdentifier.value))
            .where(
                col(SubstanceIdentifier.substance_id).in_(ids), col(SubstanceIdentifier.scheme) == IdentifierScheme.CAS
            )
            .order_by(col(SubstanceIdentifier.value))
        )
        for key, value in session.execute(statement):
            numbers.setdefault(key, value)
    return numbers
