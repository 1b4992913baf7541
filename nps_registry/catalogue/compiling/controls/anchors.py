"""The structures that the wordings of a control list mean.

A list gives names, sometimes a CAS number. Two readings of an entry are compared:

- the list's own chemical name, as OPSIN has read it (rows of the list's own source in the evidence table);
- what other sources draw under the entry's names or its CAS number.

Where both have a skeleton in common, that one is meant, with the configuration that the list's own words state.
Where they differ, the list's name was misread (OPSIN takes "dihydrocodeinone" apart wrongly) or a name has two
meanings: the other sources win only if two independent groups agree among themselves, else the entry stays
without a structure and is reported. A structure that the list alone gives is taken if no other source knows the
entry's names.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from nps_registry.catalogue.compiling.cleaning import clean_names
from nps_registry.catalogue.compiling.evidence import EvidenceRow
from nps_registry.catalogue.compiling.origins import ORIGINS, origin_of
from nps_registry.catalogue.compiling.structures import Structure
from nps_registry.catalogue.records import AnchorRecord, ControlEntry, ExcludedRecord
from nps_registry.errors import UnreadableStructure
from nps_registry.vocabulary.folding import fold
from nps_registry.vocabulary.substance import Stereo

EVERY_LIST = "*"
Listed = ControlEntry | ExcludedRecord
Spelling = Callable[[str], Iterable[str]]
_NAMED_FIRST = ("unii_opsin", "chemicals_pubchem", "btmg_opsin", "globalchem", "canada_cdsa_opsin", "china2025_opsin")
_RACEMIC = re.compile(r"(?<![A-Za-z])\d*[ab]?RS(?![A-Za-z])|\(±\)")
"""Whose drawing is taken where a list states no structure of its own, in this order."""


def _as_written(_name: str) -> Iterable[str]:
    return ()


@dataclass(frozen=True, slots=True)
class Decision:
    """A curator's decision on what one wording of one list means.

    Attributes:
        list_id: the list, or ``EVERY_LIST`` for a name that means the same in each.
        smiles: the structures meant; none where *named* says under which name other sources have them.
        stereo: what is stated of them beside the drawing.
        named: the name under which other sources have it.
        with_variants: whether every stereoisomer of these skeletons is meant.
    """

    list_id: str
    listed_as: str
    why: str
    smiles: tuple[str, ...] = ()
    stereo: Stereo | None = None
    named: str | None = None
    with_variants: bool = False


@dataclass(frozen=True, slots=True)
class Doubt:
    """An entry without a structure, or with one that its own list's chemical name contradicts."""

    listed_as: str
    why: str


@dataclass(frozen=True, slots=True)
class Anchored:
    """The structures of an entry, and what was doubtful about them."""

    structures: tuple[AnchorRecord, ...]
    doubt: Doubt | None = None


