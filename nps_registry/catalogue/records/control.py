"""A control list: what a treaty or a law lists, with dates, scope and exclusions."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Self

from pydantic import Field, model_validator

from nps_registry.catalogue.records.shape import Accession, Prose, Record, SourceId, SourceIds, Text
from nps_registry.vocabulary.catalogue import ControlScope
from nps_registry.vocabulary.substance import Jurisdiction


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
    url: Text | None = None
    note: Prose | None = None


class ControlEntry(Record):
    """One substance, or several under one wording, as the list has it."""

    accessions: Annotated[tuple[Accession, ...], Field(min_length=1)]
    listed_as: Text
    """The list's own wording of the name."""
    schedule: Text
    sources: SourceIds
    """The sources that state this entry."""
    place: Text | None = None
    """Number, page or document within the source."""
    decided_on: date | None = None
    in_force_on: date | None = None
    ended_on: date | None = None
    """The day on which this listing ended or was replaced, where it did."""
    scope: tuple[ControlScope, ...] = ()
    exclusions: tuple[Prose, ...] = ()
    """What the list says is not included, in its words."""
    verified_by: tuple[SourceId, ...] = ()
    """Second sources that state the treaty and the schedule; none: the entry is unverified."""
    note: Prose | None = None

    @model_validator(mode="after")
    def _dates_in_order(self) -> Self:
        if self.decided_on and self.in_force_on and self.in_force_on < self.decided_on:
            raise ValueError(
                f"{self.listed_as!r} is in force on {self.in_force_on}, before it was decided on {self.decided_on}"
            )
        if self.in_force_on and self.ended_on and self.ended_on < self.in_force_on:
            raise ValueError(
                f"{self.listed_as!r} ended on {self.ended_on}, before it was in force on {self.in_force_on}"
            )
        return self

    @property
    def verified(self) -> bool:
        """Whether a second source states the treaty and the schedule."""
        return bool(self.verified_by)


class GenericDefinition(Record):
    """A class-wide definition of a list, kept in its words; no substance is inferred from it."""

    title: Text
    schedule: Text
    wording: Prose
    sources: SourceIds
    in_force_on: date | None = None


class ControlList(Record):
    """One file of ``substances/controls/``."""

    header: ControlListHeader
    entries: tuple[ControlEntry, ...] = ()
    definitions: tuple[GenericDefinition, ...] = ()
