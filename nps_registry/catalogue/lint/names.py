"""Rules about the form of names: no fragments, no numbers of databases, the preferred name as the field writes it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator

from nps_registry.catalogue.forms import form_of
from nps_registry.catalogue.lint.context import Context
from nps_registry.catalogue.lint.identifiers import is_cas_number
from nps_registry.catalogue.lint.rule import Issue, Severity, each_substance
from nps_registry.catalogue.records import NameRecord, SubstanceRecord
from nps_registry.localisation import gettext as _
from nps_registry.localisation import mark
from nps_registry.vocabulary.substance import Kind, NameKind

_BRACKETS = {")": "(", "]": "[", "}": "{"}
_CUT_OFF = re.compile(r"^[\s,;:)\]}]|[(\[{,;:\-]$|\)\s*\($")
# A word that the end of a printed line has parted, and marks and numbers that a table appends.
_PRINTED = re.compile(r"[a-z]{3}-(?:yl|amine\b)|(?<=\S) #$|[a-z]_\d{4}$")
# Two hyphens stand where brackets and what was in them were lost.
_LOST = re.compile(r"--")
_ANY_WORD = re.compile(r"[^\W\d_]{2}|[^\W\d_][- ]?\d|\d[^\W\d_]", re.UNICODE)
_DEUTERATED = re.compile(r"[-\s(\[]d\d{1,2}\)?\]?$|^\(?\[?d\d{1,2}\]?\)?-|deutero|\(2H\d?\)", re.IGNORECASE)
_DATABASE_NUMBER = re.compile(
    r"^(?:NSC|BRN|EINECS|HSDB|CCRIS|MFCD|AKOS|SCHEMBL|CHEMBL|ZINC|DTXSID|MLS|SMR|STK|UNII|CHEBI|BDBM|IDS-|Q\d{5})"
    r"[\s\-:.#]*(?:[A-Z]{0,3}-?)?\d|DEA (?:NO|CODE)|\bimpurity\b|related compound|component of",
    re.IGNORECASE,
)
_UNII = re.compile(r"^(?=(?:.*\d){3})(?=.*[A-Z])[0-9A-Z]{10}$")
_INCHIKEY = re.compile(r"^[A-Z]{14}-[A-Z]{10}-[A-Z]$")
_FORMULA = re.compile(r"^C\d+H\d+(?:[A-Z][a-z]?\d*)+$")
# A word of six capitals that can be spoken; MMDPPO cannot.
_CAPITALS = re.compile(r"(?=[A-Z]{6})(?=[A-Z]*[AEIOUY][A-Z]*[AEIOUY])[A-Z]+")
# Syllables of cannabinoids' systematic abbreviations, and other words that the field writes in capitals.
_CAPITAL_WORDS = re.compile(
    r"(?:ACA|ICA|PIC|PAIC|INAC|CLONE|URA|PYRA|PYCA|IATA|MIMO|OXIZID)$|^(?:DOITFM|DIMETHYLX|HTMPIPO|FLUORETH|MDMEOET|MDHOET)$"
)
_SPOKEN = re.compile(r"^(?=.*[AEIOUaeiou].*[AEIOUaeiou])(?:[A-Z]{6,}|[A-Za-z][a-z]{5,})$(?<!INA|PEA|ICA|HIC)")
_INVERTED = re.compile(r", ?(?:\S*-|\(?[RSEZ±+\-]+\)?|D|L|DL|[NO],?[NO]?)$|, \S.*-$")
# Words that end the name of a salt and never that of an ester.
_SALT = re.compile(
    r" \(?(?:(?:di)?hydrochloride|hydrobromide|hydri?odide|HCl|HBr|(?:hemi)?sul(?:f|ph)ate|(?:hemi|bi)?tartrate|"
    r"fumarate|maleate|malate|oxalate|citrate|[bmt]es[iy]late|orotate|(?:mono|di|tri)?hydrate|phosphate|picrate)\)?$|"
    r"^(?:calcium|magnesium|lithium|sodium|potassium|ammonium) \w+$",
    re.IGNORECASE,
)
_SPOKEN_KINDS = frozenset({NameKind.PREFERRED, NameKind.STREET, NameKind.TRADE})
# Soft hyphen, zero-width and no-break spaces, typographic hyphens, minus, apostrophes, accents as signs; and
# the bar, which parts names in exports.
_ODD_SIGNS = re.compile(
    "[\u00ad\u200b-\u200d\u2060\ufeff\u00a0\u2007\u202f\u2010\u2011\u2212\u2018\u2019\u0060\u00b4|]"
)


@each_substance(
    "name-whole",
    mark(
        "Lists that were badly split leave fragments such as N, 1 or DMT) (3-: a name has its brackets in pairs, at "
        "least one word, no hyphen from the end of a line (meth-yl), no mark of a table (#), nothing lost between two "
        "hyphens, and does not end in the middle."
    ),
)
def whole(record: SubstanceRecord, _context: Context) -> Iterable[Issue]:
    """A name is a fragment."""
    for field, name in _names(record):
        if not _ANY_WORD.search(name.name):
            yield Issue(field, _("{name!r} is a fragment: it has no word in it").format(name=name.name))
        elif _PRINTED.search(name.name):
            yield Issue(field, _("{name!r} bears a mark of print or of a table").format(name=name.name))
        elif _LOST.search(name.name):
            yield Issue(field, _("{name!r} has lost something between its hyphens").format(name=name.name))
        elif not _is_balanced(name.name) or _CUT_OFF.search(name.name):
            yield Issue(field, _("{name!r} is cut off or lacks a bracket").format(name=name.name))


@each_substance(
    "name-of-this-substance",
    mark("A deuterated standard, an impurity code and a database's number are not names of the substance."),
)
def own(record: SubstanceRecord, _context: Context) -> Iterable[Issue]:
    """A name belongs to an isotopologue or to a database."""
    isotopic = record.structure is not None and "/i" in record.structure.inchi
    for field, name in _names(record):
        text = name.name
        if _DEUTERATED.search(text) and not isotopic:
            yield Issue(field, _("{name!r} is a deuterated standard, a fact of its own").format(name=text))
        elif _DATABASE_NUMBER.search(text) or _UNII.match(text):
            yield Issue(field, _("{name!r} is a number or code of a database").format(name=text))
        elif is_cas_number(text) or _INCHIKEY.match(text) or _FORMULA.match(text):
            yield Issue(field, _("{name!r} is an identifier or a formula, no name").format(name=text))


@each_substance(
    "name-of-no-form",
    mark(
        "Salts, solvates, complexes and standards are forms of their parent, and their names are not its own: "
        "take “cyproheptadine orotate” off cyproheptadine."
    ),
)
def of_no_form(record: SubstanceRecord, _context: Context) -> Iterable[Issue]:
    """A name is that of a salt, a solvate or a mixture of the substance."""
    if record.kind is not Kind.CHEMICAL:
        return
    for field, name in _names(record):
        others = (other.name for other in record.names if other is not name)
        base = None if name.kind in _SPOKEN_KINDS else form_of(name.name, others)
        if base:
            yield Issue(field, _("{name!r} is {base} and further words").format(name=name.name, base=base))
        elif name.kind is not NameKind.PREFERRED and _SALT.search(name.name):
            yield Issue(field, _("{name!r} is the name of a salt").format(name=name.name))


@each_substance(
    "preferred-name-style",
    mark(
        "The preferred name is the one the field uses (5F-MDMB-PICA, metonitazene, 3-MMC): not a registry's capitals "
        "(METONITAZENE), not turned round (MA, (R)-), and not made by a program."
    ),
)
def style(record: SubstanceRecord, _context: Context) -> Iterable[Issue]:
    """The preferred name is in a registry's style."""
    shouted = [word for word in _CAPITALS.findall(record.name) if not _CAPITAL_WORDS.search(word)]
    if shouted:
        yield Issue("name", _("{name!r} is in a registry's capitals").format(name=record.name))
    if _INVERTED.search(record.name):
        yield Issue("name", _("{name!r} is turned round; write it as it is spoken").format(name=record.name))