class AnchorFinder:
    """Finds structures in the rows of an evidence table.

    Args:
        rows: the evidence table.
        read: reads a SMILES into its standard form.
        misread: rows that are known to be misread, by source and skeleton: never used.
        decisions: a curator's decisions, which come before everything else.
    """

    def __init__(
        self,
        rows: Iterable[EvidenceRow],
        read: Callable[[str, Stereo | None], Structure],
        misread: Collection[tuple[str, str]] = (),
        decisions: Collection[Decision] = (),
    ) -> None:
        self._read = read
        self._decisions = {(decision.list_id, fold(decision.listed_as)): decision for decision in decisions}
        self._groups: dict[str, set[str]] = defaultdict(set)
        self._by_name: dict[str, list[EvidenceRow]] = defaultdict(list)
        self._by_cas: dict[str, list[EvidenceRow]] = defaultdict(list)
        for row in rows:
            if not row.smiles or (row.source, row.skeleton) in misread:
                continue
            self._groups[row.skeleton].add(origin_of(row).source_id)
            if row.cas:
                self._by_cas[row.cas].append(row)
            for name in {fold(name) for name in (*clean_names(row.names).names, *row.names)} - {""}:
                self._by_name[name].append(row)

    def find(self, listed: Listed, list_id: str, own: Collection[str], spell: Spelling = _as_written) -> Anchored:
        """The structures that *listed* means.

        Args:
            listed: the entry.
            list_id: the list it stands in, for the decisions.
            own: the evidence sources of the list.
            spell: further spellings under which other sources may have a name of the list.
        """
        name = fold(listed.listed_as)
        decision = self._decisions.get((list_id, name)) or self._decisions.get((EVERY_LIST, name))
        if decision is not None:
            return self._decided(decision)
        rows = self._rows(listed, spell)
        of_list = _by_skeleton(row for row in rows if row.source in own)
        of_others = _by_skeleton(row for row in rows if row.source not in own)
        shared = [skeleton for skeleton in of_list if skeleton in of_others]
        if shared:
            how = f"chemical name of the list, as in {_count(of_others[shared[0]])}"
            return self._anchored([of_list[one][0] for one in shared[:1]], how, _says_racemate(listed))
        if of_list and not of_others:
            how = self._how_alone(of_list, own)
            return self._anchored([of_list[one][0] for one in of_list], how, _says_racemate(listed))
        agreed = _agreed(of_others)
        if agreed is None or (of_list and _groups(agreed) < 2):
            return Anchored((), Doubt(listed.listed_as, _disagreement(of_list, of_others)))
        found = self._anchored([_preferred(agreed)], f"name or CAS number of the list in {_count(agreed)}")
        if of_list:
            doubt = Doubt(listed.listed_as, f"the list's chemical name was read as {', '.join(of_list)}")
            return Anchored(found.structures, doubt)
        return found

    def _decided(self, decision: Decision) -> Anchored:
        how = f"curator's decision: {decision.why}"
        if decision.smiles:
            read = [self._read(smiles, decision.stereo) for smiles in decision.smiles]
            return Anchored(
                tuple(
                    AnchorRecord(
                        inchikey=one.inchikey, stereo=one.stereo, how=how, with_variants=decision.with_variants
                    )
                    for one in read
                )
            )
        agreed = _agreed(_by_skeleton(self._by_name.get(fold(decision.named or ""), ())))
        if agreed is None:
            return Anchored((), Doubt(decision.listed_as, f"no one structure stands under {decision.named!r}"))
        return self._anchored([_preferred(agreed)], how)

    def _how_alone(self, of_list: Iterable[str], own: Collection[str]) -> str:
        """How a structure that only the list names is known: other sources may draw it under other names."""
        own_ids = {ORIGINS[source].source_id for source in own}
        drawn = any(self._groups[skeleton] - own_ids for skeleton in of_list)
        return "chemical name of the list; other sources draw it" if drawn else "chemical name of the list alone"

    def _rows(self, listed: Listed, spell: Spelling) -> list[EvidenceRow]:
        found: dict[int, EvidenceRow] = {}
        for name in listed.names:
            for spelt in (name, *spell(name)):
                for row in self._by_name.get(fold(spelt), ()):
                    found[row.line] = row
        for number in (getattr(listed, "cas", None) or "").split(", "):
            for row in self._by_cas.get(number, ()):
                found[row.line] = row
        return [found[line] for line in sorted(found)]

    def _anchored(self, rows: Sequence[EvidenceRow], how: str, as_racemate: bool = False) -> Anchored:
        structures: dict[tuple[str, Stereo], AnchorRecord] = {}
        for row in rows:
            structure = self._structure(row.smiles, as_racemate)
            if structure is None:
                continue
            key = (structure.inchikey, structure.stereo)
            structures.setdefault(key, AnchorRecord(inchikey=key[0], stereo=key[1], how=how))
        return Anchored(tuple(structures.values()))

    def _structure(self, smiles: str, as_racemate: bool) -> Structure | None:
        """The structure, as a racemate where the words say so and the drawing leaves no doubt which."""
        for stated in (Stereo.RACEMIC, None) if as_racemate else (None,):
            try:
                return self._read(smiles, stated)
            except UnreadableStructure:
                continue
        return None


def _says_racemate(listed: Listed) -> bool:
    return any(_RACEMIC.search(name) for name in listed.names)


def _by_skeleton(rows: Iterable[EvidenceRow]) -> Mapping[str, list[EvidenceRow]]:
    found: dict[str, list[EvidenceRow]] = defaultdict(list)
    for row in rows:
        found[row.skeleton].append(row)
    return found


def _agreed(of_others: Mapping[str, list[EvidenceRow]]) -> list[EvidenceRow] | None:
    """The rows of the one skeleton that other sources mean, if they leave no doubt which."""
    weights = sorted(((_groups(rows), rows) for rows in of_others.values()), key=lambda pair: -pair[0])
    if len(weights) == 1:
        return weights[0][1]
    if len(weights) > 1 and weights[0][0] >= 2 and weights[0][0] > weights[1][0]:
        return weights[0][1]
    return None


def _groups(rows: Iterable[EvidenceRow]) -> int:
    return len({origin_of(row).group for row in rows})


def _preferred(rows: Sequence[EvidenceRow]) -> EvidenceRow:
    def rank(row: EvidenceRow) -> tuple[int, int]:
        place = _NAMED_FIRST.index(row.source) if row.source in _NAMED_FIRST else len(_NAMED_FIRST)
        return place, row.line

    return min(rows, key=rank)


def _disagreement(of_list: Mapping[str, object], of_others: Mapping[str, object]) -> str:
    if not of_list and not of_others:
        return "no source draws a structure under its names"
    parts = [f"the list's chemical name was read as {', '.join(of_list)}"] if of_list else []
    if of_others:
        parts.append(f"its names stand on {', '.join(sorted(of_others))} elsewhere")
    return "; ".join(parts)


def _count(rows: Iterable[EvidenceRow]) -> str:
    number = len({origin_of(row).source_id for row in rows})
    return "1 other source" if number == 1 else f"{number} other sources"
