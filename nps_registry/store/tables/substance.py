"""Substances and what is known of each: names, identifiers, claims, relations, controls."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any

from sqlalchemy import Column, Index, LargeBinary, String, UniqueConstraint, text
from sqlalchemy.engine.default import DefaultExecutionContext
from sqlmodel import Field

from nps_registry.store.columns import byte_ordered
from nps_registry.store.tables.base import Table, instant_column, json_column, key_column, now
from nps_registry.vocabulary.catalogue import Agreement, Basis, SourceKind
from nps_registry.vocabulary.folding import fold
from nps_registry.vocabulary.substance import (
    Evidence,
    IdentifierScheme,
    Kind,
    NameKind,
    Nature,
    Occurrence,
    Origin,
    RelationKind,
    Status,
    Stereo,
)


def identity_key(inchi: str, stereo: Stereo) -> str:
    """The key of a substance's identity: SHA-256, hexadecimal, of its full InChI with its stated stereo."""
    return hashlib.sha256(f"{stereo} {inchi}".encode()).hexdigest()


def _identity_of_row(context: DefaultExecutionContext) -> str | None:
    """The key of the row being inserted; a substance without a structure has none."""
    row = context.get_current_parameters()  # type: ignore[no-untyped-call]  # SQLAlchemy's own gap
    inchi, stereo = row.get("inchi"), row.get("stereo")
    return identity_key(inchi, stereo) if inchi and stereo else None


def name_key(name: str) -> str:
    """What *name* is sorted by: its folded form, at most 200 characters, and the name where nothing is left of it."""
    return (fold(name) or name)[:200]


def _name_key_of_row(context: DefaultExecutionContext) -> str:
    return name_key(context.get_current_parameters()["name"])  # type: ignore[no-untyped-call]


class Source(Table, table=True):
    """A publication, list or data set that statements trace to."""

    __tablename__ = "source"

    id: str = Field(primary_key=True, max_length=64)
    title: str
    publisher: str = ""
    licence: str = ""
    edition: str = ""
    group: str = Field(default="", max_length=64, description="claims of one group are not independent of each other")
    url: str = ""
    kind: SourceKind = Field(sa_column=key_column(SourceKind))
    note: str = ""


class ChemicalClass(Table, table=True):
    """A chemical class with its definition; the rules stay in the catalogue's files."""

    __tablename__ = "chemical_class"

    key: str = Field(primary_key=True, max_length=64)
    label: str
    definition: str = ""
    position: int = 0
    subclasses: list[dict[str, object]] = Field(default_factory=list, sa_column=json_column())
    effect_groups: list[str] = Field(default_factory=list, sa_column=json_column())
    unodc_group: str = ""
    eu_group: str = ""


