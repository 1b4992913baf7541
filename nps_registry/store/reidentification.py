"""Detections to be identified anew: found by substance, period or report, and written in their place."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import ColumnElement, String, delete, func, or_, select, type_coerce
from sqlmodel import col

from nps_registry.store.batches import in_batches
from nps_registry.store.engine import Session
from nps_registry.store.tables import CandidateSubstance, Detection, Event, Item, Report, Substance
from nps_registry.vocabulary.partial_date import PartialDate
from nps_registry.vocabulary.report import ReportState
from nps_registry.vocabulary.review import ENDED

_QUIETLY = {"synchronize_session": False}
Place = tuple[int, int]
"""Item and detection, each counted from 0 in the order of the report."""


@dataclass(frozen=True, slots=True)
class Sought:
    """Which detections are meant; a condition that is none leaves everything.

    Attributes:
        organisation_id: of the laboratory whose reports alone are meant.
        references: ids, public or own references of reports.
        collected_from, collected_to: the days between which the event lies, both included.
        places: within a report.
    """

    substance_id: int | None
    organisation_id: str | None = None
    references: tuple[str, ...] = ()
    collected_from: PartialDate | None = None
    collected_to: PartialDate | None = None
    places: frozenset[Place] = frozenset()


@dataclass(frozen=True, slots=True)
class Found:
    """A detection with where it stands."""

    detection: Detection
    place: Place


def find(session: Session, sought: Sought, *, most_reports: int) -> dict[str, list[Found]]:
    """The detections that *sought* means, by report; of one report more than *most_reports*, so that it shows."""
    reports = _find_reports(session, sought, most_reports + 1)
    found: dict[str, list[Found]] = defaultdict(list)
    for ids in in_batches(reports):
        statement = (
            select(Detection, col(Item.position))
            .join(Item, col(Item.id) == col(Detection.item_id))
            .where(col(Detection.report_id).in_(ids), *_of_substance(sought))
            .order_by(col(Detection.report_id), col(Item.position), col(Detection.position))
            .execution_options(populate_existing=True)
        )
        for detection, item in session.execute(statement):
            place = (item, detection.position)
            if not sought.places or place in sought.places:
                found[detection.report_id].append(Found(detection, place))
    return dict(found)


def _find_reports(session: Session, sought: Sought, most: int) -> list[str]:
    standing = col(Report.state).not_in((*ENDED, ReportState.DRAFT))
    wanted: list[ColumnElement[bool]] = [standing, *_of_substance(sought)]
    if sought.organisation_id is not None:
        wanted.append(col(Report.organisation_id) == sought.organisation_id)
    day = type_coerce(func.coalesce(col(Event.collected_on), col(Event.analysed_on)), String)
    for bound, is_begin in ((sought.collected_from, True), (sought.collected_to, False)):
        if bound is not None:
            text = str(bound)
            known = func.substr(day, 1, len(text))
            wanted.append(known >= text if is_begin else known <= text)
    statement = (
        select(col(Report.id))
        .join(Event, col(Event.id) == col(Report.event_id))
        .join(Detection, col(Detection.report_id) == col(Report.id))
        .distinct()
        .order_by(col(Report.id))
        .limit(most)
    )
    if not sought.references:
        return list(session.scalars(statement.where(*wanted)))
    found: dict[str, None] = {}
    for names in in_batches(sought.references):
        named = or_(col(Report.id).in_(names), col(Report.reference).in_(names), col(Report.own_reference).in_(names))
        found |= dict.fromkeys(session.scalars(statement.where(named, *wanted)))
    return list(found)[:most]


def _of_substance(sought: Sought) -> list[ColumnElement[bool]]:
    return [col(Detection.substance_id) == sought.substance_id] if sought.substance_id is not None else []


def drop_candidates(session: Session, detection_ids: Collection[str]) -> None:
    """Take away what detections could have been: now it is known what they are."""
    for ids in in_batches(detection_ids):
        gone = delete(CandidateSubstance).where(col(CandidateSubstance.detection_id).in_(ids))
        session.execute(gone, execution_options=_QUIETLY)


def identifications_of(session: Session, report_ids: Collection[str]) -> Mapping[str, list[dict[str, object]]]:
    """What every detection of *report_ids* is identified as now, in the shape that revisions keep."""
    found: dict[str, list[dict[str, object]]] = defaultdict(list)
    for ids in in_batches(report_ids):
        statement = (
            select(
                col(Detection.report_id),
                col(Item.position),
                col(Detection.position),
                col(Detection.reported_as),
                col(Detection.match),
                col(Substance.accession),
            )
            .join(Item, col(Item.id) == col(Detection.item_id))
            .outerjoin(Substance, col(Substance.id) == col(Detection.substance_id))
            .where(col(Detection.report_id).in_(ids))
            .order_by(col(Detection.report_id), col(Item.position), col(Detection.position))
        )
        for report_id, item, position, reported_as, match, accession in session.execute(statement):
            found[report_id].append({
                "path": f"items[{item}].detections[{position}]",
                "reported_as": reported_as,
                "match": match.value,
                "accession": accession,
            })  # fmt: skip
    return found
