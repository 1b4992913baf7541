"""Reports that came as rows of a laboratory's table: found again by row, and identified anew in bulk."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import and_, delete, exists, not_, or_, select, update
from sqlalchemy.orm import aliased
from sqlmodel import col

from nps_registry.store.batches import has_id_in, in_batches
from nps_registry.store.bulk import Row, insert_rows
from nps_registry.store.engine import Session
from nps_registry.store.tables import CandidateSubstance, Detection, ImportedFile, Item, Report, ReportRevision, Table
from nps_registry.vocabulary.report import ReportState, RevisionCause

_QUIETLY = {"synchronize_session": False}
DetectionFacts = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Held:
    """A row that is a report already.

    Attributes:
        payload_digest: of what the report says now.
        first_digest: of what it said on arrival.
        touched: whether anything but the import has written a revision of it.
    """

    report_id: str
    file_row: int | None
    own_reference: str | None
    payload_digest: str
    state: ReportState
    revision: int
    first_digest: str
    touched: bool
    reference: str | None = None
    of_file: str | None = None


def find_held(
    session: Session, organisation_id: str, file_digest: str, rows: Collection[int], references: Collection[str]
) -> list[Held]:
    """The reports of *organisation_id* that came as one of *rows* of this file, or have one of *references*.

    Who writes by the answer takes the turn first, so that nobody else makes one meanwhile.
    """
    by_others = not_(col(ReportRevision.cause).in_((RevisionCause.SUBMITTED, RevisionCause.REIDENTIFIED)))
    by_hand = and_(
        col(ReportRevision.cause) == RevisionCause.REIDENTIFIED, col(ReportRevision.made_by) != col(Report.submitted_by)
    )
    touched = exists().where(col(ReportRevision.report_id) == col(Report.id), or_(by_others, by_hand))
    columns = (col(getattr(Report, name)) for name in ("own_reference", "payload_digest", "state", "revision"))
    first = aliased(ReportRevision)
    is_first = and_(col(first.report_id) == col(Report.id), col(first.revision) == 1)
    wanted = (
        select(
            col(Report.id),
            col(Report.file_row),
            *columns,
            col(first.payload_digest),
            touched,
            col(Report.reference),
            col(Report.file_digest),
        )
        .join(first, is_first)
        .where(col(Report.organisation_id) == organisation_id)
    )
    found: dict[str, Held] = {}
    for part in in_batches(rows):
        here = and_(col(Report.file_digest) == file_digest, col(Report.file_row).in_(part))
        found |= {row[0]: Held(*row) for row in session.execute(wanted.where(here))}
    for named in in_batches(references):
        own = has_id_in(col(Report.own_reference), named)
        found |= {row[0]: Held(*row) for row in session.execute(wanted.where(own))}
    return list(found.values())


def detections_of(
    session: Session, report_ids: Collection[str], names: Sequence[str]
) -> dict[str, list[DetectionFacts]]:
    """The fields *names* of every detection of *report_ids*, by report and in the reports' order."""
    found: dict[str, list[DetectionFacts]] = defaultdict(list)
    columns = [col(getattr(Detection, name)) for name in names]
    for ids in in_batches(report_ids):
        statement = (
            select(col(Detection.report_id), *columns)
            .join(Item, col(Item.id) == col(Detection.item_id))
            .where(col(Detection.report_id).in_(ids))
            .order_by(col(Detection.report_id), col(Item.position), col(Detection.position))
        )
        for report_id, *values in session.execute(statement):
            found[report_id].append(dict(zip(names, values, strict=True)))
    return found


def replace_items(
    session: Session, reports: Mapping[str, Mapping[str, object]], rows: Mapping[type[Table], Sequence[Row]]
) -> None:
    """Put *rows* in the place of the items and detections of *reports*; the events stay as they are.

    *reports* are ids with what changes on the report's own row; the revision goes up by one with it.
    """
    session.flush()
    for ids in in_batches(reports):
        of_reports = select(col(Detection.id)).where(col(Detection.report_id).in_(ids))
        for table, which in (
            (CandidateSubstance, col(CandidateSubstance.detection_id).in_(of_reports)),
            (Detection, col(Detection.report_id).in_(ids)),
            (Item, col(Item.report_id).in_(ids)),
        ):
            session.execute(delete(table).where(which), execution_options=_QUIETLY)
    for table in (Item, Detection, CandidateSubstance):
        insert_rows(session, table, rows.get(table, ()))
    for ids in in_batches(reports):
        next_revision = update(Report).where(col(Report.id).in_(ids))
        session.execute(next_revision.values(revision=Report.revision + 1, count_due=True), execution_options=_QUIETLY)
    for report_id, changes in reports.items():
        if changes:
            session.execute(
                update(Report).where(col(Report.id) == report_id).values(**changes), execution_options=_QUIETLY
            )
    session.expire_all()


def note_file(session: Session, organisation_id: str, digest: str, *, name: str, mapping: str, rows: int) -> None:
    """Keep that a file was read, with the mapping used last."""
    file = session.get(ImportedFile, (digest, organisation_id)) or ImportedFile(
        digest=digest, organisation_id=organisation_id
    )
    file.name, file.mapping, file.rows, file.imported_at = name[:200], mapping, rows, datetime.now(UTC)
    session.add(file)