class Substance(Table, table=True):
    """One substance. Identity is ``inchi`` with ``stereo``; the InChIKey is an index, not the key.

    ``identity`` is the digest of the two (:func:`identity_key`): an InChI
    can be longer than PostgreSQL indexes. A substance merged into another keeps its identity and
    leaves the uniqueness to the one it redirects to.
    """

    __tablename__ = "substance"
    __table_args__ = (
        Index(
            "uq_substance_identity",
            "identity",
            unique=True,
            sqlite_where=text("merged_into_id IS NULL"),
            postgresql_where=text("merged_into_id IS NULL"),
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    accession: str = Field(sa_column=Column(byte_ordered(16), nullable=False, unique=True))
    name: str
    name_key: str | None = Field(default=None, sa_column=Column(byte_ordered(), index=True, default=_name_key_of_row))
    kind: Kind = Field(default=Kind.CHEMICAL, sa_column=key_column(Kind))
    nature: Nature = Field(default=Nature.NPS, sa_column=key_column(Nature, index=True))
    occurrence: Occurrence = Field(default=Occurrence.REPORTED, sa_column=key_column(Occurrence))
    status: Status = Field(default=Status.PROVISIONAL, sa_column=key_column(Status, index=True))
    evidence: Evidence | None = Field(default=None, sa_column=key_column(Evidence, nullable=True))
    origin: Origin | None = Field(default=None, sa_column=key_column(Origin, nullable=True))
    smiles: str | None = None
    inchi: str | None = None
    identity: str | None = Field(default=None, sa_column=Column(String(64), default=_identity_of_row))
    inchikey: str | None = Field(default=None, max_length=27, index=True)
    skeleton: str | None = Field(default=None, max_length=14, index=True)
    tautomer_key: str | None = Field(default=None, max_length=160, index=True)
    stereo: Stereo | None = Field(default=None, sa_column=key_column(Stereo, nullable=True))
    formula: str | None = Field(default=None, max_length=160, index=True)
    mass_da: float | None = Field(default=None, index=True, description="monoisotopic mass, Da")
    chemical_class: str | None = Field(default=None, max_length=64, foreign_key="chemical_class.key", index=True)
    subclass: str | None = Field(default=None, max_length=64)
    class_overruled: str = Field(default="", description="why the curator's class differs from the rule's")
    effect_groups: list[str] = Field(default_factory=list, sa_column=json_column())
    comment: str = ""
    conflicts: list[str] = Field(default_factory=list, sa_column=json_column())
    structure_sources: list[str] = Field(default_factory=list, sa_column=json_column())
    merged_into_id: int | None = Field(default=None, foreign_key="substance.id", index=True)
    from_catalogue: bool = Field(default=False, description="an entry of the catalogue's files, else of this instance")
    entry_digest: str = Field(default="", max_length=64, description="SHA-256 of the catalogue file it was loaded from")
    changed: int = Field(default=0, index=True, description="registry.change of its last change; the index follows it")
    revision: int = 1
    history: list[dict[str, Any]] = Field(
        default_factory=list, sa_column=json_column(), description="day (on) and EntryChange keys (what), oldest first"
    )
    created_at: datetime = Field(default_factory=now, sa_column=instant_column())
    updated_at: datetime = Field(default_factory=now, sa_column=instant_column())


class EffectGroupMembership(Table, table=True):
    """Which effect groups a substance is in, as rows that browsing can count and filter by."""

    __tablename__ = "effect_group_membership"

    substance_id: int = Field(primary_key=True, foreign_key="substance.id")
    effect_group: str = Field(primary_key=True, max_length=48, index=True)


class Rendering(Table, table=True):
    """What is derived from a structure once and kept: its drawing and its fingerprints."""

    __tablename__ = "rendering"

    substance_id: int = Field(primary_key=True, foreign_key="substance.id")
    drawn_from: str = Field(default="", max_length=64, description="SHA-256 of all that the rest follows from")
    svg: str = ""
    molblock: str = ""
    positional_key: str = Field(default="", max_length=64, description="shared by isomers in position")
    recipe: str = Field(default="", max_length=80)
    fingerprint: bytes = Field(default=b"", sa_type=LargeBinary)
    pattern_fingerprint: bytes = Field(default=b"", sa_type=LargeBinary)


class SubstanceName(Table, table=True):
    """One name of one substance; ``folded`` is how it is looked up."""

    __tablename__ = "substance_name"
    __table_args__ = (UniqueConstraint("substance_id", "name"),)

    id: int | None = Field(default=None, primary_key=True)
    substance_id: int = Field(foreign_key="substance.id", index=True)
    name: str
    folded: str = Field(index=True)
    kind: NameKind = Field(sa_column=key_column(NameKind))
    ambiguous: bool = False
    from_year: int | None = None
    to_year: int | None = None
    sources: list[str] = Field(default_factory=list, sa_column=json_column())


class SubstanceIdentifier(Table, table=True):
    """An identifier that another registry gives."""

    __tablename__ = "substance_identifier"
    __table_args__ = (UniqueConstraint("substance_id", "scheme", "value"),)

    id: int | None = Field(default=None, primary_key=True)
    substance_id: int = Field(foreign_key="substance.id", index=True)
    scheme: IdentifierScheme = Field(sa_column=key_column(IdentifierScheme))
    value: str = Field(max_length=64, index=True)
    sources: list[str] = Field(default_factory=list, sa_column=json_column())


class Claim(Table, table=True):
    """What one source says of a substance's structure; the evidence grade is derived from these."""

    __tablename__ = "claim"

    id: int | None = Field(default=None, primary_key=True)
    substance_id: int = Field(foreign_key="substance.id", index=True)
    source_id: str = Field(foreign_key="source.id", max_length=64)
    place: str = ""
    names: list[str] = Field(default_factory=list, sa_column=json_column())
    inchikey: str = Field(default="", max_length=27)
    agreement: Agreement = Field(sa_column=key_column(Agreement))
    stereo: Stereo | None = Field(default=None, sa_column=key_column(Stereo, nullable=True))
    basis: Basis | None = Field(default=None, sa_column=key_column(Basis, nullable=True))
    source_class: str = Field(default="", description="the class in the source's own words")


class SubstanceRelation(Table, table=True):
    """How ``substance_id`` stands to ``other_id``; stereo variants and isomers are computed at load."""

    __tablename__ = "substance_relation"
    __table_args__ = (UniqueConstraint("substance_id", "other_id", "kind"),)

    id: int | None = Field(default=None, primary_key=True)
    substance_id: int = Field(foreign_key="substance.id", index=True)
    other_id: int = Field(foreign_key="substance.id", index=True)
    kind: RelationKind = Field(sa_column=key_column(RelationKind))
    note: str = ""
    sources: list[str] = Field(default_factory=list, sa_column=json_column())


class ControlList(Table, table=True):
    """An edition of a control list; ``checked_to`` says up to when it was read."""

    __tablename__ = "control_list"

    id: str = Field(primary_key=True, max_length=64)
    jurisdiction: str = Field(max_length=2)
    instrument: str
    title: str = ""
    edition: str = ""
    source_id: str = Field(foreign_key="source.id", max_length=64)
    checked_to: str = Field(default="", max_length=10)
    note: str = ""
    is_primary: bool = Field(default=False, description="the list's own text was read, entry by entry")
    generic_definitions: list[dict[str, object]] = Field(default_factory=list, sa_column=json_column())
    entry_digest: str = Field(default="", max_length=64)


class Control(Table, table=True):
    """One substance named by one control list."""

    __tablename__ = "control"

    id: int | None = Field(default=None, primary_key=True)
    substance_id: int = Field(foreign_key="substance.id", index=True)
    list_id: str = Field(foreign_key="control_list.id", max_length=64, index=True)
    listed_as: str = ""
    schedule: str = ""
    decided_on: str = Field(default="", max_length=10, description="partial ISO date")
    in_force_on: str = Field(default="", max_length=10, description="partial ISO date")
    ended_on: str = Field(default="", max_length=10, description="partial ISO date; the listing ended or was replaced")
    worded_since: str = Field(default="", max_length=10, description="the list has this wording since; it may be older")
    is_temporary: bool = False
    expires_on: str = Field(default="", max_length=10, description="partial ISO date; of a temporary listing")
    place: str = Field(default="", description="number, page or document within the source")
    scope: list[str] = Field(default_factory=list, sa_column=json_column())
    exclusions: list[str] = Field(default_factory=list, sa_column=json_column())
    verified: bool = False
    verified_by: list[str] = Field(default_factory=list, sa_column=json_column())
    conflicts: list[str] = Field(default_factory=list, sa_column=json_column())
    note: str = ""
    sources: list[str] = Field(default_factory=list, sa_column=json_column())
