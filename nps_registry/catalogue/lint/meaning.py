"""Rules about what names mean: stereochemistry, elements and groups fit the entry, and shared names are marked."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from nps_registry.catalogue.compiling.descriptors import Statement, read_descriptor
from nps_registry.catalogue.lint.context import Context
from nps_registry.catalogue.lint.rule import Issue, PlacedIssue, each_substance, whole_catalogue
from nps_registry.catalogue.records import SubstanceRecord
from nps_registry.chemistry.configuration import centre_labels
from nps_registry.chemistry.patterns import has_match, parse_pattern
from nps_registry.localisation import gettext as _
from nps_registry.localisation import mark
from nps_registry.vocabulary.substance import NameKind, Stereo

# Prefixes of international nonproprietary names that state one enantiomer.
_ENANTIOMER = re.compile(
    r"^(?:dextro|lev[ao]|dex(?=[a-z]{5}))(?!xyl)|^es(?=ketamine|zopiclone|citalopram)|^ar(?=ketamine)", re.I
)
_ONE_CENTRE = re.compile(r"(?<![A-Za-z0-9])\(?(?:\d+[a-z]?)?([RS])\)?-(?!\()")
_SIDES = (
    re.compile(r"(?:trans-|cis-|threo-|erythro-)?\(([+-])\)-"),
    re.compile(r"([DL])-(?!\()"),
    re.compile(r"\(([RS])\)-"),
)


class _Halogen(NamedTuple):
    element: str
    word: re.Pattern[str]


_HALOGENS = tuple(
    _Halogen(element, re.compile(rf"(?<!des)(?<!de)(?<!de\(){word}", re.IGNORECASE))
    for element, word in (("F", "fluoro"), ("Cl", "chloro"), ("Br", "bromo"), ("I", "iodo(?!ne)"))
)
_ELEMENT = re.compile(r"[A-Z][a-z]?")
_METABOLITE_OF = re.compile(r"\bmetabolite\b|\bM\d+\b", re.IGNORECASE)
_ESTER_NAME = re.compile(
    r"[a-z] ?(?:(?:cyclopentane)?propionate|cypionate|enanthate|(?:un)?decanoate|(?:iso)?caproate|benzoate|stearate|"
    r"palmitate|nicotinate)$",
    re.IGNORECASE,
)
_ESTER_GROUP = "[CX3](=[OX1])[OX2][#6]"
_ALLOWED = {
    Statement.RACEMIC: frozenset({Stereo.RACEMIC, Stereo.MIXTURE}),
    Statement.ABSOLUTE: frozenset({Stereo.ABSOLUTE, Stereo.MIXTURE}),
    Statement.RELATIVE: frozenset({Stereo.RELATIVE, Stereo.RACEMIC, Stereo.ABSOLUTE, Stereo.MIXTURE, Stereo.ACHIRAL}),
}


@each_substance(
    "name-stereo",
    mark(
        "A name with (R), (S), levo, dextro, rac or (±) names one stereochemical form: it stands on that form's "
        "entry, never on the racemate's or on an entry whose stereochemistry is not stated."
    ),
)
def stereo(record: SubstanceRecord, _context: Context) -> Iterable[Issue]:
    """A name states another stereochemistry than the entry."""
    if record.structure is None:
        return
    for position, name in enumerate(record.names):
        statement = state_stereo(name.name)
        if statement is Statement.NOTHING or record.structure.stereo in _ALLOWED[statement]:
            continue
        if record.structure.stereo is Stereo.ACHIRAL and (
            "/t" in record.structure.inchi or "/b" in record.structure.inchi
        ):
            continue  # a meso form has its centres named too, an alkene its side
        message = _("{name!r} says {said}, the entry says {entry}").format(
            name=name.name, said=statement.value, entry=record.structure.stereo.value
        )
        yield Issue(f"names[{position}].name", message)


@each_substance(
    "name-configuration",
    mark("A name with one (R) or (S) for a structure with one centre must say what the structure draws."),
)
def configuration(record: SubstanceRecord, context: Context) -> Iterable[Issue]:
    """A name says R where the structure is S, or the other way round."""
    if record.structure is None or record.structure.stereo is not Stereo.ABSOLUTE:
        return
    if context.fault_of_structure(record) or len(labels := centre_labels(record.structure.smiles)) != 1:
        return
    for position, name in enumerate(record.names):
        said = _ONE_CENTRE.findall(name.name)
        if len(said) == 1 and said[0] != labels[0]:
            message = _("{name!r} says {said}, the structure is {drawn}").format(
                name=name.name, said=said[0], drawn=labels[0]
            )
            yield Issue(f"names[{position}].name", message)


@each_substance(
    "name-sides",
    mark(
        "One form turns light to one side: (+) and (-), D- and L-, or (R) and (S) cannot both name it. "
        "Names of mirror images and of the racemate belong on entries of their own."
    ),
)
def sides(record: SubstanceRecord, _context: Context) -> Iterable[Issue]:
    """Two names of one form say that it is both mirror images."""
    if record.structure is None or record.structure.stereo is not Stereo.ABSOLUTE:
        return
    for signs in _SIDES:
        said = {found[1]: name.name for name in record.names if (found := signs.match(name.name))}
        if len(said) > 1:
            yield Issue("names", _("{names} contradict each other").format(names=" / ".join(sorted(said.values()))))


@each_substance(
    "name-elements",
    mark("A name with fluoro, chloro, bromo or iodo in it is of a substance that has the halogen."),
)
def elements(record: SubstanceRecord, _context: Context) -> Iterable[Issue]:
    """A name speaks of a halogen that the formula lacks."""
    if record.structure is None:
        return
    present = set(_ELEMENT.findall(record.structure.formula))
    for position, name in enumerate(record.names):
        if name.kind is NameKind.GENERATED or _METABOLITE_OF.search(name.name):
            continue
        for halogen in _HALOGENS:
            if halogen.element not in present and halogen.word.search(name.name):
                message = _("{name!r} speaks of {element}, and the formula has none")
                yield Issue(f"names[{position}].name", message.format(name=name.name, element=halogen.element))


@each_substance(
    "name-ester",
    mark("An ester is a substance of its own: nandrolone decanoate is not a name of nandrolone."),
)
def ester(record: SubstanceRecord, context: Context) -> Iterable[Issue]:
    """A name is an ester's, and the structure has no ester group."""
    for position, name in enumerate(record.names):
        if not _ESTER_NAME.search(name.name):
            continue
        reading = context.read_structure(record)
        if reading and not has_match(parse_pattern(_ESTER_GROUP), reading.standardised.parent):
            message = _("{name!r} is an ester's name, and the structure is no ester").format(name=name.name)
            yield Issue(f"names[{position}].name", message)


