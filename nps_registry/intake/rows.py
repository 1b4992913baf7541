"""A worked submission as the rows that keep it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter

from nps_registry.intake.matching import Identification
from nps_registry.intake.steps import Remark, Working
from nps_registry.intake.submission import EventPart, ItemPart, Submission
from nps_registry.store.tables import (
    CandidateSubstance,
    Detection,
    Event,
    Item,
    Report,
    ReportRevision,
    Substance,
    Table,
)
from nps_registry.store.tables.base import random_id
from nps_registry.vocabulary.report import ReportState, RevisionCause

Row = Mapping[str, object]
_KEPT_AS_GIVEN = (
    "unidentified", "role", "result", "purity_percent", "purity_basis", "purity_per", "amount_per_unit_mg",
    "concentration", "concentration_unit", "limit_of_quantification", "reference_material", "library_match",
    "causality", "causality_final", "candidates", "techniques",
)  # fmt: skip
"""Of a detection, what its row holds just as the laboratory said it."""
_as_given = attrgetter(*_KEPT_AS_GIVEN)


@dataclass(frozen=True, slots=True)
class Arrival:
    """What is kept of how a submission came in.

    Attributes:
        payload: the text as it arrived.
        payload_digest: SHA-256 of the bytes as they arrived, hexadecimal.
        file_digest: of the file it stood in, for a row without a reference of its own.
        file_row: 1-based row of that file.
        received_at: when it arrived, where that was not now.
    """

    payload: str
    payload_digest: str
    file_digest: str | None = None
    file_row: int | None = None
    received_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Understood:
    """One detection with what was made of it and the entry it counts for."""

    working: Working
    identification: Identification
    substance: Substance | None

    @property
    def remarks(self) -> tuple[Remark, ...]:
        """All that the laboratory should know about this detection."""
        return self.working.remarks + self.identification.remarks

    @property
    def has_problem(self) -> bool:
        """Whether a person should look before this is accepted."""
        return any(remark.problem for remark in self.remarks)


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a new report stands at once, and by whom it was submitted."""

    organisation_id: str
    actor: str
    state: ReportState
    reference: str | None
    at: datetime
    demonstration: bool


def event_row(event: EventPart) -> dict[str, object]:
    """The row of *event*."""
    day = event.dated
    return {**vars(event), "id": random_id(), "year": day.year, "quarter": day.quarter}


def report_row(submission: Submission, arrival: Arrival, standing: Standing, event_id: object) -> dict[str, object]:
    """The row of the report itself."""
    released = standing.state in {ReportState.RELEASED, ReportState.ACCEPTED}
    return {
        "id": random_id(),
        "reference": standing.reference,
        "organisation_id": standing.organisation_id,
        "event_id": event_id,
        "own_reference": submission.own_reference,
        "file_digest": arrival.file_digest,
        "file_row": arrival.file_row,
        "state": standing.state,
        "sharing": submission.sharing,
        "hold_until": submission.hold_until,
        "legal_hold": submission.legal_hold,
        "demonstration": standing.demonstration,
        "payload": arrival.payload,
        "payload_digest": arrival.payload_digest,
        "note": submission.note,
        "submitted_by": standing.actor,
        "created_at": standing.at,
        "submitted_at": standing.at,
        "released_at": standing.at if released else None,
        "accepted_at": standing.at if standing.state is ReportState.ACCEPTED else None,
        "withdrawn_at": None,
        "withdrawal_reason": "",
        "revision": 1,
    }


def item_row(item: ItemPart, report_id: object, position: int) -> dict[str, object]:
    """The row of one item; *position* counts from 0."""
    fields = {name: value for name, value in vars(item).items() if name != "detections"}
    return {**fields, "id": random_id(), "report_id": report_id, "position": position}


def detection_row(understood: Understood, item_id: object, report_id: object, position: int) -> dict[str, object]:
    """The row of one detection; *position* counts from 0 within its item."""
    working, part = understood.working, understood.working.part
    mass = working.mass
    return {
        **dict(zip(_KEPT_AS_GIVEN, _as_given(part), strict=True)),
        "mz": part.mz,
        "adduct": mass.adduct if mass else "",
        "ppm": mass.ppm if mass else None,
        "mass_low_da": mass.low_da if mass else None,
        "mass_high_da": mass.high_da if mass else None,
        "id": random_id(),
        "item_id": item_id,
        "report_id": report_id,
        "position": position,
        "substance_id": understood.substance.id if understood.substance else None,
        "match": understood.identification.match,
        "reported_as": working.reported_as,
        "name_given": part.name or "",
        "structure_given": part.structure or "",
        "stereo_given": part.stereo,
        "formula": working.formula,
        "chemical_class": part.chemical_class or "",
        "candidate_ids": [candidate.id for candidate in understood.identification.candidates],
        "salt_form": working.salt_form,
        "isotopes": working.isotopes,
        "meets_swgdrug_minimum": working.meets_swgdrug_minimum,
        "notes": [{"code": remark.code, "message": remark.message} for remark in understood.remarks],
    }


def identifications(understood: Sequence[Understood]) -> list[dict[str, object]]:
    """What was identified, as a revision keeps it."""
    return [
        {
            "path": entry.working.path,
            "reported_as": entry.working.reported_as,
            "match": entry.identification.match.value,
            "accession": entry.substance.accession if entry.substance else None,
        }
        for entry in understood
    ]


def revision_row(report: Row, understood: Sequence[Understood], standing: Standing) -> dict[str, object]:
    """The first revision; the payload itself stays with the report until it is replaced."""
    return {
        "report_id": report["id"],
        "revision": 1,
        "cause": RevisionCause.SUBMITTED,
        "reason": "",
        "payload": "",
        "payload_digest": report["payload_digest"],
        "identifications": identifications(understood),
        "made_by": standing.actor,
        "made_at": standing.at,
    }


class Ledger:
    """The rows of a batch, gathered per table so that each table is written once."""

    TABLES: tuple[type[Table], ...] = (Event, Report, Item, Detection, CandidateSubstance, ReportRevision)

    def __init__(self) -> None:
        self.rows: dict[type[Table], list[Row]] = {table: [] for table in self.TABLES}

    def enter(
        self, submission: Submission, understood: Sequence[Understood], arrival: Arrival, standing: Standing
    ) -> Row:
        """Gather the rows of one submission; answer its report row."""
        event = event_row(submission.event)
        report = report_row(submission, arrival, standing, event["id"])
        self.rows[Event].append(event)
        self.rows[Report].append(report)
        self.enter_contents(submission, understood, report["id"])
        self.rows[ReportRevision].append(revision_row(report, understood, standing))
        return report

    def enter_contents(self, submission: Submission, understood: Sequence[Understood], report_id: object) -> None:
        """Gather the items and detections of one submission."""
        entries = iter(understood)
        for item_position, part in enumerate(submission.items):
            item = item_row(part, report_id, item_position)
            self.rows[Item].append(item)
            for position, _part in enumerate(part.detections):
                self._enter_detection(next(entries), item["id"], report_id, position)

    def _enter_detection(self, entry: Understood, item_id: object, report_id: object, position: int) -> None:
        row = detection_row(entry, item_id, report_id, position)
        self.rows[Detection].append(row)
        self.rows[CandidateSubstance] += [
            {"detection_id": row["id"], "substance_id": candidate.id} for candidate in entry.identification.candidates
        ]
