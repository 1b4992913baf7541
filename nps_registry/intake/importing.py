"""A laboratory's own table, row by row into reports; interrupted, it goes on where it stopped.

The same table read again makes no second report: a row is known by the laboratory's own reference, or by
the file's digest with its number. What a curator answered since, or the registry learnt, is put in.

The command line, the API and the batch desk all go this one way: read the rows, look at them or keep them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

from nps_registry.collection import collection_paused
from nps_registry.errors import FieldError, InvalidInput
from nps_registry.intake.amendment import read_submission
from nps_registry.intake.answers import require_meanings
from nps_registry.intake.cells import TableCells
from nps_registry.intake.idempotency import digest_of, remember
from nps_registry.intake.mapping import Mapping as TableMapping
from nps_registry.intake.outcome import Outcome, RowFate, RowFault
from nps_registry.intake.parcel import Parcel, RowFaults, gather, say
from nps_registry.intake.receive import Receipt, receive
from nps_registry.intake.repeated import Repeated
from nps_registry.intake.rereading import Reread, may_be_reread, reread
from nps_registry.intake.rows import Arrival
from nps_registry.intake.steps import Working
from nps_registry.intake.submission import Submission
from nps_registry.intake.table import Tally, file_digest, read_table
from nps_registry.intake.understanding import Desk, Readings, Sender, identify, work_all
from nps_registry.localisation import gettext as _
from nps_registry.store import imported
from nps_registry.store.engine import Engine, Session, reading, take_turn, writing
from nps_registry.store.imported import Held
from nps_registry.vocabulary.batch import RowVerdict
from nps_registry.vocabulary.report import ReportState

PARCELS_AT_ONCE = 500
"""Reports that are written in one transaction where a table may be written in parts."""

_T = TypeVar("_T")


def chunks(values: Iterable[_T], size: int) -> Iterator[list[_T]]:
    """*values* in lists of at most *size*."""
    rest = iter(values)
    while chunk := list(islice(rest, size)):
        yield chunk


@dataclass(frozen=True, slots=True)
class ReadParcel:
    """Rows that can be kept: what they say, and their detections worked."""

    parcel: Parcel
    value: dict[str, Any]
    submission: Submission
    workings: Sequence[Working]

    @property
    def key(self) -> int | str:
        """By what it is known again: the laboratory's own reference, else its number in the file."""
        return self.submission.own_reference or self.parcel.number


