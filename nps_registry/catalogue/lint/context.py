"""What the rules look things up in: the catalogue, and what is computed from it once for all rules."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import cached_property

from nps_registry.catalogue.class_rules import ClassRules
from nps_registry.catalogue.records import Catalogue, NameRecord, SubstanceRecord
from nps_registry.catalogue.writing import substance_path
from nps_registry.chemistry.reading import Reading, read
from nps_registry.errors import UnreadableStructure
from nps_registry.vocabulary.folding import fold


class Context:
    """A catalogue under examination; structures are read once, when a rule first asks."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue
        self._readings: dict[str, Reading | UnreadableStructure] = {}

    @cached_property
    def active(self) -> Sequence[SubstanceRecord]:
        """Entries that are neither withdrawn nor merged."""
        return [record for record in self.catalogue.substances if record.status is None]

    @cached_property
    def named(self) -> Mapping[str, Sequence[tuple[SubstanceRecord, NameRecord]]]:
        """Every name of the active entries under its folded key."""
        index = defaultdict(list)
        for record in self.active:
            for name in record.names:
                index[fold(name.name)].append((record, name))
        return index

    @cached_property
    def class_rules(self) -> ClassRules:
        """The classes' rules, compiled."""
        return ClassRules.build(self.catalogue.classes)

    def path_of(self, record: SubstanceRecord) -> str:
        """The record's file: where it was read, or where it will be written."""
        return self.catalogue.paths.get(record.accession) or substance_path(record)

    def read_structure(self, record: SubstanceRecord) -> Reading | None:
        """The record's structure, read with its stated stereochemistry; nothing where it cannot be read."""
        reading = self._read(record)
        return reading if isinstance(reading, Reading) else None

    def fault_of_structure(self, record: SubstanceRecord) -> UnreadableStructure | None:
        """Why the record's structure cannot be read, if it cannot."""
        reading = self._read(record)
        return reading if isinstance(reading, UnreadableStructure) else None

    def _read(self, record: SubstanceRecord) -> Reading | UnreadableStructure | None:
        if record.structure is None:
            return None
        if record.accession not in self._readings:
            try:
                self._readings[record.accession] = read(record.structure.smiles, record.structure.stereo)
            except UnreadableStructure as error:
                self._readings[record.accession] = error
        return self._readings[record.accession]
