"""Signals as they are read: who may see one, lists in order, one with its history and the reports it rests on."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, bindparam, exists, func, not_, or_, select, tuple_
from sqlmodel import col

from nps_registry.store.batches import in_batches
from nps_registry.store.engine import Session
from nps_registry.store.paging import Page, read_cursor, read_instant, refused_cursor, write_cursor
from nps_registry.store.tables import Report, Signal, SignalReport, SignalStep, Substance
from nps_registry.store.viewer import VISITOR, Viewer
from nps_registry.store.visibility import REVIEWERS, visible_to
from nps_registry.vocabulary.report import Role
from nps_registry.vocabulary.signal import SignalKind, SignalState
from nps_registry.vocabulary.substance import Nature

FIRSTS = (SignalKind.FIRST_EVER, SignalKind.FIRST_IN_REGION, SignalKind.FIRST_IN_COUNTRY)


@dataclass(frozen=True, slots=True)
class SignalRow:
    """A signal with the substance it is about."""

    signal: Signal
    accession: str
    name: str
    nature: Nature


@dataclass(frozen=True, slots=True)
class SignalQuestion:
    """Which signals are asked for; what is none leaves all.

    Attributes:
        nature: of the substance.
        since: year and quarter of the earliest place in time, included.
        until: of the latest, included.
        raised_since: instants from which and before which the registry raised them.
        retracted: those that hold no longer, too.
    """

    kind: SignalKind | None = None
    accession: str | None = None
    nature: Nature | None = None
    country: str | None = None
    state: SignalState | None = None
    since: tuple[int, int] | None = None
    until: tuple[int, int] | None = None
    raised_since: datetime | None = None
    raised_before: datetime | None = None
    retracted: bool = False


EVERYTHING = SignalQuestion()


def may_see(session: Session, signal_id: str, viewer: Viewer) -> bool:
    """Whether *viewer* may see the signal: it is public, or the viewer may see every report that it rests on."""
    seen = select(col(Signal.id)).where(col(Signal.id) == signal_id, seen_by(viewer))
    return session.scalar(seen) is not None


def seen_by(viewer: Viewer) -> ColumnElement[bool]:
    """The condition on ``signal`` that *viewer* may see it."""
    if viewer.role is Role.VISITOR:
        return col(Signal.public).is_(True)
    if viewer.role in REVIEWERS:
        return or_(col(Signal.public), col(Signal.substance_id).is_not(None))
    rests_on = select(1).where(col(SignalReport.signal_id) == col(Signal.id)).correlate(Signal)
    hidden = (
        select(1)
        .join_from(SignalReport, Report, col(Report.id) == col(SignalReport.report_id))
        .where(col(SignalReport.signal_id) == col(Signal.id), not_(visible_to(viewer)))
        .correlate(Signal)
    )
    restricted = and_(col(Signal.kind) != SignalKind.ANALOGUE_OF_CONTROLLED, exists(rests_on), not_(exists(hidden)))
    return or_(col(Signal.public), restricted)


def holders_of_firsts(session: Session, substance_ids: Collection[int]) -> dict[tuple[int, str], set[SignalKind]]:
    """Which public firsts stand now, by substance and country."""
    held: dict[tuple[int, str], set[SignalKind]] = {}
    stands = and_(col(Signal.kind).in_(FIRSTS), col(Signal.public), col(Signal.retracted).is_(False))
    columns = (col(Signal.substance_id), col(Signal.country), col(Signal.kind))
    for ids in in_batches(substance_ids):
        for substance_id, country, kind in session.execute(
            select(*columns).where(col(Signal.substance_id).in_(ids), stands)
        ):
            if substance_id is not None and country is not None:
                held.setdefault((substance_id, country), set()).add(kind)
    return held


def list_signals(
    session: Session, viewer: Viewer, question: SignalQuestion, *, limit: int, cursor: str | None
) -> Page[SignalRow]:
    """The signals that *viewer* may see, those of the latest quarter first; within it by substance, kind and place.

    Raises:
        InvalidInput: a cursor that this list did not give.
    """
    wanted = _conditions(viewer, question)
    total = _count(session, wanted)
    if cursor is not None:
        wanted.append(_behind(cursor))
    order = (col(Signal.year).desc(), col(Signal.quarter).desc(), *_WITHIN_QUARTER)
    rows = [SignalRow(*row) for row in session.execute(_rows().where(*wanted).order_by(*order).limit(limit + 1))]
    return Page(rows[:limit], total, write_cursor(_marks(rows[limit - 1])) if len(rows) > limit else None)


def list_by_score(
    session: Session, viewer: Viewer, question: SignalQuestion, *, limit: int, cursor: str | None
) -> Page[SignalRow]:
    """The signals that *viewer* may see, the weightiest first; of the same weight those raised last.

    Raises:
        InvalidInput: a cursor that this list did not give.
    """
    wanted = _conditions(viewer, question)
    total = _count(session, wanted)
    order = (col(Signal.score), col(Signal.raised_at), col(Signal.id))
    if cursor is not None:
        score, raised_at, signal_id = read_cursor(cursor, ((int, float), str, str))
        wanted.append(tuple_(*order) < tuple_(score, read_instant(raised_at), signal_id))
    statement = _rows().where(*wanted).order_by(*(column.desc() for column in order)).limit(limit + 1)
    rows = [SignalRow(*row) for row in session.execute(statement)]
    last = rows[limit - 1].signal if len(rows) > limit else None
    return Page(rows[:limit], total, write_cursor([last.score, last.raised_at, last.id]) if last else None)


def count_signals(session: Session, viewer: Viewer, question: SignalQuestion) -> int:
    """How many signals *viewer* may see."""
    return _count(session, _conditions(viewer, question))


def list_latest(session: Session, *, limit: int) -> list[SignalRow]:
    """The public signals raised last."""
    statement = _rows().where(*_conditions(VISITOR, EVERYTHING))
    newest = statement.order_by(col(Signal.raised_at).desc(), *_WITHIN_QUARTER).limit(limit)
    return [SignalRow(*row) for row in session.execute(newest)]


def list_of_substance(session: Session, substance_id: int, *, limit: int) -> tuple[list[SignalRow], int]:
    """The public signals about a substance, those of the latest quarter first, and how many there are: one query."""
    found = session.execute(_PUBLIC_OF_SUBSTANCE, {"key": substance_id, "most": limit}).all()
    return [SignalRow(*row[:-1]) for row in found], found[0][-1] if found else 0


def find(session: Session, signal_id: str, viewer: Viewer) -> SignalRow | None:
    """The signal with this id, standing or retracted, where *viewer* may see it."""
    row = session.execute(_rows().where(col(Signal.id) == signal_id, seen_by(viewer))).first()
    return SignalRow(*row) if row is not None else None


def lock(session: Session, signal_id: str) -> Signal:
    """The signal as it is now, kept from other writers until the transaction ends."""
    statement = select(Signal).where(col(Signal.id) == signal_id).with_for_update()
    return session.scalars(statement.execution_options(populate_existing=True)).one()


def steps_of(session: Session, signal_id: str) -> list[SignalStep]:
    """What happened to a signal after it was raised, oldest first."""
    of_signal = select(SignalStep).where(col(SignalStep.signal_id) == signal_id)
    return list(session.scalars(of_signal.order_by(col(SignalStep.id))))


def reports_of(session: Session, signal_id: str, viewer: Viewer, *, limit: int) -> tuple[list[Report], int]:
    """The reports that a signal rests on and *viewer* may see, by reference, at most *limit*; and how many they are."""
    wanted = (col(SignalReport.signal_id) == signal_id, visible_to(viewer))
    statement = select(Report).join(SignalReport, col(SignalReport.report_id) == col(Report.id)).where(*wanted)
    total = session.scalar(select(func.count()).select_from(statement.with_only_columns(col(Report.id)).subquery()))
    shown = statement.order_by(func.coalesce(col(Report.reference), col(Report.id))).limit(limit)
    return list(session.scalars(shown)), total or 0


def raised_on_reports(
    session: Session, signal_ids: Collection[str], report_ids: Collection[str], viewer: Viewer
) -> dict[str, list[SignalRow]]:
    """Of *signal_ids*, those that rest on one of *report_ids* and that *viewer* may see, by report.

    Firsts are left out: a receipt tells of them as the viewer sees them, and nearly every report of a batch makes some.
    """
    found: dict[str, list[SignalRow]] = {}
    wanted = set(report_ids)
    for ids in in_batches(signal_ids):
        statement = (
            _rows()
            .add_columns(col(SignalReport.report_id))
            .join(SignalReport, col(SignalReport.signal_id) == col(Signal.id))
            .where(
                col(Signal.id).in_(ids),
                col(Signal.retracted).is_(False),
                col(Signal.kind).not_in(FIRSTS),
                seen_by(viewer),
            )
            .order_by(*_WITHIN_QUARTER)
        )
        for *row, report_id in session.execute(statement):
            if report_id in wanted:
                found.setdefault(report_id, []).append(SignalRow(*row))
    return found


def _rows() -> Select[Signal, str, str, Nature]:
    columns = (col(Substance.accession), col(Substance.name), col(Substance.nature))
    return select(Signal, *columns).join(Substance, col(Substance.id) == col(Signal.substance_id))


def _count(session: Session, wanted: Sequence[ColumnElement[bool]]) -> int:
    counted = _rows().where(*wanted).with_only_columns(col(Signal.id)).subquery()
    return session.scalar(select(func.count()).select_from(counted)) or 0


def _conditions(viewer: Viewer, question: SignalQuestion) -> list[ColumnElement[bool]]:
    wanted = [seen_by(viewer)]
    if not question.retracted:
        wanted.append(col(Signal.retracted).is_(False))
    asked = (
        (Signal.kind, question.kind),
        (Substance.accession, question.accession),
        (Substance.nature, question.nature),
        (Signal.country, question.country),
        (Signal.state, question.state),
    )
    wanted += [col(column) == value for column, value in asked if value is not None]
    if question.since is not None:
        year, quarter = question.since
        later = and_(col(Signal.year) == year, or_(col(Signal.quarter) >= quarter, col(Signal.quarter) == 0))
        wanted.append(or_(col(Signal.year) > year, later))
    if question.until is not None:
        year, quarter = question.until
        wanted.append(or_(col(Signal.year) < year, and_(col(Signal.year) == year, col(Signal.quarter) <= quarter)))
    if question.raised_since is not None:
        wanted.append(col(Signal.raised_at) >= question.raised_since)
    if question.raised_before is not None:
        wanted.append(col(Signal.raised_at) < question.raised_before)
    return wanted


# A signal's key would do, but it holds the number of the substance's row; its id is drawn at random.
_WITHIN_QUARTER = (
    col(Substance.accession),
    col(Signal.kind),
    func.coalesce(col(Signal.country), ""),
    col(Signal.place),
    col(Signal.audience),
    col(Signal.id),
)
# Asked for every page of a substance, so that it is put together once.
_PUBLIC_OF_SUBSTANCE = (
    _rows()
    .add_columns(func.count().over())
    .where(*_conditions(VISITOR, EVERYTHING), col(Signal.substance_id) == bindparam("key"))
    .order_by(col(Signal.year).desc(), col(Signal.quarter).desc(), *_WITHIN_QUARTER)
    .limit(bindparam("most"))
)


def _marks(row: SignalRow) -> tuple[int, int, str, str, str, str, str, str]:
    signal = row.signal
    place = (signal.country or "", signal.place, signal.audience)
    return signal.year, signal.quarter, row.accession, signal.kind.value, *place, signal.id


def _behind(cursor: str) -> ColumnElement[bool]:
    year, quarter, *rest = read_cursor(cursor, (int, int, str, str, str, str, str, str))
    if rest[1] not in set(SignalKind):
        raise refused_cursor()
    of_year, of_quarter = col(Signal.year) == year, col(Signal.quarter) == quarter
    return or_(
        col(Signal.year) < year,
        and_(of_year, col(Signal.quarter) < quarter),
        and_(of_year, of_quarter, tuple_(*_WITHIN_QUARTER) > tuple_(*rest)),
    )
