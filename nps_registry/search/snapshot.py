"""One unchanging state of everything that search knows. A query holds one and is never waited for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from copy import copy
from dataclasses import dataclass
from functools import cached_property
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

from nps_registry.chemistry.atom_counts import SORTS, count_atoms
from nps_registry.chemistry.fingerprints import PATTERN_BITS, Recipe
from nps_registry.search.layers import LayeredPlanes
from nps_registry.search.name_index import Keys, NameIndex
from nps_registry.search.shelf import KEY_BYTES, NOWHERE, Shelf
from nps_registry.store.index_rows import IndexRow

NOBODY: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Entry:
    """One substance in memory.

    Attributes:
        row: what the store says of it.
        is_public: whether a visitor may know of it.
        card: its card as JSON.
    """

    row: IndexRow
    is_public: bool
    card: bytes

    @property
    def accession(self) -> str:
        """The accession."""
        return self.row.accession

    @property
    def name(self) -> str:
        """The preferred name."""
        return self.row.name


@dataclass(frozen=True, slots=True, eq=False)
class Structures:
    """The substances that have a structure, as arrays. ``positions`` says where each stands in the snapshot."""

    positions: NDArray[np.intp]
    keys: tuple[bytes, ...]
    """What names each structure in a file of fingerprints."""
    planes: LayeredPlanes
    patterns: NDArray[np.uint64]
    """(words, n) pattern fingerprints, word by word: a question reads the few words that its pattern has bits in."""
    masses_da: NDArray[np.float64]
    """(n,) monoisotopic masses, rising."""
    mass_positions: NDArray[np.intp]
    """(n,) position in the snapshot of each of *masses_da*."""

    @classmethod
    def of(
        cls, entries: tuple[Entry, ...], recipe: Recipe, shelf: Shelf, before: LayeredPlanes | None = None
    ) -> Structures:
        """Lay out the structures among *entries*; *before* spares most of the work on fingerprints."""
        found = [(position, entry.row) for position, entry in enumerate(entries) if entry.row.fingerprint]
        packed = b"".join(row.pattern_fingerprint for _, row in found)
        weighed = sorted((row.mass_da, place) for place, row in found if row.mass_da is not None)
        keys = tuple(_name_structure(row) for _, row in found)
        return cls(
            positions=np.array([position for position, _ in found], np.intp),
            keys=keys,
            planes=LayeredPlanes.of(
                keys, lambda places: [found[place][1].fingerprint for place in places], recipe, shelf, before
            ),
            patterns=np.ascontiguousarray(np.frombuffer(packed, np.uint64).reshape(len(found), PATTERN_BITS // 64).T),
            masses_da=np.array([mass for mass, _ in weighed], np.float64),
            mass_positions=np.array([position for _, position in weighed], np.intp),
        )


def _name_structure(row: IndexRow) -> bytes:
    """The key of a structure: another where its substance or its structure is another."""
    return blake2b(f"{row.accession} {row.smiles}".encode() + row.fingerprint, digest_size=KEY_BYTES).digest()


@dataclass(frozen=True, eq=False)
class Snapshot:
    """Everything at one value of the registry's change counter.

    Attributes:
        change: the counter's value.
        recipe: how the fingerprints were made.
        entries: by accession, so that a lower position wins a tie.
        public: (n,) whether a visitor may know of each entry.
        structures: the entries that have one, as arrays.
        known_keys: of names, from the snapshot before; they spare most of the work on names.
        shelf: where files of fingerprints are kept.
    """

    change: int
    recipe: Recipe
    entries: tuple[Entry, ...]
    public: NDArray[np.bool_]
    structures: Structures
    by_id: Mapping[int, int]
    by_accession: Mapping[str, int]
    by_inchikey: Mapping[str, tuple[int, ...]]
    by_skeleton: Mapping[str, tuple[int, ...]]
    by_tautomer: Mapping[str, tuple[int, ...]]
    by_formula: Mapping[str, tuple[int, ...]]
    by_cas: Mapping[str, tuple[int, ...]]
    known_keys: Mapping[str, Keys]
    shelf: Shelf

    @classmethod
    def of(
        cls,
        entries: Iterable[Entry],
        change: int,
        recipe: Recipe,
        shelf: Shelf = NOWHERE,
        before: Snapshot | None = None,
    ) -> Snapshot:
        """The snapshot of *entries*, in any order, as of *change*; what *before* has derived is taken over.

        Raises:
            ValueError: a fingerprint is not of *recipe*'s length.
        """
        ordered = tuple(sorted(entries, key=lambda entry: entry.accession))
        rows = [entry.row for entry in ordered]
        return cls(
            change=change,
            recipe=recipe,
            entries=ordered,
            public=np.array([entry.is_public for entry in ordered], np.bool_),
            structures=Structures.of(ordered, recipe, shelf, before.structures.planes if before else None),
            by_id={row.id: position for position, row in enumerate(rows)},
            by_accession={row.accession: position for position, row in enumerate(rows)},
            by_inchikey=_group((row.inchikey, position) for position, row in enumerate(rows)),
            by_skeleton=_group((row.skeleton, position) for position, row in enumerate(rows)),
            by_tautomer=_group((row.tautomer_key, position) for position, row in enumerate(rows)),
            by_formula=_group((row.formula, position) for position, row in enumerate(rows)),
            by_cas=_group((number, position) for position, row in enumerate(rows) for number in row.cas),
            known_keys=_known_keys(before),
            shelf=shelf,
        )

    def at(self, change: int) -> Snapshot:
        """The same state, still so at the later *change*."""
        later = copy(self)  # with what was derived already
        object.__setattr__(later, "change", change)
        return later

    def succeeded_by(self, entries: Iterable[Entry], change: int) -> Snapshot:
        """The next state, as ready as this one; what was derived from names that stay is taken over."""
        later = Snapshot.of(entries, change, self.recipe, self.shelf, self)
        if self.is_prepared:
            later.prepare()
        return later

    @property
    def is_prepared(self) -> bool:
        """Whether the index of names has been made."""
        return "names" in vars(self)

    def prepare(self) -> None:
        """Derive now what the first question would wait for."""
        _prepared = self.names

    @cached_property
    def names(self) -> NameIndex:
        """The index of names: made at its first use, which the thread that follows changes is the first to make."""
        return NameIndex.of((entry.row.names for entry in self.entries), self.known_keys)

    @cached_property
    def atom_counts(self) -> NDArray[np.int16]:
        """(sorts, structures) atoms of each structure by sort, made at the first question that asks for them."""
        rows = [count_atoms(self.entries[position].row.smiles or "") for position in self.structures.positions.tolist()]
        return np.ascontiguousarray(np.array(rows, np.int16).reshape(len(rows), len(SORTS)).T)

    def visible(self, also: frozenset[int] = NOBODY, among: frozenset[int] | None = None) -> NDArray[np.bool_]:
        """(n,) which entries a search may answer with.

        Args:
            also: ids of the substances that the asker may know of beyond the public ones.
            among: ids of those that the question is restricted to; none restricts nothing.
        """
        seen = self.public
        if also:
            seen = seen | self._having(also)
        return seen if among is None else seen & self._having(among)

    def _having(self, ids: frozenset[int]) -> NDArray[np.bool_]:
        chosen = np.zeros(len(self.entries), np.bool_)
        chosen[[self.by_id[key] for key in ids if key in self.by_id]] = True
        return chosen


def _known_keys(before: Snapshot | None) -> Mapping[str, Keys]:
    if before is None:
        return {}
    return before.names.known_keys() if before.is_prepared else before.known_keys


def _group(pairs: Iterable[tuple[str | None, int]]) -> Mapping[str, tuple[int, ...]]:
    groups: dict[str, list[int]] = {}
    for key, position in pairs:
        if key:
            groups.setdefault(key, []).append(position)
    return {key: tuple(positions) for key, positions in groups.items()}
