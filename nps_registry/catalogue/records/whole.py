"""The whole catalogue as read from its directory."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType

from nps_registry.catalogue.records.chemical_class import ClassRecord
from nps_registry.catalogue.records.control import ControlList
from nps_registry.catalogue.records.ledger import RetiredAccession
from nps_registry.catalogue.records.source import SourceRecord
from nps_registry.catalogue.records.substance import SubstanceRecord


def _nothing() -> Mapping[str, str]:
    return MappingProxyType({})


@dataclass(frozen=True)
class Catalogue:
    """Every record of the catalogue, each sort in a stable order.

    Attributes:
        substances: by accession.
        classes: by order of their rules.
        sources: in the order of ``sources.toml``.
        controls: one per control list file, by file name.
        paths: file of each accession, relative to the catalogue's directory, with ``/``.
        digests: SHA-256 of each file read, by the same relative path.
        retired: numbers that must never be given again, with why, by accession.
    """

    substances: tuple[SubstanceRecord, ...]
    classes: tuple[ClassRecord, ...]
    sources: tuple[SourceRecord, ...]
    controls: tuple[ControlList, ...]
    paths: Mapping[str, str] = field(default_factory=_nothing)
    digests: Mapping[str, str] = field(default_factory=_nothing)
    retired: Mapping[str, RetiredAccession] = field(default_factory=dict)

    @cached_property
    def by_accession(self) -> Mapping[str, SubstanceRecord]:
        """Each substance under its accession."""
        return {record.accession: record for record in self.substances}

    @cached_property
    def source_by_id(self) -> Mapping[str, SourceRecord]:
        """Each source under its id."""
        return {source.id: source for source in self.sources}

    @cached_property
    def class_by_key(self) -> Mapping[str, ClassRecord]:
        """Each class under its key."""
        return {chemical_class.key: chemical_class for chemical_class in self.classes}
