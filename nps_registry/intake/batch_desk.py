"""The batch desk: a table is uploaded, its columns chosen, its rows looked at, corrected and kept.

Nothing here takes long but the looking and the keeping, which :mod:`nps_registry.intake.batch_work` does.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from nps_registry.errors import Conflict, InvalidInput
from nps_registry.intake.answers import require_meanings
from nps_registry.intake.batch import SentTable
from nps_registry.intake.flat_columns import flat_mapping
from nps_registry.intake.importing import TableImport
from nps_registry.intake.mapping import Mapping as TableMapping
from nps_registry.intake.outcome import RowFate
from nps_registry.intake.parcel import Parcel, gather
from nps_registry.intake.table import TableRow, require_columns
from nps_registry.intake.understanding import Desk, Sender
from nps_registry.localisation import gettext as _
from nps_registry.store import audit, batch_desk, table_mappings
from nps_registry.store.audit import AuditEntry
from nps_registry.store.batch_desk import IN_WORK
from nps_registry.store.bulk import Row
from nps_registry.store.engine import Session
from nps_registry.store.tables import Batch, BatchRow
from nps_registry.store.viewer import Viewer
from nps_registry.vocabulary.batch import BatchState, RowVerdict
from nps_registry.vocabulary.report import Role

_LONGEST_CELL = 100_000


def upload(session: Session, sender: Sender, sent: SentTable) -> Batch:
    """Keep the table *sent*; where its columns are known already, have it looked at at once.

    Raises:
        InvalidInput: it has no rows.
    """
    if not sent.table.rows:
        raise InvalidInput(_("%(name)s has no rows below its headings.") % {"name": sent.name})
    batch = Batch(
        organisation_id=sender.organisation.id,
        made_by=sender.viewer.actor,
        file_name=sent.name[:200],
        digest=sent.digest,
        headings=list(sent.table.headings),
        signature=sent.table.signature,
        rows=len(sent.table.rows),
    )
    rows: list[Row] = [
        {"number": row.number, "parcel": row.number, "cells": row.cells, "fault": row.fault} for row in sent.table.rows
    ]
    batch_desk.add_batch(session, batch, rows)
    known = remembered_mapping(session, sender, batch)
    if known is not None:
        begin_looking(session, batch, known)
    return batch


def remembered_mapping(session: Session, sender: Sender, batch: Batch) -> TableMapping | None:
    """What the organisation chose for tables of this layout, or what follows from the headings alone."""
    kept = table_mappings.find_mapping(session, sender.organisation.id, signature=batch.signature)
    if kept is not None:
        return TableMapping.model_validate_json(kept.mapping)
    try:
        return flat_mapping(batch.headings)
    except InvalidInput:
        return None


def choose_columns(session: Session, sender: Sender, batch: Batch, mapping: TableMapping, name: str) -> None:
    """Remember *mapping* for tables of this layout, and have the batch looked at.

    Raises:
        InvalidInput: the table lacks a column of it.
        Conflict: the batch is being worked on.
    """
    _require_idle(batch)
    require_columns(mapping, batch.headings, batch.file_name)
    table_mappings.keep_mapping(
        session,
        sender.organisation.id,
        name=(name or batch.file_name)[:120],
        signature=batch.signature,
        mapping=mapping.model_dump_json(),
        actor=sender.viewer.actor,
    )
    begin_looking(session, batch, mapping)


def begin_looking(session: Session, batch: Batch, mapping: TableMapping) -> None:
    """Have a worker look at every row through *mapping*."""
    batch.mapping = mapping.model_dump_json()
    regroup(session, batch, mapping)
    batch_desk.reset_verdicts(session, batch.id)
    _begin(batch, BatchState.CHECKING)
    session.flush()


def begin_keeping(session: Session, sender: Sender, batch: Batch, *, partial: bool) -> None:
    """Have a worker make reports of the rows.

    Raises:
        Conflict: the rows have not been looked at, or some have faults and only all of them are wished.
    """
    if batch.state not in {BatchState.CHECKED, BatchState.FAILED}:
        raise Conflict(_("This batch is not ready to be written; open it again."))
    faulty = batch_desk.count_verdicts(session, batch.id).get(RowVerdict.FAULTY, 0)
    if faulty and not partial:
        raise Conflict(
            _("%(count)d rows have faults; correct them, or choose to keep the good rows only.") % {"count": faulty}
        )
    batch.partial = partial
    _begin(batch, BatchState.RUNNING)
    after: dict[str, object] = {"rows": batch.rows, "digest": batch.digest, "partial": partial}
    audit.append(session, [AuditEntry(sender.viewer.actor, "batch.started", "batch", batch.id, None, after)])


def _begin(batch: Batch, state: BatchState) -> None:
    batch.state, batch.figures, batch.failure = state, {"position": 0}, ""
    batch.leased_by, batch.leased_until, batch.changed_at = "", None, datetime.now(UTC)


def _require_idle(batch: Batch) -> None:
    if batch.state in IN_WORK:
        raise Conflict(_("This batch is being worked on; wait until that is done."))


def regroup(session: Session, batch: Batch, mapping: TableMapping) -> None:
    """Find out anew which rows are one report."""
    rows = batch_desk.all_rows(session, batch.id)
    of_number = {row.number: row for row in rows}
    moved = {
        row.number: parcel.number
        for parcel in gather((table_row(row) for row in rows), mapping)
        for row in parcel.rows
        if of_number[row.number].parcel != parcel.number
    }
    session.expunge_all()
    session.add(batch)
    batch_desk.set_parcels(session, batch.id, moved)


def table_row(row: BatchRow) -> TableRow:
    """The row as the table had it, corrections included."""
    return TableRow(row.number, row.cells, row.fault)


def parcels_of(rows: list[BatchRow], mapping: TableMapping) -> list[Parcel]:
    """Stored rows, whole reports only, as parcels."""
    return list(gather((table_row(row) for row in rows), mapping))


def correct_row(
    session: Session, desk: Desk, sender: Sender, batch: Batch, *, number: int, cells: Mapping[str, str]
) -> BatchRow:
    """Put *cells* in the place of those of row *number*, and look at its report again.

    Raises:
        Conflict: the batch is being worked on, or the row is a report already.
        InvalidInput: a cell is too long, or the table has no such column.
        NotFound: there is no such row.
    """
    _require_idle(batch)
    row = batch_desk.find_row(session, batch.id, number)
    if row.report_id is not None:
        raise Conflict(_("Row %(number)d is a report already; amend that.") % {"number": number})
    if not set(cells) <= set(batch.headings) or any(len(text) > _LONGEST_CELL for text in cells.values()):
        raise InvalidInput(_("A cell is too long, or belongs to no column of the table."))
    mapping = TableMapping.model_validate_json(batch.mapping)
    before = row.parcel
    row.cells, row.fault, row.corrected = {**row.cells, **cells}, "", True
    session.add(row)
    session.flush()
    regroup(session, batch, mapping)
    row = batch_desk.find_row(session, batch.id, number)
    rows = batch_desk.rows_of_parcels(session, batch.id, sorted({before, row.parcel}))
    run = _run_of(session, desk, sender, batch, mapping)
    run.look(session, run.read(parcels_of(rows, mapping)))
    batch_desk.set_verdicts(session, batch.id, [verdict_row(fate) for fate in run.fates.values()])
    session.expire_all()
    return batch_desk.find_row(session, batch.id, number)


def _run_of(session: Session, desk: Desk, sender: Sender, batch: Batch, mapping: TableMapping) -> TableImport:
    answers = table_mappings.answers_of(session, sender.organisation.id)
    return TableImport(desk, sender, mapping, answers, batch.digest)


def verdict_row(fate: RowFate) -> Row:
    """What is stored of what became of a row."""
    return {
        "number": fate.number,
        "verdict": fate.verdict,
        "errors": [[error.field, error.message] for error in fate.errors],
        "report_id": fate.report_id,
    }


def answer_names(session: Session, desk: Desk, sender: Sender, batch: Batch, answers: Mapping[str, str]) -> None:
    """Remember what names mean, and have the batch looked at again; reports made of it are identified anew then.

    Raises:
        InvalidInput: an answer that the registry cannot make anything of.
        Conflict: the batch is being worked on.
    """
    _require_idle(batch)
    given = {name: answer.strip() for name, answer in answers.items() if answer.strip()}
    if not given:
        raise InvalidInput(_("Answer at least one name."))
    require_meanings(session, given, desk.rules.keys)
    table_mappings.keep_answers(session, sender.organisation.id, given, actor=sender.viewer.actor)
    begin_looking(session, batch, TableMapping.model_validate_json(batch.mapping))


def discard(session: Session, batch: Batch) -> None:
    """Forget an uploaded table; reports that were made of it stay.

    Raises:
        Conflict: the batch is being worked on.
    """
    _require_idle(batch)
    batch_desk.drop_batch(session, batch)


def sender_of_batch(session: Session, batch: Batch) -> Sender:
    """Who sent the batch, for a worker that goes on with it."""
    organisation = batch_desk.organisation_of(session, batch)
    viewer = Viewer(Role.LABORATORY, organisation.id, organisation.country, actor=batch.made_by)
    return Sender(organisation, viewer)