@whole_catalogue(
    "name-ambiguous",
    mark(
        "A name that two substances share is marked ambiguous on both, so that search says so; a name that only one "
        "substance has is not."
    ),
)
def ambiguous(context: Context) -> Iterable[PlacedIssue]:
    """A shared name is not marked, or a mark stands on a name that is not shared."""
    for held in context.named.values():
        holders = {record.accession for record, _name in held}
        for record, name in held:
            field = f"names[{record.names.index(name)}].ambiguous"
            others = ", ".join(sorted(holders - {record.accession}))
            if others and not name.ambiguous:
                message = _("{name!r} is a name of {others} too: mark it ambiguous on each, or take it off one")
            elif name.ambiguous and not others:
                message = _("{name!r} is marked ambiguous, but no other entry has it")
            else:
                continue
            yield PlacedIssue(
                context.path_of(record), field, message.format(name=name.name, others=others), record.accession
            )


@whole_catalogue(
    "preferred-name-unique",
    mark("The preferred name tells substances apart: no two entries share one."),
)
def preferred(context: Context) -> Iterable[PlacedIssue]:
    """Two entries have the same preferred name."""
    for held in context.named.values():
        holders = [record for record, name in held if name.kind is NameKind.PREFERRED]
        for record in holders[1:]:
            message = _("{name!r} is the preferred name of {other} too").format(
                name=record.name, other=holders[0].accession
            )
            yield PlacedIssue(context.path_of(record), "name", message, record.accession)


def state_stereo(name: str) -> Statement:
    """What the words of *name* say about configuration."""
    statement = read_descriptor(name).statement
    if statement is Statement.NOTHING and _ENANTIOMER.match(name):
        return Statement.ABSOLUTE
    return statement


RULES = (stereo, configuration, sides, elements, ester, ambiguous, preferred)
