"""Control lists: which treaty or law names which substance, since when, and how far that reaches."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from itertools import pairwise
from typing import Self

from pydantic import model_validator

from nps_registry.catalogue.records.shape import (
    Accession,
    InchiKey,
    PartialDate,
    Prose,
    Record,
    SourceId,
    SourceIds,
    Text,
)
from nps_registry.vocabulary.catalogue import ControlScope
from nps_registry.vocabulary.substance import Jurisdiction, Stereo


class AnchorRecord(Record):
    """The structure that a wording of a list means, so that the entry finds its substance again."""

    inchikey: InchiKey
    stereo: Stereo
    """Of the structure as read: from the list's own words, or from other sources where it has only a name."""
    with_variants: bool = False
    """Whether the wording names every stereoisomer of the skeleton."""
    how: Text
    """How the structure was read out of the wording."""


class ControlListHeader(Record):
    """Which list this is and how far it was read."""

    jurisdiction: Jurisdiction
    instrument: Text
    """The treaty or law, as it calls itself."""
    title: Text
    edition: Text
    source: SourceId
    checked_to: date
    """The day up to which changes of the list were followed."""
    is_primary: bool = False
    """Whether the list's own text was read entry by entry; what it says of itself then needs no second source."""
    note: Prose | None = None


class ControlEntry(Record):
    """One substance, or several under one wording, as the list has it."""

    accessions: tuple[Accession, ...] = ()
    """The substances of the catalogue that the wording names; none where the catalogue has no such substance."""
    listed_as: Text
    """The list's own wording of the name."""
    also: tuple[Text, ...] = ()
    """Other names that the list gives beside it."""
    cas: Text | None = None
    """The CAS number that the list states."""
    structures: tuple[AnchorRecord, ...] = ()
    schedule: Text
    sources: SourceIds
    """The sources that state this entry."""
    place: Text | None = None
    """Number, page or document within the source."""
    decided_on: PartialDate | None = None
    in_force_on: PartialDate | None = None
    worded_since: PartialDate | None = None
    """A day from which on the list is known to have the entry as it stands; the control may be older."""
    is_temporary: bool = False
    """Whether the listing ends by itself unless it is renewed."""
    expires_on: PartialDate | None = None
    """The day on which a temporary listing ends unless it is renewed."""
    ended_on: PartialDate | None = None
    """The day on which this listing ended or was replaced, where it did."""
    scope: tuple[ControlScope, ...] = ()
    exclusions: tuple[Prose, ...] = ()
    """What the list says is not included, in its words."""
    verified_by: tuple[SourceId, ...] = ()
    """Second sources that state the treaty and the schedule; none: the entry is unverified."""
    conflicts: tuple[Prose, ...] = ()
    """Where sources disagree: what each says, and what was decided."""
    note: Prose | None = None

    @model_validator(mode="after")
    def _dates_in_order(self) -> Self:
        steps = (("was decided", self.decided_on), ("came into force", self.in_force_on), ("ended", self.ended_on))
        dated = [(what, when) for what, when in steps if when]
        for (earlier, first), (later, second) in pairwise(dated):
            length = min(len(first), len(second))
            if second[:length] < first[:length]:
                raise ValueError(f"{self.listed_as!r} {later} on {second}, before it {earlier} on {first}")
        return self

    @model_validator(mode="after")
    def _only_temporary_listings_expire(self) -> Self:
        if self.expires_on and not self.is_temporary:
            raise ValueError(f"{self.listed_as!r} has a day on which it expires and is not marked as temporary")
        return self

    @property
    def verified(self) -> bool:
        """Whether a second source states the treaty and the schedule."""
        return bool(self.verified_by)

    @property
    def names(self) -> tuple[str, ...]:
        """Every name that the list gives."""
        return (self.listed_as, *self.also)


class ExcludedRecord(Record):
    """A substance that the list names as not included, or has removed: it shows no control under this list."""

    listed_as: Text
    also: tuple[Text, ...] = ()
    structures: tuple[AnchorRecord, ...] = ()
    from_heading: Text
    """Under which heading or schedule it is excluded."""
    sources: SourceIds
    place: Text | None = None
    removed_on: PartialDate | None = None
    """The decision that removed it, where it had been listed."""
    note: Prose | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """Every name under which it is excluded."""
        return (self.listed_as, *self.also)


class GenericDefinition(Record):
    """A class-wide definition of a list: where it stands and what it is called; no substance is inferred from it."""

    title: Text
    schedule: Text
    wording: Prose
    """What it covers in a sentence, or the list's own words; the law's text decides."""
    sources: SourceIds
    place: Text | None = None
    in_force_on: PartialDate | None = None


class ControlList(Record):
    """One file of ``substances/controls/``."""

    header: ControlListHeader
    entries: tuple[ControlEntry, ...] = ()
    excluded: tuple[ExcludedRecord, ...] = ()
    definitions: tuple[GenericDefinition, ...] = ()

    def is_verified(self, entry: ControlEntry) -> bool:
        """Whether *entry* of this list stands: the list's own text was read, or a second source says the same."""
        return self.header.is_primary or entry.verified

    def entries_of(self, accession: str) -> Iterable[ControlEntry]:
        """The entries that name the substance *accession*."""
        return (entry for entry in self.entries if accession in entry.accessions)
