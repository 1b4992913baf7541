"""The catalogue's rows: what an earlier load left, and the writing of entries in bulk.

The load itself (:mod:`nps_registry.intake.seed`) decides what is written; here are only the statements.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Select, bindparam, delete, select, update
from sqlmodel import col

from nps_registry.store import entry_history
from nps_registry.store.batches import in_batches
from nps_registry.store.bulk import Row, insert_rows
from nps_registry.store.engine import Session
from nps_registry.store.tables import (
    CatalogueFile,
    ChemicalClass,
    Claim,
    Control,
    ControlList,
    EffectGroupMembership,
    Rendering,
    Source,
    Substance,
    SubstanceIdentifier,
    SubstanceName,
    SubstanceRelation,
    Table,
)
from nps_registry.vocabulary.substance import RelationKind, Status

DERIVED = (RelationKind.STEREO_VARIANT, RelationKind.POSITIONAL_ISOMER)
"""Relations that no file states; they are computed from all entries together."""

_QUIETLY = {"synchronize_session": False}
_PARTS: tuple[type[Table], ...] = (SubstanceName, SubstanceIdentifier, Claim, EffectGroupMembership)


@dataclass(frozen=True, slots=True)
class Loaded:
    """An entry as an earlier load left it."""

    id: int
    digest: str
    identity: str | None
    status: Status


@dataclass(frozen=True, slots=True)
class EntryRows:
    """The rows of one entry, without the ids that the database gives.

    Attributes:
        substance: columns of ``substance``.
        parts: rows of names, identifiers, claims and effect groups, by table.
        rendering: columns of ``rendering``; none where there is no structure, or where it stays as it is.
        keeps_rendering: whether the rendering that is there stays.
        is_merged: whether it gets the status of a merged entry when all entries are there.
    """

    substance: dict[str, Any]
    parts: Mapping[type[Table], list[dict[str, Any]]] = field(default_factory=dict)
    rendering: dict[str, Any] | None = None
    keeps_rendering: bool = False
    is_merged: bool = False


@dataclass(frozen=True, slots=True)
class Kin:
    """What relations are computed from."""

    id: int
    accession: str
    skeleton: str
    formula: str
    chemical_class: str | None
    positional_key: str


def _rows(session: Session, statement: Select[*tuple[Any, ...]]) -> Iterable[tuple[Any, ...]]:
    """The rows of *statement* as plain tuples: their types follow from the columns asked for."""
    return (tuple(row) for row in session.execute(statement))


def loaded_entries(session: Session) -> dict[str, Loaded]:
    """Every entry that the catalogue's files ever brought, by accession."""
    statement = select(
        col(Substance.accession),
        col(Substance.id),
        col(Substance.entry_digest),
        col(Substance.identity),
        col(Substance.status),
    ).where(col(Substance.from_catalogue))
    return {accession: Loaded(*row) for accession, *row in _rows(session, statement)}


def loaded_files(session: Session) -> dict[str, str]:
    """SHA-256 of each file of the catalogue as it was loaded, by path."""
    return dict(_rows(session, select(col(CatalogueFile.path), col(CatalogueFile.digest))))


def note_files(session: Session, digests: Mapping[str, str]) -> None:
    """Keep the *digests* of the files loaded, in the place of the earlier ones."""
    before = loaded_files(session)
    stale = [path for path, digest in before.items() if digests.get(path) != digest]
    for paths in in_batches(stale):
        session.execute(delete(CatalogueFile).where(col(CatalogueFile.path).in_(paths)), execution_options=_QUIETLY)
    fresh = [{"path": path, "digest": digest} for path, digest in digests.items() if before.get(path) != digest]
    insert_rows(session, CatalogueFile, fresh)


def renderings_kept(session: Session, wanted: Mapping[int, str]) -> set[int]:
    """Those substances whose rendering follows from what *wanted* names (``drawn_from`` by id) already."""
    kept: set[int] = set()
    for ids in in_batches(wanted):
        statement = select(col(Rendering.substance_id), col(Rendering.drawn_from)).where(
            col(Rendering.substance_id).in_(ids)
        )
        kept |= {
            substance_id
            for substance_id, drawn_from in session.execute(statement)
            if drawn_from == wanted[substance_id]
        }
    return kept


