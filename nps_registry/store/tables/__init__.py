"""All tables, imported together so that one metadata knows them."""

from nps_registry.store.tables.account import (
    ApiToken,
    Country,
    Invitation,
    Membership,
    Organisation,
    Person,
    SignInSession,
)
from nps_registry.store.tables.audit import AuditEvent, OutboxMessage
from nps_registry.store.tables.base import Table
from nps_registry.store.tables.count import PublicCount, PublicFinding
from nps_registry.store.tables.registry import Registry
from nps_registry.store.tables.report import (
    Attachment,
    CandidateSubstance,
    Detection,
    Draft,
    Event,
    IdempotentAnswer,
    ImportedFile,
    Item,
    Report,
    ReportRevision,
    ReviewStep,
)
from nps_registry.store.tables.signal import Advisory, AdvisoryVersion, Signal, SignalReport
from nps_registry.store.tables.substance import (
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
)

__all__ = [
    "Advisory",
    "AdvisoryVersion",
    "ApiToken",
    "Attachment",
    "AuditEvent",
    "CandidateSubstance",
    "ChemicalClass",
    "Claim",
    "Control",
    "ControlList",
    "Country",
    "Detection",
    "Draft",
    "EffectGroupMembership",
    "Event",
    "IdempotentAnswer",
    "ImportedFile",
    "Invitation",
    "Item",
    "Membership",
    "Organisation",
    "OutboxMessage",
    "Person",
    "PublicCount",
    "PublicFinding",
    "Registry",
    "Rendering",
    "Report",
    "ReportRevision",
    "ReviewStep",
    "SignInSession",
    "Signal",
    "SignalReport",
    "Source",
    "Substance",
    "SubstanceIdentifier",
    "SubstanceName",
    "SubstanceRelation",
    "Table",
]
