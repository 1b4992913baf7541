"""Everything public about one substance, in a bounded number of queries whatever its content."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from sqlalchemy import and_, or_, select
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
)
from nps_registry.store.viewer import Viewer
from nps_registry.store.visibility import substances_visible_to
from nps_registry.vocabulary.substance import NameKind, RelationKind, Status

_SYMMETRIC = (RelationKind.STEREO_VARIANT, RelationKind.POSITIONAL_ISOMER)
_GONE = (Status.MERGED, Status.WITHDRAWN)


@dataclass(frozen=True, slots=True)
class Relative:
    """Another substance and how this one stands to it.

    Attributes:
        forward: this substance has the relation to *other*; else *other* has it to this one.
    """

    relation: SubstanceRelation
    other: Substance
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
        sources: every source that a statement of the dossier names, by id.
    """

    substance: Substance
    names: list[SubstanceName]
    identifiers: list[SubstanceIdentifier]
    claims: list[Claim]
    relatives: list[Relative]
    listings: list[Listing]
    counts: list[PublicCount]
    sources: dict[str, Source]


def find_dossier(session: Session, substance: Substance, viewer: Viewer) -> Dossier:
    """The dossier of *substance* as *viewer* may read it: eight queries."""
    key = substance.id
    assert key is not None  # it was read from the store
    names = list(session.scalars(select(SubstanceName).where(col(SubstanceName.substance_id) == key)))
    identifiers = list(
        session.scalars(
            select(SubstanceIdentifier)
            .where(col(SubstanceIdentifier.substance_id) == key)
            .order_by(col(SubstanceIdentifier.scheme), col(SubstanceIdentifier.value))
        )
    )
    claims = list(session.scalars(select(Claim).where(col(Claim.substance_id) == key).order_by(col(Claim.id))))
    relatives, listings = _relatives(session, key, substance.skeleton, viewer), _listings(session, key)
    counts = session.scalars(select(PublicCount).where(col(PublicCount.substance_id) == key))
    return Dossier(
        substance=substance,
        names=sorted(names, key=_name_order),
        identifiers=identifiers,
        claims=claims,
        relatives=relatives,
        listings=listings,
        counts=sorted(counts, key=lambda row: (row.year, row.quarter or 5, row.country)),
        sources=_sources(session, _source_ids(substance, (*names, *identifiers), claims, relatives, listings)),
    )


def _name_order(name: SubstanceName) -> tuple[int, str]:
    return list(NameKind).index(name.kind), name.name.casefold()


def _relatives(session: Session, key: int, skeleton: str | None, viewer: Viewer) -> list[Relative]:
    """What stands in a relation to the substance, and its variants among the entries that reports made.

    The relations of those are in no table: who sees which of them differs from viewer to viewer.
    """
    forward, backward = col(SubstanceRelation.substance_id) == key, col(SubstanceRelation.other_id) == key
    one_way = col(SubstanceRelation.kind).not_in(_SYMMETRIC)
    relations = list(session.scalars(select(SubstanceRelation).where(or_(forward, and_(backward, one_way)))))
    ids = {row.other_id if row.substance_id == key else row.substance_id for row in relations}
    is_variant = and_(
        col(Substance.skeleton) == skeleton,
        col(Substance.id) != key,
        col(Substance.status).not_in(_GONE),
        substances_visible_to(viewer),
    )
    wanted = or_(col(Substance.id).in_(ids), is_variant) if skeleton else col(Substance.id).in_(ids)
    others = {row.id: row for row in session.scalars(select(Substance).where(wanted))}
    found = [
        Relative(row, others[row.other_id], forward=True)
        if row.substance_id == key
        else Relative(row, others[row.substance_id], forward=False)
        for row in relations
    ]
    found += [_variant(key, other) for other in others.values() if other.id not in ids]
    return sorted(found, key=_relative_order)


def _variant(key: int, other: Substance) -> Relative:
    assert other.id is not None  # it was read from the store
    derived = SubstanceRelation(substance_id=key, other_id=other.id, kind=RelationKind.STEREO_VARIANT, sources=[])
    return Relative(derived, other, forward=True)


def _relative_order(entry: Relative) -> tuple[str, bool, str, str]:
    return entry.relation.kind, not entry.forward, entry.other.name.casefold(), entry.other.accession


def _listings(session: Session, key: int) -> list[Listing]:
    statement = (
        select(Control, ControlList)
        .join(ControlList, col(ControlList.id) == col(Control.list_id))
        .where(col(Control.substance_id) == key)
    )
    found = [Listing(control, edition) for control, edition in session.execute(statement)]
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
    found = {source.id: source for source in session.scalars(select(Source).where(col(Source.id).in_(ids)))}
    return {key: found[key] for key in ids if key in found}


def drawings(session: Session, substance_ids: Collection[int]) -> dict[int, str]:
    """The stored drawings (SVG) of the substances that have a structure."""
    found: dict[int, str] = {}
    for ids in in_batches(substance_ids):
        rows = select(col(Rendering.substance_id), col(Rendering.svg)).where(col(Rendering.substance_id).in_(ids))
        found |= dict(session.execute(rows).all())
    return found


def drawings_and_labels(session: Session, substance_ids: Collection[int]) -> dict[int, tuple[str, str]]:
    """The stored drawing (SVG) and the class in words of each substance, empty where it has none: one question."""
    found: dict[int, tuple[str, str]] = {}
    for ids in in_batches(substance_ids):
        rows = (
            select(col(Substance.id), col(Rendering.svg), col(ChemicalClass.label))
            .outerjoin(Rendering, col(Rendering.substance_id) == col(Substance.id))
            .outerjoin(ChemicalClass, col(ChemicalClass.key) == col(Substance.chemical_class))
            .where(col(Substance.id).in_(ids))
        )
        found |= {row[0]: (row[1] or "", row[2] or "") for row in session.execute(rows) if row[0] is not None}
    return found


def class_labels(session: Session) -> dict[str, str]:
    """What people read for each chemical class."""
    return dict(session.execute(select(col(ChemicalClass.key), col(ChemicalClass.label))).all())