def replace_frame(session: Session, sources: Sequence[Row], classes: Sequence[Row]) -> None:
    """Bring sources and classes to what the files say; one that they lack stays where a row refers to it."""
    for table, key, rows in ((Source, "id", sources), (ChemicalClass, "key", classes)):
        known = set(session.scalars(select(getattr(table, key))))
        insert_rows(session, table, [row for row in rows if row[key] not in known])
        changed = [dict(row) for row in rows if row[key] in known]
        for row in changed:
            session.execute(
                update(table).where(getattr(table, key) == row[key]).values(**row), execution_options=_QUIETLY
            )


def release_identities(session: Session, ids: Collection[int]) -> None:
    """Take the identity from entries that get another or give it up, so that no two hold one meanwhile."""
    for part in in_batches(ids):
        session.execute(
            update(Substance).where(col(Substance.id).in_(part)).values(identity=None), execution_options=_QUIETLY
        )


def holders_of(session: Session, identities: Collection[str]) -> dict[str, tuple[int, str, bool]]:
    """Who holds each identity: id, accession, and whether it is the catalogue's; merged ones hold none."""
    found: dict[str, tuple[int, str, bool]] = {}
    for part in in_batches(identities):
        statement = select(
            col(Substance.identity), col(Substance.id), col(Substance.accession), col(Substance.from_catalogue)
        ).where(col(Substance.identity).in_(part), col(Substance.merged_into_id).is_(None))
        for identity, *holder in _rows(session, statement):
            found[str(identity)] = (holder[0], holder[1], holder[2])
    return found


def write_entries(session: Session, entries: Sequence[EntryRows], known: Mapping[str, int]) -> list[int]:
    """Write *entries* and all that hangs on them, relations apart; answers their ids in the same order.

    *known* has the id of each entry that is there already.
    """
    fresh = [entry for entry in entries if entry.substance["accession"] not in known]
    ids = dict(known)
    begun = entry_history.begin()
    insert_rows(session, Substance, [entry.substance | {"history": begun} for entry in fresh])
    ids |= _ids_of(session, [entry.substance["accession"] for entry in fresh])
    there = [entry for entry in entries if entry.substance["accession"] in known]
    rows = [{**entry.substance, "key": known[entry.substance["accession"]]} for entry in there]
    names = {
        row["key"]: [name["name"] for name in entry.parts.get(SubstanceName, ())]
        for row, entry in zip(rows, there, strict=True)
    }
    merged = {row["key"] for row, entry in zip(rows, there, strict=True) if entry.is_merged}
    _update(session, entry_history.note_changes(session, rows, names, merged))
    keyed = [(ids[entry.substance["accession"]], entry) for entry in entries]
    _replace_parts(session, keyed, [key for key, entry in keyed if entry.substance["accession"] in known])
    return [key for key, _entry in keyed]


def _ids_of(session: Session, accessions: Iterable[str]) -> dict[str, int]:
    """The id of each of *accessions*; reading them is quicker than having every row's insertion answer its own."""
    found: dict[str, int] = {}
    for part in in_batches(accessions):
        statement = select(col(Substance.accession), col(Substance.id)).where(col(Substance.accession).in_(part))
        found.update(_rows(session, statement))
    return found


