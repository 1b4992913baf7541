"""A laboratory's own table, row by row into reports; interrupted, it goes on where it stopped.

The same table read again makes no second report: a row is known by the laboratory's own reference, or by
the file's digest with its number. What a curator answered since, or the registry learnt, is put in.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

from nps_registry.errors import FieldError, InvalidInput
from nps_registry.intake.amendment import read_submission
from nps_registry.intake.answers import require_meanings
from nps_registry.intake.idempotency import digest_of, remember
from nps_registry.intake.mapping import Mapping as TableMapping
from nps_registry.intake.outcome import Outcome, RowFault
from nps_registry.intake.receive import receive
from nps_registry.intake.rereading import Reread, may_be_reread, reread
from nps_registry.intake.rows import Arrival
from nps_registry.intake.steps import Working
from nps_registry.intake.submission import CELLS_OF_A_TABLE, Submission
from nps_registry.intake.table import TableRow, Tally, file_digest, read_table, submission_of
from nps_registry.intake.understanding import Desk, Readings, Sender, work_all
from nps_registry.localisation import gettext as _
from nps_registry.store import imported
from nps_registry.store.engine import Engine, Session, reading, writing
from nps_registry.store.imported import Held

_CHUNK = 500
_T = TypeVar("_T")


def chunks(values: Iterable[_T], size: int) -> Iterator[list[_T]]:
    """*values* in lists of at most *size*."""
    rest = iter(values)
    while chunk := list(islice(rest, size)):
        yield chunk


@dataclass(frozen=True, slots=True)
class _Row:
    """A row that can be kept: what it says, and its detections worked."""

    row: TableRow
    value: dict[str, Any]
    submission: Submission
    workings: Sequence[Working]

    @property
    def key(self) -> int | str:
        """By what it is known again: the laboratory's own reference, else its number in the file."""
        return self.submission.own_reference or self.row.number


@dataclass(frozen=True, slots=True)
class _Import:
    """One run over one table."""

    desk: Desk
    sender: Sender
    mapping: TableMapping
    answers: Mapping[str, str]
    digest: str
    readings: Readings = field(default_factory=Readings)
    tally: Tally = field(default_factory=Tally)
    outcome: Outcome = field(default_factory=Outcome)

    def take(self, session: Session, rows: Sequence[TableRow]) -> None:
        """Make reports of the *rows* that are none yet, and read the others again."""
        good = [read for row in rows if (read := self._read(row))]
        held = self._find_held(session, good)
        fresh: dict[int | str, _Row] = {}
        again: list[Reread] = []
        for read in good:
            if read.key in held:
                again += self._read_again(read, held[read.key])
            elif read.key not in fresh:
                fresh[read.key] = read
            elif fresh[read.key].row.payload_digest == read.row.payload_digest:
                self.outcome.repeated += 1
            else:
                self._refuse(read, _("“%(reference)s” stands in this table twice, with different contents"))
        self._make(session, list(fresh.values()))
        self._mend(session, again)
        self.outcome.rows += len(rows)

    def _read(self, row: TableRow) -> _Row | None:
        """The row as a submission; one that cannot be kept is noted as a fault and holds up no other."""
        try:
            value = submission_of(row, self.mapping, self.answers, self.tally)
            submission = read_submission(value, context=CELLS_OF_A_TABLE)
            return _Row(row, value, submission, work_all(submission, self.readings))
        except InvalidInput as refusal:
            self.outcome.faults.append(RowFault(row.number, refusal.errors or (FieldError("", refusal.detail),)))
            return None

    def _find_held(self, session: Session, rows: Sequence[_Row]) -> dict[int | str, Held]:
        references = [read.key for read in rows if isinstance(read.key, str)]
        numbers = [read.key for read in rows if isinstance(read.key, int)]
        found = imported.find_held(session, self.sender.organisation.id, self.digest, numbers, references)
        by_key = {held.own_reference or held.file_row: held for held in found}
        return {key: held for key, held in by_key.items() if key is not None}

    def _read_again(self, read: _Row, held: Held) -> Iterator[Reread]:
        """What to do with a row that is a report: nothing where somebody else has changed that since."""
        if held.first_digest != read.row.payload_digest:
            self._refuse(read, _("your report “%(reference)s” is here and says something else; amend that"))
            return
        self.outcome.repeated += 1
        if may_be_reread(held):
            yield Reread(held, read.submission, read.workings)
        else:
            self.outcome.left += 1

    def _refuse(self, read: _Row, sentence: str) -> None:
        message = sentence % {"reference": read.submission.own_reference}
        self.outcome.faults.append(RowFault(read.row.number, (FieldError("own_reference", message),)))

    def _make(self, session: Session, rows: Sequence[_Row]) -> None:
        if not rows:
            return
        arrivals = [(read.submission, _arrival(read, self.digest)) for read in rows]
        worked = [read.workings for read in rows]
        receipts = receive(
            session, self.desk, self.sender, arrivals, readings=self.readings, worked=worked, analogues=False
        )
        referred = [
            (f"own:{read.submission.own_reference}", digest_of(read.value), receipt)
            for read, receipt in zip(rows, receipts, strict=True)
            if read.submission.own_reference
        ]
        if referred:
            remember(session, self.sender, referred)
        for receipt in receipts:
            self.outcome.count_receipt(receipt)

    def _mend(self, session: Session, rows: Sequence[Reread]) -> None:
        if not rows:
            return
        answered = reread(session, self.desk, self.sender, rows, self.readings)
        self.outcome.reidentified += len(answered.changed)
        self.outcome.accepted += len(answered.accepted)
        for understood in answered.understood:
            self.outcome.count_reread(understood)


def _arrival(read: _Row, digest: str) -> Arrival:
    return Arrival(read.row.payload, read.row.payload_digest, file_digest=digest, file_row=read.row.number)


def import_table(
    engine: Engine,
    desk: Desk,
    sender: Sender,
    path: Path,
    *,
    mapping: TableMapping,
    answers: Mapping[str, str],
    progress: Callable[[int, int], None] = lambda _rows, _total: None,
) -> Outcome:
    """Make a report of every row of *path* that is not one yet, and identify the others anew; 500 rows a transaction.

    *progress* is told how many further rows are done, and how many there are.

    Raises:
        InvalidInput: the file cannot be read to its end, or an answer means nothing; no row is kept.
    """
    total = sum(1 for _row in read_table(path, mapping))
    with reading(engine) as session:
        require_meanings(session, answers, desk.rules.keys)
    run = _Import(desk, sender, mapping, answers, file_digest(path))
    for rows in chunks(read_table(path, mapping), _CHUNK):
        with writing(engine) as session:
            run.take(session, rows)
        progress(len(rows), total)
    run.outcome.silent = run.tally.silent
    with writing(engine) as session:
        imported.note_file(
            session,
            sender.organisation.id,
            run.digest,
            name=path.name,
            mapping=mapping.model_dump_json(),
            rows=run.outcome.rows,
        )
    return run.outcome
