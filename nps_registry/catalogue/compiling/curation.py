"""The curator's corrections: data in ``curation/*.toml`` beside the substances, read into records.

``exclusions.toml``  rows, names and substances that are not taken over, each with its reason
``names.toml``       preferred names, further names with their sources, names that belong elsewhere
``facts.toml``       nature, occurrence, origin, class, effect groups, comments and conflicts
``additions.toml``   substances that no table has, with the publication that describes them
``groups.toml``      materials, isomer groups, mixtures, botanicals, preparations
``relations.toml``   metabolites, precursors and esters where a source says so
``words.toml``       spellings of words that the rules of casing cannot know

A substance is keyed by its InChIKey, with ``/racemic`` behind it where the racemate is meant.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from nps_registry.catalogue.faults import explain, refuse
from nps_registry.catalogue.records.shape import Prose, Record, SourceId, SourceIds, Text, Year
from nps_registry.errors import CatalogueFault
from nps_registry.vocabulary.catalogue import Basis
from nps_registry.vocabulary.substance import (
    EffectGroup,
    Kind,
    NameKind,
    Nature,
    Occurrence,
    Origin,
    RelationKind,
    Stereo,
)


class RowExclusion(Record):
    """A row of a source that is not taken over: mis-parsed, excluded by the list itself, another substance."""

    source: SourceId
    why: Prose
    name: Text | None = None
    place: Text | None = None
    skeleton: Text | None = None


class NameExclusion(Record):
    """A name that sits on a skeleton in some source and does not belong there."""

    skeleton: Text
    names: tuple[Text, ...]
    why: Prose


class SubstanceExclusion(Record):
    """Skeletons that are not entries of this catalogue."""

    skeletons: tuple[Text, ...]
    why: Prose


class NameAddition(Record):
    """A further name with its source."""

    name: Text
    kind: NameKind = NameKind.SYNONYM
    sources: SourceIds
    from_year: Year | None = None
    to_year: Year | None = None


class NameDecision(Record):
    """What a curator decided about the names of one substance."""

    key: Text
    preferred: Text | None = None
    sources: tuple[SourceId, ...] = ()
    """Who uses the preferred name; needed where no row of the tables has it."""
    add: tuple[NameAddition, ...] = ()
    drop: tuple[Text, ...] = ()
    drop_numbers: tuple[Text, ...] = ()
    """CAS numbers and others that a source gives and that belong to a salt or to another substance."""
    trade: tuple[Text, ...] = ()
    street: tuple[Text, ...] = ()


class FactDecision(Record):
    """What a curator decided about one or more substances."""

    keys: tuple[Text, ...]
    """InChIKeys, or skeletons where every stereo form is meant."""
    nature: Nature | None = None
    occurrence: Occurrence | None = None
    origin: Origin | None = None
    effect_groups: tuple[EffectGroup, ...] = ()
    chemical_class: Text | None = None
    class_overruled: Prose | None = None
    subclass: Text | None = None
    comment: Prose | None = None
    conflicts: tuple[Prose, ...] = ()
    why: Prose | None = None
    """For the next curator; not shown."""


class ClaimAddition(Record):
    """A publication's claim: this structure under these names."""

    source: SourceId
    place: Text | None = None
    names: tuple[Text, ...] = ()
    basis: Basis | None = None


class SubstanceAddition(Record):
    """A substance, or a further claim to one, from publications."""

    smiles: Text
    stereo: Stereo | None = None
    preferred: Text | None = None
    claims: tuple[ClaimAddition, ...]
    cas: Text | None = None


class GroupAddition(Record):
    """An entry without a structure of its own."""

    name: Text
    kind: Kind
    nature: Nature
    occurrence: Occurrence = Occurrence.REPORTED
    origin: Origin | None = None
    chemical_class: Text | None = None
    names: tuple[NameAddition, ...]
    members: tuple[Text, ...] = ()
    """Preferred names or keys of the members."""
    comment: Prose | None = None
    effect_groups: tuple[EffectGroup, ...] = ()


class RelationDecision(Record):
    """A relation that a source states, between preferred names."""

    substance: Text
    kind: RelationKind
    to: Text
    sources: SourceIds
    comment: Prose | None = None


class Spellings(Record):
    """Words in the field's own spelling, and words that are written in lower case."""

    spellings: tuple[Text, ...] = ()
    lower_case: tuple[Text, ...] = ()


class _File(Record):
    rows: tuple[RowExclusion, ...] = ()
    foreign_names: tuple[NameExclusion, ...] = ()
    substances: tuple[SubstanceExclusion, ...] = ()
    decisions: tuple[NameDecision, ...] = ()
    facts: tuple[FactDecision, ...] = ()
    additions: tuple[SubstanceAddition, ...] = ()
    groups: tuple[GroupAddition, ...] = ()
    relations: tuple[RelationDecision, ...] = ()
    words: Spellings | None = None


@dataclass(frozen=True)
class Curation:
    """Every correction, in the order of the files."""

    rows: tuple[RowExclusion, ...] = ()
    foreign_names: tuple[NameExclusion, ...] = ()
    substances: tuple[SubstanceExclusion, ...] = ()
    decisions: tuple[NameDecision, ...] = ()
    facts: tuple[FactDecision, ...] = ()
    additions: tuple[SubstanceAddition, ...] = ()
    groups: tuple[GroupAddition, ...] = ()
    relations: tuple[RelationDecision, ...] = ()
    words: Spellings = field(default_factory=Spellings)


def read_curation(directory: Path) -> Curation:
    """Every ``*.toml`` of *directory*, in the order of their names; nothing where there is no directory.

    Raises:
        CatalogueFault: if a file breaks the format; the faults name file, line and field.
    """
    parts: dict[str, list[Any]] = {}
    words: list[Spellings] = []
    for file in _read_files(directory):
        for name in _File.model_fields:
            if name == "words":
                words.extend([file.words] if file.words else [])
            else:
                parts.setdefault(name, []).extend(getattr(file, name))
    spellings = Spellings(
        spellings=tuple(word for part in words for word in part.spellings),
        lower_case=tuple(word for part in words for word in part.lower_case),
    )
    return Curation(**{name: tuple(found) for name, found in parts.items()}, words=spellings)


def _read_files(directory: Path) -> Iterator[_File]:
    for path in sorted(directory.glob("*.toml")):
        text = path.read_text(encoding="utf-8")
        try:
            yield _File.model_validate(tomllib.loads(text))
        except tomllib.TOMLDecodeError as error:
            raise CatalogueFault(f"{path.name} is no TOML file: {error}. Correct the line it names.") from error
        except ValidationError as error:
            raise refuse(explain(error, path.name, text)) from error
