"""An identifier names one substance: where two entries have the same one, the better supported keeps it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from nps_registry.catalogue.records import IdentifierRecord, SubstanceRecord


def make_identifiers_unique(records: Sequence[SubstanceRecord]) -> list[SubstanceRecord]:
    """The records, each identifier left on the entry that more sources claim and, among equals, on the older."""
    keeper: dict[tuple[str, str], SubstanceRecord] = {}
    for record in records:
        for identifier in record.identifiers:
            key = _key(identifier)
            keeper[key] = max(keeper.get(key, record), record, key=_support)
    return [_only(record, (one for one in record.identifiers if keeper[_key(one)] is record)) for record in records]


def _key(identifier: IdentifierRecord) -> tuple[str, str]:
    return identifier.scheme.value, identifier.value


def _support(record: SubstanceRecord) -> tuple[int, int]:
    return len({claim.source for claim in record.claims}), -int(record.accession.split("-")[1])


def _only(record: SubstanceRecord, identifiers: Iterable[IdentifierRecord]) -> SubstanceRecord:
    kept = tuple(identifiers)
    return record if kept == record.identifiers else record.model_copy(update={"identifiers": kept})
