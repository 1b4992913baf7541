"""Substances found by what they are: identity, skeleton, name, number, accession."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import SQLColumnExpression, bindparam, select
from sqlmodel import col

from nps_registry.store.batches import in_batches
from nps_registry.store.browse import Browse, CardRow, Facets, browse, facets, newly_reported
from nps_registry.store.engine import Session
from nps_registry.store.plain_columns import select_plain, table_of
from nps_registry.store.tables import Substance, SubstanceIdentifier, SubstanceName
from nps_registry.store.tables.substance import identity_key
from nps_registry.store.viewer import VISITOR, Viewer
from nps_registry.store.visibility import NOW, substances_visible_to
from nps_registry.vocabulary.substance import IdentifierScheme, Nature, Status, Stereo

__all__ = [
    "Browse",
    "CardRow",
    "Facets",
    "browse",
    "by_accession",
    "by_accessions",
    "by_cas",
    "by_folded_names",
    "by_identities",
    "by_ids",
    "by_skeletons",
    "facets",
    "follow_merges",
    "identities_exist",
    "identity_key",
    "list_with_structure",
    "newly_reported",
]

IdentityPair = tuple[str, Stereo]
"""Full standard InChI and stated stereo."""

GONE = (Status.MERGED, Status.WITHDRAWN)
# Asked with every key typed into a form, so that it is put together once.
_KNOWN_IDENTITY = (
    select(table_of(Substance).c.id)
    .where(table_of(Substance).c.identity.in_(bindparam("keys", expanding=True)))
    .limit(1)
)
# Asked for every page of a substance.
_BY_ACCESSION = select(Substance).where(col(Substance.accession) == bindparam("accession"))
_VISITORS_BY_ACCESSION = _BY_ACCESSION.where(substances_visible_to(VISITOR, NOW))


def by_ids(session: Session, substance_ids: Collection[int]) -> dict[int, Substance]:
    """The substances with these ids, merged and withdrawn ones too."""
    return {row.id: row for row in _find(session, col(Substance.id), substance_ids) if row.id is not None}


def by_accession(session: Session, accession: str, viewer: Viewer) -> Substance | None:
    """The substance with this accession, if *viewer* may know of it."""
    wanted = _VISITORS_BY_ACCESSION if viewer == VISITOR else _BY_ACCESSION.where(substances_visible_to(viewer, NOW))
    return session.scalars(wanted, {"accession": accession, "now": datetime.now(UTC)}).one_or_none()


def by_accessions(session: Session, accessions: Collection[str]) -> dict[str, Substance]:
    """The substances with these accessions, merged and withdrawn ones too."""
    return {row.accession: row for row in _find(session, col(Substance.accession), accessions)}


def by_identities(session: Session, pairs: Collection[IdentityPair]) -> dict[IdentityPair, Substance]:
    """The substance of each identity in *pairs* that is known; a merged one is answered by where it went."""
    pair_of = {identity_key(*pair): pair for pair in pairs}
    found = {row.id: row for row in _find(session, col(Substance.identity), pair_of)}
    targets = follow_merges(session, found.values())
    answer: dict[IdentityPair, Substance] = {}
    for row in sorted(found.values(), key=lambda row: row.merged_into_id is None):  # the living one has the last word
        if row.identity is not None and row.id in targets:
            answer[pair_of[row.identity]] = targets[row.id]
    return answer


def identities_exist(session: Session, pairs: Collection[IdentityPair]) -> bool:
    """Whether the store knows one of *pairs*, merged and withdrawn entries too."""
    if not pairs:
        return False
    keys = [identity_key(*pair) for pair in pairs]
    return select_plain(session, _KNOWN_IDENTITY, {"keys": keys}).first() is not None


def follow_merges(session: Session, rows: Iterable[Substance]) -> dict[int | None, Substance]:
    """Where each of *rows* went by now, by its id: itself unless it was merged, then the end of its redirects."""
    ends = {row.id: row for row in rows}
    while moved := {row.merged_into_id for row in ends.values() if row.merged_into_id is not None}:
        targets = by_ids(session, moved)
        ends = {key: targets[row.merged_into_id] if row.merged_into_id else row for key, row in ends.items()}
    return ends


def by_skeletons(session: Session, skeletons: Collection[str]) -> dict[str, list[Substance]]:
    """The stereo variants of each skeleton (first block of the InChIKey), in the order of their accessions."""
    found: dict[str, list[Substance]] = defaultdict(list)
    for row in _find(session, col(Substance.skeleton), skeletons):
        if row.status not in GONE and row.skeleton is not None:
            found[row.skeleton].append(row)
    return {skeleton: sorted(rows, key=lambda row: row.accession) for skeleton, rows in found.items()}


def by_folded_names(session: Session, folded: Collection[str]) -> dict[str, list[Substance]]:
    """The substances that carry each folded name, in the order of their accessions."""
    found: dict[str, dict[str, Substance]] = defaultdict(dict)
    for names in in_batches(folded):
        statement = (
            select(col(SubstanceName.folded), Substance)
            .join(Substance, col(Substance.id) == col(SubstanceName.substance_id))
            .where(col(SubstanceName.folded).in_(names), col(Substance.status).not_in(GONE))
            .order_by(col(Substance.accession))
        )
        for name, substance in session.execute(statement):
            found[name][substance.accession] = substance
    return {name: list(substances.values()) for name, substances in found.items()}


def by_cas(session: Session, numbers: Collection[str]) -> dict[str, list[Substance]]:
    """The substances with each CAS Registry Number, in the order of their accessions."""
    found: dict[str, list[Substance]] = defaultdict(list)
    for part in in_batches(numbers):
        statement = (
            select(col(SubstanceIdentifier.value), Substance)
            .join(Substance, col(Substance.id) == col(SubstanceIdentifier.substance_id))
            .where(
                col(SubstanceIdentifier.scheme) == IdentifierScheme.CAS,
                col(SubstanceIdentifier.value).in_(part),
                col(Substance.status).not_in(GONE),
            )
            .order_by(col(Substance.accession))
        )
        for number, substance in session.execute(statement):
            found[number].append(substance)
    return dict(found)


def list_with_structure(session: Session, nature: Nature) -> list[Substance]:
    """The listed substances of *nature* that have a structure, in the order of their accessions."""
    statement = select(Substance).where(
        col(Substance.nature) == nature, col(Substance.status) == Status.LISTED, col(Substance.smiles).is_not(None)
    )
    return list(session.scalars(statement.order_by(col(Substance.accession))))


def _find(session: Session, column: SQLColumnExpression[Any], keys: Collection[Any]) -> Iterable[Substance]:
    for part in in_batches(keys):
        yield from session.scalars(select(Substance).where(column.in_(part))).all()
