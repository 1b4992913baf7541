"""Rules about class, subclass and effect groups."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from nps_registry.catalogue.classes import RESIDUE, suggest_class
from nps_registry.catalogue.lint.context import Context
from nps_registry.catalogue.lint.rule import Issue, PlacedIssue, Severity, each_substance, whole_catalogue
from nps_registry.catalogue.records import ExampleRecord, SubstanceRecord
from nps_registry.catalogue.records.chemical_class import CounterexampleRecord
from nps_registry.chemistry.reading import read
from nps_registry.errors import UnreadableStructure
from nps_registry.localisation import gettext as _
from nps_registry.localisation import mark
from nps_registry.vocabulary.substance import EffectGroup, Kind, Nature


@each_substance("class-known", mark("A class and a subclass stand in classes/, with their definition."))
def known(record: SubstanceRecord, context: Context) -> Iterable[Issue]:
    """The class or the subclass does not exist."""
    if record.chemical_class is None:
        return
    found = context.catalogue.class_by_key.get(record.chemical_class)
    if found is None:
        yield Issue("chemical_class", _("there is no class {key!r}").format(key=record.chemical_class))
    elif record.subclass is not None and found.subclass(record.subclass) is None:
        message = _("{key} has no subclass {subclass!r}").format(key=found.key, subclass=record.subclass)
        yield Issue("subclass", message)


@each_substance(
    "class-by-rule",
    mark(
        "The class is the rule's answer; where a curator knows better, class_overruled says why, and where the rule "
        "says the same, class_overruled goes."
    ),
)
def by_rule(record: SubstanceRecord, context: Context) -> Iterable[Issue]:
    """The class is not the rule's answer and nothing says why, or the reason is not needed any more."""
    reading = context.read_structure(record)
    if reading is None or not context.catalogue.classes:
        return
    suggested = suggest_class(reading.standardised.parent, context.class_rules)
    key, subclass = (suggested.key, suggested.subclass) if suggested else (RESIDUE, None)
    stated = context.catalogue.class_by_key.get(record.chemical_class or "")
    if suggested is None and stated is not None and stated.curated:
        return  # a curator assigns this class, and no rule says otherwise
    differs = "chemical_class" if key != record.chemical_class else "subclass" if subclass != record.subclass else None
    if differs and record.class_overruled is None:
        message = _("the rule says {answer}; correct it, or say in class_overruled why not")
        yield Issue(differs, message.format(answer=key if subclass is None else f"{key}, {subclass}"))
    elif not differs and record.class_overruled is not None:
        yield Issue("class_overruled", _("the rule says the same; remove the reason"))


@each_substance(
    "group-class",
    mark("A group of isomers, or a mixture, has the class that all of its members have."),
)
def group_class(record: SubstanceRecord, context: Context) -> Iterable[Issue]:
    """The members of a group are of one class, and the group says another."""
    if record.kind not in (Kind.ISOMER_GROUP, Kind.DEFINED_MIXTURE):
        return
    members = [context.catalogue.by_accession.get(member.accession) for member in record.members]
    classes = {member.chemical_class for member in members if member is not None}
    if len(classes) == 1 and record.chemical_class not in classes:
        yield Issue("chemical_class", _("its members are all of the class {key}").format(key=classes.pop()))


@each_substance(
    "effects-stated",
    mark("Effect groups come from the subclass or class; an entry states its own only where they differ."),
    Severity.WARNING,
)
def effects(record: SubstanceRecord, context: Context) -> Iterable[Issue]:
    """Effect groups are repeated, contradict each other, or are missing for an NPS."""
    inherited = set(inherited_effects(record, context))
    own = set(record.effect_groups)
    if own and own == inherited:
        yield Issue("effect_groups", _("the class gives these groups already; remove them here"))
    if EffectGroup.UNASSIGNED in own and len(own) > 1:
        yield Issue("effect_groups", _("unassigned stands alone or not at all"))
    if record.kind is Kind.CHEMICAL and record.nature is Nature.NPS and not own and not inherited:
        yield Issue("effect_groups", _("neither the entry nor its class states an effect group; say unassigned"))


def inherited_effects(record: SubstanceRecord, context: Context) -> tuple[EffectGroup, ...]:
    """The effect groups that the entry's subclass, or else its class, gives."""
    found = context.catalogue.class_by_key.get(record.chemical_class or "")
    if found is None:
        return ()
    subclass = found.subclass(record.subclass) if record.subclass else None
    return (subclass.effect_groups if subclass else ()) or found.effect_groups


@whole_catalogue(
    "class-examples",
    mark("A class names structures that its rules must and must not recognise: they keep the rules honest."),
)
def examples(context: Context) -> Iterable[PlacedIssue]:
    """A class's example goes to another class, or cannot be read."""
    for path, field, example, expected in _examples(context):
        try:
            parent = read(example.smiles).standardised.parent
        except UnreadableStructure as error:
            yield PlacedIssue(path, f"{field}.smiles", error.detail)
            continue
        suggested = suggest_class(parent, context.class_rules)
        answer = suggested.key if suggested else RESIDUE
        if answer != expected:
            message = _("the rules call {name} {answer}, not {expected}")
            message = message.format(name=example.name, answer=answer, expected=expected)
            yield PlacedIssue(path, field, message)


def _examples(context: Context) -> Iterator[tuple[str, str, ExampleRecord | CounterexampleRecord, str]]:
    """Every example with its file, its field and the class that it belongs to."""
    for found in context.catalogue.classes:
        path = f"classes/{found.key}.toml"
        for position, example in enumerate(found.must_match):
            yield path, f"must_match[{position}]", example, found.key
        for position, counterexample in enumerate(found.must_not_match):
            yield path, f"must_not_match[{position}]", counterexample, counterexample.is_a


RULES = (known, by_rule, group_class, effects, examples)
