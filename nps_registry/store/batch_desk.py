"""Uploaded tables: their rows, what was said of each, and who works on them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import and_, bindparam, case, delete, func, or_, select, update
from sqlmodel import col

from nps_registry.errors import NotFound
from nps_registry.localisation import gettext as _
from nps_registry.store.bulk import Row, insert_rows
from nps_registry.store.engine import Session
from nps_registry.store.tables import Batch, BatchRow, Organisation, Report, Table
from nps_registry.vocabulary.batch import BatchState, RowVerdict

LEASE = timedelta(seconds=15)
"""How long nobody else goes on with a batch after its worker was last heard of."""

IN_WORK = (BatchState.CHECKING, BatchState.RUNNING)
_QUIETLY = {"synchronize_session": False}


@dataclass(frozen=True, slots=True)
class ResultRow:
    """One row of a batch with the report that it is a part of."""

    row: BatchRow
    report: Report | None


def add_batch(session: Session, batch: Batch, rows: Sequence[Row]) -> None:
    """Keep an uploaded table with all of its rows."""
    session.add(batch)
    session.flush()
    insert_rows(session, BatchRow, [{**row, "batch_id": batch.id} for row in rows])


def find_batch(session: Session, batch_id: str, organisation_id: str, *, lock: bool = False) -> Batch:
    """The batch of this organisation; with *lock* kept from other writers until the transaction ends.

    Raises:
        NotFound: the organisation has no such batch.
    """
    wanted = select(Batch).where(col(Batch.id) == batch_id, col(Batch.organisation_id) == organisation_id)
    if lock:
        wanted = wanted.with_for_update()
    batch = session.scalars(wanted.execution_options(populate_existing=True)).one_or_none()
    if batch is None:
        raise NotFound(_("Your organisation has no batch “%(id)s”.") % {"id": batch_id[:64]})
    return batch


def list_batches(session: Session, organisation_id: str, limit: int = 100) -> list[Batch]:
    """The batches of the organisation, newest first."""
    of_organisation = select(Batch).where(col(Batch.organisation_id) == organisation_id)
    return list(session.scalars(of_organisation.order_by(col(Batch.created_at).desc()).limit(limit)))


def drop_batch(session: Session, batch: Batch) -> None:
    """Forget an uploaded table; the reports that were made of it stay."""
    session.execute(delete(BatchRow).where(col(BatchRow.batch_id) == batch.id), execution_options=_QUIETLY)
    session.delete(batch)
    session.flush()


def count_verdicts(session: Session, batch_id: str) -> dict[RowVerdict, int]:
    """How many rows have which verdict."""
    counted = select(col(BatchRow.verdict), func.count()).where(col(BatchRow.batch_id) == batch_id)
    return dict(session.execute(counted.group_by(col(BatchRow.verdict))).all())


def all_rows(session: Session, batch_id: str) -> list[BatchRow]:
    """Every row, in the order of the table."""
    return list(
        session.scalars(select(BatchRow).where(col(BatchRow.batch_id) == batch_id).order_by(col(BatchRow.number)))
    )


def first_rows(session: Session, batch_id: str, limit: int) -> list[BatchRow]:
    """The first rows, in the order of the table."""
    of_batch = select(BatchRow).where(col(BatchRow.batch_id) == batch_id).order_by(col(BatchRow.number))
    return list(session.scalars(of_batch.limit(limit)))


def page_of_rows(
    session: Session, batch_id: str, *, verdict: RowVerdict | None, page: int, limit: int
) -> list[BatchRow]:
    """One page (from 1) of the rows with *verdict*, or of all of them with the faulty ones first."""
    wanted = select(BatchRow).where(col(BatchRow.batch_id) == batch_id)
    if verdict is not None:
        wanted = wanted.where(col(BatchRow.verdict) == verdict)
    faulty_first = case((col(BatchRow.verdict) == RowVerdict.FAULTY, 0), else_=1)
    ordered = wanted.order_by(faulty_first, col(BatchRow.number))
    return list(session.scalars(ordered.offset((page - 1) * limit).limit(limit)))


def find_row(session: Session, batch_id: str, number: int) -> BatchRow:
    """One row.

    Raises:
        NotFound: the batch has no such row.
    """
    row = session.get(BatchRow, (batch_id, number))
    if row is None:
        raise NotFound(_("The batch has no row %(number)d.") % {"number": number})
    return row


def rows_of_parcels(session: Session, batch_id: str, parcels: Sequence[int]) -> list[BatchRow]:
    """The rows of these reports, in the order of the table."""
    wanted = select(BatchRow).where(col(BatchRow.batch_id) == batch_id, col(BatchRow.parcel).in_(parcels))
    return list(session.scalars(wanted.order_by(col(BatchRow.number))))


def next_rows(session: Session, batch_id: str, after: int, limit: int) -> list[BatchRow]:
    """The rows of the next *limit* reports whose first row stands behind row *after*, whole reports only."""
    behind = and_(col(BatchRow.batch_id) == batch_id, col(BatchRow.parcel) > after)
    parcels = select(col(BatchRow.parcel)).where(behind).distinct().order_by(col(BatchRow.parcel)).limit(limit)
    last = session.scalar(select(func.max(parcels.subquery().c.parcel)))
    if last is None:
        return []
    wanted = select(BatchRow).where(behind, col(BatchRow.parcel) <= last)
    return list(session.scalars(wanted.order_by(col(BatchRow.parcel), col(BatchRow.number))))


def set_parcels(session: Session, batch_id: str, parcels: Mapping[int, int]) -> None:
    """Say of rows which is the first row of their report."""
    rows = Table.metadata.tables[str(BatchRow.__tablename__)]
    which = and_(rows.c.batch_id == batch_id, rows.c.number == bindparam("of_number"))
    given = [{"of_number": number, "new_parcel": parcel} for number, parcel in parcels.items()]
    if given:
        session.connection().execute(update(rows).where(which).values(parcel=bindparam("new_parcel")), given)


def set_verdicts(session: Session, batch_id: str, fates: Sequence[Row]) -> None:
    """Write what was said of rows: dictionaries of ``number``, ``verdict``, ``errors`` and ``report_id``."""
    rows = Table.metadata.tables[str(BatchRow.__tablename__)]
    which = and_(rows.c.batch_id == batch_id, rows.c.number == bindparam("of_number"))
    values = {name: bindparam(f"new_{name}", type_=rows.c[name].type) for name in ("verdict", "errors", "report_id")}
    given = [
        {"of_number": fate["number"], **{f"new_{name}": fate[name] for name in ("verdict", "errors", "report_id")}}
        for fate in fates
    ]
    if given:
        session.connection().execute(update(rows).where(which).values(values), given)


def reset_verdicts(session: Session, batch_id: str) -> None:
    """Have every row looked at again."""
    of_batch = update(BatchRow).where(col(BatchRow.batch_id) == batch_id)
    session.execute(of_batch.values(verdict=RowVerdict.WAITING, errors=[]), execution_options=_QUIETLY)


def find_work(session: Session, worker: str, now: datetime) -> Batch | None:
    """The oldest batch that waits for a worker: nobody's, this one's, or one whose worker has not been heard of."""
    free = or_(
        col(Batch.leased_until).is_(None),
        col(Batch.leased_until) < now,
        # A clock that was set back must not keep a batch waiting for longer than a lease lasts.
        col(Batch.leased_until) > now + LEASE,
        col(Batch.leased_by) == worker,
    )
    waiting = select(Batch).where(col(Batch.state).in_(IN_WORK), free).order_by(col(Batch.changed_at))
    return session.scalars(waiting.limit(1)).one_or_none()


def lease(session: Session, batch_id: str, worker: str, now: datetime) -> bool:
    """Take the batch, or keep it; answers whether it is this worker's now."""
    free = or_(
        col(Batch.leased_until).is_(None),
        col(Batch.leased_until) < now,
        col(Batch.leased_until) > now + LEASE,
        col(Batch.leased_by) == worker,
    )
    taken = update(Batch).where(col(Batch.id) == batch_id, col(Batch.state).in_(IN_WORK), free)
    done = session.execute(taken.values(leased_by=worker, leased_until=now + LEASE), execution_options=_QUIETLY)
    return bool(done.rowcount)  # type: ignore[attr-defined]  # of an update


def organisation_of(session: Session, batch: Batch) -> Organisation:
    """Whose batch it is."""
    return session.get_one(Organisation, batch.organisation_id)


def results(session: Session, batch_id: str) -> list[ResultRow]:
    """Every row with its report, in the order of the table."""
    joined = select(BatchRow, Report).outerjoin(Report, col(Report.id) == col(BatchRow.report_id))
    ordered = joined.where(col(BatchRow.batch_id) == batch_id).order_by(col(BatchRow.number))
    return [ResultRow(row, report) for row, report in session.execute(ordered)]
