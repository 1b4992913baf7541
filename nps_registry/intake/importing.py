"""A laboratory's own table, row by row into reports; interrupted, it goes on where it stopped."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import TypeVar

from nps_registry.errors import FieldError, InvalidInput
from nps_registry.intake.amendment import read_submission
from nps_registry.intake.answers import Unrecognised
from nps_registry.intake.mapping import Mapping
from nps_registry.intake.receive import Receipt, receive
from nps_registry.intake.rows import Arrival
from nps_registry.intake.submission import CELLS_OF_A_TABLE, Submission
from nps_registry.intake.table import TableRow, Tally, file_digest, read_table, submission_of
from nps_registry.intake.understanding import Desk, Readings, Sender, work_all
from nps_registry.store import reports as stored
from nps_registry.store.engine import Engine, writing
from nps_registry.vocabulary.finding import Match

_CHUNK = 500
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class RowFault:
    """A row that did not become a report, and why."""

    number: int
    errors: tuple[FieldError, ...]


@dataclass(slots=True)
class Outcome:
    """What became of a table.

    Attributes:
        rows: rows read.
        reports: reports made by this run.
        repeated: rows that were reports already.
        matches: detections by how they met the registry.
        unrecognised: names that are not in the registry, with how often they stood.
    """

    rows: int = 0
    reports: int = 0
    repeated: int = 0
    accepted: int = 0
    faults: list[RowFault] = field(default_factory=list)
    matches: Counter[Match] = field(default_factory=Counter)
    unrecognised: Counter[str] = field(default_factory=Counter)
    silent: Counter[str] = field(default_factory=Counter)

    @property
    def detections(self) -> int:
        """Detections of the reports made by this run."""
        return sum(self.matches.values())

    def names(self, suggest: Callable[[str], str]) -> list[Unrecognised]:
        """The unrecognised names for a curator to answer, each with what it may have meant."""
        return [Unrecognised(name, count, suggest(name)) for name, count in self.unrecognised.items()]


def chunks(values: Iterable[_T], size: int) -> Iterator[list[_T]]:
    """*values* in lists of at most *size*."""
    rest = iter(values)
    while chunk := list(islice(rest, size)):
        yield chunk


def import_table(
    engine: Engine,
    desk: Desk,
    sender: Sender,
    path: Path,
    *,
    mapping: Mapping,
    answers: dict[str, str],
    progress: Callable[[int], None] = lambda _rows: None,
) -> Outcome:
    """Make a report of every row of *path* that is not one yet, 500 rows a transaction.

    *progress* is told how many further rows are done.

    Raises:
        InvalidInput: the file itself cannot be read; rows already committed stay.
    """
    digest, outcome, readings, tally = file_digest(path), Outcome(), Readings(), Tally()
    for rows in chunks(read_table(path, mapping), _CHUNK):
        with writing(engine) as session:
            known = stored.rows_of_file(session, sender.organisation.id, digest, [row.number for row in rows])
            fresh = [row for row in rows if row.number not in known]
            outcome.repeated += len(rows) - len(fresh)
            good = [pair for row in fresh if (pair := _read_row(row, mapping, answers, (readings, tally, outcome)))]
            arrivals = [(part, _arrival(row, digest)) for row, part in good]
            receipts = receive(session, desk, sender, arrivals, readings=readings, differences=False)
        _tally(outcome, receipts)
        outcome.rows += len(rows)
        progress(len(rows))
    outcome.silent = tally.silent
    return outcome


def _arrival(row: TableRow, digest: str) -> Arrival:
    return Arrival(row.payload, row.payload_digest, file_digest=digest, file_row=row.number)


def _read_row(
    row: TableRow, mapping: Mapping, answers: dict[str, str], kept: tuple[Readings, Tally, Outcome]
) -> tuple[TableRow, Submission] | None:
    """The row as a submission; one that cannot be kept is noted as a fault and holds up no other."""
    readings, tally, outcome = kept
    try:
        submission = read_submission(submission_of(row, mapping, answers, tally), context=CELLS_OF_A_TABLE)
        work_all(submission, readings)
    except InvalidInput as refusal:
        outcome.faults.append(RowFault(row.number, refusal.errors or (FieldError("", refusal.detail),)))
        return None
    return row, submission


def _tally(outcome: Outcome, receipts: Sequence[Receipt]) -> None:
    outcome.reports += len(receipts)
    for receipt in receipts:
        outcome.accepted += receipt["state"] == "accepted"
        detections = receipt["detections"]
        assert isinstance(detections, list)
        for detection in detections:
            outcome.matches[Match(detection["match"])] += 1
            if any(note["code"] == "name_unknown" for note in detection["notes"]):
                outcome.unrecognised[detection["reported_as"]] += 1
