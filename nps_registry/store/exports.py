"""Whole public tables, read a part at a time so that memory stays bounded."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlmodel import col

from nps_registry.store.batches import in_batches
from nps_registry.store.engine import Session
from nps_registry.store.tables import PublicCount, Rendering, Substance, SubstanceIdentifier, SubstanceName
from nps_registry.store.viewer import VISITOR
from nps_registry.store.visibility import substances_visible_to
from nps_registry.vocabulary.substance import IdentifierScheme, Status

_ROWS_AT_ONCE = 500
_STANDING = (Status.LISTED, Status.UNCONFIRMED, Status.PROVISIONAL)


@dataclass(frozen=True, slots=True)
class ExportRow:
    """One substance of an export; *molblock* is empty unless it was asked for."""

    substance: Substance
    names: list[str]
    cas: list[str]
    molblock: str


@dataclass(frozen=True, slots=True)
class CountRow:
    """One public count with the substance it is of."""

    accession: str
    name: str
    count: PublicCount


def substances(session: Session, *, molblocks: bool = False) -> Iterator[ExportRow]:
    """Every substance that a visitor may know of, by accession."""
    wanted = select(col(Substance.id)).where(col(Substance.status).in_(_STANDING), substances_visible_to(VISITOR))
    ids = list(session.scalars(wanted.order_by(col(Substance.accession))))
    for part in in_batches((key for key in ids if key is not None), _ROWS_AT_ONCE):
        names, cas = _names(session, part), _cas_numbers(session, part)
        drawn = find_molblocks(session, part) if molblocks else {}
        rows = session.scalars(select(Substance).where(col(Substance.id).in_(part)))
        for row in sorted(rows, key=lambda row: row.accession):
            key = row.id or 0
            yield ExportRow(row, names.get(key, []), cas.get(key, []), drawn.get(key, ""))
        session.expunge_all()


def _names(session: Session, ids: Sequence[int]) -> dict[int, list[str]]:
    columns = select(col(SubstanceName.substance_id), col(SubstanceName.name))
    chosen = columns.where(col(SubstanceName.substance_id).in_(ids)).order_by(col(SubstanceName.id))
    return _gather(session.execute(chosen))


def _cas_numbers(session: Session, ids: Sequence[int]) -> dict[int, list[str]]:
    columns = select(col(SubstanceIdentifier.substance_id), col(SubstanceIdentifier.value))
    is_cas = col(SubstanceIdentifier.scheme) == IdentifierScheme.CAS
    chosen = columns.where(col(SubstanceIdentifier.substance_id).in_(ids), is_cas)
    return _gather(session.execute(chosen.order_by(col(SubstanceIdentifier.id))))


def find_molblocks(session: Session, ids: Collection[int]) -> dict[int, str]:
    """The stored molfiles of the substances with *ids* that have a structure."""
    found: dict[int, str] = {}
    for part in in_batches(ids, _ROWS_AT_ONCE):
        columns = select(col(Rendering.substance_id), col(Rendering.molblock))
        found |= dict(session.execute(columns.where(col(Rendering.substance_id).in_(part))).all())
    return found


def _gather(pairs: Iterable[tuple[int, str]]) -> dict[int, list[str]]:
    found: defaultdict[int, list[str]] = defaultdict(list)
    for key, text in pairs:
        found[key].append(text)
    return found


def public_counts(session: Session) -> Iterator[CountRow]:
    """Every public count with events, by substance, country and time."""
    statement = (
        select(col(Substance.accession), col(Substance.name), PublicCount)
        .join(Substance, col(Substance.id) == col(PublicCount.substance_id))
        .where(col(PublicCount.events) > 0)
        .order_by(col(Substance.accession), col(PublicCount.country), col(PublicCount.year), col(PublicCount.quarter))
    )
    for accession, name, count in session.execute(statement.execution_options(yield_per=_ROWS_AT_ONCE)):
        yield CountRow(accession, name, count)
