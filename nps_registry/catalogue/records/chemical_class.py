"""A chemical class: its definition in words, its structural rule, and structures that test the rule."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from nps_registry.catalogue.records.shape import Key, Prose, Record, Text
from nps_registry.vocabulary.substance import EffectGroup


class RuleRecord(Record):
    """One structural rule: all of, any of, none of these SMARTS, and limits of properties."""

    name: Key
    why: Prose
    """What the rule recognises, in words shown to people."""
    all_of: tuple[Text, ...] = ()
    any_of: tuple[Text, ...] = ()
    none_of: tuple[Text, ...] = ()


class ExampleRecord(Record):
    """A structure that a rule must, or must not, match."""

    name: Text
    smiles: Text


class SubclassRecord(Record):
    """A part of a class with its own effect groups."""

    key: Key
    label: Text
    definition: Prose | None = None
    effect_groups: tuple[EffectGroup, ...] = ()
    rules: tuple[RuleRecord, ...] = ()
    must_match: tuple[ExampleRecord, ...] = ()


class ClassRecord(Record):
    """One file of ``substances/classes/``."""

    key: Key
    label: Text
    definition: Prose
    order: Annotated[int, Field(ge=0)]
    """Rules are tried in this order; the first class that matches wins."""
    effect_groups: tuple[EffectGroup, ...] = ()
    unodc_group: Text | None = None
    eu_group: Text | None = None
    scaffold: Text | None = None
    """SMILES of the core that drawings of the class are aligned to."""
    rules: tuple[RuleRecord, ...] = ()
    """Any of these makes a match; none for a class that only a curator assigns."""
    must_match: tuple[ExampleRecord, ...] = ()
    must_not_match: tuple[ExampleRecord, ...] = ()
    subclasses: tuple[SubclassRecord, ...] = ()