def _update(session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write what *rows* state; what follows from a structure is not stated of an entry that keeps its drawing."""
    alike: dict[tuple[str, ...], list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        names = tuple(name for name in row if name not in ("key", "accession", "created_at"))
        alike[names].append({"key": row["key"]} | {f"new_{name}": row[name] for name in names})
    statement = update(Substance).where(col(Substance.id) == bindparam("key"))
    for names, values in alike.items():
        session.connection().execute(statement.values({name: bindparam(f"new_{name}") for name in names}), values)


def _replace_parts(session: Session, keyed: Sequence[tuple[int, EntryRows]], known: Sequence[int]) -> None:
    for ids in in_batches(known):
        for table in _PARTS:
            session.execute(delete(table).where(col(table.substance_id).in_(ids)), execution_options=_QUIETLY)  # type: ignore[attr-defined]
    drawn = [key for key, entry in keyed if not entry.keeps_rendering]
    for ids in in_batches(set(drawn) & set(known)):
        session.execute(delete(Rendering).where(col(Rendering.substance_id).in_(ids)), execution_options=_QUIETLY)
    for table in _PARTS:
        rows = [{**row, "substance_id": key} for key, entry in keyed for row in entry.parts.get(table, ())]
        insert_rows(session, table, rows)
    renderings = [{**entry.rendering, "substance_id": key} for key, entry in keyed if entry.rendering]
    insert_rows(session, Rendering, renderings)


def replace_stated_relations(session: Session, entries: Iterable[tuple[int, Sequence[Row]]]) -> None:
    """Write the relations that the files state, each with ``other_id``."""
    stated = list(entries)
    for ids in in_batches(key for key, _relations in stated):
        own = delete(SubstanceRelation).where(
            col(SubstanceRelation.substance_id).in_(ids), col(SubstanceRelation.kind).not_in(DERIVED)
        )
        session.execute(own, execution_options=_QUIETLY)
    rows = [{**row, "substance_id": key} for key, relations in stated for row in relations]
    insert_rows(session, SubstanceRelation, rows)


def living_kin(session: Session) -> list[Kin]:
    """What relations are computed from, of every entry that stands in the catalogue and has a structure."""
    statement = (
        select(
            col(Substance.id),
            col(Substance.accession),
            col(Substance.skeleton),
            col(Substance.formula),
            col(Substance.chemical_class),
            col(Rendering.positional_key),
        )
        .join(Rendering, col(Rendering.substance_id) == col(Substance.id))
        .where(col(Substance.from_catalogue), col(Substance.status).not_in((Status.MERGED, Status.WITHDRAWN)))
        .order_by(col(Substance.accession))
    )
    return [Kin(*row) for row in _rows(session, statement)]


def replace_derived_relations(session: Session, wanted: Collection[tuple[int, RelationKind, int]]) -> set[int]:
    """Make the computed relations those *wanted* (id, kind, other id); answers the substances concerned."""
    columns = (col(SubstanceRelation.substance_id), col(SubstanceRelation.kind), col(SubstanceRelation.other_id))
    derived = col(SubstanceRelation.kind).in_(DERIVED)
    before = {
        (one, kind, other): key
        for key, one, kind, other in session.execute(select(col(SubstanceRelation.id), *columns).where(derived))
    }
    gone, come = before.keys() - set(wanted), set(wanted) - before.keys()
    for keys in in_batches(before[relation] for relation in gone):
        session.execute(
            delete(SubstanceRelation).where(col(SubstanceRelation.id).in_(keys)), execution_options=_QUIETLY
        )
    rows = [{"substance_id": one, "kind": kind, "other_id": other, "sources": []} for one, kind, other in sorted(come)]
    insert_rows(session, SubstanceRelation, rows)
    return {one for one, _kind, _other in gone | come}


def replace_controls(session: Session, lists: Sequence[Row], entries: Sequence[Row]) -> set[int]:
    """Make *lists* and their *entries* the control lists; answers the substances whose controls are others now."""
    before = _controls_by_substance(session)
    session.execute(delete(Control), execution_options=_QUIETLY)
    session.execute(delete(ControlList), execution_options=_QUIETLY)
    insert_rows(session, ControlList, lists)
    insert_rows(session, Control, entries)
    if not before:
        return {int(str(entry["substance_id"])) for entry in entries}
    after = _controls_by_substance(session)
    return {key for key in before.keys() | after.keys() if before.get(key) != after.get(key)}


def _controls_by_substance(session: Session) -> dict[int, list[tuple[object, ...]]]:
    found: dict[int, list[tuple[object, ...]]] = {}
    for control in session.execute(select(Control.__table__).order_by(col(Control.substance_id))).mappings():  # type: ignore[attr-defined]
        rest = tuple(repr(value) for name, value in sorted(control.items()) if name not in ("id", "substance_id"))
        found.setdefault(control["substance_id"], []).append(rest)
    return {key: sorted(rows, key=repr) for key, rows in found.items()}


def withdraw_entries(session: Session, ids: Collection[int]) -> None:
    """Mark entries that the files lack as withdrawn; their facts and the reports of them stay."""
    entry_history.note_withdrawn(session, ids)
    gone = {"status": Status.WITHDRAWN, "identity": None, "entry_digest": "", "merged_into_id": None}
    for part in in_batches(ids):
        session.execute(update(Substance).where(col(Substance.id).in_(part)).values(**gone), execution_options=_QUIETLY)


def set_merges(session: Session, merges: Mapping[int, tuple[int, str | None]]) -> None:
    """Point each entry at the one it is merged into, and give it back its identity (id to target and identity)."""
    for key, (target, identity) in merges.items():
        merged = {"merged_into_id": target, "status": Status.MERGED, "identity": identity}
        session.execute(update(Substance).where(col(Substance.id) == key).values(**merged), execution_options=_QUIETLY)
