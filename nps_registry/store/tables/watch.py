"""What the signals' rules are asked of: accepted events by place and month, kept as reports change.

An event that was accepted and is not held stands in one *layer*, that of the widest sharing of its reports:
``public``, ``network``, or the country of the laboratory where it is shared within that. Whoever reads a layer reads
the wider ones as well: an audience is a sum of layers.
"""

from __future__ import annotations

from sqlalchemy import Index
from sqlmodel import Field

from nps_registry.store.tables.base import Table


class WatchedEvent(Table, table=True):
    """One substance in one accepted event: the ledger that ``watched_count`` is the sum of."""

    __tablename__ = "watched_event"
    __table_args__ = (Index("ix_watched_event_place", "substance_id", "country", "year", "quarter"),)

    event_id: str = Field(primary_key=True, foreign_key="event.id", max_length=36)
    substance_id: int = Field(primary_key=True, foreign_key="substance.id")
    layer: str = Field(max_length=8, description="public, network, or a country's code")
    country: str = Field(max_length=2)
    year: int
    quarter: int = Field(description="1 to 4; 0 where only the year is known")
    month: int = Field(description="1 to 12; 0 where it is not known; never public")
    week: int = Field(
        default=0, description="that it became known in, that a late one happened in; 0 where no month is known"
    )
    late: bool = Field(default=False, description="whether it became known too late to tell of its time")
    fatal: bool = False
    severe: bool = Field(default=False, description="a severe case or a serious adverse event that was not fatal")


class WatchedCount(Table, table=True):
    """Events of a substance in one place and month, per layer.

    ``place`` is a country, its UN M49 sub-region, or ``001`` for the world; a country's own layer counts in countries
    only.
    """

    __tablename__ = "watched_count"

    substance_id: int = Field(primary_key=True)
    place: str = Field(primary_key=True, max_length=3)
    year: int = Field(primary_key=True)
    quarter: int = Field(primary_key=True)
    month: int = Field(primary_key=True)
    layer: str = Field(primary_key=True, max_length=8)
    events: int = 0
    fatal: int = 0
    severe: int = 0


class WatchedPlace(Table, table=True):
    """When a layer first has a substance in a country: what the firsts are read from."""

    __tablename__ = "watched_place"

    substance_id: int = Field(primary_key=True)
    country: str = Field(primary_key=True, max_length=2)
    layer: str = Field(primary_key=True, max_length=8)
    year: int
    quarter: int


class WatchedWeek(Table, table=True):
    """Events of a substance in one place and week, per layer; places and layers are those of ``watched_count``."""

    __tablename__ = "watched_week"

    substance_id: int = Field(primary_key=True)
    place: str = Field(primary_key=True, max_length=3)
    week: int = Field(primary_key=True)
    layer: str = Field(primary_key=True, max_length=8)
    known: int = Field(default=0, description="that became known in this week")
    late: int = Field(default=0, description="that happened in this week and became known too late to tell of it")


class WatchedTotal(Table, table=True):
    """Events of all substances that became known in one place and week, per layer."""

    __tablename__ = "watched_total"

    place: str = Field(primary_key=True, max_length=3)
    week: int = Field(primary_key=True)
    layer: str = Field(primary_key=True, max_length=8)
    known: int = 0
    series: int = Field(
        default=0, description="of the world alone: how many series of countries and regions had an event"
    )


class SeriesJudgement(Table, table=True):
    """A week in which a series rose: raised as a signal where it stands out among all series of that week."""

    __tablename__ = "series_judgement"

    week: int = Field(primary_key=True)
    audience: str = Field(primary_key=True, max_length=8)
    substance_id: int = Field(primary_key=True, index=True)
    place: str = Field(primary_key=True, max_length=3)
    p_value: float
    observed: int
    expected: float
    upper: float


class SurroundingsDue(Table, table=True):
    """A week past of which what lies beside the series was corrected: later weeks are to be judged anew."""

    __tablename__ = "surroundings_due"

    week: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    times: int = Field(default=0, description="that it was corrected")
    settled: int = Field(default=0, description="how many of these times have been settled")
