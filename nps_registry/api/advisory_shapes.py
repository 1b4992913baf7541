"""The shapes of advisories, for the API's description."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, Field

from nps_registry.api.substance_shapes import Demonstration, PageShape
from nps_registry.vocabulary.advisory import Severity
from nps_registry.vocabulary.signal import AdvisoryState


class NamedSubstanceShape(BaseModel):
    """A substance that an advisory is about."""

    accession: str
    name: str


class AdvisoryLineShape(BaseModel):
    """One advisory in a list."""

    id: str
    version: int
    state: AdvisoryState
    tlp: str = Field(description="Traffic Light Protocol 2.0.")
    title: str
    summary: str
    severity: Severity
    substances: list[NamedSubstanceShape]
    countries: list[str] = Field(description="ISO 3166-1 alpha-2.")
    published: str
    modified: str
    withdrawn: str | None
    url: str


class AdvisoryListShape(PageShape):
    """Advisories that the caller may read, the latest change first."""

    items: list[AdvisoryLineShape]


class SeverityShape(BaseModel):
    """One rating."""

    type: str
    score: str


class SignatureShape(BaseModel):
    """A signature over the document without its member `signatures`, in its canonical form (RFC 8785)."""

    algorithm: str
    key_id: str = Field(description="One of `/.well-known/nps-registry-keys.json`.")
    signature: str = Field(description="Base64.")


class AffectedShape(BaseModel):
    """A substance with what it is recognised by, its controls and its public events."""

    substance: dict[str, Any]
    identification: dict[str, Any]
    controls: list[dict[str, Any]]
    public_events: dict[str, Any]


class AdvisoryShape(BaseModel):
    """One version of an advisory, signed, in the manner of OSV."""

    schema_version: str
    id: str
    version: int
    published: str
    modified: str
    withdrawn: str | None = Field(default=None, description="Only where it was withdrawn.")
    withdrawal_reason: str | None = None
    aliases: list[str]
    summary: str = Field(description="The title.")
    details: str = Field(description="The summary that stands for itself; the rest is in `sections`.")
    severity: list[SeverityShape]
    affected: list[AffectedShape]
    countries: list[str]
    references: list[dict[str, str]]
    sections: dict[str, str]
    tlp: str
    demonstration: Demonstration
    signatures: list[SignatureShape]
