"""Signals: the public firsts are rewritten from what the counts say; nobody's judgement is overwritten."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import ColumnElement, and_, func, or_, select, tuple_
from sqlmodel import col

from nps_registry.store.batches import in_batches
from nps_registry.store.bulk import insert_rows
from nps_registry.store.engine import Session
from nps_registry.store.paging import Page, read_cursor, refused_cursor, write_cursor
from nps_registry.store.tables import Report, Signal, SignalReport, Substance
from nps_registry.store.viewer import Viewer
from nps_registry.store.visibility import REVIEWERS, visible_to
from nps_registry.vocabulary.signal import SignalKind

FIRSTS = (SignalKind.FIRST_EVER, SignalKind.FIRST_IN_REGION, SignalKind.FIRST_IN_COUNTRY)
Row = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class SignalRow:
    """A signal with the substance it is about."""

    signal: Signal
    accession: str
    name: str


def replace_public_firsts(session: Session, substance_ids: Collection[int], rows: Sequence[Row]) -> None:
    """Make the public firsts of *substance_ids* those in *rows*, by their ``key``.

    A first that holds no longer is retracted, not deleted: somebody may have been told of it.
    """
    wanted = {str(row["key"]): row for row in rows}
    known = {signal.key: signal for signal in _public_firsts(session, substance_ids)}
    insert_rows(
        session,
        Signal,
        [{**row, "public": True, "retracted": False} for key, row in wanted.items() if key not in known],
    )
    for key, signal in known.items():
        row = wanted.get(key)
        if row is None:
            signal.retracted = True
        else:
            if signal.retracted:  # nothing is left of the time when it stood before
                signal.retracted, signal.raised_at = False, datetime.now(UTC)
            for name in ("year", "quarter", "country", "region"):
                setattr(signal, name, row[name])
    session.flush()


def holders_of_firsts(session: Session, substance_ids: Collection[int]) -> dict[tuple[int, str], set[SignalKind]]:
    """Which public firsts stand now, by substance and country."""
    held: dict[tuple[int, str], set[SignalKind]] = {}
    for signal in _public_firsts(session, substance_ids):
        if not signal.retracted and signal.substance_id is not None and signal.country is not None:
            held.setdefault((signal.substance_id, signal.country), set()).add(signal.kind)
    return held


def _public_firsts(session: Session, substance_ids: Collection[int]) -> list[Signal]:
    found: list[Signal] = []
    for ids in in_batches(substance_ids):
        firsts = and_(col(Signal.substance_id).in_(ids), col(Signal.kind).in_(FIRSTS), col(Signal.public))
        found += session.scalars(select(Signal).where(firsts))
    return found


def list_public(
    session: Session, *, kind: SignalKind | None, accession: str | None, limit: int, cursor: str | None
) -> Page[SignalRow]:
    """Public signals, those of the latest quarter first; within it by substance, kind and country.

    Raises:
        InvalidInput: a cursor that this list did not give.
    """
    wanted = [col(Signal.public), col(Signal.retracted).is_(False)]
    if kind is not None:
        wanted.append(col(Signal.kind) == kind)
    if accession is not None:
        wanted.append(col(Substance.accession) == accession)
    base = select(Signal, col(Substance.accession), col(Substance.name)).join(
        Substance, col(Substance.id) == col(Signal.substance_id)
    )
    total = (
        session.scalar(
            select(func.count()).select_from(base.where(*wanted).with_only_columns(col(Signal.id)).subquery())
        )
        or 0
    )
    if cursor is not None:
        wanted.append(_behind(cursor))
    order = (col(Signal.year).desc(), col(Signal.quarter).desc(), *_WITHIN_QUARTER)
    rows = [SignalRow(*row) for row in session.execute(base.where(*wanted).order_by(*order).limit(limit + 1))]
    return Page(rows[:limit], total, write_cursor(_marks(rows[limit - 1])) if len(rows) > limit else None)


# A signal's key would do, but it holds the number of the substance's row.
_WITHIN_QUARTER = (col(Substance.accession), col(Signal.kind), func.coalesce(col(Signal.country), ""), col(Signal.id))


def _marks(row: SignalRow) -> tuple[int, int, str, str, str, str]:
    signal = row.signal
    return signal.year, signal.quarter, row.accession, signal.kind.value, signal.country or "", signal.id


def _behind(cursor: str) -> ColumnElement[bool]:
    year, quarter, *rest = read_cursor(cursor, (int, int, str, str, str, str))
    if rest[1] not in set(SignalKind):
        raise refused_cursor()
    of_year, of_quarter = col(Signal.year) == year, col(Signal.quarter) == quarter
    return or_(
        col(Signal.year) < year,
        and_(of_year, col(Signal.quarter) < quarter),
        and_(of_year, of_quarter, tuple_(*_WITHIN_QUARTER) > tuple_(*rest)),
    )


def may_see(session: Session, signal_id: str, viewer: Viewer) -> bool:
    """Whether *viewer* may know of a signal: it is public, or they see every report that it rests on.

    What is close to a controlled substance is for those who review, whatever it rests on.
    """
    signal = session.get(Signal, signal_id, populate_existing=True)
    if signal is None:
        return False
    if signal.kind is SignalKind.ANALOGUE_OF_CONTROLLED and viewer.role not in REVIEWERS:
        return False
    if signal.public:
        return True
    of_signal = select(col(SignalReport.report_id)).where(col(SignalReport.signal_id) == signal_id)
    seen = select(func.count()).select_from(Report).where(col(Report.id).in_(of_signal), visible_to(viewer))
    total = session.scalar(select(func.count()).select_from(of_signal.subquery())) or 0
    return total > 0 and session.scalar(seen) == total
