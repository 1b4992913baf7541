"""Which substances of the catalogue the entries of a control list mean.

The structure decides and the name helps. An entry that states a configuration means that stereoisomer and no
other; one that states none means the substance that carries its name. What a list excludes by name is refused,
unless the list names it again in another place. An entry without a substance keeps its structure and is reported:
the catalogue may have the substance one day.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from nps_registry.catalogue.records import AnchorRecord, ControlEntry, ControlList, ExcludedRecord, SubstanceRecord
from nps_registry.vocabulary.folding import fold
from nps_registry.vocabulary.substance import IdentifierScheme, Stereo

_OPEN = frozenset({Stereo.UNDEFINED, Stereo.RACEMIC, Stereo.RELATIVE, Stereo.MIXTURE})
"""What an entry may say where a substance says no more than that its centres are not resolved."""


@dataclass(frozen=True, slots=True)
class Unresolved:
    """An entry, or one structure of it, that no substance of the catalogue is."""

    listed_as: str
    why: str


@dataclass
class Resolution:
    """A list with the accessions of its entries."""

    content: ControlList
    unresolved: list[Unresolved] = field(default_factory=list)
    refused: list[Unresolved] = field(default_factory=list)


class SubstanceIndex:
    """Finds substances by structure, name and CAS number."""

    def __init__(self, substances: Iterable[SubstanceRecord]) -> None:
        self._by_skeleton: dict[str, list[SubstanceRecord]] = defaultdict(list)
        self._by_name: dict[str, list[SubstanceRecord]] = defaultdict(list)
        self._by_cas: dict[str, list[SubstanceRecord]] = defaultdict(list)
        for record in substances:
            if record.structure:
                self._by_skeleton[record.structure.inchikey[:14]].append(record)
            for name in {fold(name) for name in (record.name, *(one.name for one in record.names))}:
                self._by_name[name].append(record)
            for identifier in record.identifiers:
                if identifier.scheme is IdentifierScheme.CAS:
                    self._by_cas[identifier.value].append(record)

    def drawn_as(self, anchor: AnchorRecord, names: Sequence[str]) -> SubstanceRecord | str:
        """The substance that *anchor* means under *names*, or why there is none."""
        candidates = self._by_skeleton.get(anchor.inchikey[:14], [])
        if not candidates:
            return "the catalogue has no substance of this skeleton"
        exact = [one for one in candidates if _is_same(one, anchor)]
        if exact and anchor.stereo is not Stereo.UNDEFINED:
            return exact[0]
        settled = [one for one in candidates if not _contradicts(one, anchor)]
        named = [one for one in settled if self._is_named(one, names)]
        first = [one for one in named if self._is_named(one, names[:1])]
        preferred = [one for one in named if fold(one.name) == fold(names[0])]
        for choice in (named, first, preferred, [one for one in named if one in exact], exact):
            if len(choice) == 1:
                return choice[0]
        compatible = [one for one in candidates if _is_open(one) and anchor.stereo in _OPEN]
        if len(compatible) == 1 and len(candidates) == 1:
            return compatible[0]
        found = ", ".join(f"{one.accession} {one.name}" for one in candidates)
        return f"the skeleton stands for other stereoisomers or several: {found}"

    def variants_of(self, anchor: AnchorRecord) -> list[SubstanceRecord]:
        """Every substance of the anchor's skeleton."""
        return self._by_skeleton.get(anchor.inchikey[:14], [])

    def named_as(self, names: Sequence[str], cas: str | None) -> list[SubstanceRecord] | str:
        """The substances that carry one of *names* each, as a list names cannabis and its resin; else by CAS number."""
        told = []
        for name in names:
            found = self._by_name.get(fold(name), [])
            if len(found) > 1:
                return f"{name!r} is the name of {', '.join(one.accession for one in found)}"
            told += [one for one in found if one not in told]
        if told:
            return told
        numbered = {one.accession: one for number in (cas or "").split(", ") for one in self._by_cas.get(number, [])}
        if len(numbered) == 1:
            return list(numbered.values())
        return "no substance of the catalogue carries its names"

    def _is_named(self, record: SubstanceRecord, names: Sequence[str]) -> bool:
        return any(record in self._by_name.get(fold(name), ()) for name in names)


