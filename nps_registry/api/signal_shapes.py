"""The shapes of signals, for the API's description."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, Field

from nps_registry.api.review_shapes import Body
from nps_registry.api.substance_shapes import Demonstration, PageShape
from nps_registry.intake.submission import Long
from nps_registry.vocabulary.signal import SignalAct, SignalKind, SignalState
from nps_registry.vocabulary.substance import Nature


class JudgementBody(Body):
    """Why a curator assesses, escalates or dismisses a signal."""

    reason: Long = Field(min_length=1)


class SignalledSubstanceShape(BaseModel):
    """The substance a signal is about."""

    accession: str
    name: str
    nature: Nature


class WeightShape(BaseModel):
    """A reason for the weight of a signal."""

    reason: str
    points: int


class SignalShape(BaseModel):
    """One signal as the caller may read it."""

    id: str
    kind: SignalKind
    headline: str = Field(description="What was noticed, in words.")
    substance: SignalledSubstanceShape
    country: str | None
    region: str | None
    region_name: str | None
    year: int
    quarter: int | None
    state: SignalState
    retracted: bool = Field(description="It held once and holds no longer; lists leave it out unless asked.")
    audience: str = Field(description="Over which reports the rule was asked: public, network, review, a country.")
    rule: str = Field(description="Name and version.")
    evidence: dict[str, Any] = Field(description="Observed and expected numbers, in quarters.")
    url: str
    score: float | None = Field(default=None, description="Weight for triage, 0 to 100; for those who review.")
    reasons: list[WeightShape] | None = Field(default=None, description="What the score is made of.")
    revision: int | None = Field(default=None, description="For If-Match; for those who review.")


class SignalListShape(PageShape):
    """Signals, the latest quarter first."""

    items: list[SignalShape]


class SignalStepShape(BaseModel):
    """What happened to a signal after it was raised."""

    act: SignalAct
    state: SignalState
    at: str
    by: str | None = Field(default=None, description="For those who review; none where a rule did it.")
    reason: str | None = Field(default=None, description="For those who review.")


class SignalReportShape(BaseModel):
    """A report that a signal rests on and that the caller may see."""

    reference: str
    url: str


class WholeSignalShape(SignalShape):
    """A signal with its history and the reports that it rests on."""

    steps: list[SignalStepShape]
    reports: list[SignalReportShape]
    reports_total: int
    demonstration: Demonstration
