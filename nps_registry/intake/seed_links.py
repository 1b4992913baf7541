"""What ties the entries of a load together: merges, redirects, relations, controls."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from nps_registry.catalogue.records import Catalogue, SubstanceRecord
from nps_registry.catalogue.relations import Kin, compute_relations
from nps_registry.errors import CatalogueFault
from nps_registry.intake import seed_rows
from nps_registry.localisation import gettext as _
from nps_registry.signals import following
from nps_registry.store import catalogue as stored
from nps_registry.store import identifications
from nps_registry.store.engine import Session
from nps_registry.vocabulary.substance import RelationKind, Status


def write_merges(session: Session, records: Sequence[SubstanceRecord], ids: Mapping[str, int]) -> None:
    """Point merged entries at those that they are merged into.

    Raises:
        CatalogueFault: the catalogue lacks such an entry.
    """
    merges = {
        ids[record.accession]: (_id_of(record.merged_into, record, ids), seed_rows.identity_of(record))
        for record in records
        if record.status is Status.MERGED and record.merged_into is not None
    }
    stored.set_merges(session, merges)


def redirect(
    session: Session, displaced: Mapping[str, tuple[int, str, str]], ids: Mapping[str, int]
) -> tuple[str, ...]:
    """Let provisional substances redirect to the entries that took their place, and their reports count there.

    Answers the accessions of those redirected.
    """
    if not displaced:
        return ()
    moves = {key: ids[target] for key, _accession, target in displaced.values()}
    stored.set_merges(
        session, {key: (moves[key], identity) for identity, (key, _accession, _target) in displaced.items()}
    )
    identifications.move(session, moves)
    following.follow(session)
    return tuple(sorted(accession for _key, accession, _target in displaced.values()))


def write_relations(session: Session, records: Sequence[SubstanceRecord], ids: Mapping[str, int]) -> set[int]:
    """Write the relations that *records* state and compute the others anew; answers the substances concerned.

    Raises:
        CatalogueFault: a relation leads to an entry that the catalogue lacks.
    """
    stated = [
        (
            ids[record.accession],
            [{"other_id": _id_of(str(row.pop("to")), record, ids), **row} for row in seed_rows.relation_rows(record)],
        )
        for record in records
    ]
    stored.replace_stated_relations(session, stated)
    return stored.replace_derived_relations(session, _derive(session))


def _id_of(accession: str, record: SubstanceRecord, ids: Mapping[str, int]) -> int:
    if accession not in ids:
        raise CatalogueFault(
            _("%(accession)s refers to %(other)s, which the catalogue does not have. Run: nps-registry catalogue lint")
            % {"accession": record.accession, "other": accession}
        )
    return ids[accession]


def _derive(session: Session) -> set[tuple[int, RelationKind, int]]:
    living = stored.living_kin(session)
    ids = {each.accession: each.id for each in living}
    # The stored key stands in the place of the SMILES that it was made of.
    kin = [
        Kin(each.accession, each.skeleton, each.formula, each.chemical_class, each.positional_key) for each in living
    ]
    found = compute_relations(kin, positional_key=str)
    return {(ids[relation.accession], relation.kind, ids[relation.to]) for relation in found}


def write_controls(session: Session, frame: Catalogue, ids: Mapping[str, int]) -> set[int]:
    """Write the control lists; answers the substances whose controls are others now."""
    lists = [seed_rows.list_row(control_list) for control_list in frame.controls]
    rows = [row for control_list in frame.controls for row in seed_rows.control_rows(control_list, ids)]
    return stored.replace_controls(session, lists, rows)