def resolve(content: ControlList, substances: SubstanceIndex) -> Resolution:
    """*content* with the accessions that its entries mean now; earlier ones are replaced."""
    excluded = _excluded(content.excluded, substances)
    resolution = Resolution(content)
    entries = []
    found_for = [_find(entry, substances, resolution) for entry in content.entries]
    for entry, found in zip(content.entries, _told_apart(content.entries, found_for, resolution), strict=True):
        kept: list[str] = []
        for record in found:
            exclusion = excluded.get(record.accession)
            if exclusion is not None and not _is_named_again(entry, exclusion):
                resolution.refused.append(Unresolved(entry.listed_as, f"{record.name} is excluded by the list"))
            elif record.accession not in kept:
                kept.append(record.accession)
        entries.append(entry.model_copy(update={"accessions": tuple(kept)}))
    resolution.content = content.model_copy(update={"entries": tuple(entries)})
    return resolution


def _find(entry: ControlEntry, substances: SubstanceIndex, resolution: Resolution) -> list[SubstanceRecord]:
    if entry.note and entry.note.startswith("A preparation"):
        return []
    found = []
    for anchor in entry.structures:
        if anchor.with_variants:
            found.extend(substances.variants_of(anchor))
            continue
        outcome = substances.drawn_as(anchor, entry.names)
        if isinstance(outcome, str):
            resolution.unresolved.append(Unresolved(entry.listed_as, outcome))
        else:
            found.append(outcome)
    if not entry.structures:
        named = substances.named_as(entry.names, entry.cas)
        if isinstance(named, str):
            resolution.unresolved.append(Unresolved(entry.listed_as, named))
        else:
            found.extend(named)
    return found


def _told_apart(
    entries: Sequence[ControlEntry], found_for: Sequence[list[SubstanceRecord]], resolution: Resolution
) -> list[list[SubstanceRecord]]:
    """*found_for* without a substance under the name of a stereoisomer that the list names apart from it.

    Alphaprodine and betaprodine stand on one flat structure in some sources. Where two entries of one list with
    different structures find the same substance, it is that of the entry which has its structure or its name.
    """
    claimed: dict[str, list[int]] = defaultdict(list)
    for place, found in enumerate(found_for):
        for record in found:
            claimed[record.accession].append(place)
    return [
        [one for one in found if _keeps(entries, place, one, claimed[one.accession], resolution)]
        for place, found in enumerate(found_for)
    ]


def _keeps(
    entries: Sequence[ControlEntry], place: int, record: SubstanceRecord, claimed: Sequence[int], resolution: Resolution
) -> bool:
    entry = entries[place]
    others = [entries[other] for other in claimed if _names_apart(entry, entries[other])]
    if not others or _owns(entry, record) or not any(_owns(other, record) for other in others):
        return True
    named = ", ".join(sorted({other.listed_as for other in others}))
    resolution.unresolved.append(Unresolved(entry.listed_as, f"{record.name} is {named}, which the list names apart"))
    return False


def _names_apart(entry: ControlEntry, other: ControlEntry) -> bool:
    """Whether two entries state different structures of one skeleton, neither for all its stereoisomers."""
    if any(one.with_variants for one in (*entry.structures, *other.structures)):
        return False
    mine = {(one.inchikey, one.stereo) for one in entry.structures}
    return bool(mine) and mine.isdisjoint((one.inchikey, one.stereo) for one in other.structures)


def _owns(entry: ControlEntry, record: SubstanceRecord) -> bool:
    exact = record.structure is not None and any(_is_same(record, anchor) for anchor in entry.structures)
    return exact or fold(entry.listed_as) == fold(record.name)


def _excluded(exclusions: Iterable[ExcludedRecord], substances: SubstanceIndex) -> Mapping[str, ExcludedRecord]:
    found: dict[str, ExcludedRecord] = {}
    for exclusion in exclusions:
        outcomes = [substances.drawn_as(anchor, exclusion.names) for anchor in exclusion.structures]
        named = substances.named_as(exclusion.names[:1], None)
        outcomes += [] if isinstance(named, str) else named
        found.update({one.accession: exclusion for one in outcomes if isinstance(one, SubstanceRecord)})
    return found


def _is_named_again(entry: ControlEntry, exclusion: ExcludedRecord) -> bool:
    return fold(entry.listed_as) == fold(exclusion.listed_as)


def _is_same(record: SubstanceRecord, anchor: AnchorRecord) -> bool:
    assert record.structure is not None  # only substances with a structure are candidates
    return (record.structure.inchikey, record.structure.stereo) == (anchor.inchikey, anchor.stereo)


def _contradicts(record: SubstanceRecord, anchor: AnchorRecord) -> bool:
    """Whether both state a configuration, and not the same one."""
    assert record.structure is not None
    settled = anchor.stereo is Stereo.ABSOLUTE and record.structure.stereo is Stereo.ABSOLUTE
    return settled and record.structure.inchikey != anchor.inchikey


def _is_open(record: SubstanceRecord) -> bool:
    assert record.structure is not None
    return record.structure.stereo in _OPEN
