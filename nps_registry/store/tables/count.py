"""Public aggregates, kept in the transaction that changes them: public pages count no reports."""

from __future__ import annotations

from sqlalchemy import Index
from sqlmodel import Field

from nps_registry.store.tables.base import Table


class PublicFinding(Table, table=True):
    """One substance in one public event: the ledger that ``public_count`` is the sum of.

    Events linked as one stand here once, under the row that the others are linked to. Figures over
    several substances (a class, a country) count its distinct events.
    """

    __tablename__ = "public_finding"

    event_id: str = Field(primary_key=True, foreign_key="event.id", max_length=36)
    substance_id: int = Field(primary_key=True, foreign_key="substance.id", index=True)
    country: str = Field(max_length=2, index=True)
    year: int = Field(index=True)
    quarter: int = Field(description="1 to 4; 0 where only the year is known")
    wastewater: bool = False
    reports: int = Field(default=0, description="with a positive detection")
    detections: int = Field(default=0, description="positive ones; 0 where every one is uncertain")


class PublicCount(Table, table=True):
    """What counts in public, per substance, country and quarter.

    ``events``, ``reports`` and ``detections`` rest on positive results and hold no wastewater. A public
    first is the earliest row with events of a substance (world), region or country.
    """

    __tablename__ = "public_count"
    # The substances of a country are read from here alone: its rows lie apart in the table, two or three on a page.
    __table_args__ = (
        Index("ix_public_count_country_substance_id_year_events", "country", "substance_id", "year", "events"),
    )

    substance_id: int = Field(primary_key=True, foreign_key="substance.id")
    country: str = Field(primary_key=True, max_length=2)
    year: int = Field(primary_key=True, index=True)
    quarter: int = Field(primary_key=True, description="1 to 4; 0 where only the year is known")
    events: int = 0
    reports: int = 0
    detections: int = 0
    uncertain_events: int = Field(default=0, description="events where every detection of it is uncertain")
    wastewater_samples: int = Field(default=0, description="apart, never added to events")


class PublicYear(Table, table=True):
    """Distinct public events of a country and year in which something of one kind was found.

    ``found`` is empty for any substance, ``nps`` for a new psychoactive one, or of such a one the effect group, the
    class (``class:...``), or class and effect group (``class:.../...``).
    """

    __tablename__ = "public_year"

    country: str = Field(primary_key=True, max_length=2)
    year: int = Field(primary_key=True)
    found: str = Field(primary_key=True, max_length=128)
    events: int = 0


class ReportDelay(Table, table=True):
    """How long one public report took from stage to stage: what ``public_delay`` is the sum of.

    A stage is none where one of its two dates is not known to the day.
    """

    __tablename__ = "report_delay"

    report_id: str = Field(primary_key=True, foreign_key="report.id", max_length=36)
    year: int
    analysis_days: int | None = Field(default=None, description="from the collection")
    submission_days: int | None = Field(default=None, description="from the analysis")
    acceptance_days: int | None = Field(default=None, description="from the submission")
    publication_days: int | None = Field(default=None, description="from the acceptance")


class PublicDelay(Table, table=True):
    """How many public reports of a year took how many days over a stage; the medians are read from here."""

    __tablename__ = "public_delay"

    stage: str = Field(primary_key=True, max_length=16)
    year: int = Field(primary_key=True)
    days: int = Field(primary_key=True)
    reports: int = 0
