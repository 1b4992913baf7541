"""What the review keeps: the queue, decisions that wait for a second person, nearness to what is controlled."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index
from sqlmodel import Field

from nps_registry.store.tables.base import Table, instant_column, json_column, key_column, now, random_id
from nps_registry.vocabulary.report import ReportState
from nps_registry.vocabulary.review import ProposalKind


class ReviewEntry(Table, table=True):
    """A report that waits for somebody: the queue, kept in the transaction that changes a report.

    The list is read in the order of rank, age and id, of all or within a country or a state; each has an index.
    """

    __tablename__ = "review_entry"
    __table_args__ = (
        Index("ix_review_entry_rank", "rank", "waiting_since", "report_id"),
        Index("ix_review_entry_country", "country", "rank", "waiting_since", "report_id"),
        Index("ix_review_entry_state", "state", "rank", "waiting_since", "report_id"),
    )

    report_id: str = Field(primary_key=True, foreign_key="report.id", max_length=36)
    state: ReportState = Field(sa_column=key_column(ReportState))
    country: str = Field(max_length=2, description="of the reporting laboratory")
    rank: int = Field(description="0 matters most")
    waiting_since: datetime = Field(sa_column=instant_column())
    reasons: list[str] = Field(default_factory=list, sa_column=json_column())


class Proposal(Table, table=True):
    """A decision that takes effect once a second person agrees; void where *revision* is passed."""

    __tablename__ = "proposal"

    id: str = Field(default_factory=random_id, primary_key=True, max_length=36)
    kind: ProposalKind = Field(sa_column=key_column(ProposalKind))
    report_id: str | None = Field(default=None, foreign_key="report.id", max_length=36, index=True)
    substance_id: int | None = Field(default=None, foreign_key="substance.id", index=True)
    revision: int = Field(default=0, description="of the report or substance that was looked at")
    content: dict[str, object] = Field(default_factory=dict, sa_column=json_column())
    reason: str = ""
    made_by: str = Field(default="", max_length=80)
    made_at: datetime = Field(default_factory=now, sa_column=instant_column())
    ended_by: str = Field(default="", max_length=80)
    ended_at: datetime | None = Field(default=None, sa_column=instant_column(nullable=True))


class ControlledAnalogue(Table, table=True):
    """The nearest controlled substance of one that laboratories reported first, as it was when it was entered."""

    __tablename__ = "controlled_analogue"

    substance_id: int = Field(primary_key=True, foreign_key="substance.id")
    other_id: int = Field(foreign_key="substance.id")
    score: float = Field(description="Tanimoto over Morgan fingerprints")
