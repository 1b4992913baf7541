"""The shapes of what is answered about substances, for the API's description.

Answers are put together from the dossier, not from these classes; a test holds the two together. What may
be added later is not forbidden here.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, Field

from nps_registry.api.search_shapes import CardShape
from nps_registry.vocabulary.catalogue import Agreement
from nps_registry.vocabulary.substance import (
    EffectGroup,
    Evidence,
    Kind,
    NameKind,
    Nature,
    Occurrence,
    Origin,
    RelationKind,
    Status,
    Stereo,
)

Quarter = Annotated[str, Field(description="2026-Q3, or the year alone where no more is known", examples=["2026-Q3"])]
SourceIds = Annotated[list[str], Field(description="Ids of the sources, which stand under `sources`.")]
MaybeDate = Annotated[str | None, Field(description="YYYY-MM-DD, or as much of it as is known")]
Demonstration = Annotated[bool, Field(description="Whether every report here is invented.")]


class PageShape(BaseModel):
    """What every list has."""

    total: int = Field(description="Entries of the whole list.")
    next: str | None = Field(description="Cursor of the page behind; null at the end.")
    demonstration: Demonstration


class SubstanceListShape(PageShape):
    """Cards of substances."""

    items: list[CardShape]


class StructureShape(BaseModel):
    """The parent structure, without counter-ions and solvents."""

    smiles: str
    inchi: str
    inchikey: str
    stereo: Stereo | None
    formula: str
    mass_da: float
    sources: SourceIds


class NameOfSubstanceShape(BaseModel):
    """One name; `ambiguous` where other substances carry it too."""

    name: str
    kind: NameKind
    sources: SourceIds
    ambiguous: bool
    from_year: int | None
    to_year: int | None


class IdentifierShape(BaseModel):
    """One identifier in another registry."""

    value: str
    sources: SourceIds


class ControlShape(BaseModel):
    """One control list that names the substance."""

    jurisdiction: str
    instrument: str
    edition: str
    listed_as: str
    schedule: str
    place: str | None = Field(description="decision, number or document within the sources")
    dates: str = Field(description="what is known of the days, in words; what no source states is said to be missing")
    decided_on: MaybeDate
    in_force_on: MaybeDate = Field(description="null: the date of entry into force is not recorded")
    worded_since: MaybeDate = Field(description="the list has the entry since that day, or longer")
    is_temporary: bool
    expires_on: MaybeDate
    ended_on: MaybeDate
    scope: list[str]
    exclusions: list[str]
    verified: bool
    verified_by: SourceIds
    checked_to: MaybeDate
    note: str | None
    conflicts: list[str] = Field(description="where sources disagree on it, and what was decided")
    sources: SourceIds


class CountryCountShape(BaseModel):
    """Public events of one country."""

    country: str = Field(description="ISO 3166-1 alpha-2, with XK")
    total: int
    first_quarter: Quarter


class PublicReportsShape(BaseModel):
    """Public events with the substance; wastewater is never added to them."""

    counted: str
    total: int
    countries: list[CountryCountShape]
    by_year: dict[str, int]
    first_quarter: Quarter | None
    uncertain_events: int
    wastewater_samples: int


class RelationShape(BaseModel):
    """Another substance; `direction` is `to` where this one has the relation to it."""

    kind: RelationKind
    direction: str
    accession: str
    name: str
    stereo: Stereo | None
    note: str | None
    sources: SourceIds


class IonShape(BaseModel):
    """An ion and its mass-to-charge ratio."""

    adduct: str
    mz: float


class ClaimShape(BaseModel):
    """What one source says of the structure."""

    source: str
    place: str
    names: list[str]
    inchikey: str | None
    agreement: Agreement
    source_class: str | None


class SourceShape(BaseModel):
    """A publication, list or data set."""

    id: str
    title: str
    publisher: str
    licence: str
    edition: str


class DossierShape(BaseModel):
    """Everything public about one substance, each fact with its sources."""

    accession: str
    name: str
    kind: Kind
    nature: Nature
    occurrence: Occurrence
    status: Status
    evidence: Evidence | None
    origin: Origin | None
    structure: StructureShape | None
    names: list[NameOfSubstanceShape]
    identifiers: dict[str, list[IdentifierShape]] = Field(description="By scheme; `cas` is always there.")
    chemical_class: str | None
    subclass: str | None
    effect_groups: list[EffectGroup]
    controls: list[ControlShape]
    reports: PublicReportsShape
    relations: list[RelationShape]
    masses: list[IonShape]
    claims: list[ClaimShape]
    conflicts: list[str]
    comment: str | None
    sources: list[SourceShape]
    revision: int
    demonstration: Demonstration
