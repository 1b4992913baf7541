"""The records of the catalogue: the one validator of its format."""

from nps_registry.catalogue.records.chemical_class import (
    ClassRecord,
    Clauses,
    CounterexampleRecord,
    ExampleRecord,
    Range,
    RuleRecord,
    SubclassRecord,
    Within,
)
from nps_registry.catalogue.records.control import (
    AnchorRecord,
    ControlEntry,
    ControlList,
    ControlListHeader,
    ExcludedRecord,
    GenericDefinition,
)
from nps_registry.catalogue.records.ledger import RetiredAccession, RetiredFile, SourceFile
from nps_registry.catalogue.records.source import SourceRecord
from nps_registry.catalogue.records.substance import (
    ClaimRecord,
    IdentifierRecord,
    MemberRecord,
    NameRecord,
    RelationRecord,
    StructureRecord,
    SubstanceRecord,
)
from nps_registry.catalogue.records.whole import Catalogue

__all__ = [
    "AnchorRecord",
    "Catalogue",
    "ClaimRecord",
    "ClassRecord",
    "Clauses",
    "ControlEntry",
    "ControlList",
    "ControlListHeader",
    "CounterexampleRecord",
    "ExampleRecord",
    "ExcludedRecord",
    "GenericDefinition",
    "IdentifierRecord",
    "MemberRecord",
    "NameRecord",
    "Range",
    "RelationRecord",
    "RetiredAccession",
    "RetiredFile",
    "RuleRecord",
    "SourceFile",
    "SourceRecord",
    "StructureRecord",
    "SubclassRecord",
    "SubstanceRecord",
    "Within",
]
