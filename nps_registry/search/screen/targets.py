"""What a library is compared with: the registry's substances, or another library; laid out once, in the journal."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

import numpy as np
import pyarrow as pa

from nps_registry.chemistry.fingerprints import Recipe, fingerprint
from nps_registry.chemistry.libraries import Fingerprinted
from nps_registry.chemistry.stored import restore
from nps_registry.localisation import gettext as _
from nps_registry.search.screen.crew import Crew
from nps_registry.search.screen.journal import Journal, identify_file
from nps_registry.search.screen.records import Library, Part
from nps_registry.search.screen.work import Comparison, TargetFile, fingerprint_texts
from nps_registry.search.shelf import KEY_BYTES, Layer, write_layer
from nps_registry.search.snapshot import NOBODY, Snapshot

_PLANES = "target.planes"
_NAMES = "target.names"
_BITS = "target.bits"
Fault = tuple[str, int, str]
"""File, row and reason."""
Report = Callable[[int, int], None]
"""Told how many bytes have been read, and how many further records are done."""


@dataclass(frozen=True, slots=True, eq=False)
class Target:
    """What is compared with, laid out.

    Attributes:
        file: its fingerprints.
        names: (n) ``hit``, ``hit_name`` and ``hit_structure`` of each.
        faults: what of it could not be laid out.
    """

    file: TargetFile
    names: pa.Table
    faults: tuple[Fault, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class RegistryTarget:
    """The registry's substances that somebody may know of."""

    snapshot: Snapshot
    visible: frozenset[int] = NOBODY
    size_bytes: int = 0
    """Nothing is read to lay it out."""

    def identify(self) -> dict[str, Any]:
        """What must be the same when a screen is taken up again."""
        digest = blake2b(digest_size=16)
        for accession, _name, smiles in self._rows():
            digest.update(f"{accession} {smiles}\n".encode())
        return {"registry": digest.hexdigest()}

    def lay_out(self, journal: Journal, comparison: Comparison, _crew: Crew, _report: Report) -> Target:
        """Lay them out in *journal*, by accession."""
        rows = self._rows()
        recipe = comparison.recipe
        stored = {entry.accession: entry.row.fingerprint for entry in self.snapshot.entries}
        packed = np.frombuffer(
            b"".join(
                stored[accession] if recipe == self.snapshot.recipe else fingerprint(restore(smiles), recipe)
                for accession, _name, smiles in rows
            ),
            np.uint8,
        )
        columns = list(zip(*rows, strict=True)) or [(), (), ()]
        names = pa.table(dict(zip(("hit", "hit_name", "hit_structure"), map(_texts, columns), strict=True)))
        return Target(_lay_out(journal, packed.reshape(len(rows), recipe.size_bytes), recipe), names)

    def _rows(self) -> list[tuple[str, str, str]]:
        seen = self.snapshot.visible(self.visible)
        positions = (position for position in self.snapshot.structures.positions.tolist() if seen[position])
        rows = (self.snapshot.entries[position].row for position in positions)
        return [(row.accession, row.name, row.smiles or "") for row in rows]


@dataclass(frozen=True, slots=True, eq=False)
class LibraryTarget:
    """Another library, or the same one."""

    library: Library

    @property
    def size_bytes(self) -> int:
        """How much is read to lay it out."""
        return self.library.size_bytes

    def identify(self) -> dict[str, Any]:
        """What must be the same when a screen is taken up again."""
        return identify_file(self.library.path)

    def lay_out(self, journal: Journal, comparison: Comparison, crew: Crew, report: Report) -> Target:
        """Lay it out in *journal*; one that was laid out before is taken up again."""
        planes, names = journal.directory / _PLANES, journal.directory / _NAMES
        if not (planes.exists() and names.exists()):
            self._fingerprint(journal, comparison, crew, report)
        with pa.memory_map(str(names)) as file:
            table = pa.ipc.open_file(file).read_all()
        told = (table.schema.metadata or {}).get(b"faults", b"[]")
        faults = tuple((str(self.library.path), int(row), str(reason)) for row, reason in json.loads(told))
        return Target(TargetFile(planes, comparison.recipe), table, faults)

    def _fingerprint(self, journal: Journal, comparison: Comparison, crew: Crew, report: Report) -> None:
        bits, faults, tables = journal.directory / _BITS, list[tuple[int, str]](), list[pa.Table]()
        with bits.open("wb") as file:
            for part, made in in_order(crew.map(fingerprint_texts, self.library.parts(), comparison)):
                if made is None:
                    faults += [(record.row, _("the process that read it ended")) for record in part.records]
                else:
                    file.write(made.packed.data)
                    chosen = [part.records[place] for place in made.places]
                    tables.append(_name_records(chosen, with_text=self.library.form != "sdf"))
                    faults += [(part.records[place].row, reason) for place, reason in made.faults]
                report(self.library.read_bytes, len(part.records))
        if self.library.ended_early:
            faults.append((0, self.library.ended_early))
        names = pa.concat_tables(tables) if tables else _name_records([], with_text=True)
        size = comparison.recipe.size_bytes
        packed = np.memmap(bits, np.uint8, "r") if len(names) else np.empty(0, np.uint8)
        _lay_out(journal, packed.reshape(len(names), size), comparison.recipe)
        sink = pa.BufferOutputStream()
        described = names.replace_schema_metadata({b"faults": json.dumps(faults).encode()})
        with pa.ipc.new_file(sink, described.schema) as writer:
            writer.write_table(described)
        journal.write(_NAMES, sink.getvalue().to_pybytes())
        bits.unlink()


def in_order(
    results: Iterator[tuple[Part, Fingerprinted | None]],
) -> Iterator[tuple[Part, Fingerprinted | None]]:
    """*results* by the numbers of their parts; those that come early wait."""
    early: dict[int, tuple[Part, Fingerprinted | None]] = {}
    expected = 0
    for part, made in results:
        early[part.number] = (part, made)
        while expected in early:
            yield early.pop(expected)
            expected += 1


def _name_records(records: list[Any], *, with_text: bool) -> pa.Table:
    return pa.table(
        {
            "hit": _texts([str(record.row) for record in records]),
            "hit_name": _texts([record.name for record in records]),
            "hit_structure": _texts([record.text if with_text else "" for record in records]),
        }
    )


def _texts(texts: Any) -> pa.Array:
    return pa.array(list(texts), pa.large_string())


def _lay_out(journal: Journal, packed: np.ndarray[Any, np.dtype[np.uint8]], recipe: Recipe) -> TargetFile:
    keys = [number.to_bytes(KEY_BYTES, "little") for number in range(len(packed))]
    path = journal.directory / _PLANES
    write_layer(path, recipe, Layer.of(packed, keys))
    return TargetFile(path, recipe)
