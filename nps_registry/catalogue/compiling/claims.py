"""Rows become claims: a structure in its standard form, and names that have been cleaned and recased."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace

from nps_registry.catalogue.compiling.casing import recase
from nps_registry.catalogue.compiling.cleaning import base_of_salt, clean_names
from nps_registry.catalogue.compiling.curation import Curation, RowExclusion
from nps_registry.catalogue.compiling.descriptors import Descriptor, Statement, read_descriptor
from nps_registry.catalogue.compiling.evidence import EvidenceRow
from nps_registry.catalogue.compiling.origins import identifier_of, origin_of, place_of
from nps_registry.catalogue.compiling.structures import Structure
from nps_registry.errors import UnreadableStructure
from nps_registry.vocabulary.catalogue import Basis
from nps_registry.vocabulary.folding import fold
from nps_registry.vocabulary.substance import IdentifierScheme, Stereo

ReadStructure = Callable[[str, Stereo | None], Structure]
_RELATIVE_PLACE = re.compile(r"^(?:cis|trans|threo|erythro)-", re.IGNORECASE)
_ROTATION = re.compile(r"\(\d*[RS]|\([+-]\)")
_RACEMATE_LOCANTS = re.compile(r"\(\d+[a-z]?RS(?:,|\))|\[\(\d+[a-z]?RS,")
"""``(3RS,4SR)`` in the systematic name of a list: the racemate of that configuration."""
_SPLIT_OFF = re.compile(r"[^A-Za-z]+")


@dataclass(frozen=True, slots=True)
class Claim:
    """One source's statement about one structure.

    Attributes:
        structure: the standardised structure, with the stereo that structure and words together state.
        names: names with their descriptors, in the source's order.
        racemic: whether the source's words say that it means the racemate.
        is_cited: whether a curator cites a publication for it.
        spelling: how well the source spells: 2 in the field's way, 1 recased from capitals, 0 in small letters only.
    """

    source_id: str
    group: str
    place: str | None
    structure: Structure
    names: tuple[Descriptor, ...]
    salts: tuple[str, ...] = ()
    racemic: bool = False
    loose: bool = False
    german: bool = False
    spelling: int = 2
    cas: str | None = None
    identifier: tuple[IdentifierScheme, str] | None = None
    basis: Basis | None = None
    source_class: str = ""
    is_cited: bool = False

    @property
    def plain(self) -> tuple[str, ...]:
        """Folded names that state nothing about configuration."""
        return tuple(fold(name.bare) for name in self.names if name.statement is Statement.NOTHING)


@dataclass(frozen=True, slots=True)
class Skipped:
    """A row that became no claim, with the reason."""

    line: int
    source_id: str
    reason: str


def lower_case_words(rows: Iterable[EvidenceRow]) -> frozenset[str]:
    """Words that sources with mixed case write in lower case: they tell words from abbreviations."""
    words: set[str] = set()
    for row in rows:
        if origin_of(row).capitals:
            continue
        text = " ".join(row.names)
        if row.source == "btmg_opsin":
            continue
        words.update(word for word in _SPLIT_OFF.split(text) if len(word) >= 5 and word.islower())
        words.update(word.casefold() for word in _SPLIT_OFF.split(text) if len(word) >= 7 and word[1:].islower())
    return frozenset(words)


def make_claims(
    rows: Iterable[EvidenceRow], curation: Curation, read: ReadStructure, words: Collection[str]
) -> tuple[list[Claim], list[Skipped]]:
    """The claims of *rows*, and the rows that make none with the reason for each."""
    rows = list(rows)
    by_key = {row.inchikey: row.smiles for row in rows if row.smiles}
    claims: list[Claim] = []
    skipped: list[Skipped] = []
    foreign = _foreign_names(curation)
    for row in rows:
        outcome = _why_excluded(row, curation) or _make_claim(row, by_key, read, words, foreign)
        if isinstance(outcome, Claim):
            claims.append(outcome)
        else:
            skipped.append(Skipped(row.line, origin_of(row).source_id, outcome))
    return claims, skipped


def _why_excluded(row: EvidenceRow, curation: Curation) -> str | None:
    source = origin_of(row).source_id
    return next((exclusion.why for exclusion in curation.rows if _is_excluded(row, source, exclusion)), None)


def _foreign_names(curation: Curation) -> Mapping[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for exclusion in curation.foreign_names:
        found.setdefault(exclusion.skeleton, set()).update(fold(name) for name in exclusion.names)
    return {skeleton: frozenset(names) for skeleton, names in found.items()}


def _make_claim(
    row: EvidenceRow,
    by_key: Mapping[str, str],
    read: ReadStructure,
    words: Collection[str],
    foreign: Mapping[str, frozenset[str]],
) -> Claim | str:
    """The claim of one row, or the reason why it makes none."""
    origin = origin_of(row)
    smiles = row.smiles or by_key.get(row.inchikey, "")
    if not smiles:
        return "gives an InChIKey that no other row draws (a deuterated standard or a stereo form)"
    cleaned = clean_names(row.names)
    if row.names and any(reason == "deuterated standard" for _name, reason in cleaned.dropped):
        return "a deuterated standard: an isotopologue is not a substance of its own"
    texts = cleaned.names or _bases(cleaned.salts)
    if row.names and not texts and cleaned.salts:
        return "names a salt or an ester only"
    cased = [recase(text, words) for text in texts] if origin.capitals else list(texts)
    names = tuple(
        name
        for name in map(read_descriptor, cased)
        if fold(name.text) not in foreign.get(row.skeleton, ()) and fold(name.bare) not in foreign.get(row.skeleton, ())
    )
    if row.names and not names and not origin.source_id.startswith("unodc"):
        return "has no name left after cleaning"
    return _with_structure(replace(row, smiles=smiles), names, cleaned.salts, bool(cleaned.names), read)


def _with_structure(
    row: EvidenceRow, names: tuple[Descriptor, ...], salts: tuple[str, ...], is_base: bool, read: ReadStructure
) -> Claim | str:
    """The claim with its structure read and what its words say of stereo taken in."""
    origin = origin_of(row)
    try:
        structure = read(row.smiles, None)
    except UnreadableStructure as refusal:
        return f"cannot be read: {refusal.detail}"
    racemic = _means_racemate(names, structure, loose=origin.loose_synonyms) or (
        structure.stereo is Stereo.ABSOLUTE and _RACEMATE_LOCANTS.search(row.place) is not None
    )
    if _words_exceed_structure(names, structure):
        return "its name states a configuration that its structure lacks"
    if racemic:
        structure = _restate(row.smiles, structure, Stereo.RACEMIC, read)
    elif structure.stereo is Stereo.ABSOLUTE and _means_relative(names, row.place):
        structure = _restate(row.smiles, structure, Stereo.RELATIVE, read)
    return Claim(
        source_id=origin.source_id,
        group=origin.group,
        place=place_of(row),
        structure=structure,
        names=names,
        salts=salts,
        racemic=racemic,
        loose=origin.loose_synonyms,
        german=origin.german,
        spelling=0 if origin.small else 1 if origin.capitals else 2,
        cas=row.cas or None,
        identifier=identifier_of(row) if is_base else None,
        source_class=row.source_class,
    )


def _restate(smiles: str, structure: Structure, stated: Stereo, read: ReadStructure) -> Structure:
    """*structure* with what the words state; itself where several open centres leave the pair unsaid."""
    try:
        return read(smiles, stated)
    except UnreadableStructure:
        return structure


def _bases(salts: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(base for base in map(base_of_salt, salts) if base))


def _is_excluded(row: EvidenceRow, source_id: str, exclusion: RowExclusion) -> bool:
    return (
        exclusion.source == source_id
        and (exclusion.skeleton is None or exclusion.skeleton == row.skeleton)
        and (exclusion.place is None or exclusion.place == row.place)
        and (exclusion.name is None or any(fold(exclusion.name) == fold(name) for name in row.names))
    )


def _means_racemate(names: tuple[Descriptor, ...], structure: Structure, *, loose: bool) -> bool:
    """Whether the words say racemate: the first name does, or any does of a structure drawn as one enantiomer.

    A loose list of synonyms mixes the forms, so that of it the first name alone counts.
    """
    if not names or structure.stereo is Stereo.ACHIRAL:
        return False
    if names[0].statement is Statement.RACEMIC:
        return True
    return (
        not loose and structure.stereo is Stereo.ABSOLUTE and any(name.statement is Statement.RACEMIC for name in names)
    )


def _means_relative(names: tuple[Descriptor, ...], place: str) -> bool:
    """Whether the words say cis, trans, threo or the like and no more, of a structure drawn as one enantiomer."""
    if names and names[0].statement is Statement.RELATIVE:
        return True
    return bool(_RELATIVE_PLACE.match(place)) and not _ROTATION.search(place)


def _words_exceed_structure(names: tuple[Descriptor, ...], structure: Structure) -> bool:
    """Whether the first name states one configuration and the structure, for all that, none."""
    return (
        bool(names)
        and structure.stereo is Stereo.UNDEFINED
        and structure.is_flat
        and (names[0].statement is Statement.ABSOLUTE)
    )