@dataclass
class TableImport:
    """One run over one table, in parts of any size.

    Attributes:
        digest: SHA-256 of the file.
        fates: what became of every row so far, by its number.
    """

    desk: Desk
    sender: Sender
    mapping: TableMapping
    answers: Mapping[str, str]
    digest: str
    readings: Readings = field(default_factory=Readings)
    tally: Tally = field(default_factory=Tally)
    outcome: Outcome = field(default_factory=Outcome)
    fates: dict[int, RowFate] = field(default_factory=dict)
    repeated: Repeated = field(default_factory=Repeated)
    cells: TableCells = field(init=False)

    def __post_init__(self) -> None:
        """Make ready what reads the cells, once for all rows."""
        self.cells = TableCells.of(self.mapping)

    def read(self, parcels: Iterable[Parcel]) -> list[ReadParcel]:
        """*parcels* as submissions, without the database; one with faults is noted and holds up no other."""
        with collection_paused():
            return [read for parcel in parcels if (read := self._read(parcel))]

    def look(self, session: Session, reads: Sequence[ReadParcel]) -> None:
        """Note what would become of *reads*; nothing is written."""
        fresh, again = self._sort(session, reads)
        worked, identified = identify(
            session, self.desk, self.sender.viewer, [read.workings for read in (*fresh, *(row for row, _held in again))]
        )
        for workings, entries in zip(worked, identified, strict=True):
            for working, entry in zip(workings, entries, strict=True):
                self.outcome.count_identified(working, entry)
        for read in fresh:
            self._note(read.parcel, RowVerdict.STANDS)

    def keep(self, session: Session, reads: Sequence[ReadParcel]) -> None:
        """Make reports of those *reads* that are none yet, and identify the others anew."""
        take_turn(session)
        fresh, again = self._sort(session, reads)
        with collection_paused():
            self._make(session, fresh)
        self._mend(session, [Reread(held, read.submission, read.workings) for read, held in again])

    def _read(self, parcel: Parcel) -> ReadParcel | None:
        self.outcome.rows += len(parcel.rows)
        try:
            said = say(parcel, self.mapping, self.answers, self.tally, self.cells)
            try:
                submission = self._submission_of(said.value, parcel)
                return ReadParcel(parcel, said.value, submission, work_all(submission, self.readings))
            except InvalidInput as refusal:
                raise RowFaults(said.locate(refusal.errors or (FieldError("", refusal.detail),))) from None
        except RowFaults as broken:
            self._fault(parcel, broken.faults)
            return None

    def _submission_of(self, value: dict[str, Any], parcel: Parcel) -> Submission:
        return read_submission(value) if parcel.whole else self.repeated.read_submission(value)

    def _sort(
        self, session: Session, reads: Sequence[ReadParcel]
    ) -> tuple[list[ReadParcel], list[tuple[ReadParcel, Held]]]:
        """Those that are no reports yet, and those that are and may be identified anew; the others are noted."""
        held = self._find_held(session, reads)
        fresh: dict[int | str, ReadParcel] = {}
        again: list[tuple[ReadParcel, Held]] = []
        for read in reads:
            if found := held.get(read.key) or held.get(read.parcel.number):
                again += self._meet(read, found)
            elif read.key not in fresh:
                fresh[read.key] = read
            elif fresh[read.key].parcel.payload_digest == read.parcel.payload_digest:
                self.outcome.repeated += 1
                self._note(read.parcel, RowVerdict.ALREADY)
            else:
                self._refuse(read, _("“%(reference)s” stands in this table twice, with different contents"))
        return list(fresh.values()), again

    def _find_held(self, session: Session, reads: Sequence[ReadParcel]) -> dict[int | str, Held]:
        references = [read.key for read in reads if isinstance(read.key, str)]
        numbers = [read.parcel.number for read in reads]
        found = imported.find_held(session, self.sender.organisation.id, self.digest, numbers, references)
        by_key: dict[int | str, Held] = {}
        for held in found:
            if held.of_file == self.digest and held.file_row is not None:
                by_key[held.file_row] = held
            if held.own_reference is not None:
                by_key[held.own_reference] = held
        return by_key

    def _meet(self, read: ReadParcel, held: Held) -> Iterator[tuple[ReadParcel, Held]]:
        """What to do with rows that are a report: nothing where somebody else has changed that since."""
        if held.first_digest != read.parcel.payload_digest:
            self._refuse(read, _("your report “%(reference)s” is here and says something else; amend that"))
            return
        self.outcome.repeated += 1
        self._note(read.parcel, RowVerdict.ALREADY, held.report_id, held.reference, held.state)
        if may_be_reread(held):
            yield read, held
        else:
            self.outcome.left += 1

    def _refuse(self, read: ReadParcel, sentence: str) -> None:
        message = sentence % {"reference": read.key}
        self._fault(read.parcel, {read.parcel.number: [FieldError("own_reference", message)]})

    def _fault(self, parcel: Parcel, faults: Mapping[int, Sequence[FieldError]]) -> None:
        """Note what is wrong with rows; those that are one report with them cannot be kept either."""
        first = min(faults)
        sibling = FieldError("", _("Row %(row)d of the same report has faults.") % {"row": first})
        for row in parcel.rows:
            errors = tuple(faults.get(row.number, (sibling,)))
            self.fates[row.number] = RowFate(row.number, RowVerdict.FAULTY, errors)
            self.outcome.faults.append(RowFault(row.number, errors))

    def _note(
        self,
        parcel: Parcel,
        verdict: RowVerdict,
        report_id: str | None = None,
        reference: str | None = None,
        state: ReportState | None = None,
    ) -> None:
        for row in parcel.rows:
            self.fates[row.number] = RowFate(row.number, verdict, (), report_id, reference, state)

    def _make(self, session: Session, reads: Sequence[ReadParcel]) -> None:
        if not reads:
            return
        arrivals = [(read.submission, _arrival(read, self.digest)) for read in reads]
        worked = [read.workings for read in reads]
        receipts = receive(
            session, self.desk, self.sender, arrivals, readings=self.readings, worked=worked, analogues=False
        )
        self._remember(session, reads, receipts)
        for read, receipt in zip(reads, receipts, strict=True):
            self.outcome.count_receipt(receipt)
            reference = receipt["reference"]
            self._note(
                read.parcel,
                RowVerdict.KEPT,
                str(receipt["id"]),
                str(reference) if reference else None,
                ReportState(str(receipt["state"])),
            )

    def _remember(self, session: Session, reads: Sequence[ReadParcel], receipts: Sequence[Receipt]) -> None:
        referred = [
            (f"own:{read.submission.own_reference}", digest_of(read.value), receipt)
            for read, receipt in zip(reads, receipts, strict=True)
            if read.submission.own_reference
        ]
        if referred:
            remember(session, self.sender, referred)

    def _mend(self, session: Session, rows: Sequence[Reread]) -> None:
        if not rows:
            return
        answered = reread(session, self.desk, self.sender, rows, self.readings)
        self.outcome.reidentified += len(answered.changed)
        self.outcome.accepted += len(answered.accepted)
        for understood in answered.understood:
            self.outcome.count_reread(understood)


def _arrival(read: ReadParcel, digest: str) -> Arrival:
    return Arrival(read.parcel.payload, read.parcel.payload_digest, file_digest=digest, file_row=read.parcel.number)


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
    run = TableImport(desk, sender, mapping, answers, file_digest(path))
    for parcels in chunks(gather(read_table(path, mapping), mapping), PARCELS_AT_ONCE):
        reads = run.read(parcels)
        with writing(engine) as session:
            run.keep(session, reads)
        progress(sum(len(parcel.rows) for parcel in parcels), total)
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
