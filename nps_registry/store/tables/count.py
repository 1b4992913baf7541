"""Public aggregates, kept in the transaction that changes them: public pages count no reports."""

from __future__ import annotations

from sqlmodel import Field

from nps_registry.store.tables.base import Table


class PublicCount(Table, table=True):
    """Events that count in public, per substance, country and quarter. Wastewater is never among them.

    A public first is the earliest row of a substance (world), region or country.
    """

    __tablename__ = "public_count"

    substance_id: int = Field(primary_key=True, foreign_key="substance.id")
    country: str = Field(primary_key=True, max_length=2, index=True)
    year: int = Field(primary_key=True, index=True)
    quarter: int = Field(primary_key=True, description="1 to 4; 0 where only the year is known")
    events: int = 0
    reports: int = 0
    detections: int = 0
