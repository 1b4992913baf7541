"""Which control lists name which substances, for many substances at once."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import bindparam, or_, select

from nps_registry.store.batches import in_batches
from nps_registry.store.engine import Session
from nps_registry.store.plain_columns import select_plain, table_of
from nps_registry.store.tables import Control, ControlList, Rendering, Substance, SubstanceRelation
from nps_registry.vocabulary.substance import RelationKind, Status

_CONTROL, _LIST, _RELATION = table_of(Control), table_of(ControlList), table_of(SubstanceRelation)
_SUBSTANCE, _RENDERING = table_of(Substance), table_of(Rendering)

# Asked with every key typed into a form, so that they are put together once.
_LISTINGS = (
    select(
        _CONTROL.c.substance_id,
        _LIST.c.jurisdiction,
        _LIST.c.instrument,
        _CONTROL.c.schedule,
        _CONTROL.c.in_force_on,
        or_(_CONTROL.c.verified, _LIST.c.is_primary),
        _CONTROL.c.scope,
        _CONTROL.c.exclusions,
    )
    .join(_LIST, _LIST.c.id == _CONTROL.c.list_id)
    .where(_CONTROL.c.substance_id.in_(bindparam("ids", expanding=True)), _CONTROL.c.ended_on == "")
)
_ISOMERS = (
    select(
        _SUBSTANCE.c.accession,
        _SUBSTANCE.c.name,
        _SUBSTANCE.c.skeleton,
        _SUBSTANCE.c.formula,
        _RENDERING.c.positional_key,
    )
    .join(_RENDERING, _RENDERING.c.substance_id == _SUBSTANCE.c.id)
    .where(
        _SUBSTANCE.c.formula.in_(bindparam("formulae", expanding=True)),
        _RENDERING.c.positional_key.in_(bindparam("keys", expanding=True)),
        _SUBSTANCE.c.status.not_in((Status.MERGED, Status.WITHDRAWN, Status.PROVISIONAL)),
    )
    .order_by(_SUBSTANCE.c.name)
)

_ESTERS = select(_RELATION.c.substance_id, _RELATION.c.other_id).where(
    _RELATION.c.substance_id.in_(bindparam("ids", expanding=True)),
    _RELATION.c.kind == RelationKind.ESTER_OF,
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
        for row in select_plain(session, _LISTINGS, {"ids": ids}):
            found.setdefault(row[0], []).append(ListedAs(*row))
    for listings in found.values():
        listings.sort(key=lambda each: (each.jurisdiction != "UN", each.jurisdiction, each.instrument, each.schedule))
    return found


def parents_of_esters(session: Session, substance_ids: Collection[int]) -> dict[int, list[int]]:
    """Of which substances each of *substance_ids* is an ester, as the catalogue says."""
    found: dict[int, list[int]] = {}
    for substance_id, other_id in select_plain(session, _ESTERS, {"ids": list(substance_ids)}) if substance_ids else ():
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
    found = select_plain(session, _ISOMERS, {"formulae": list(formulae), "keys": list(keys)})
    return [
        Isomer(accession, name, skeleton or "", formula or "", key) for accession, name, skeleton, formula, key in found
    ]
