"""One substance as its file states it. Status and evidence are derived and have no field here."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field, StringConstraints, model_validator

from nps_registry.catalogue.records.shape import (
    Accession,
    InchiKey,
    Key,
    Prose,
    Record,
    SourceId,
    SourceIds,
    Text,
    Year,
)
from nps_registry.vocabulary.catalogue import Agreement, Basis
from nps_registry.vocabulary.substance import (
    EffectGroup,
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


class StructureRecord(Record):
    """The standardised parent: what is not stereo is computed from ``smiles`` and checked by the lint."""

    smiles: Annotated[str, StringConstraints(pattern=r"^\S+(?: \|[^|\x00-\x1f]+\|)?$", max_length=4000)]
    """Canonical SMILES of the standardised parent, with its stereo group as CXSMILES where it has one."""
    inchi: Annotated[str, StringConstraints(pattern=r"^InChI=1S/\S+$", max_length=8000)]
    """Standard InChI; for ``racemic`` and ``relative`` the smaller one of the enantiomer pair."""
    inchikey: InchiKey
    """Key of ``inchi``: an index, not the identity."""
    formula: Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Za-z0-9+\-]*$")]
    """Molecular formula in Hill order."""
    mass_da: Annotated[float, Field(gt=0)]
    """Monoisotopic mass, rounded to four decimals."""
    stereo: Stereo
    """What the sources state; ``undefined`` where they are silent."""

    @property
    def skeleton(self) -> str:
        """The first block of the InChIKey: the connectivity without stereochemistry."""
        return self.inchikey[:14]


class NameRecord(Record):
    """One name with the sources that use it."""

    name: Annotated[Text, Field(max_length=600)]
    """As the field writes it."""
    kind: NameKind
    sources: SourceIds
    from_year: Year | None = None
    """First year of use, for a substance that was renamed."""
    to_year: Year | None = None
    """Last year of use, for a substance that was renamed."""
    ambiguous: bool = False
    """Whether another substance carries the same name."""

    @model_validator(mode="after")
    def _years_in_order(self) -> Self:
        if self.from_year and self.to_year and self.to_year < self.from_year:
            raise ValueError(f"{self.name!r} ends in {self.to_year}, before it begins in {self.from_year}")
        return self


class IdentifierRecord(Record):
    """A number that another registry gives, with the sources that state it."""

    scheme: IdentifierScheme
    value: Text
    sources: SourceIds


class ClaimRecord(Record):
    """What one source says: this structure, under these names, at this place. The evidence."""

    source: SourceId
    place: Text | None = None
    """Where in the source: an id, a row, an entry, a page."""
    names: tuple[Text, ...] = ()
    """The names that the source gives to the structure; none for a structure without a name."""
    inchikey: InchiKey
    """The structure that the source gives, standardised here."""
    agreement: Agreement
    """How far that structure agrees with the entry's."""
    stereo: Stereo | None = None
    """What the source says about stereochemistry in words, such as a racemate by "(±)"."""
    basis: Basis | None = None
    """On what the source's own identification rests, where it is a laboratory's finding."""
    source_class: Text | None = None
    """The class in which the source itself puts the substance, in its own words; the class rules are judged by it."""


class RelationRecord(Record):
    """How this substance stands to another. Stereo variants and positional isomers are derived, not typed."""

    kind: RelationKind
    to: Accession
    sources: SourceIds
    comment: Prose | None = None


class MemberRecord(Record):
    """A member of an isomer group, a defined mixture, a preparation or a botanical."""

    accession: Accession


class SubstanceRecord(Record):
    """One entry of the catalogue: one file."""

    accession: Accession
    name: Text
    """The preferred name; the same text stands in ``names`` with kind ``preferred`` and its sources."""
    kind: Kind = Kind.CHEMICAL
    nature: Nature
    occurrence: Occurrence
    origin: Origin | None = None
    chemical_class: Key | None = None
    """Key of the class; every chemical has one, ``other`` where none fits."""
    subclass: Key | None = None
    class_overruled: Prose | None = None
    """Why the curator's class differs from the rule's answer; only where it does."""
    effect_groups: tuple[EffectGroup, ...] = ()
    """Only where they differ from those of the subclass or class."""
    status: Status | None = None
    """Only ``withdrawn`` or ``merged``; every other status is derived from the evidence."""
    merged_into: Accession | None = None
    comment: Prose | None = None
    """The curator's judgement, shown on the page."""
    conflicts: tuple[Prose, ...] = ()
    """Where sources disagree: what each says, what was decided, and why."""
    structure: StructureRecord | None = None
    names: Annotated[tuple[NameRecord, ...], Field(min_length=1)]
    identifiers: tuple[IdentifierRecord, ...] = ()
    claims: tuple[ClaimRecord, ...] = ()
    relations: tuple[RelationRecord, ...] = ()
    members: tuple[MemberRecord, ...] = ()

    @property
    def folder(self) -> str:
        """Name of the folder that holds the entry: its class, or its kind where it has no class."""
        return self.chemical_class or self.kind.value

    @model_validator(mode="after")
    def _preferred_name_stands_in_names(self) -> Self:
        preferred = [name.name for name in self.names if name.kind is NameKind.PREFERRED]
        if preferred != [self.name]:
            raise ValueError(
                f"name is {self.name!r}, so names needs exactly one entry of kind preferred with that text; "
                f"it has {preferred}"
            )
        return self

    @model_validator(mode="after")
    def _kind_fits_parts(self) -> Self:
        if self.kind is Kind.CHEMICAL and self.structure is None:
            raise ValueError("a chemical needs [structure]; choose another kind for what has no single structure")
        if self.kind is not Kind.CHEMICAL and self.structure is not None:
            raise ValueError(f"a {self.kind.value} has no single structure: give [[members]] instead of [structure]")
        if self.kind is Kind.CHEMICAL and self.members:
            raise ValueError("a chemical has no members; a mixture or an isomer group is a kind of its own")
        if self.kind is Kind.CHEMICAL and self.chemical_class is None:
            raise ValueError("a chemical needs chemical_class; write 'other' where no class fits")
        return self

    @model_validator(mode="after")
    def _status_is_typed_only_where_it_is_a_decision(self) -> Self:
        if self.status not in (None, Status.MERGED, Status.WITHDRAWN):
            raise ValueError(f"status {self.status} is derived from the claims: remove it from the file")
        if (self.status is Status.MERGED) != (self.merged_into is not None):
            raise ValueError("status merged and merged_into belong together")
        return self
