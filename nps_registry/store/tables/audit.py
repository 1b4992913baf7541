"""The audit trail and the outbox."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index
from sqlmodel import Field

from nps_registry.store.tables.base import Table, instant_column, json_column, now, random_id


class AuditEvent(Table, table=True):
    """Who did what to what and when, before and after, chained: each digest covers the one before."""

    __tablename__ = "audit_event"
    __table_args__ = (Index("ix_audit_event_action_sequence", "action", "sequence"),)

    sequence: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    at: datetime = Field(default_factory=now, sa_column=instant_column())
    actor: str = Field(max_length=80, index=True)
    action: str = Field(max_length=64)
    subject_kind: str = Field(max_length=32, index=True)
    subject_id: str = Field(max_length=64, index=True)
    before: dict[str, object] | None = Field(default=None, sa_column=json_column(nullable=True))
    after: dict[str, object] | None = Field(default=None, sa_column=json_column(nullable=True))
    previous_digest: str = Field(max_length=64)
    digest: str = Field(max_length=64, unique=True)


class OutboxMessage(Table, table=True):
    """Something to tell, written in the transaction that made it true; claimed with a lease."""

    __tablename__ = "outbox_message"

    id: str = Field(default_factory=random_id, primary_key=True, max_length=36)
    topic: str = Field(max_length=64, index=True)
    content: dict[str, object] = Field(default_factory=dict, sa_column=json_column())
    created_at: datetime = Field(default_factory=now, sa_column=instant_column())
    available_at: datetime = Field(default_factory=now, sa_column=instant_column(index=True))
    leased_by: str = Field(default="", max_length=64)
    leased_until: datetime | None = Field(default=None, sa_column=instant_column(nullable=True))
    attempts: int = 0
    delivered_at: datetime | None = Field(default=None, sa_column=instant_column(nullable=True))
    parked_reason: str = ""
