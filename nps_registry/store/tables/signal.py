"""Signals."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field

from nps_registry.store.tables.base import Table, instant_column, json_column, key_column, now, random_id
from nps_registry.vocabulary.signal import SignalAct, SignalKind, SignalState


class Signal(Table, table=True):
    """Something that rose above what was expected, with its evidence. ``key`` makes evaluation idempotent.

    ``audience`` is ``public``, ``network``, ``review`` or a country's code; it says over which reports the rule was
    asked. Who sees the signal follows from its reports (``signal_report``). ``revision`` guards against two
    curators at once.
    """

    __tablename__ = "signal"
    __table_args__ = (
        UniqueConstraint("key"),
        Index("ix_signal_substance_id_place", "substance_id", "place"),
        Index("ix_signal_year_quarter", "year", "quarter"),
        Index("ix_signal_kind_year_quarter", "kind", "year", "quarter"),
        Index("ix_signal_raised_at", "raised_at"),
    )

    id: str = Field(default_factory=random_id, primary_key=True, max_length=36)
    key: str = Field(max_length=160, description="kind, substance, place, period and audience in one text")
    kind: SignalKind = Field(sa_column=key_column(SignalKind, index=True))
    substance_id: int | None = Field(default=None, foreign_key="substance.id", index=True)
    place: str = Field(default="001", max_length=3, description="country, UN M49 sub-region, or 001 for the world")
    audience: str = Field(default="public", max_length=8)
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
    revision: int = 1


class SignalReport(Table, table=True):
    """A report that a signal rests on: a signal is seen by those who may see its reports."""

    __tablename__ = "signal_report"

    signal_id: str = Field(primary_key=True, foreign_key="signal.id", max_length=36)
    report_id: str = Field(primary_key=True, foreign_key="report.id", max_length=36, index=True)


class SignalStep(Table, table=True):
    """What happened to a signal after it was raised: by a rule, or by a curator with a reason."""

    __tablename__ = "signal_step"

    id: int | None = Field(default=None, primary_key=True)
    signal_id: str = Field(foreign_key="signal.id", max_length=36, index=True)
    act: SignalAct = Field(sa_column=key_column(SignalAct))
    state: SignalState = Field(sa_column=key_column(SignalState))
    revision: int
    reason: str = ""
    made_by: str = Field(default="", max_length=80, description="token or person; empty where a rule did")
    made_at: datetime = Field(default_factory=now, sa_column=instant_column(index=True))
