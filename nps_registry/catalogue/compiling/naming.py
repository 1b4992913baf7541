"""The names of an entry: which of its claims' names are its own, of which kind, and which is preferred."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from nps_registry.catalogue.compiling.casing import locants, sentence
from nps_registry.catalogue.compiling.claims import Claim
from nps_registry.catalogue.compiling.descriptors import Descriptor, Statement
from nps_registry.catalogue.compiling.identities import Entry
from nps_registry.vocabulary.catalogue import Agreement
from nps_registry.vocabulary.folding import fold
from nps_registry.vocabulary.substance import NameKind, Stereo

MAXIMUM_NAMES = 24
_SYSTEMATIC_MARK = re.compile(
    r"\d[,'\d]*-|\byl\b|yl\)|oxy|\b[NOS],?[NOS]?-|ethan-|propan-|-one\b|-ol\b|-amine\b|amide\b|indole|benzo|phenyl",
    re.IGNORECASE,
)
_LOCANT = re.compile(
    r"\d|[(\[]|(?:^|[- ,'])(?:[NOSomp]|alpha|beta|gamma|delta|omega|[αβγδω]|ortho|meta|para|tert|sec|cis|trans)-"
    r"|yl [a-z]+(?:ate|ite)$"
)
"""What a name without it is not systematic for: ``Methoxyamfetamin`` is a nonproprietary name."""
_LONG_WORD = re.compile(r"[a-z]{6,}")
_CODE = re.compile(r"^[A-Z]{1,4}[- ]?[\d,. ]{2,}(?:-[A-Z\d]+)?$|^[A-Z]\d+$|^[A-Z]+\d{3,}[A-Z]*$", re.IGNORECASE)
_HANDED = re.compile(r"(?:dextro|levo)(?!meth(?:or|adone))|levalor|dextrose|D-glucose", re.IGNORECASE)
"""Words that name one enantiomer without a descriptor in front."""
_KNOWN_CODES = re.compile(
    r"^(?:JWH|AM|UR|XLR|HU|CP|WIN|MAM|STS|THJ|EAM|RCS|CRA|AB|SGT|URB|A|AH|MT|U|W|AP|PZM|RTI|LY|HDMP|MDA|"
    r"DOC|TMA|PV|PX|NM|MPA|BW|ORG|NNL|BIM|SDB|PCP|PRE)[- ]?\d",
    re.IGNORECASE,
)


@dataclass
class Naming:
    """One name of an entry while its sources are collected.

    Attributes:
        groups: independence groups of the sources that give it.
        firm: those of them whose lists do not mix related substances.
        first: whether it is the first name in some source's list.
        spelling: how well the source spells whose text this is.
    """

    text: str
    statement: Statement
    sources: list[str] = field(default_factory=list)
    groups: set[str] = field(default_factory=set)
    firm: set[str] = field(default_factory=set)
    first: bool = False
    german: bool = True
    spelling: int = -1

    @property
    def kind(self) -> NameKind:
        """What sort of name it is, by its shape."""
        return kind_of(self.text)


def kind_of(name: str) -> NameKind:
    """Systematic, abbreviation or synonym, by the shape of *name*."""
    letters = [letter for letter in name if letter.isalpha()]
    capitals = sum(letter.isupper() for letter in letters)
    if len(name) <= 22 and (capitals * 2 >= len(letters) or re.search(r"\d", name)) and not _LONG_WORD.search(name):
        return NameKind.ABBREVIATION
    if _reads_systematic(name) and _LOCANT.search(name):
        return NameKind.SYSTEMATIC
    return NameKind.SYNONYM


def _reads_systematic(name: str) -> bool:
    """Whether *name* has the syllables of chemical nomenclature and is as long, with locants or without."""
    return bool(_SYSTEMATIC_MARK.search(name)) and (len(name) > 14 or bool(re.match(r"^[\d(NO]", name)))


def spell_greek(name: str) -> str:
    """Greek locants in letters, as the field writes preferred names: ``alpha-PVP``."""
    return name.replace("α-", "alpha-").replace("β-", "beta-").replace("γ-", "gamma-").replace("ω-", "omega-")


def collect_names(entry: Entry) -> list[Naming]:
    """The names that are this entry's own, each once, with every source that gives it."""
    found: dict[str, Naming] = {}
    for attached in entry.claims:
        for place, name in enumerate(attached.claim.names):
            if _is_own(name, attached.agreement, entry):
                _add(found, attached.claim, name, place)
    return _without_noise(found.values())


def choose_preferred(names: Sequence[Naming]) -> Naming | None:
    """The name that the field is likeliest to use; nothing where there is none."""
    return max(names, key=lambda name: (_score(name), name.text), default=None)


def _is_own(name: Descriptor, agreement: Agreement, entry: Entry) -> bool:
    stereo = entry.structure.stereo
    if _HANDED.match(name.bare) and stereo not in {Stereo.ABSOLUTE, Stereo.ACHIRAL}:
        return False
    if name.statement is Statement.NOTHING:
        return fold(name.bare) not in entry.not_its_names
    if agreement is not Agreement.FULL:
        return False
    match name.statement:
        case Statement.RACEMIC:
            return stereo is Stereo.RACEMIC or not entry.is_stereo_question
        case Statement.ABSOLUTE:
            return stereo is Stereo.ABSOLUTE or (stereo is Stereo.ACHIRAL and not entry.structure.is_flat)
        case _:
            return not entry.structure.is_flat or stereo is Stereo.ACHIRAL


def _add(found: dict[str, Naming], claim: Claim, name: Descriptor, place: int) -> None:
    text = name.text if claim.german else locants(sentence(name.text))
    naming = found.setdefault(fold(text), Naming(text, name.statement))
    if _writes_better(text, claim.spelling, naming):
        naming.text, naming.spelling = text, claim.spelling
    if claim.source_id not in naming.sources:
        naming.sources.append(claim.source_id)
    naming.groups.add(claim.group)
    if not claim.loose:
        naming.firm.add(claim.group)
    naming.first = naming.first or place == 0
    naming.german = naming.german and claim.german


def _writes_better(text: str, spelling: int, naming: Naming) -> bool:
    """Whether *text* is the better spelling of the same name: by its source, then with hyphens over none."""
    if naming.spelling < 0 or spelling != naming.spelling:
        return spelling > naming.spelling
    return (text.count("-"), -text.count(" "), text) > (naming.text.count("-"), -naming.text.count(" "), naming.text)


def _without_noise(names: Iterable[Naming]) -> list[Naming]:
    """Leave out names that only loose synonym lists give, unless first in their list or nothing else is there."""
    names = list(names)
    firm = [name for name in names if name.firm or len(name.groups) > 1 or name.first]
    return firm or names


def _score(name: Naming) -> float:
    score = 2.0 * len(name.firm) + 1.0 * len(name.groups - name.firm)
    kind = name.kind
    if kind is not NameKind.ABBREVIATION and _reads_systematic(name.text):
        score -= 4
    if kind is NameKind.ABBREVIATION:
        score += 1.5
    if re.fullmatch(r"[a-zα-ω]+(?: ?[a-z]+)?", name.text):
        score += 2.5
    if _CODE.match(name.text) and not _KNOWN_CODES.match(name.text):
        score -= 5
    if name.german:
        score -= 5
    if name.statement is not Statement.NOTHING:
        score -= 0.5
    return score + (1.0 if name.first else 0.0) - 0.06 * len(name.text)