@each_substance(
    "name-signs",
    mark(
        "Names are written in one way: composed letters, plain hyphens and apostrophes (primes may be ′), no invisible "
        "signs, single spaces."
    ),
)
def signs(record: SubstanceRecord, _context: Context) -> Iterable[Issue]:
    """A name holds signs that cannot be seen or typed."""
    for field, name in _names(record):
        text = name.name
        if _ODD_SIGNS.search(text) or "  " in text or unicodedata.normalize("NFC", text) != text:
            yield Issue(field, _("{name!r} holds a sign that cannot be typed; write it plainly").format(name=text))


@each_substance("name-once", mark("A name stands once on an entry; put its sources together."))
def once(record: SubstanceRecord, _context: Context) -> Iterable[Issue]:
    """A name stands twice on the entry."""
    seen = set[str]()
    for field, name in _names(record):
        if name.name.casefold() in seen:
            yield Issue(field, _("{name!r} stands twice").format(name=name.name))
        seen.add(name.name.casefold())


@each_substance(
    "abbreviation-short",
    mark(
        "An abbreviation is a few letters or a code (4-MMC, DXM): a word that can be spoken is a synonym or a trade "
        "name."
    ),
    Severity.WARNING,
)
def abbreviated(record: SubstanceRecord, _context: Context) -> Iterable[Issue]:
    """A name is called an abbreviation and is a word."""
    for field, name in _names(record):
        if name.kind is NameKind.ABBREVIATION and _SPOKEN.search(name.name):
            yield Issue(
                field.replace(".name", ".kind"), _("{name!r} is a word, no abbreviation").format(name=name.name)
            )


@each_substance(
    "generated-name-kind",
    mark("A name that a program made from the structure is clumsy and proves nothing; it is only ever a last resort."),
    Severity.NOTE,
)
def generated(record: SubstanceRecord, _context: Context) -> Iterable[Issue]:
    """The only name beside the preferred one comes from a generator."""
    preferred = next(name for name in record.names if name.kind is NameKind.PREFERRED)
    if preferred.sources == ("generated-names",):
        yield Issue("name", _("{name!r} was generated; find the name that the field uses").format(name=record.name))


def _names(record: SubstanceRecord) -> Iterator[tuple[str, NameRecord]]:
    for position, name in enumerate(record.names):
        yield f"names[{position}].name", name


def _is_balanced(text: str) -> bool:
    opened: list[str] = []
    for sign in text:
        if sign in _BRACKETS.values():
            opened.append(sign)
        elif sign in _BRACKETS and (not opened or opened.pop() != _BRACKETS[sign]):
            return False
    return not opened


RULES = (whole, own, of_no_form, style, signs, once, abbreviated, generated)
