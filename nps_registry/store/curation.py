"""Provisional substances, as those who curate them see them; and the writing of what they decide."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import and_, delete, func, not_, or_, select, tuple_
from sqlmodel import col

from nps_registry.store import entry_history, public_years
from nps_registry.store.batches import in_batches
from nps_registry.store.engine import Session
from nps_registry.store.paging import Page, read_cursor, read_instant, write_cursor
from nps_registry.store.tables import (
    Control,
    ControlledAnalogue,
    Detection,
    EffectGroupMembership,
    Event,
    Organisation,
    PublicCount,
    Rendering,
    Report,
    Source,
    Substance,
    SubstanceName,
)
from nps_registry.store.tables.substance import name_key
from nps_registry.vocabulary.catalogue import SourceKind
from nps_registry.vocabulary.folding import fold
from nps_registry.vocabulary.report import ReportState
from nps_registry.vocabulary.substance import EntryChange, NameKind, Nature, Status

_QUIETLY = {"synchronize_session": False}
PREFERRED, WORDS_OF_LABORATORIES = NameKind.PREFERRED, 12


@dataclass(frozen=True, slots=True)
class Provisional:
    """A provisional substance with what is reported of it.

    Attributes:
        reports: in any state but withdrawn and redacted.
        public_events: events that count in public.
        near: the controlled substance that it is close to, with the similarity; none where there is none.
    """

    substance: Substance
    reports: int
    public_events: int
    near: tuple[Substance, float] | None


def list_provisional(session: Session, *, limit: int, cursor: str | None) -> Page[Provisional]:
    """The provisional substances, latest first.

    Raises:
        InvalidInput: a cursor that this list did not give.
    """
    wanted = [col(Substance.status) == Status.PROVISIONAL]
    total = session.scalar(select(func.count()).select_from(Substance).where(*wanted)) or 0
    order = (col(Substance.created_at), col(Substance.accession))
    if cursor is not None:
        made, accession = read_cursor(cursor, (str, str))
        wanted.append(tuple_(*order) < tuple_(read_instant(made), accession))
    statement = select(Substance).where(*wanted).order_by(*(column.desc() for column in order)).limit(limit + 1)
    found = list(session.scalars(statement))
    items = found[:limit]
    more = len(found) > limit
    next_cursor = write_cursor([items[-1].created_at, items[-1].accession]) if more else None
    return Page(describe(session, items), total, next_cursor)


def describe(session: Session, substances: Sequence[Substance]) -> list[Provisional]:
    """*substances* with what is reported of each, in the same order."""
    ids = [row.id for row in substances if row.id is not None]
    reports: dict[int, int] = {}
    events: dict[int, int] = {}
    near: dict[int, tuple[Substance, float]] = {}
    for part in in_batches(ids):
        counted = (
            select(col(Detection.substance_id), func.count(col(Detection.report_id).distinct()))
            .join(Report, col(Report.id) == col(Detection.report_id))
            .where(
                col(Detection.substance_id).in_(part),
                col(Report.state).not_in((ReportState.WITHDRAWN, ReportState.REDACTED)),
            )
            .group_by(col(Detection.substance_id))
        )
        reports |= {row[0]: row[1] for row in session.execute(counted) if row[0] is not None}
        public = select(col(PublicCount.substance_id), func.sum(col(PublicCount.events))).where(
            col(PublicCount.substance_id).in_(part)
        )
        events |= {row[0]: row[1] for row in session.execute(public.group_by(col(PublicCount.substance_id)))}
        close = (
            select(col(ControlledAnalogue.substance_id), Substance, col(ControlledAnalogue.score))
            .join(Substance, col(Substance.id) == col(ControlledAnalogue.other_id))
            .where(col(ControlledAnalogue.substance_id).in_(part))
        )
        near |= {row[0]: (row[1], row[2]) for row in session.execute(close)}
    return [
        Provisional(row, reports.get(row.id or 0, 0), events.get(row.id or 0, 0), near.get(row.id or 0))
        for row in substances
    ]


@dataclass(frozen=True, slots=True)
class DetectionOf:
    """A detection of a substance with what tells its report apart."""

    detection: Detection
    report: Report
    country: str
    year: int


def detections_of(session: Session, substance_id: int, *, most: int) -> list[DetectionOf]:
    """The detections of a substance with their reports, latest first; at most *most*."""
    statement = (
        select(Detection, Report, col(Organisation.country), col(Event.year))
        .join(Report, col(Report.id) == col(Detection.report_id))
        .join(Organisation, col(Organisation.id) == col(Report.organisation_id))
        .join(Event, col(Event.id) == col(Report.event_id))
        .where(col(Detection.substance_id) == substance_id)
        .order_by(col(Report.created_at).desc(), col(Report.id), col(Detection.position))
    )
    return [DetectionOf(*row) for row in session.execute(statement.limit(most))]


def controlled_among(session: Session, substance_ids: Collection[int]) -> set[int]:
    """Those of *substance_ids* that a control list names now."""
    named: set[int] = set()
    for ids in in_batches(substance_ids):
        statement = select(col(Control.substance_id)).where(
            col(Control.substance_id).in_(ids), col(Control.ended_on) == ""
        )
        named.update(session.scalars(statement.distinct()))
    return named


def controlled_accessions(session: Session, accessions: Collection[str]) -> frozenset[str]:
    """Those of *accessions* that a control list names now."""
    statement = (
        select(col(Substance.accession))
        .join(Control, col(Control.substance_id) == col(Substance.id))
        .where(col(Substance.accession).in_(accessions), col(Control.ended_on) == "")
    )
    return frozenset(session.scalars(statement.distinct()))


def has_public_events(session: Session, substance_id: int) -> bool:
    """Whether the public knows of the substance by a report."""
    counted = select(col(PublicCount.substance_id)).where(
        col(PublicCount.substance_id) == substance_id,
        or_(col(PublicCount.events) > 0, and_(col(PublicCount.uncertain_events) > 0)),
    )
    return session.scalars(counted.limit(1)).first() is not None


@dataclass(frozen=True, slots=True)
class Listing:
    """What is written when a provisional substance is listed.

    Attributes:
        note: on what the structure and the name rest.
        sources: id and citation of each source.
        svg, molblock: drawn anew, with the name in them.
    """

    name: str
    nature: Nature
    chemical_class: str | None
    subclass: str | None
    effect_groups: tuple[str, ...]
    class_overruled: str
    note: str
    sources: tuple[tuple[str, str], ...]
    svg: str
    molblock: str


def write_listing(session: Session, substance: Substance, listing: Listing) -> None:
    """Let *substance* be listed as *listing* says."""
    assert substance.id is not None  # stored
    for source_id, title in listing.sources:
        if session.get(Source, source_id) is None:
            session.add(Source(id=source_id, title=title, publisher="", kind=SourceKind.PUBLICATION))
    ids = [source_id for source_id, _title in listing.sources]
    substance.name, substance.name_key = listing.name, name_key(listing.name)
    substance.nature, substance.status = listing.nature, Status.LISTED
    substance.chemical_class, substance.subclass = listing.chemical_class, listing.subclass
    substance.class_overruled, substance.comment = listing.class_overruled, listing.note
    substance.effect_groups, substance.structure_sources = list(listing.effect_groups), ids
    substance.revision += 1
    substance.history = entry_history.add(substance.history, [EntryChange.LISTED])
    substance.updated_at = datetime.now(UTC)
    session.add(substance)
    named = delete(SubstanceName).where(col(SubstanceName.substance_id) == substance.id)
    session.execute(named, execution_options=_QUIETLY)
    grouped = delete(EffectGroupMembership).where(col(EffectGroupMembership.substance_id) == substance.id)
    session.execute(grouped, execution_options=_QUIETLY)
    session.add(
        SubstanceName(
            substance_id=substance.id, name=listing.name, folded=fold(listing.name), kind=PREFERRED, sources=ids
        )
    )
    session.add_all(
        EffectGroupMembership(substance_id=substance.id, effect_group=group) for group in listing.effect_groups
    )
    rendering = session.get(Rendering, substance.id)
    if rendering is not None and listing.svg:
        rendering.svg, rendering.molblock = listing.svg, listing.molblock
    session.flush()
    public_years.count_anew(session, [substance.id])


def list_of_instance(session: Session) -> list[tuple[Substance, list[str]]]:
    """The substances that this instance lists and no catalogue brought, each with its names, by accession."""
    wanted = select(Substance).where(
        col(Substance.status) == Status.LISTED, not_(col(Substance.from_catalogue)), col(Substance.smiles).is_not(None)
    )
    rows = list(session.scalars(wanted.order_by(col(Substance.accession))))
    names: dict[int, list[str]] = {}
    for ids in in_batches(row.id for row in rows if row.id is not None):
        told = select(col(SubstanceName.substance_id), col(SubstanceName.name)).where(
            col(SubstanceName.substance_id).in_(ids)
        )
        for substance_id, name in session.execute(told.order_by(col(SubstanceName.id))):
            names.setdefault(substance_id, []).append(name)
    return [(row, names.get(row.id or 0, [])) for row in rows]
