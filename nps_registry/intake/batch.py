"""A whole table in one request: every row answered, and nothing written unless all rows stand or that is wished."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from nps_registry.collection import collection_paused
from nps_registry.errors import Conflict, InvalidInput, NotFound
from nps_registry.intake.flat_columns import flat_mapping
from nps_registry.intake.idempotency import remember_batch
from nps_registry.intake.importing import PARCELS_AT_ONCE, ReadParcel, TableImport, chunks
from nps_registry.intake.mapping import Mapping
from nps_registry.intake.outcome import RowFate
from nps_registry.intake.parcel import gather
from nps_registry.intake.table import Table, require_columns
from nps_registry.intake.understanding import Desk, Sender
from nps_registry.localisation import gettext as _
from nps_registry.store import imported, table_mappings
from nps_registry.store import reports as stored
from nps_registry.store.engine import Engine, Session, reading, writing
from nps_registry.vocabulary.batch import RowVerdict

Answer = dict[str, Any]
_GOOD = (RowVerdict.STANDS, RowVerdict.KEPT, RowVerdict.ALREADY)


@dataclass(frozen=True, slots=True)
class BatchWish:
    """What the sender wishes of a batch.

    Attributes:
        dry_run: only say what would become of each row.
        partial: keep the good rows although others have faults.
        mapping: the name of a mapping that the organisation has stored.
        key: the request's Idempotency-Key.
    """

    dry_run: bool = False
    partial: bool = False
    mapping: str | None = None
    key: str | None = None


@dataclass(frozen=True, slots=True)
class SentTable:
    """A table as it was sent, the SHA-256 of its bytes and what it is called."""

    table: Table
    digest: str
    name: str = "batch"


class _Refused(Exception):
    """Rows turned out to have faults while they were written; nothing of the batch is kept."""


@dataclass(frozen=True, slots=True)
class Answered:
    """The answer to a batch, whether it was given before, and whether rows were refused for their faults."""

    body: Answer
    repeated: bool = False
    refused: bool = False


def choose_mapping(session: Session, organisation_id: str, table: Table, name: str | None) -> Mapping:
    """The mapping called *name*; else the flat columns, where the headings are those; else the one stored for them.

    Raises:
        NotFound: there is no mapping of that name.
        InvalidInput: the table lacks a column, or has one that says nothing here.
    """
    if name is not None:
        kept = table_mappings.find_mapping(session, organisation_id, name=name)
        if kept is None:
            raise NotFound(_("Your organisation has no mapping “%(name)s”.") % {"name": name[:80]})
    else:
        kept = table_mappings.find_mapping(session, organisation_id, signature=table.signature)
    mapping = Mapping.model_validate_json(kept.mapping) if kept else flat_mapping(table.headings)
    require_columns(mapping, table.headings, _("The table"))
    return mapping


@collection_paused()
def receive_batch(engine: Engine, desk: Desk, sender: Sender, sent: SentTable, wish: BatchWish) -> Answered:
    """Look at every row of the table *sent*, and keep them as *wish* says.

    Without ``partial`` all are written in one transaction or none; with it 500 reports at a time, so that others are
    not kept waiting, and sent again it goes on where it stopped.

    Raises:
        Conflict: the key belongs to another batch.
        InvalidInput: the columns cannot be used.
    """
    table = sent.table
    said = hashlib.sha256(f"{sent.digest} {wish.partial} {wish.mapping}".encode()).hexdigest()
    with reading(engine) as session:
        before = _answered_before(session, sender, wish, said)
        if before is not None:
            return before
        mapping = choose_mapping(session, sender.organisation.id, table, wish.mapping)
        answers = table_mappings.answers_of(session, sender.organisation.id)
    run = TableImport(desk, sender, mapping, answers, sent.digest)
    reads = run.read(gather(table.rows, mapping))
    if wish.dry_run or (run.outcome.faults and not wish.partial):
        with reading(engine) as session:
            run.look(session, reads)
        return Answered(_answer_of(run, table, written=False, dry_run=wish.dry_run), refused=not wish.dry_run)
    parts = list(chunks(reads, PARCELS_AT_ONCE)) if wish.partial else [reads]
    try:
        return _Writing(engine, run, sent, wish, said).write(parts)
    except _Refused:
        return Answered(_answer_of(run, table, written=False, dry_run=False), refused=True)


def _answered_before(session: Session, sender: Sender, wish: BatchWish, said: str) -> Answered | None:
    if wish.key is None or wish.dry_run:
        return None
    name = _name_of(wish.key)
    known = stored.idempotent_answers(session, sender.organisation.id, [name]).get(name)
    if known is None:
        return None
    if known.request_digest != said:
        raise Conflict(_("This Idempotency-Key belongs to another submission; send a new key."))
    return Answered(json.loads(known.answer), repeated=True)


def _name_of(key: str) -> str:
    return f"key:{hashlib.sha256(key.encode()).hexdigest()}"


@dataclass(frozen=True, slots=True)
class _Writing:
    """One batch on its way into the database; *said* is the digest of all that its sender said."""

    engine: Engine
    run: TableImport
    sent: SentTable
    wish: BatchWish
    said: str

    def write(self, parts: Sequence[Sequence[ReadParcel]]) -> Answered:
        for part in parts[:-1]:
            with writing(self.engine) as session:
                self.run.keep(session, part)
        with writing(self.engine) as session:
            return self._write_last(session, parts[-1:])

    def _write_last(self, session: Session, parts: Sequence[Sequence[ReadParcel]]) -> Answered:
        run, key = self.run, self.wish.key
        if key is not None:
            stored.hold(session, f"{run.sender.organisation.id}:{_name_of(key)}")
            before = _answered_before(session, run.sender, self.wish, self.said)
            if before is not None:
                return before
        for part in parts:
            run.keep(session, part)
        if run.outcome.faults and not self.wish.partial:
            # The transaction is given up with it: what was made a moment ago is not there.
            _take_back(run)
            raise _Refused
        answer = _answer_of(run, self.sent.table, written=True, dry_run=False)
        if key is not None:
            remember_batch(session, run.sender, _name_of(key), self.said, answer)
        imported.note_file(
            session,
            run.sender.organisation.id,
            run.digest,
            name=self.sent.name,
            mapping=run.mapping.model_dump_json(),
            rows=len(self.sent.table.rows),
        )
        return Answered(answer)


def _take_back(run: TableImport) -> None:
    """Say of rows that were kept for a moment that they can be kept."""
    for number, fate in run.fates.items():
        if fate.verdict is RowVerdict.KEPT:
            run.fates[number] = RowFate(number, RowVerdict.STANDS)


def _answer_of(run: TableImport, table: Table, *, written: bool, dry_run: bool) -> Answer:
    fates = [run.fates[row.number] for row in table.rows]
    verdicts = [fate.verdict for fate in fates]
    return {
        "written": written,
        "dry_run": dry_run,
        "demonstration": run.desk.demonstration,
        "total": len(fates),
        "accepted": sum(verdict in _GOOD for verdict in verdicts),
        "refused": verdicts.count(RowVerdict.FAULTY),
        "repeated": verdicts.count(RowVerdict.ALREADY),
        "reports": len({fate.report_id for fate in fates if fate.report_id}),
        "detections": {match.value: count for match, count in run.outcome.matches.most_common()},
        "unrecognised": [{"name": name, "count": count} for name, count in run.outcome.unrecognised.most_common(1_000)],
        "rows": [_row_of(fate) for fate in fates],
    }


def _row_of(fate: RowFate) -> Answer:
    if fate.verdict is RowVerdict.FAULTY:
        errors = [{"field": error.field, "message": error.message} for error in fate.errors]
        return {"row": fate.number, "accepted": False, "verdict": fate.verdict.value, "errors": errors}
    answer: Answer = {"row": fate.number, "accepted": True, "verdict": fate.verdict.value}
    if fate.report_id is not None:
        answer |= {"id": fate.report_id, "reference": fate.reference, "state": fate.state and fate.state.value}
    return answer


def refusal_of(answered: Answered) -> InvalidInput:
    """The sentence for a batch that was refused for the faults of its rows."""
    body = answered.body
    return InvalidInput(
        _("%(refused)d of %(total)d rows have faults; nothing was written. Correct them, or send partial=true.")
        % {"refused": body["refused"], "total": body["total"]}
    )
