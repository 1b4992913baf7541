"""The bodies that reports take and the shapes that they answer, for the API's description.

Answers are put together from receipts and views, not from these classes; a test holds the two together.
"""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from nps_registry.api.substance_shapes import Demonstration, PageShape
from nps_registry.vocabulary.finding import EventType, Match
from nps_registry.vocabulary.report import ReportState, Sharing
from nps_registry.vocabulary.signal import SignalKind
from nps_registry.vocabulary.substance import Status


class Withdrawal(BaseModel):
    """Why a report is taken back."""

    model_config = ConfigDict(extra="forbid", strict=True)

    reason: str = Field(min_length=1, max_length=1000)


class NamedSubstanceShape(BaseModel):
    """A substance by accession and name."""

    accession: str
    name: str
    status: Status


class NoveltyShape(BaseModel):
    """Whether the finding is the first of its kind among what the caller may see."""

    world: bool
    region: bool
    country: bool


class SuggestedClassShape(BaseModel):
    """The chemical class that suggests itself for a new structure."""

    key: str
    why: str


class AnalogueShape(BaseModel):
    """A known substance that resembles it; `difference` says how it differs, where time allowed."""

    accession: str
    name: str
    score: float


class NoteShape(BaseModel):
    """Something the laboratory should know."""

    code: str
    message: str


class ReceivedDetectionShape(BaseModel):
    """What the registry made of one detection."""

    item: int = Field(description="From 0.")
    index: int = Field(description="From 0 within the item.")
    reported_as: str
    substance: NamedSubstanceShape | None = Field(description="For a stereo variant, the known one of its skeleton.")
    match: Match
    variant: NamedSubstanceShape | None = Field(description="For a stereo variant, the entry that is counted.")
    candidates: list[NamedSubstanceShape]
    novelty: NoveltyShape
    meets_swgdrug_minimum: bool | None
    suggested_class: SuggestedClassShape | None
    analogues: list[AnalogueShape]
    notes: list[NoteShape]


class ReceivedSignalShape(BaseModel):
    """What the report raised, as far as the caller may see; firsts are those among what the caller may see."""

    kind: SignalKind
    substance: str = Field(description="Accession.")
    country: str | None = Field(description="None where it is about a region or the world.")


class ReceiptShape(BaseModel):
    """What the registry made of a report."""

    id: str
    reference: str | None = Field(description="Public, minted at acceptance.")
    state: ReportState
    sharing: Sharing
    demonstration: Demonstration
    detections: list[ReceivedDetectionShape]
    signals: list[ReceivedSignalShape]
    links: dict[str, Any]


class EventShape(BaseModel):
    """What happened, where and when; who may read more sees more."""

    type: EventType
    country: str
    year: int
    quarter: int = Field(description="1 to 4; 0 where only the year is known.")


class SeenDetectionShape(BaseModel):
    """A detection as the caller may read it."""

    match: Match
    substance: NamedSubstanceShape | None


class ItemShape(BaseModel):
    """An item as the caller may read it."""

    form: str
    detections: list[SeenDetectionShape]


class ReportShape(BaseModel):
    """A report as the caller may read it; the reporting laboratory and those who review it see more fields."""

    id: str
    reference: str | None
    state: ReportState
    sharing: Sharing
    demonstration: Demonstration
    event: EventShape
    items: list[ItemShape]


class ReportListShape(PageShape):
    """The reports of the caller's organisation."""

    items: list[ReportShape]
