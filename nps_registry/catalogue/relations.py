"""Relations between entries that the structures give; those that files state are in the files.

Stereo variants share a skeleton. Positional isomers share formula, class and the pieces that remain when
every ring is parted from what it carries: 2-, 3- and 4-MMC are such a set, mephedrone and ethcathinone
are not. The files state only what cannot be computed, so one new substance changes one file.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import permutations

from nps_registry.vocabulary.substance import RelationKind

DERIVED = frozenset({RelationKind.STEREO_VARIANT, RelationKind.POSITIONAL_ISOMER, RelationKind.MEMBER})
"""Kinds that no file states as a relation."""

PositionalKey = Callable[[str], str]
"""From a SMILES to a key that positional isomers share."""


@dataclass(frozen=True, slots=True, order=True)
class Relation:
    """The substance *accession* stands to *to* as *kind* says."""

    accession: str
    kind: RelationKind
    to: str


@dataclass(frozen=True, slots=True)
class Kin:
    """An entry with a structure, as far as computed relations go."""

    accession: str
    skeleton: str
    formula: str
    chemical_class: str | None
    smiles: str


def compute_relations(kin: Sequence[Kin], positional_key: PositionalKey) -> Iterator[Relation]:
    """The relations that the structures of *kin* give, symmetric ones in both directions.

    The key is asked for only where entries share formula and class.
    """
    yield from _stereo_variants(kin)
    yield from _positional_isomers(kin, positional_key)


def _stereo_variants(kin: Iterable[Kin]) -> Iterator[Relation]:
    skeletons = defaultdict(list)
    for each in kin:
        skeletons[each.skeleton].append(each.accession)
    for accessions in skeletons.values():
        for one, other in permutations(accessions, 2):
            yield Relation(one, RelationKind.STEREO_VARIANT, other)


def _positional_isomers(kin: Iterable[Kin], positional_key: PositionalKey) -> Iterator[Relation]:
    formulas = defaultdict(list)
    for each in kin:
        formulas[each.formula, each.chemical_class].append(each)
    for isomers in formulas.values():
        if len({each.skeleton for each in isomers}) < 2:
            continue
        pieces = defaultdict(list)
        for each in isomers:
            pieces[positional_key(each.smiles)].append(each)
        for alike in pieces.values():
            for one, other in permutations(alike, 2):
                if one.skeleton != other.skeleton:
                    yield Relation(one.accession, RelationKind.POSITIONAL_ISOMER, other.accession)
