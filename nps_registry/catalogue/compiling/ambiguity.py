"""Names that two substances share are recorded as ambiguous on both."""

from __future__ import annotations

from collections.abc import Sequence

from nps_registry.catalogue.records import NameRecord, SubstanceRecord
from nps_registry.vocabulary.folding import fold


def mark_ambiguous(records: Sequence[SubstanceRecord]) -> list[SubstanceRecord]:
    """The records with every shared name marked."""
    owners: dict[str, set[str]] = {}
    for record in records:
        for name in record.names:
            owners.setdefault(fold(name.name), set()).add(record.accession)
    shared = {name for name, accessions in owners.items() if len(accessions) > 1}
    return [_marked(record, shared) for record in records]


def _marked(record: SubstanceRecord, shared: set[str]) -> SubstanceRecord:
    if not any(fold(name.name) in shared for name in record.names):
        return record
    names = tuple(_mark(name) if fold(name.name) in shared else name for name in record.names)
    return record.model_copy(update={"names": names})


def _mark(name: NameRecord) -> NameRecord:
    return name.model_copy(update={"ambiguous": True})
