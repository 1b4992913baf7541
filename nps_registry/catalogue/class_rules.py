"""The structural rules of the classes, compiled once from their records and passed to whoever asks."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from nps_registry.catalogue.records import ClassRecord, Clauses, RuleRecord, SubclassRecord, Within
from nps_registry.chemistry.screening import Counts, Mol, ScreenedPattern, count, find_first, screen
from nps_registry.errors import CatalogueFault, UnreadablePattern
from nps_registry.localisation import gettext as _

_FRAGMENT = re.compile(r"\{([a-z_]+)\}")


Limit = tuple[Callable[[Counts], int], int, int]
"""A simple property, the least and the most that it may be."""

_MEASURES: Mapping[str, Callable[[Counts], int]] = {
    "heavy_atoms": lambda counts: counts.heavy_atoms,
    "rings": lambda counts: counts.rings,
    "carbons": lambda counts: counts.of("C"),
    "nitrogens": lambda counts: counts.of("N"),
    "oxygens": lambda counts: counts.of("O"),
}


@dataclass(frozen=True, slots=True)
class Condition:
    """Clauses of a rule or a subclass, compiled."""

    all_of: tuple[ScreenedPattern, ...]
    any_of: tuple[ScreenedPattern, ...]
    none_of: tuple[ScreenedPattern, ...]
    limits: tuple[Limit, ...]

    @property
    def has_patterns(self) -> bool:
        """Whether the condition asks for anything but limits."""
        return bool(self.all_of or self.any_of or self.none_of)

    def match(self, mol: Mol, counts: Counts) -> tuple[int, ...] | None:
        """The atoms that fulfil the condition, in rising order; None where it does not hold.

        A condition without patterns holds for every structure within its limits and marks no atoms.
        """
        for measure, least, most in self.limits:
            if not least <= measure(counts) <= most:
                return None
        atoms: set[int] = set()
        for pattern in self.all_of:
            found = find_first(pattern, mol, counts)
            if found is None:
                return None
            atoms.update(found)
        if self.any_of:
            first = next((hit for hit in (find_first(p, mol, counts) for p in self.any_of) if hit is not None), None)
            if first is None:
                return None
            atoms.update(first)
        if any(find_first(pattern, mol, counts) is not None for pattern in self.none_of):
            return None
        return tuple(sorted(atoms))


@dataclass(frozen=True, slots=True)
class CompiledClass:
    """One class with its compiled rules and subclasses, both in their order, and the core its drawings share."""

    record: ClassRecord
    scaffold: Mol | None
    rules: tuple[tuple[RuleRecord, Condition], ...]
    subclasses: tuple[tuple[SubclassRecord, Condition], ...]

    def subclass_of(self, rule: RuleRecord, mol: Mol, counts: Counts) -> str | None:
        """Key of the subclass: the one that *rule* settles, else the first that fits; the last takes the rest."""
        if rule.subclass is not None:
            return rule.subclass
        for subclass, condition in self.subclasses:
            if condition.has_patterns and condition.match(mol, counts) is not None:
                return subclass.key
        if self.subclasses and not self.subclasses[-1][1].has_patterns:
            return self.subclasses[-1][0].key
        return None


@dataclass(frozen=True, slots=True)
class RuleMatch:
    """The rule that fired, the subclass it leads to and the atoms under its patterns."""

    chemical_class: ClassRecord
    rule: RuleRecord
    subclass: str | None
    atoms: tuple[int, ...]


class ClassRules:
    """Every class of the catalogue, compiled, in the order of the rules.

    Build one when the catalogue is read, and pass it on; it never changes.
    """

    def __init__(self, records: Iterable[ClassRecord]) -> None:
        """Compile *records*.

        Raises:
            CatalogueFault: a pattern cannot be read, names an unknown fragment, or two classes share their order.
        """
        ordered = sorted(records, key=lambda record: record.order)
        for before, after in itertools.pairwise(ordered):
            if before.order == after.order:
                raise CatalogueFault(
                    _("Classes {first} and {second} have the same order {order}: rules need one order.").format(
                        first=before.key, second=after.key, order=after.order
                    )
                )
        self.classes = tuple(_compile_class(record) for record in ordered)

    @classmethod
    def build(cls, records: Iterable[ClassRecord]) -> ClassRules:
        """The same as the constructor."""
        return cls(records)

    @cached_property
    def by_key(self) -> Mapping[str, CompiledClass]:
        """Each compiled class under its key."""
        return {compiled.record.key: compiled for compiled in self.classes}

    @property
    def keys(self) -> Sequence[str]:
        """Keys of the classes in the order of their rules."""
        return [compiled.record.key for compiled in self.classes]

    def label(self, key: str) -> str:
        """What people read for the class *key*; the key itself where no such class exists."""
        compiled = self.by_key.get(key)
        return _(compiled.record.label) if compiled else key

    def member(self, key: str) -> str:
        """What one of the class *key* is called; a substance where no such class exists."""
        compiled = self.by_key.get(key)
        return compiled.record.member if compiled else "substance"

    def scaffold(self, key: str) -> Mol | None:
        """The core that drawings of the class *key* are aligned to; None where the class states none."""
        compiled = self.by_key.get(key)
        return compiled.scaffold if compiled else None

    def first_match(self, mol: Mol) -> RuleMatch | None:
        """The first rule, in the order of the classes, that holds for *mol*."""
        counts = count(mol)
        for compiled in self.classes:
            for rule, condition in compiled.rules:
                atoms = condition.match(mol, counts)
                if atoms is not None:
                    return RuleMatch(compiled.record, rule, compiled.subclass_of(rule, mol, counts), atoms)
        return None

    def subclass_in(self, key: str, mol: Mol) -> str | None:
        """The subclass of *mol* within the class *key*, where a curator has decided the class."""
        compiled = self.by_key.get(key)
        if compiled is None:
            return None
        counts = count(mol)
        for rule, condition in compiled.rules:
            if condition.match(mol, counts) is not None:
                return compiled.subclass_of(rule, mol, counts)
        return None


def read_scaffolds(records: Iterable[ClassRecord]) -> dict[str, Mol]:
    """The cores that drawings of classes are aligned to, by the keys of those that have one; no rule is compiled.

    Raises:
        CatalogueFault: a scaffold cannot be read, or names an unknown fragment.
    """
    read = ((record.key, _read_scaffold(record)) for record in records)
    return {key: scaffold for key, scaffold in read if scaffold is not None}


def _compile_class(record: ClassRecord) -> CompiledClass:
    return CompiledClass(
        record=record,
        scaffold=_read_scaffold(record),
        rules=tuple((rule, _compile(record, rule, rule.name)) for rule in record.rules),
        subclasses=tuple((subclass, _compile(record, subclass, subclass.key)) for subclass in record.subclasses),
    )


def _read_scaffold(record: ClassRecord) -> Mol | None:
    return _screen(record, "scaffold", record.scaffold).pattern.query if record.scaffold else None


def _compile(record: ClassRecord, clauses: Clauses, name: str) -> Condition:
    def compile_all(texts: Sequence[str]) -> tuple[ScreenedPattern, ...]:
        return tuple(_screen(record, name, text) for text in texts)

    return Condition(
        all_of=compile_all(clauses.all_of),
        any_of=compile_all(clauses.any_of),
        none_of=compile_all(clauses.none_of),
        limits=_find_limits(clauses.within),
    )


def _screen(record: ClassRecord, name: str, text: str) -> ScreenedPattern:
    def replace(found: re.Match[str]) -> str:
        fragment = record.fragments.get(found[1])
        if fragment is None:
            raise CatalogueFault(
                _("Class {key}, {name}: there is no fragment {fragment}; state it under [fragments].").format(
                    key=record.key, name=name, fragment=found[0]
                )
            )
        return fragment

    try:
        return screen(_FRAGMENT.sub(replace, text))
    except UnreadablePattern as refusal:
        raise CatalogueFault(
            _("Class {key}, {name}: {pattern} cannot be read. {reason}").format(
                key=record.key, name=name, pattern=text, reason=refusal.detail
            )
        ) from refusal


def _find_limits(within: Within) -> tuple[Limit, ...]:
    """The limits that are set: most conditions set none, and a structure is held against hundreds."""
    ranges = ((measure, getattr(within, name)) for name, measure in _MEASURES.items())
    return tuple((measure, bounds.at_least, bounds.at_most) for measure, bounds in ranges if bounds is not None)
