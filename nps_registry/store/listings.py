"""Which control lists name which substances, for many substances at once."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import bindparam, or_, select
from sqlmodel import col

from nps_registry.store.batches import in_batches
from nps_registry.store.engine import Session
from nps_registry.store.tables import Control, ControlList, Rendering, Substance, SubstanceRelation
from nps_registry.vocabulary.substance import RelationKind, Status

# Asked with every key typed into a form, so that they are put together once.
_LISTINGS = (
    select(
        col(Control.substance_id),
        col(ControlList.jurisdiction),
        col(ControlList.instrument),
        col(Control.schedule),
        col(Control.in_force_on),
        or_(col(Control.verified), col(ControlList.is_primary)),
        col(Control.scope),
        col(Control.exclusions),
    )
    .join(ControlList, col(ControlList.id) == col(Control.list_id))
    .where(col(Control.substance_id).in_(bindparam("ids", expanding=True)), col(Control.ended_on) == "")
)
_ISOMERS = (
    select(
        col(Substance.accession),
        col(Substance.name),
        col(Substance.skeleton),
        col(Substance.formula),
        col(Rendering.positional_key),
    )
    .join(Rendering, col(Rendering.substance_id) == col(Substance.id))
    .where(
        col(Substance.formula).in_(bindparam("formulae", expanding=True)),
        col(Rendering.positional_key).in_(bindparam("keys", expanding=True)),
        col(Substance.status).not_in((Status.MERGED, Status.WITHDRAWN, Status.PROVISIONAL)),
    )
    .order_by(col(Substance.name))
)

_ESTERS = select(col(SubstanceRelation.substance_id), col(SubstanceRelation.other_id)).where(
    col(SubstanceRelation.substance_id).in_(bindparam("ids", expanding=True)),
    col(SubstanceRelation.kind) == RelationKind.ESTER_OF,
)


@dataclass(frozen=True, slots=True)
class ListedAs:
    """A control of a substance that has not ended.

    Attributes:
        jurisdiction: ``UN`` or a country by ISO 3166-1 alpha-2.
        in_force_on: partial ISO date, or empty where the list does not say.
        verified: whether the list's own text, or a second source, says so.
        scope: what the entry covers beside the substance, as the keys of ``ControlScope``.
        exclusions: what its wording leaves out, verbatim.
    """

    substance_id: int
    jurisdiction: str
    instrument: str
    schedule: str
    in_force_on: str
    verified: bool
    scope: Sequence[str] = ()
    exclusions: Sequence[str] = ()


def listings_of(session: Session, substance_ids: Collection[int]) -> dict[int, list[ListedAs]]:
    """The controls of each of *substance_ids* that have not ended, the treaties first."""
    found: dict[int, list[ListedAs]] = {}
    for ids in in_batches(substance_ids):
        for row in session.execute(_LISTINGS, {"ids": ids}):
            found.setdefault(row[0], []).append(ListedAs(*row))
    for listings in found.values():
        listings.sort(key=lambda each: (each.jurisdiction != "UN", each.jurisdiction, each.instrument, each.schedule))
    return found


def parents_of_esters(session: Session, substance_ids: Collection[int]) -> dict[int, list[int]]:
    """Of which substances each of *substance_ids* is an ester, as the catalogue says."""
    found: dict[int, list[int]] = {}
    for substance_id, other_id in session.execute(_ESTERS, {"ids": list(substance_ids)}) if substance_ids else ():
        found.setdefault(substance_id, []).append(other_id)
    return found


@dataclass(frozen=True, slots=True)
class Isomer:
    """A substance that shares formula and pieces with another and carries them at other places."""

    accession: str
    name: str
    skeleton: str
    formula: str
    positional_key: str


def positional_isomers(session: Session, formulae: Collection[str], keys: Collection[str]) -> list[Isomer]:
    """The catalogue's substances of one of *formulae* whose positional key is one of *keys*, by name."""
    if not formulae or not keys:
        return []
    found = session.execute(_ISOMERS, {"formulae": list(formulae), "keys": list(keys)})
    return [
        Isomer(accession, name, skeleton or "", formula or "", key) for accession, name, skeleton, formula, key in found
    ]
