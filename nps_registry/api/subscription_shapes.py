"""What subscriptions over HTTP take and answer, for the API's description."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from nps_registry.vocabulary.advisory import Severity
from nps_registry.vocabulary.notice import Change, Channel, DeliveryState, LookBackGround, NoticeKind
from nps_registry.vocabulary.signal import SignalKind
from nps_registry.vocabulary.substance import EffectGroup

Code = Annotated[str, Field(max_length=64)]


class CriteriaBody(BaseModel):
    """What to be told of: every field given must hold, and of its values any may."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    about: list[Literal[NoticeKind.SIGNAL, NoticeKind.ADVISORY, NoticeKind.LOOK_BACK]] = Field(
        default=[], max_length=3, description="all where none is given"
    )
    substances: list[Code] = Field(default=[], max_length=60, description="accessions")
    classes: list[Code] = Field(default=[], max_length=60, description="keys of chemical classes")
    effects: list[EffectGroup] = Field(default=[], max_length=60)
    countries: list[Code] = Field(default=[], max_length=60, description="ISO 3166-1 alpha-2, with XK")
    kinds: list[SignalKind] = Field(default=[], max_length=60, description="of signals; advisories come too")
    severities: list[Severity] = Field(
        default=[], max_length=60, description="of advisories; signals come all the same"
    )
    structure: str = Field(default="", max_length=20_000, description="SMILES, InChI or molfile that is resembled …")
    threshold: float = Field(default=0.6, ge=0.3, le=1.0, description="… from this Tanimoto similarity on")
    pattern: str = Field(default="", max_length=20_000, description="SMARTS that is contained")


class SubscriptionBody(BaseModel):
    """A subscription of the token that asks; it ends with the token."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    channel: Literal[Channel.WEBHOOK, Channel.FEED]
    address: str = Field(default="", max_length=2_000, description="of the webhook, https://…")
    label: str = Field(default="", max_length=200)
    criteria: CriteriaBody = CriteriaBody()


class SubscriptionShape(BaseModel):
    """A subscription."""

    id: str
    channel: Channel
    address: str
    label: str
    criteria: dict[str, Any]
    made_at: datetime
    in_force: bool = Field(description="whether the token that made it lives")


class MadeSubscriptionShape(SubscriptionShape):
    """A subscription that was made just now, with what is told once."""

    secret: str | None = Field(description="that webhooks are signed with: whsec_… as in Standard Webhooks")
    feed: str | None = Field(description="address of the private feed")


class SubscriptionListShape(BaseModel):
    """The subscriptions of the organisation's tokens."""

    items: list[SubscriptionShape]
    total: int
    demonstration: bool


class DeliveryShape(BaseModel):
    """What became of one notice."""

    id: str = Field(description="the webhook-id, the same at every attempt")
    notice: str
    kind: NoticeKind
    change: Change
    state: DeliveryState
    attempts: int
    made_at: datetime
    ended_at: datetime | None
    reason: str


class DeliveryListShape(BaseModel):
    """The latest deliveries of a subscription, the newest first."""

    items: list[DeliveryShape]
    total: int


class NoticeShape(BaseModel):
    """A notice in full."""

    id: str
    type: str = Field(examples=["signal.raised"])
    title: str
    data: dict[str, Any]
    demonstration: bool


class NamedSubstanceShape(BaseModel):
    """A substance by its accession and name."""

    accession: str
    name: str


class LookBackShape(BaseModel):
    """An open finding, and a substance that it could be."""

    report: str
    own_reference: str | None
    reported_as: str
    substance: NamedSubstanceShape
    ground: LookBackGround
    found_at: datetime


class LookBackListShape(BaseModel):
    """The laboratory's look-backs that are still open."""

    items: list[LookBackShape]
    total: int
    demonstration: bool
