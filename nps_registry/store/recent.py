"""What changed in public in one month: substances listed, controls that enter into force."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import ColumnElement, and_, case, func, or_, select
from sqlmodel import col

from nps_registry.store.engine import Session
from nps_registry.store.tables import AuditEvent, Control, ControlList, Signal, Substance
from nps_registry.vocabulary.signal import SignalKind
from nps_registry.vocabulary.substance import Nature, Status

_NPS_FIRST = case((col(Substance.nature) == Nature.NPS, 0), else_=1)
_BY_NAME = (col(Substance.name_key), col(Substance.identity), col(Substance.accession))
"""Several unnamed substances have one name; the order in which they came would tell of reports that are not public."""


@dataclass(frozen=True, slots=True)
class ControlFigure:
    """A control that enters into force."""

    accession: str
    name: str
    jurisdiction: str
    instrument: str
    schedule: str
    in_force_on: str


def bounds_of(year: int, month: int) -> tuple[datetime, datetime]:
    """The first instant of a month and of the next, in UTC."""
    following = (year + 1, 1) if month == 12 else (year, month + 1)
    return datetime(year, month, 1, tzinfo=UTC), datetime(*following, 1, tzinfo=UTC)


def listed_in(session: Session, year: int, month: int, *, limit: int) -> tuple[list[Substance], int]:
    """Substances that this registry has listed since that month, NPS first, by name; and how many they are."""
    since, before = bounds_of(year, month)
    decided = select(col(AuditEvent.subject_id)).where(
        col(AuditEvent.action) == "substance.listed", col(AuditEvent.at) >= since, col(AuditEvent.at) < before
    )
    loaded: ColumnElement[bool] = and_(
        col(Substance.from_catalogue), col(Substance.created_at) >= since, col(Substance.created_at) < before
    )
    wanted = and_(
        or_(loaded, col(Substance.accession).in_(decided)),
        col(Substance.status).in_((Status.LISTED, Status.UNCONFIRMED)),
    )
    total = session.scalar(select(func.count()).select_from(Substance).where(wanted)) or 0
    rows = session.scalars(select(Substance).where(wanted).order_by(_NPS_FIRST, *_BY_NAME).limit(limit))
    return list(rows), total


def entering_into_force(session: Session, year: int, month: int) -> list[ControlFigure]:
    """Controls whose day lies in that month, by day, jurisdiction and name."""
    statement = (
        select(
            col(Substance.accession),
            col(Substance.name),
            col(ControlList.jurisdiction),
            col(ControlList.instrument),
            col(Control.schedule),
            col(Control.in_force_on),
        )
        .join(Control, col(Control.substance_id) == col(Substance.id))
        .join(ControlList, col(ControlList.id) == col(Control.list_id))
        .where(
            col(Control.in_force_on).startswith(f"{year:04d}-{month:02d}", autoescape=True),
            col(Substance.status).in_((Status.LISTED, Status.UNCONFIRMED)),
        )
        .order_by(col(Control.in_force_on), col(ControlList.jurisdiction), col(Substance.name_key))
    )
    return [ControlFigure(*row) for row in session.execute(statement)]


def first_reported_in(session: Session, year: int, month: int, *, limit: int) -> tuple[list[Substance], int]:
    """Substances whose first public event this registry told of in that month, NPS first, by name."""
    since, before = bounds_of(year, month)
    first = select(col(Signal.substance_id)).where(
        col(Signal.kind) == SignalKind.FIRST_EVER,
        col(Signal.public),
        col(Signal.retracted).is_(False),
        col(Signal.raised_at) >= since,
        col(Signal.raised_at) < before,
    )
    wanted = col(Substance.id).in_(first)
    total = session.scalar(select(func.count()).select_from(Substance).where(wanted)) or 0
    rows = session.scalars(select(Substance).where(wanted).order_by(_NPS_FIRST, *_BY_NAME).limit(limit))
    return list(rows), total
