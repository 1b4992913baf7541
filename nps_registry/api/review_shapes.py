"""The bodies that the review takes and the shapes that it answers, for the API's description."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer, WithJsonSchema

from nps_registry.api.report_shapes import ReportShape
from nps_registry.api.substance_shapes import Demonstration
from nps_registry.intake.submission import Long, Moment, Short, Truth
from nps_registry.localisation import gettext as _
from nps_registry.vocabulary.partial_date import PartialDate
from nps_registry.vocabulary.report import ReportState, Sharing
from nps_registry.vocabulary.review import Act, Reason
from nps_registry.vocabulary.substance import Stereo


def _read_day(value: object) -> PartialDate:
    if not isinstance(value, str):
        raise ValueError(_("A date is text: YYYY, YYYY-MM or YYYY-MM-DD."))
    return PartialDate.read(value)


Bound = Annotated[
    PartialDate,
    BeforeValidator(_read_day),
    PlainSerializer(str),
    WithJsonSchema({"type": "string", "pattern": r"^\d{4}(-\d{2}(-\d{2})?)?$", "examples": ["2026-10"]}),
]
"""A day, a month or a year that a period begins or ends with; it may lie ahead."""


class Body(BaseModel):
    """Base of the bodies: nothing but what is described."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)


class TermsBody(Body):
    """Who may see a report, and from when. What is left out stays as it is."""

    sharing: Sharing | None = None
    hold_until: Moment | None = Field(default=None, description="An instant; the report is held back until then.")
    legal_hold: Truth | None = None
    reason: Long = ""


class QuestionBody(Body):
    """A question to the laboratory."""

    question: Long = Field(min_length=1)


class AnswerBody(Body):
    """The laboratory's answer."""

    answer: Long = Field(min_length=1)


class AcceptanceBody(Body):
    """A remark on an acceptance."""

    reason: Long = ""


class FieldReason(Body):
    """What has to be corrected in one field."""

    field: Short = Field(min_length=1, examples=["items[0].detections[1].structure"])
    message: Long = Field(min_length=1)


class ReturnBody(Body):
    """Why a report is returned: for the whole, per field, or both."""

    reason: Long = ""
    fields: Annotated[list[FieldReason], Field(max_length=200)] = []


class PlaceBody(Body):
    """A detection within a report."""

    item: int = Field(ge=0, le=10_000, description="From 0.")
    index: int = Field(ge=0, le=10_000, description="From 0 within the item.")


class TargetBody(Body):
    """What it is: one of the three."""

    accession: Annotated[str, Field(max_length=16)] = ""
    structure: Annotated[str, Field(max_length=1_000_000)] = ""
    stereo: Stereo | None = None
    name: Short = ""


class CorrectionBody(Body):
    """Which detections are corrected, to what, and how that was found out."""

    substance: Annotated[str, Field(max_length=16, description="Accession of what was said.")] | None = None
    reports: Annotated[list[Short], Field(max_length=1_000, description="Ids or references.")] = []
    collected_from: Bound | None = None
    collected_to: Bound | None = None
    places: Annotated[list[PlaceBody], Field(max_length=2_000, description="Within a single report.")] = []
    to: TargetBody
    reason: Long = Field(min_length=1)
    preview: Truth = Field(default=False, description="Say what would happen, and do nothing.")


class StepShape(BaseModel):
    """What was done to a report."""

    act: Act
    from_state: ReportState
    to_state: ReportState
    revision: int = Field(description="Of the report behind this step.")
    by: str
    at: datetime
    reason: str
    fields: list[FieldReason]


class HistoryShape(BaseModel):
    """All that was done to a report, oldest first."""

    id: str
    state: ReportState
    revision: int
    steps: list[StepShape]
    demonstration: Demonstration


class ReviewedShape(ReportShape):
    """The report as the reviewer reads it behind the step."""

    revision: int | None = None
    waits_for_second_reviewer: bool


class QueueEntryShape(BaseModel):
    """A report that waits."""

    id: str
    state: ReportState
    country: str
    waiting_since: datetime
    reasons: list[Reason]
    links: dict[str, Any]


class QueueShape(BaseModel):
    """What waits, what matters most first."""

    items: list[QueueEntryShape]
    total: int = Field(description="Exact where `total_is_exact`; more wait where it is not.")
    total_is_exact: bool
    next: str | None
    demonstration: Demonstration


class CorrectedShape(BaseModel):
    """A report that was corrected."""

    id: str
    reference: str | None
    own_reference: str | None
    state: ReportState
    places: list[PlaceBody]
    reported_as: list[str]
    previous: list[str | None]


class MovedShape(BaseModel):
    """A substance whose public figures move."""

    accession: str
    name: str
    events_before: int
    events_after: int
    firsts_before: int
    firsts_after: int


class CorrectionShape(BaseModel):
    """What a re-identification did, or would do."""

    preview: bool
    accession: str
    name: str
    reports: list[CorrectedShape]
    moved: list[MovedShape]
    back_to_review: int
    told: int = Field(description="Organisations that are told.")
    demonstration: Demonstration
