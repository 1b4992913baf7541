"""The work on batches, step by step: whoever holds the lease takes the next 500 reports, and anybody can go on.

A step reads rows, and in one transaction writes what became of them and how far the batch is. Killed at any moment it
leaves the steps before it whole and nothing of its own; two workers at once do no row twice, whatever their clocks say,
because the position is looked at again in the writing transaction.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import cast

from nps_registry.intake.batch_desk import parcels_of, sender_of_batch, verdict_row
from nps_registry.intake.importing import PARCELS_AT_ONCE, ReadParcel, TableImport
from nps_registry.intake.mapping import Mapping as TableMapping
from nps_registry.intake.outcome import Outcome
from nps_registry.intake.parcel import Parcel
from nps_registry.intake.understanding import Desk, Readings
from nps_registry.store import batch_desk, imported, table_mappings
from nps_registry.store.batch_desk import IN_WORK
from nps_registry.store.engine import Engine, Session, reading, take_turn, writing
from nps_registry.store.tables import Batch
from nps_registry.store.tables.base import random_id
from nps_registry.vocabulary.batch import BatchState, RowVerdict

_MOST_NAMES = 5_000


@dataclass
class BatchWorker:
    """One worker: its name in leases, and the structures it has read of the batch that it works on."""

    engine: Engine
    name: str = field(default_factory=random_id)
    _of_batch: str = ""
    _readings: Readings = field(default_factory=Readings)

    def step(self, desk_of_registry: Desk) -> bool:
        """Do the next step of the oldest batch that waits; answers whether there was one.

        Raises:
            NotReady: the database is away or full; the step left nothing, and the batch waits.
        """
        now = datetime.now(UTC)
        batch = self._find_work(now)
        if batch is None:
            return False
        with writing(self.engine) as session:
            if not batch_desk.lease(session, batch.id, self.name, now):
                return True
        if batch.id != self._of_batch:
            self._of_batch, self._readings = batch.id, Readings()
        with reading(self.engine) as session:
            batch = batch_desk.find_batch(session, batch.id, batch.organisation_id)
            run, last, parcels = self._prepare(session, desk_of_registry, batch)
        reads = run.read(parcels)
        with writing(self.engine) as session:
            self._write(session, batch, run, reads, last)
        return True

    def has_work(self) -> bool:
        """Whether a batch waits for this worker.

        Raises:
            NotReady: the database is away.
        """
        return self._find_work(datetime.now(UTC)) is not None

    def _find_work(self, now: datetime) -> Batch | None:
        with reading(self.engine) as session:
            return batch_desk.find_work(session, self.name, now)

    def give_up(self, sentence: str) -> None:
        """Stop the batch that this worker holds, with a sentence for the people; what was written stays."""
        with writing(self.engine) as session:
            batch = batch_desk.find_work(session, self.name, datetime.now(UTC))
            if batch is not None and batch.leased_by == self.name:
                batch.state, batch.failure, batch.leased_until = BatchState.FAILED, sentence, None
                session.add(batch)

    def _prepare(self, session: Session, desk: Desk, batch: Batch) -> tuple[TableImport, int | None, list[Parcel]]:
        mapping = TableMapping.model_validate_json(batch.mapping)
        answers = table_mappings.answers_of(session, batch.organisation_id)
        sender = sender_of_batch(session, batch)
        run = TableImport(desk, sender, mapping, answers, batch.digest, readings=self._readings)
        rows = batch_desk.next_rows(session, batch.id, position_of(batch), PARCELS_AT_ONCE)
        last = max((row.parcel for row in rows), default=None)
        if batch.state is BatchState.RUNNING:
            # What was found faulty is left out; a row that stood and has become a conflict since is noted as one.
            rows = [row for row in rows if row.verdict is not RowVerdict.FAULTY]
        return run, last, parcels_of(rows, mapping)

    def _write(
        self, session: Session, seen: Batch, run: TableImport, reads: list[ReadParcel], last: int | None
    ) -> None:
        take_turn(session)
        batch = batch_desk.find_batch(session, seen.id, seen.organisation_id, lock=True)
        if batch.state is not seen.state or batch.figures != seen.figures or batch.state not in IN_WORK:
            return  # somebody else has done this step
        if batch.state is BatchState.CHECKING:
            run.look(session, reads)
        else:
            run.keep(session, reads)
        batch_desk.set_verdicts(session, batch.id, [verdict_row(fate) for fate in run.fates.values()])
        now = datetime.now(UTC)
        batch.figures = {**add_figures(batch.figures, run.outcome), "position": last or position_of(batch)}
        batch.changed_at = now
        if last is None:
            self._finish(session, batch, run)
        else:
            batch.leased_by, batch.leased_until = self.name, now + batch_desk.LEASE
        session.add(batch)

    @staticmethod
    def _finish(session: Session, batch: Batch, run: TableImport) -> None:
        batch.leased_by, batch.leased_until = "", None
        if batch.state is BatchState.CHECKING:
            batch.state = BatchState.CHECKED
            return
        batch.state = BatchState.DONE
        imported.note_file(
            session,
            batch.organisation_id,
            batch.digest,
            name=batch.file_name,
            mapping=run.mapping.model_dump_json(),
            rows=batch.rows,
        )


def position_of(batch: Batch) -> int:
    """The first row of the last report that was treated in this pass."""
    return int(str(batch.figures.get("position", 0)))


def add_figures(before: Mapping[str, object], outcome: Outcome) -> dict[str, object]:
    """The figures of the steps so far and of one more."""
    added: dict[str, object] = {}
    for name in ("rows", "reports", "repeated", "reidentified", "left", "accepted"):
        added[name] = int(str(before.get(name, 0))) + int(getattr(outcome, name))
    for name in ("matches", "unrecognised", "silent"):
        counted = Counter(cast("dict[str, int]", before.get(name, {})))
        counted.update({str(key): count for key, count in getattr(outcome, name).items()})
        added[name] = dict(counted.most_common(_MOST_NAMES))
    return added
