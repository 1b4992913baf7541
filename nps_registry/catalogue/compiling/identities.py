"""Claims become entries: one per identity, with every claim on the entry that it speaks of.

A name belongs to the stereo form that a curator cites a publication for, else to the one that most independent
groups give it to; where they tie, to the form that more groups draw, then to the more defined
form of a structure with several centres and to the undefined one of a structure with one (a list that writes
no descriptor there means what laboratories find). A claim whose names all belong to another form speaks of that
form less precisely; a structure without a name supports the form it draws, or else the skeleton's main form.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from nps_registry.catalogue.compiling.claims import Claim
from nps_registry.catalogue.compiling.descriptors import Statement
from nps_registry.catalogue.compiling.structures import Structure
from nps_registry.vocabulary.catalogue import Agreement
from nps_registry.vocabulary.substance import Stereo

Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Attached:
    """A claim on an entry, and how far its structure agrees with the entry's."""

    claim: Claim
    agreement: Agreement


@dataclass
class Entry:
    """A substance in the making.

    Attributes:
        not_its_names: folded plain names that a claim of this entry gives, but that belong to another form.
    """

    structure: Structure
    claims: list[Attached] = field(default_factory=list)
    not_its_names: set[str] = field(default_factory=set)

    @property
    def groups(self) -> frozenset[str]:
        """Independence groups of all claims."""
        return frozenset(attached.claim.group for attached in self.claims)

    @property
    def is_stereo_question(self) -> bool:
        """Whether the structure has a centre that a descriptor could speak of."""
        return self.structure.stereo is not Stereo.ACHIRAL

    @property
    def is_named(self) -> bool:
        """Whether any claim has a name."""
        return any(attached.claim.names for attached in self.claims)


def group_claims(claims: Iterable[Claim]) -> list[Entry]:
    """The entries of *claims*, by skeleton and within one in a stable order."""
    by_skeleton: dict[str, list[Claim]] = defaultdict(list)
    for claim in claims:
        by_skeleton[claim.structure.skeleton].append(claim)
    return [entry for skeleton in sorted(by_skeleton) for entry in _group_skeleton(by_skeleton[skeleton])]


def _group_skeleton(claims: Sequence[Claim]) -> list[Entry]:
    named = [claim for claim in claims if claim.names]
    unnamed = [claim for claim in claims if not claim.names]
    if not named:
        return [_unnamed_entry(unnamed)]
    owners = _owners(named, claims)
    homes = {id(claim): _home(claim, owners, claims) for claim in named}
    entries: dict[Key, Entry] = {}
    structures = _drawings(claims)
    for claim in named:
        home = homes[id(claim)]
        entry = entries.setdefault(home, Entry(structures[home]))
        entry.claims.append(Attached(claim, agree(claim.structure, entry.structure)))
    for entry in entries.values():
        own = entry.structure.key
        entry.not_its_names.update(name for name, owner in owners.items() if owner != own and owner in entries)
    for claim in unnamed:
        entry = entries.get(claim.structure.key) or _main(entries.values())
        entry.claims.append(Attached(claim, agree(claim.structure, entry.structure)))
    return [entries[key] for key in sorted(entries)]


def _drawings(claims: Sequence[Claim]) -> dict[Key, Structure]:
    """Each identity as most claims draw it, an amide rather than the imidic acid that has the same InChI."""
    drawn: dict[Key, Counter[Structure]] = defaultdict(Counter)
    for claim in reversed(claims):
        drawn[claim.structure.key][claim.structure] += 1
    return {
        key: max(counted, key=lambda one: ("[N@" not in one.smiles, counted[one], "(O)=N" not in one.smiles))
        for key, counted in drawn.items()
    }


def _unnamed_entry(claims: Sequence[Claim]) -> Entry:
    """One entry for a skeleton that no source names: the form that states least."""
    chosen = min(claims, key=lambda claim: (not claim.structure.is_flat, claim.structure.key)).structure
    return Entry(chosen, [Attached(claim, agree(claim.structure, chosen)) for claim in claims])


def _owners(named: Sequence[Claim], claims: Sequence[Claim]) -> Mapping[str, Key]:
    """Which stereo form each plain name belongs to."""
    drawn = {claim.structure.key: _groups_of(claim.structure.key, claims) for claim in claims}
    votes: dict[str, dict[Key, dict[str, float]]] = defaultdict(lambda: defaultdict(dict))
    structures: dict[Key, Structure] = {}
    cited: set[tuple[str, Key]] = set()
    for claim in named:
        structures[claim.structure.key] = claim.structure
        if claim.is_cited:
            cited.update((name, claim.structure.key) for name in claim.plain)
        for name in claim.plain:
            weights = votes[name][claim.structure.key]
            weights[claim.group] = max(weights.get(claim.group, 0.0), _weight(claim))
    return {
        name: max(
            forms,
            key=lambda key: (
                (name, key) in cited,
                sum(forms[key].values()),
                drawn[key],
                _precedence(structures[key]),
                key,
            ),
        )
        for name, forms in votes.items()
    }


def _weight(claim: Claim) -> float:
    """What a claim's word counts for: less in loose lists, and little where such a list draws no stereo at all."""
    if not claim.loose:
        return 1.0
    return 0.1 if claim.structure.is_flat else 0.5


def _precedence(structure: Structure) -> int:
    """Ties go to the more defined form where there are several centres, to the undefined one where there is one."""
    several = structure.inchi.partition("/t")[2].split("/")[0].count(",") > 0 or "/b" in structure.inchi
    if structure.is_flat:
        return 1
    return 2 if several else 0


def _home(claim: Claim, owners: Mapping[str, Key], claims: Sequence[Claim]) -> Key:
    """The entry that a named claim speaks of."""
    own = claim.structure.key
    racemate = (claim.structure.inchi, Stereo.RACEMIC.value)
    if claim.structure.stereo is Stereo.RELATIVE and any(other.structure.key == racemate for other in claims):
        return racemate
    elsewhere = [owners[name] for name in claim.plain if owners[name] != own]
    if claim.structure.is_flat and elsewhere and _groups_of(elsewhere[0], claims) >= _groups_of(own, claims):
        return elsewhere[0]
    if not claim.plain or owners[claim.plain[0]] == own:
        return own
    has_own_name = any(name.prefix and name.statement is not Statement.NOTHING for name in claim.names)
    groups = {other.group for other in claims if other.structure.key == own}
    if claim.structure.stereo not in (Stereo.UNDEFINED, Stereo.ACHIRAL) and (has_own_name or len(groups) > 1):
        return own
    return owners[claim.plain[0]]


def _groups_of(key: Key, claims: Sequence[Claim]) -> int:
    """How many independent groups draw the form *key*."""
    return len({claim.group for claim in claims if claim.structure.key == key})


def _main(entries: Iterable[Entry]) -> Entry:
    """The form of a skeleton that most independent groups speak of."""
    return max(entries, key=lambda entry: (len(entry.groups), entry.structure.is_flat, entry.structure.key))


def agree(given: Structure, entry: Structure) -> Agreement:
    """How far the structure *given* agrees with the entry's."""
    if given.key == entry.key or (given.stereo is Stereo.RELATIVE and given.inchi == entry.inchi):
        return Agreement.FULL
    if given.is_flat and not entry.is_flat:
        return Agreement.FLAT
    return Agreement.SKELETON
