"""Everything public about one substance, in a bounded number of queries whatever its content."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import BindParameter, Integer, Select, and_, bindparam, func, or_, select
from sqlmodel import col

from nps_registry.store.batches import in_batches
from nps_registry.store.engine import Session
from nps_registry.store.tables import (
    ChemicalClass,
    Claim,
    Control,
    ControlList,
    PublicCount,
    Rendering,
    Source,
    Substance,
    SubstanceIdentifier,
    SubstanceName,
    SubstanceRelation,
    WatchedCount,
)
from nps_registry.store.viewer import VISITOR, Viewer
from nps_registry.store.visibility import NOW, substances_visible_to
from nps_registry.store.watch_counts import PUBLIC, WORLD
from nps_registry.vocabulary.substance import NameKind, RelationKind, Status, Stereo

_SYMMETRIC = (RelationKind.STEREO_VARIANT, RelationKind.POSITIONAL_ISOMER)
_GONE = (Status.MERGED, Status.WITHDRAWN)
_KEY: BindParameter[int] = bindparam("key", type_=Integer())
_IDS: BindParameter[Any] = bindparam("ids", expanding=True)
_SHOWN: BindParameter[Any] = bindparam("shown", expanding=True)

# Each is asked for every page of a substance: they are put together once. A fixed few are compared one by one, since IN
# is written out anew each time that a statement is sent.
_NAMES = select(SubstanceName).where(col(SubstanceName.substance_id) == _KEY)
_IDENTIFIERS = (
    select(SubstanceIdentifier)
    .where(col(SubstanceIdentifier.substance_id) == _KEY)
    .order_by(col(SubstanceIdentifier.scheme), col(SubstanceIdentifier.value))
)
_CLAIMS = select(Claim).where(col(Claim.substance_id) == _KEY).order_by(col(Claim.id))
# Fatal, and severe public events in which it had a part stand beside its counts, which are there where those are.
_OF_WORLD = and_(
    col(WatchedCount.substance_id) == _KEY, col(WatchedCount.place) == WORLD, col(WatchedCount.layer) == PUBLIC
)
_HARM = [
    select(func.coalesce(func.sum(cases), 0)).where(_OF_WORLD).scalar_subquery()
    for cases in (col(WatchedCount.fatal), col(WatchedCount.severe))
]
_COUNTS = select(PublicCount, *_HARM).where(col(PublicCount.substance_id) == _KEY)
_RELATIONS = select(SubstanceRelation).where(
    or_(
        col(SubstanceRelation.substance_id) == _KEY,
        and_(col(SubstanceRelation.other_id) == _KEY, *(col(SubstanceRelation.kind) != kind for kind in _SYMMETRIC)),
    )
)
_CONTROLS = (
    select(Control, ControlList)
    .join(ControlList, col(ControlList.id) == col(Control.list_id))
    .where(col(Control.substance_id) == _KEY)
)
_CONTROLS_OF_SEVERAL = (
    select(col(Control.substance_id), col(ControlList.jurisdiction), col(ControlList.instrument), col(Control.schedule))
    .join(ControlList, col(ControlList.id) == col(Control.list_id))
    .where(col(Control.substance_id).in_(_IDS), col(Control.ended_on) == "")
    .order_by(col(ControlList.jurisdiction), col(ControlList.instrument), col(Control.schedule))
)
_SOURCES = select(Source).where(col(Source.id).in_(_IDS))
_DRAWINGS = select(col(Rendering.substance_id), col(Rendering.svg)).where(col(Rendering.substance_id).in_(_IDS))
_LOOKS = (
    select(col(Substance.id), col(Rendering.svg), col(ChemicalClass.label))
    .join(Rendering, col(Rendering.substance_id) == col(Substance.id), isouter=True)
    .join(ChemicalClass, col(ChemicalClass.key) == col(Substance.chemical_class), isouter=True)
    .where(col(Substance.id).in_(_IDS))
)
_CLASS_LABELS = select(col(ChemicalClass.key), col(ChemicalClass.label))


_OTHER: tuple[Any, ...] = (
    *(Substance.id, Substance.accession, Substance.name, Substance.status, Substance.stereo, Substance.skeleton),
    *(Rendering.svg, ChemicalClass.label),
)


def _others(viewer: Viewer) -> Select[Any]:
    """The substances that are named, and what *viewer* may know of its variants and of what was merged into it."""
    visible = substances_visible_to(viewer, NOW)
    is_variant = and_(
        col(Substance.skeleton) == bindparam("skeleton"),
        col(Substance.id) != _KEY,
        *(col(Substance.status) != status for status in _GONE),
        visible,
    )
    is_merged_here = and_(col(Substance.merged_into_id) == _KEY, visible)
    is_drawing = and_(col(Rendering.substance_id) == col(Substance.id), col(Substance.id).in_(_SHOWN))
    return (
        select(*_OTHER)
        .join_from(Substance, Rendering, is_drawing, isouter=True)
        .join(ChemicalClass, col(ChemicalClass.key) == col(Substance.chemical_class), isouter=True)
        .where(or_(col(Substance.id).in_(_IDS), is_variant, is_merged_here))
    )


_OTHERS_FOR_VISITORS = _others(VISITOR)


Looks = tuple[str, str]
"""A drawing (SVG) and the class in words; empty where there is none."""


@dataclass(frozen=True, slots=True)
class Other:
    """What a dossier says of another substance."""

    id: int
    accession: str
    name: str
    status: Status
    stereo: Stereo | None
    skeleton: str | None


@dataclass(frozen=True, slots=True)
class Relative:
    """Another substance and how this one stands to it.

    Attributes:
        forward: this substance has the relation to *other*; else *other* has it to this one.
    """

    relation: SubstanceRelation
    other: Other
    forward: bool


@dataclass(frozen=True, slots=True)
class Listing:
    """A control of the substance, with the edition of the list it stands in."""

    control: Control
    edition: ControlList


@dataclass(frozen=True, slots=True)
class Dossier:
    """One substance with all that is known of it.

    Attributes:
        counts: public counts, earliest first.
        harm: public events in which it had a part that were fatal, and that were severe.
        merged: accessions of the entries that were merged into it.
        looks: drawing (SVG) and class in words of the substance and of whatever else was asked for.
        sources: every source that a statement of the dossier names, by id.
    """

    substance: Substance
    names: list[SubstanceName]
    identifiers: list[SubstanceIdentifier]
    claims: list[Claim]
    relatives: list[Relative]
    merged: list[str]
    listings: list[Listing]
    counts: list[PublicCount]
    harm: tuple[int, int]
    sources: dict[str, Source]
    looks: dict[int, Looks]


def find_dossier(session: Session, substance: Substance, viewer: Viewer, *, beside: Collection[int] = ()) -> Dossier:
    """The dossier of *substance* as *viewer* may read it, and the looks of those *beside* it: eight queries."""
    key = substance.id
    assert key is not None  # it was read from the store
    own = {"key": key}
    names, identifiers = list(session.scalars(_NAMES, own)), list(session.scalars(_IDENTIFIERS, own))
    claims, counts = list(session.scalars(_CLAIMS, own)), session.execute(_COUNTS, own).all()
    relatives, merged, looks = _relatives(session, substance, viewer, beside)
    listings = _listings(session, key)
    return Dossier(
        substance=substance,
        names=sorted(names, key=_name_order),
        identifiers=identifiers,
        claims=claims,
        relatives=relatives,
        merged=merged,
        listings=listings,
        counts=sorted((row[0] for row in counts), key=lambda row: (row.year, row.quarter or 5, row.country)),
        harm=(int(counts[0][1]), int(counts[0][2])) if counts else (0, 0),
        sources=_sources(session, _source_ids(substance, (*names, *identifiers), claims, relatives, listings)),
        looks=looks,
    )


def _name_order(name: SubstanceName) -> tuple[int, str]:
    return list(NameKind).index(name.kind), name.name.casefold()


def _relatives(
    session: Session, substance: Substance, viewer: Viewer, beside: Collection[int]
) -> tuple[list[Relative], list[str], dict[int, Looks]]:
    """What stands in a relation to the substance, and its variants among the entries that reports made.

    With them the accessions that were merged into it, and the looks of those *beside* it.

    The relations of those are in no table: who sees which of them differs from viewer to viewer.
    """
    key = substance.id
    assert key is not None  # it was read from the store
    relations = list(session.scalars(_RELATIONS, {"key": key}))
    ids = {row.other_id if row.substance_id == key else row.substance_id for row in relations}
    wanted = _OTHERS_FOR_VISITORS if viewer == VISITOR else _others(viewer)
    shown = [key, *beside]
    asked = {
        "key": key,
        "ids": [*shown, *ids],
        "shown": shown,
        "skeleton": substance.skeleton,
        "now": datetime.now(UTC),
    }
    others: dict[int, Other] = {}
    looks: dict[int, Looks] = {}
    for other_id, *told, svg, label in session.execute(wanted, asked):
        others[other_id] = Other(other_id, *told)
        looks[other_id] = svg or "", label or ""
    relatives = [
        Relative(row, others[row.other_id], forward=True)
        if row.substance_id == key
        else Relative(row, others[row.substance_id], forward=False)
        for row in relations
    ]
    relatives += [_variant(key, other) for other in others.values() if _is_variant(other, substance, ids)]
    merged = sorted(each.accession for each in others.values() if each.status is Status.MERGED and each.id not in ids)
    return sorted(relatives, key=_relative_order), merged, {each: looks[each] for each in shown if each in looks}


def _is_variant(other: Other, substance: Substance, related: Collection[int]) -> bool:
    """Whether *other* has the skeleton of *substance* and no relation to it that a table tells of."""
    same = other.skeleton is not None and other.skeleton == substance.skeleton
    return same and other.id != substance.id and other.id not in related and other.status not in _GONE


def _variant(key: int, other: Other) -> Relative:
    derived = SubstanceRelation(substance_id=key, other_id=other.id, kind=RelationKind.STEREO_VARIANT, sources=[])
    return Relative(derived, other, forward=True)


def _relative_order(entry: Relative) -> tuple[str, bool, str, str]:
    return entry.relation.kind, not entry.forward, entry.other.name.casefold(), entry.other.accession


def _listings(session: Session, key: int) -> list[Listing]:
    found = [Listing(control, edition) for control, edition in session.execute(_CONTROLS, {"key": key})]
    return sorted(
        found,
        key=lambda entry: (entry.edition.jurisdiction != "UN", entry.edition.jurisdiction, entry.control.decided_on),
    )


def _source_ids(
    substance: Substance,
    cited: Iterable[SubstanceName | SubstanceIdentifier],
    claims: Iterable[Claim],
    relatives: Iterable[Relative],
    listings: Iterable[Listing],
) -> list[str]:
    """The ids in the order in which a reader meets them."""
    ids = list(substance.structure_sources)
    for listing in listings:
        ids += [listing.edition.source_id, *listing.control.sources, *listing.control.verified_by]
    for entry in cited:
        ids += entry.sources
    ids += [claim.source_id for claim in claims]
    for relative in relatives:
        ids += relative.relation.sources
    return list(dict.fromkeys(ids))


def _sources(session: Session, ids: list[str]) -> dict[str, Source]:
    if not ids:
        return {}
    found = {source.id: source for source in session.scalars(_SOURCES, {"ids": ids})}
    return {key: found[key] for key in ids if key in found}


def drawings(session: Session, substance_ids: Collection[int]) -> dict[int, str]:
    """The stored drawings (SVG) of the substances that have a structure."""
    found: dict[int, str] = {}
    for ids in in_batches(substance_ids):
        found |= dict(session.execute(_DRAWINGS, {"ids": ids}).all())
    return found


def looks_of(session: Session, substance_ids: Collection[int]) -> dict[int, Looks]:
    """The stored drawing (SVG) and what people read for the class of each substance; empty where there is none."""
    found: dict[int, Looks] = {}
    for ids in in_batches(substance_ids):
        found |= {key: (svg or "", label or "") for key, svg, label in session.execute(_LOOKS, {"ids": ids}) if key}
    return found


def class_labels(session: Session) -> dict[str, str]:
    """What people read for each chemical class."""
    return dict(session.execute(_CLASS_LABELS).all())


def controls_of(session: Session, substance_ids: Collection[int]) -> dict[int, list[tuple[str, str, str]]]:
    """The standing controls of each of up to a thousand substances: jurisdiction, instrument and schedule."""
    found: dict[int, list[tuple[str, str, str]]] = {}
    for substance_id, *control in session.execute(_CONTROLS_OF_SEVERAL, {"ids": list(substance_ids)}):
        jurisdiction, instrument, schedule = control
        found.setdefault(substance_id, []).append((jurisdiction, instrument, schedule))
    return found
