"""Signals."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from nps_registry.store.tables.base import Table, instant_column, json_column, key_column, now, random_id
from nps_registry.vocabulary.signal import SignalKind, SignalState


class Signal(Table, table=True):
    """Something that rose above what was expected, with its evidence. ``key`` makes evaluation idempotent."""

    __tablename__ = "signal"
    __table_args__ = (UniqueConstraint("key"),)

    id: str = Field(default_factory=random_id, primary_key=True, max_length=36)
    key: str = Field(max_length=160, description="kind, substance, place, period and audience in one text")
    kind: SignalKind = Field(sa_column=key_column(SignalKind, index=True))
    substance_id: int | None = Field(default=None, foreign_key="substance.id", index=True)
    country: str | None = Field(default=None, max_length=2)
    region: str | None = Field(default=None, max_length=3, description="UN M49 sub-region")
    year: int
    quarter: int = 0
    public: bool = False
    state: SignalState = Field(default=SignalState.OPEN, sa_column=key_column(SignalState))
    rule: str = Field(default="", max_length=64, description="name and version of the rule")
    evidence: dict[str, object] = Field(default_factory=dict, sa_column=json_column())
    score: float = 0.0
    retracted: bool = False
    raised_at: datetime = Field(default_factory=now, sa_column=instant_column())


class SignalReport(Table, table=True):
    """A report that a signal rests on: a signal is seen by those who may see its reports."""

    __tablename__ = "signal_report"

    signal_id: str = Field(primary_key=True, foreign_key="signal.id", max_length=36)
    report_id: str = Field(primary_key=True, foreign_key="report.id", max_length=36, index=True)
