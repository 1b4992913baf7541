"""Rules about identifiers that other registries give."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator

from nps_registry.catalogue.lint.context import Context
from nps_registry.catalogue.lint.rule import Issue, PlacedIssue, Severity, each_substance, whole_catalogue
from nps_registry.catalogue.records import SubstanceRecord
from nps_registry.localisation import gettext as _
from nps_registry.localisation import mark
from nps_registry.vocabulary.substance import IdentifierScheme

_CAS = re.compile(r"^([1-9][0-9]{1,6})-([0-9]{2})-([0-9])$")
_SHAPES = {
    IdentifierScheme.PUBCHEM: re.compile(r"^[1-9][0-9]*$"),
    IdentifierScheme.UNII: re.compile(r"^[0-9A-Z]{10}$"),
    IdentifierScheme.WIKIDATA: re.compile(r"^Q[1-9][0-9]*$"),
}
# One place of another registry describes one substance; a CAS number is for one substance too.
_ONE_TO_ONE = frozenset({IdentifierScheme.CAS, IdentifierScheme.PUBCHEM, IdentifierScheme.UNII})


def is_cas_number(value: str) -> bool:
    """Whether *value* has the shape of a CAS number and its check digit.

    The digit is the sum of the other digits, each times its place from the right, modulo ten
    (CAS, "Check digit verification of CAS Registry Numbers").
    """
    if not (match := _CAS.match(value)):
        return False
    digits = match[1] + match[2]
    total = sum(place * int(digit) for place, digit in enumerate(reversed(digits), start=1))
    return total % 10 == int(match[3])


@each_substance(
    "cas-check-digit",
    mark("A CAS number carries a check digit, so a slip of the pen shows; look the number up in its source again."),
)
def cas(record: SubstanceRecord, _context: Context) -> Iterable[Issue]:
    """A CAS number fails its check digit."""
    for position, identifier in enumerate(record.identifiers):
        if identifier.scheme is IdentifierScheme.CAS and not is_cas_number(identifier.value):
            message = _("{value} is no CAS number: its shape or its check digit is wrong").format(
                value=identifier.value
            )
            yield Issue(f"identifiers[{position}].value", message)


@each_substance(
    "identifier-shape",
    mark(
        "A PubChem CID is a number, a UNII ten capitals and digits, a Wikidata item Q and a number: links rely on it."
    ),
)
def shape(record: SubstanceRecord, _context: Context) -> Iterable[Issue]:
    """An identifier does not look like one of its scheme."""
    for position, identifier in enumerate(record.identifiers):
        pattern = _SHAPES.get(identifier.scheme)
        if pattern and not pattern.match(identifier.value):
            message = _("{value} does not look like a {scheme}").format(
                value=identifier.value, scheme=identifier.scheme.label
            )
            yield Issue(f"identifiers[{position}].value", message)


@whole_catalogue(
    "identifier-unique",
    mark(
        "A CAS number, a CID and a UNII are given to one substance: on two entries, one of them is wrong, or it "
        "belongs to another stereochemical form."
    ),
)
def unique(context: Context) -> Iterable[PlacedIssue]:
    """One identifier stands on two entries, or twice on one."""
    holders = defaultdict(list)
    for record in context.active:
        for position, identifier in enumerate(record.identifiers):
            if identifier.scheme in _ONE_TO_ONE:
                holders[identifier.scheme, identifier.value].append((record, position))
    for (scheme, value), held in holders.items():
        for record, position in held[1:]:
            message = _("{scheme} {value} stands on {other} too").format(
                scheme=scheme.label, value=value, other=held[0][0].accession
            )
            yield PlacedIssue(context.path_of(record), f"identifiers[{position}].value", message, record.accession)


def _several(record: SubstanceRecord, scheme: IdentifierScheme) -> Iterator[Issue]:
    values = [each.value for each in record.identifiers if each.scheme is scheme]
    if len(values) > 1:
        yield Issue("identifiers", _("it has {values}; keep the substance's own").format(values=", ".join(values)))


@each_substance(
    "unii-single",
    mark(
        "A UNII is given to one substance and one of its salts each: a second one on an entry is a salt's, or foreign."
    ),
    Severity.WARNING,
)
def single(record: SubstanceRecord, _context: Context) -> Iterable[Issue]:
    """An entry has more than one UNII."""
    return _several(record, IdentifierScheme.UNII)


@each_substance(
    "cas-single",
    mark(
        "Every salt and every stereochemical form has a CAS number of its own: of two on one entry, one is often a "
        "hydrochloride's or another substance's. Take off what is known to be."
    ),
    Severity.WARNING,
)
def single_cas(record: SubstanceRecord, _context: Context) -> Iterable[Issue]:
    """An entry has more than one CAS number."""
    return _several(record, IdentifierScheme.CAS)


RULES = (cas, shape, unique, single, single_cas)
