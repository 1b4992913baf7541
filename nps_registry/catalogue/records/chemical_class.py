"""A chemical class: its definition in words, its structural rules, and structures that test them."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field, StringConstraints, model_validator

from nps_registry.catalogue.records.shape import Key, Prose, Record, Text
from nps_registry.vocabulary.substance import EffectGroup

Smarts = Annotated[str, StringConstraints(pattern=r"^\S+$", max_length=2000)]
"""A SMARTS pattern, perhaps with names of the class's fragments in braces: ``a-C(=O)-[CX4]-{amine}``."""

FragmentName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z_]*$", max_length=40)]


class Range(Record):
    """Bounds of a count, both included; an open end is left out."""

    at_least: Annotated[int, Field(ge=0)] = 0
    at_most: Annotated[int, Field(ge=0)] = 10_000


class Within(Record):
    """Limits of simple properties, for rules that would otherwise reach far larger molecules."""

    heavy_atoms: Range | None = None
    rings: Range | None = None
    carbons: Range | None = None
    nitrogens: Range | None = None
    oxygens: Range | None = None


class Clauses(Record):
    """What a structure must have and must not have: all of, any of, none of these patterns, within limits."""

    all_of: tuple[Smarts, ...] = ()
    any_of: tuple[Smarts, ...] = ()
    none_of: tuple[Smarts, ...] = ()
    within: Within = Within()


class RuleRecord(Clauses):
    """One structural rule."""

    name: Key
    why: Prose
    """What the rule recognises, in words shown to people."""
    subclass: Key | None = None
    """The subclass that this rule settles; without it the subclasses' own patterns decide."""

    @model_validator(mode="after")
    def _asks_for_something(self) -> Self:
        if not self.all_of and not self.any_of:
            raise ValueError(f"rule {self.name!r} needs a pattern in all_of or any_of")
        return self


class SubclassRecord(Clauses):
    """A part of a class.

    Subclasses with patterns are tried in their order. One without patterns is reached by the rules
    that name it; where it stands last, it also takes whatever the others leave.
    """

    key: Key
    label: Text
    definition: Prose
    effect_groups: tuple[EffectGroup, ...] = ()
    """Where they differ from those of the class."""
    unodc_group: Text | None = None
    """Where it differs from the class's."""
    eu_group: Text | None = None
    """Where it differs from the class's."""


class ExampleRecord(Record):
    """A structure that a class's rules must recognise."""

    name: Text
    smiles: Text
    subclass: Key | None = None


class CounterexampleRecord(Record):
    """A structure that looks like the class and is not of it."""

    name: Text
    smiles: Text
    is_a: Key
    """Key of the class that it belongs to."""


class ClassRecord(Record):
    """One file of ``substances/classes/``."""

    key: Key
    label: Text
    member: Text = "substance"
    """What one of the class is called in the name of an entry that has none yet."""
    definition: Prose
    order: Annotated[int, Field(ge=0)]
    """Rules are tried in this order; the first class that matches wins."""
    effect_groups: tuple[EffectGroup, ...] = ()
    unodc_group: Text | None = None
    """The group under which UNODC's early warning advisory counts the class."""
    eu_group: Text | None = None
    """The group under which the European Union's drugs agency counts the class."""
    scaffold: Smarts | None = None
    """The core that drawings of the class are aligned to."""
    curated: bool = False
    """Whether membership is a curator's decision, to which the rules only point."""
    fragments: dict[FragmentName, Smarts] = Field(default_factory=dict)
    """Pieces that the patterns of this file name in braces, such as ``{amine}``."""
    rules: tuple[RuleRecord, ...] = ()
    """Any of these makes a match; none for a class that only a curator assigns."""
    subclasses: tuple[SubclassRecord, ...] = ()
    must_match: tuple[ExampleRecord, ...] = ()
    must_not_match: tuple[CounterexampleRecord, ...] = ()

    @model_validator(mode="after")
    def _keys_differ(self) -> Self:
        for keys, what in (([r.name for r in self.rules], "rules"), ([s.key for s in self.subclasses], "subclasses")):
            twice = sorted({key for key in keys if keys.count(key) > 1})
            if twice:
                raise ValueError(f"{what} have the same key twice: {', '.join(twice)}")
        return self

    @model_validator(mode="after")
    def _subclasses_exist(self) -> Self:
        known = {subclass.key for subclass in self.subclasses}
        asked = {rule.subclass for rule in self.rules} | {example.subclass for example in self.must_match}
        unknown = sorted(asked - known - {None})  # type: ignore[type-var]
        if unknown:
            raise ValueError(f"no subclass of {self.key!r} has the key {', '.join(map(str, unknown))}")
        return self

    def subclass(self, key: str) -> SubclassRecord | None:
        """The subclass *key*, or None where the class has none of that key."""
        return next((subclass for subclass in self.subclasses if subclass.key == key), None)
