"""What the signals' rules are asked of: accepted events by place and month, kept as reports change.

An event that was accepted and is not held stands in one *layer*, that of the widest sharing of its reports:
``public``, ``network``, or the country of the laboratory where it is shared within that. Whoever reads a layer reads
the wider ones as well: an audience is a sum of layers.
"""

from __future__ import annotations

from sqlalchemy import Index
from sqlmodel import Field

from nps_registry.store.tables.base import Table

LATE = 99
"""The lag of an event that was told of years later, or nobody knows when."""


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
    lag_months: int = Field(description="from the event's month to the one in which it was accepted; 99 for late")
    fatal: bool = False
    severe: bool = Field(default=False, description="a severe case or a serious adverse event that was not fatal")


class WatchedCount(Table, table=True):
    """Events of a substance in one place and month, per layer.

    ``place`` is a country, its UN M49 sub-region, or ``001`` for the world; a country's own layer counts in countries
    only. ``within_0`` to ``within_2`` are the events known by the end of that month, and one and two months later.
    """

    __tablename__ = "watched_count"

    substance_id: int = Field(primary_key=True)
    place: str = Field(primary_key=True, max_length=3)
    year: int = Field(primary_key=True)
    quarter: int = Field(primary_key=True)
    month: int = Field(primary_key=True)
    layer: str = Field(primary_key=True, max_length=8)
    events: int = 0
    within_0: int = 0
    within_1: int = 0
    within_2: int = 0
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


class SeriesFamily(Table, table=True):
    """How many series of countries and regions have events in a month: how many chances there are to be wrong."""

    __tablename__ = "series_family"

    layer: str = Field(primary_key=True, max_length=8)
    year: int = Field(primary_key=True)
    month: int = Field(primary_key=True)
    series: int = 0


class SeriesJudgement(Table, table=True):
    """A month of a series that rose: raised as a signal where it stands out among all series of that month."""

    __tablename__ = "series_judgement"

    year: int = Field(primary_key=True)
    month: int = Field(primary_key=True)
    audience: str = Field(primary_key=True, max_length=8)
    substance_id: int = Field(primary_key=True, index=True)
    place: str = Field(primary_key=True, max_length=3)
    p_value: float
    observed: int
    expected: float
    upper: float
