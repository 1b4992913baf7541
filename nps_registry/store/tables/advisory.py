"""Advisories with all their versions, bulletins, and the keys that both are signed with."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field

from nps_registry.store.tables.base import Table, instant_column, json_column, key_column, now
from nps_registry.vocabulary.advisory import Severity
from nps_registry.vocabulary.signal import AdvisoryState, TrafficLight


class Advisory(Table, table=True):
    """An advisory: what it says in force, and beside it the text that curators work on.

    ``revision`` is the number of its last published version, 0 before the first; ``edit`` counts every change of
    the working text and guards against two writers. ``audience`` is settled by the first publication.
    """

    __tablename__ = "advisory"
    __table_args__ = (Index("ix_advisory_modified_at", "modified_at", "id"),)

    id: str = Field(primary_key=True, max_length=24)
    state: AdvisoryState = Field(default=AdvisoryState.DRAFT, sa_column=key_column(AdvisoryState))
    audience: TrafficLight = Field(default=TrafficLight.AMBER, sa_column=key_column(TrafficLight))
    recipients: list[str] = Field(
        default_factory=list, sa_column=json_column(), description="country:DE, organisation:ID, person:ID"
    )
    severity: Severity = Field(default=Severity.INFORMATION, sa_column=key_column(Severity))
    title: str = ""
    body: str = Field(default="", description="summary and details in force")
    substance_ids: list[int] = Field(default_factory=list, sa_column=json_column())
    countries: list[str] = Field(default_factory=list, sa_column=json_column())
    signal_id: str | None = Field(default=None, foreign_key="signal.id", max_length=36, index=True)
    revision: int = 0
    published_at: datetime | None = Field(default=None, sa_column=instant_column(nullable=True))
    modified_at: datetime = Field(default_factory=now, sa_column=instant_column())
    draft: dict[str, object] | None = Field(default=None, sa_column=json_column(nullable=True))
    edit: int = 1
    edited_by: str = Field(default="", max_length=80)
    edited_at: datetime = Field(default_factory=now, sa_column=instant_column())
    proposed_by: str = Field(default="", max_length=80, description="who asks for the draft to be published")


class AdvisoryVersion(Table, table=True):
    """What an advisory said at one time: the signed document, as it is given out for ever."""

    __tablename__ = "advisory_version"
    __table_args__ = (UniqueConstraint("advisory_id", "revision"),)

    id: int | None = Field(default=None, primary_key=True)
    advisory_id: str = Field(foreign_key="advisory.id", max_length=24, index=True)
    revision: int
    content: dict[str, object] = Field(default_factory=dict, sa_column=json_column())
    signatures: list[dict[str, str]] = Field(default_factory=list, sa_column=json_column())
    text: dict[str, object] = Field(
        default_factory=dict, sa_column=json_column(), description="the working text that it was made of"
    )
    written_by: str = Field(default="", max_length=80)
    made_by: str = Field(default="", max_length=80, description="who published it")
    made_at: datetime = Field(default_factory=now, sa_column=instant_column())


class AdvisorySubstance(Table, table=True):
    """A substance that an advisory in force is about."""

    __tablename__ = "advisory_substance"

    advisory_id: str = Field(primary_key=True, foreign_key="advisory.id", max_length=24)
    substance_id: int = Field(primary_key=True, foreign_key="substance.id", index=True)


class AdvisoryCountry(Table, table=True):
    """A country that an advisory in force is about."""

    __tablename__ = "advisory_country"

    advisory_id: str = Field(primary_key=True, foreign_key="advisory.id", max_length=24)
    country: str = Field(primary_key=True, max_length=2, index=True)


class SigningKey(Table, table=True):
    """A key that what is published is signed with (Ed25519); the private half is sealed."""

    __tablename__ = "signing_key"

    id: str = Field(primary_key=True, max_length=24, description="beginning of the public key's SHA-256")
    public_key: str = Field(max_length=64, description="32 bytes in base64")
    sealed_key: str = Field(default="", description="the private key, closed with the registry's seal")
    created_at: datetime = Field(default_factory=now, sa_column=instant_column())
    retired_at: datetime | None = Field(default=None, sa_column=instant_column(nullable=True))


class Bulletin(Table, table=True):
    """A bulletin as it was issued: its figures do not change when the registry does."""

    __tablename__ = "bulletin"
    __table_args__ = (UniqueConstraint("period", "version"),)

    id: int | None = Field(default=None, primary_key=True)
    period: str = Field(max_length=8, description="2026-10 or 2026-Q3")
    version: int
    content: dict[str, object] = Field(default_factory=dict, sa_column=json_column())
    signatures: list[dict[str, str]] = Field(default_factory=list, sa_column=json_column())
    issued_by: str = Field(default="", max_length=80)
    issued_at: datetime = Field(default_factory=now, sa_column=instant_column())
