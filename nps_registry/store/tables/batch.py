"""Tables that laboratories upload: their rows on the way into reports, and what was said of columns and names."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field

from nps_registry.store.tables.base import Table, instant_column, json_column, key_column, now, random_id
from nps_registry.vocabulary.batch import BatchState, RowVerdict


class Batch(Table, table=True):
    """A table that was uploaded. Whoever works on it holds a lease, and anybody may go on once that has run out."""

    __tablename__ = "batch"
    __table_args__ = (Index("ix_batch_organisation_id_created_at", "organisation_id", "created_at"),)

    id: str = Field(default_factory=random_id, primary_key=True, max_length=36)
    organisation_id: str = Field(foreign_key="organisation.id", max_length=36)
    made_by: str = Field(default="", max_length=80, description="person or token")
    file_name: str = Field(default="", max_length=200)
    digest: str = Field(max_length=64, description="SHA-256 of the file")
    headings: list[str] = Field(default_factory=list, sa_column=json_column())
    signature: str = Field(max_length=64, description="of the headings")
    mapping: str = Field(default="", description="JSON; empty until the columns are chosen")
    state: BatchState = Field(default=BatchState.UPLOADED, sa_column=key_column(BatchState, index=True))
    partial: bool = Field(default=False, description="whether the good rows are kept although others have faults")
    rows: int = 0
    figures: dict[str, object] = Field(default_factory=dict, sa_column=json_column())
    failure: str = ""
    created_at: datetime = Field(default_factory=now, sa_column=instant_column())
    changed_at: datetime = Field(default_factory=now, sa_column=instant_column())
    leased_by: str = Field(default="", max_length=64)
    leased_until: datetime | None = Field(default=None, sa_column=instant_column(nullable=True))


class BatchRow(Table, table=True):
    """One row of an uploaded table, as it stood or as it was corrected here, and what is to be said of it."""

    __tablename__ = "batch_row"
    __table_args__ = (
        Index("ix_batch_row_batch_id_verdict", "batch_id", "verdict", "number"),
        Index("ix_batch_row_batch_id_parcel", "batch_id", "parcel"),
    )

    batch_id: str = Field(primary_key=True, foreign_key="batch.id", max_length=36)
    number: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    parcel: int = Field(default=0, description="the first row of the same report")
    cells: dict[str, str] = Field(default_factory=dict, sa_column=json_column())
    fault: str = Field(default="", description="why it cannot be read as a row")
    corrected: bool = False
    verdict: RowVerdict = Field(default=RowVerdict.WAITING, sa_column=key_column(RowVerdict))
    errors: list[list[str]] = Field(default_factory=list, sa_column=json_column())
    report_id: str | None = Field(default=None, foreign_key="report.id", max_length=36, index=True)


class TableMapping(Table, table=True):
    """How an organisation's tables of one layout say what a report says; chosen once."""

    __tablename__ = "table_mapping"
    __table_args__ = (
        UniqueConstraint("organisation_id", "name"),
        UniqueConstraint("organisation_id", "signature"),
    )

    id: str = Field(default_factory=random_id, primary_key=True, max_length=36)
    organisation_id: str = Field(foreign_key="organisation.id", max_length=36)
    name: str = Field(max_length=120)
    signature: str = Field(max_length=64)
    mapping: str
    made_by: str = Field(default="", max_length=80)
    made_at: datetime = Field(default_factory=now, sa_column=instant_column())


class NameAnswer(Table, table=True):
    """What an organisation says one of its names means."""

    __tablename__ = "name_answer"

    organisation_id: str = Field(primary_key=True, foreign_key="organisation.id", max_length=36)
    name: str = Field(primary_key=True, max_length=500)
    answer: str = Field(max_length=2_000)
    made_by: str = Field(default="", max_length=80)
    made_at: datetime = Field(default_factory=now, sa_column=instant_column())
