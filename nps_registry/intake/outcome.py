"""What became of a laboratory's table, counted while its rows are read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field

from nps_registry.errors import FieldError
from nps_registry.intake.answers import Unrecognised
from nps_registry.intake.matching import Identification
from nps_registry.intake.receive import Receipt
from nps_registry.intake.rows import Understood
from nps_registry.intake.steps import Working
from nps_registry.vocabulary.batch import RowVerdict
from nps_registry.vocabulary.finding import Match
from nps_registry.vocabulary.report import ReportState

_OPEN = frozenset({"name_unknown", "candidate_unknown", "name_ambiguous"})


@dataclass(frozen=True, slots=True)
class RowFate:
    """What became of one row, or would become of it.

    Attributes:
        report_id: the report that it is a part of; none where it is none.
        reference: the public reference of that report, once it has one.
    """

    number: int
    verdict: RowVerdict
    errors: tuple[FieldError, ...] = ()
    report_id: str | None = None
    reference: str | None = None
    state: ReportState | None = None


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
        reidentified: those of them that say something else now than they did.
        left: those of them that somebody else has changed or ended since, and that were not read again.
        accepted: reports accepted by this run.
        matches: detections of every row but those left, by how they met the registry.
        unrecognised: names that are not in the registry or of several substances, with how often they stood.
        silent: texts that said that nothing was found.
    """

    rows: int = 0
    reports: int = 0
    repeated: int = 0
    reidentified: int = 0
    left: int = 0
    accepted: int = 0
    faults: list[RowFault] = field(default_factory=list)
    matches: Counter[Match] = field(default_factory=Counter)
    unrecognised: Counter[str] = field(default_factory=Counter)
    silent: Counter[str] = field(default_factory=Counter)

    @property
    def detections(self) -> int:
        """Detections of the rows read."""
        return sum(self.matches.values())

    def names(self, suggest: Callable[[str], str]) -> list[Unrecognised]:
        """The unrecognised names for a curator to answer, each with what it may have meant."""
        return [Unrecognised(name, count, suggest(name)) for name, count in self.unrecognised.items()]

    def count_receipt(self, receipt: Receipt) -> None:
        """Count a report made."""
        self.reports += 1
        self.accepted += receipt["state"] == ReportState.ACCEPTED
        detections = receipt["detections"]
        assert isinstance(detections, list)
        for detection in detections:
            self._count(Match(detection["match"]), detection["reported_as"], _codes(detection["notes"]))

    def count_reread(self, detections: Collection[Understood]) -> None:
        """Count the detections of a row that was a report already."""
        for entry in detections:
            self.count_identified(entry.working, entry.identification)

    def count_identified(self, working: Working, identification: Identification) -> None:
        """Count one detection."""
        codes = {remark.code for remark in (*working.remarks, *identification.remarks)}
        self._count(identification.match, working.reported_as, codes)

    def _count(self, match: Match, reported_as: str, codes: Collection[str]) -> None:
        self.matches[match] += 1
        if _OPEN.intersection(codes):
            self.unrecognised[reported_as] += 1


def _codes(notes: Collection[Mapping[str, str]]) -> set[str]:
    return {note["code"] for note in notes}
