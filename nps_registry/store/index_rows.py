"""What the in-memory search index is built from, read in bulk: plain tuples, no ORM objects."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import bindparam, select, update
from sqlmodel import col

from nps_registry.store.changes import touch
from nps_registry.store.engine import Session
from nps_registry.store.tables import Registry, Rendering, Substance, SubstanceIdentifier, SubstanceName
from nps_registry.store.viewer import Viewer
from nps_registry.store.visibility import substances_visible_to
from nps_registry.vocabulary.substance import IdentifierScheme, Kind, NameKind, Nature, Status, Stereo

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class NameRow:
    """A name as it is looked up."""

    name: str
    folded: str
    kind: NameKind


@dataclass(frozen=True, slots=True)
class IndexRow:
    """One substance as far as search is concerned.

    Attributes:
        recipe: id of the recipe that made *fingerprint*; empty where there is no structure.
        names: preferred one included.
        cas: CAS Registry Numbers.
    """

    id: int
    accession: str
    name: str
    kind: Kind
    nature: Nature
    status: Status
    smiles: str | None
    inchi: str | None
    inchikey: str | None
    skeleton: str | None
    tautomer_key: str | None
    stereo: Stereo | None
    formula: str | None
    mass_da: float | None
    chemical_class: str | None
    recipe: str
    fingerprint: bytes
    pattern_fingerprint: bytes
    names: tuple[NameRow, ...]
    cas: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class IndexState:
    """Where the registry stands: its change counter and the recipe of its fingerprints."""

    change: int
    recipe: str


def read_index_state(session: Session) -> IndexState:
    """The counter and the recipe; zero and none in a registry that was never filled."""
    found = session.execute(select(col(Registry.change), col(Registry.recipe))).first()
    return IndexState(*found) if found else IndexState(0, "")


_COLUMNS: tuple[Any, ...] = (
    col(Substance.id),
    col(Substance.accession),
    col(Substance.name),
    col(Substance.kind),
    col(Substance.nature),
    col(Substance.status),
    col(Substance.smiles),
    col(Substance.inchi),
    col(Substance.inchikey),
    col(Substance.skeleton),
    col(Substance.tautomer_key),
    col(Substance.stereo),
    col(Substance.formula),
    col(Substance.mass_da),
    col(Substance.chemical_class),
)

_NO_FINGERPRINTS = ("", b"", b"")


def read_index_rows(session: Session, after: int) -> list[IndexRow]:
    """Every substance whose last change is later than *after*, merged and withdrawn ones too."""
    changed = col(Substance.changed) > after
    substances = session.execute(select(*_COLUMNS).where(changed).order_by(col(Substance.id))).mappings().all()
    if not substances:
        return []
    derived = _read_fingerprints(session, after)
    names = _read_names(session, after)
    numbers = _read_cas_numbers(session, after)
    return [
        _row(dict(row), derived.get(row["id"], _NO_FINGERPRINTS), names.get(row["id"], ()), numbers.get(row["id"], ()))
        for row in substances
    ]


def _row(
    substance: dict[str, Any], derived: tuple[str, bytes, bytes], names: tuple[NameRow, ...], cas: tuple[str, ...]
) -> IndexRow:
    recipe, bits, pattern = derived
    return IndexRow(**substance, recipe=recipe, fingerprint=bits, pattern_fingerprint=pattern, names=names, cas=cas)


def _read_fingerprints(session: Session, after: int) -> Mapping[int, tuple[str, bytes, bytes]]:
    statement = (
        select(
            col(Rendering.substance_id),
            col(Rendering.recipe),
            col(Rendering.fingerprint),
            col(Rendering.pattern_fingerprint),
        )
        .join(Substance, col(Substance.id) == col(Rendering.substance_id))
        .where(col(Substance.changed) > after)
    )
    return {substance: (recipe, bits, pattern) for substance, recipe, bits, pattern in session.execute(statement)}


def _read_names(session: Session, after: int) -> Mapping[int, tuple[NameRow, ...]]:
    statement = (
        select(
            col(SubstanceName.substance_id), col(SubstanceName.name), col(SubstanceName.folded), col(SubstanceName.kind)
        )
        .join(Substance, col(Substance.id) == col(SubstanceName.substance_id))
        .where(col(Substance.changed) > after)
        .order_by(col(SubstanceName.id))
    )
    found = session.execute(statement)
    return _gather((substance, NameRow(name, folded, kind)) for substance, name, folded, kind in found)


def _read_cas_numbers(session: Session, after: int) -> Mapping[int, tuple[str, ...]]:
    statement = (
        select(col(SubstanceIdentifier.substance_id), col(SubstanceIdentifier.value))
        .join(Substance, col(Substance.id) == col(SubstanceIdentifier.substance_id))
        .where(col(Substance.changed) > after, col(SubstanceIdentifier.scheme) == IdentifierScheme.CAS)
        .order_by(col(SubstanceIdentifier.id))
    )
    return _gather((substance, value) for substance, value in session.execute(statement))


def _gather(pairs: Iterable[tuple[int, Value]]) -> Mapping[int, tuple[Value, ...]]:
    gathered: dict[int, list[Value]] = {}
    for key, value in pairs:
        gathered.setdefault(key, []).append(value)
    return {key: tuple(values) for key, values in gathered.items()}


def read_visible_provisional(session: Session, viewer: Viewer, now: datetime) -> frozenset[int]:
    """Ids of the provisional substances that *viewer* may know of at *now* (an instant, UTC)."""
    provisional = col(Substance.status) == Status.PROVISIONAL
    statement = select(col(Substance.id)).where(provisional, substances_visible_to(viewer, now))
    return frozenset(key for (key,) in session.execute(statement) if key is not None)


@dataclass(frozen=True, slots=True)
class FingerprintRow:
    """The fingerprints of one substance, made anew."""

    substance_id: int
    fingerprint: bytes
    pattern_fingerprint: bytes


def replace_fingerprints(session: Session, recipe: str, rows: Sequence[FingerprintRow]) -> None:
    """Write *rows* as made by *recipe*, and say that the registry's fingerprints are of that recipe."""
    statement = (
        update(Rendering)
        .where(col(Rendering.substance_id) == bindparam("key"))
        .values(recipe=recipe, fingerprint=bindparam("bits"), pattern_fingerprint=bindparam("pattern"))
    )
    values = [{"key": row.substance_id, "bits": row.fingerprint, "pattern": row.pattern_fingerprint} for row in rows]
    if values:
        session.connection().execute(statement, values)
    session.execute(update(Registry).values(recipe=recipe))
    touch(session, [row.substance_id for row in rows])
