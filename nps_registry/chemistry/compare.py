"""What differs between two structures, in one modest sentence.

The sentence names swapped groups only where the swap accounts for the whole difference of the two
formulae; otherwise it says the difference of the formulae, which is always right.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from rdkit import Chem

from nps_registry.chemistry.common_part import Group, find_common_part, outside_groups
from nps_registry.chemistry.formulae import parse_formula, write_hill
from nps_registry.chemistry.identity import tautomer_key
from nps_registry.chemistry.masses import hill_formula
from nps_registry.chemistry.structure import parse
from nps_registry.chemistry.substituents import group_name
from nps_registry.localisation import gettext as _

_MOST_SWAPS = 3

FormulaAndSkeleton = tuple[str, str]
"""A formula in Hill order, and the first block of the InChIKey."""


@dataclass(frozen=True, slots=True)
class Difference:
    """How one structure differs from another.

    Attributes:
        query_atoms: atoms of the first that the two have in common.
        other_atoms: the corresponding atoms of the second, in the same order.
        sentence: what differs, about the first ("Has fluorine where the other has hydrogen.").
        complete: whether the search for the common part ended before its time limit.
    """

    query_atoms: tuple[int, ...]
    other_atoms: tuple[int, ...]
    sentence: str
    complete: bool = True


def difference(query: Chem.Mol | str, other: Chem.Mol | str, *, limit_s: float = 1.0) -> Difference:
    """What differs between two standardised structures, given as molecules or as their SMILES.

    Args:
        query: the structure the sentence is about.
        other: the one it is compared with.
        limit_s: time after which the search for the common part stops with what it has.

    Raises:
        UnreadableStructure: a SMILES cannot be read.
    """
    one = parse(query).mol if isinstance(query, str) else query
    two = parse(other).mol if isinstance(other, str) else other
    if Chem.MolToSmiles(one, isomericSmiles=False) == Chem.MolToSmiles(two, isomericSmiles=False):
        return _same_connectivity(one, two)
    common = find_common_part(one, two, limit_s)
    groups, other_groups = outside_groups(one, common.query_atoms), outside_groups(two, common.other_atoms)
    sentence = _compose(one, two, groups, other_groups) if common.query_atoms else _formula_sentence(one, two)
    return Difference(common.query_atoms, common.other_atoms, sentence, common.complete)


def difference_at_a_glance(own: FormulaAndSkeleton, other: FormulaAndSkeleton) -> str:
    """What differs by formula and skeleton alone: less than :func:`difference` says, in a thousandth of its time."""
    if own == other:
        return _("The same atoms and bonds, with other stereochemistry.")
    return _changes_sentence(parse_formula(own[0]).minus(parse_formula(other[0])))


def _same_connectivity(one: Chem.Mol, two: Chem.Mol) -> Difference:
    atoms = tuple(range(one.GetNumAtoms()))
    matched = tuple(two.GetSubstructMatch(one, useChirality=False)) or tuple(range(two.GetNumAtoms()))
    if Chem.MolToCXSmiles(one) == Chem.MolToCXSmiles(two):
        return Difference(atoms, matched, _("The same structure."))
    return Difference(atoms, matched, _("The same atoms and bonds, with other stereochemistry."))


def _compose(one: Chem.Mol, two: Chem.Mol, groups: list[Group], others: list[Group]) -> str:
    if hill_formula(one) == hill_formula(two):
        return _isomer_sentence(one, two, groups, others)
    swaps = _swaps(groups, others)
    if swaps is None or not _accounts_for_all(one, two, swaps):
        return _formula_sentence(one, two)
    chain = _longer_chain(swaps, one, two)
    return chain or _swap_sentence(swaps)


def _isomer_sentence(one: Chem.Mol, two: Chem.Mol, groups: list[Group], others: list[Group]) -> str:
    if tautomer_key(one) == tautomer_key(two):
        return _("A tautomer: only hydrogen atoms and double bonds stand elsewhere.")
    moved = _moved_groups(groups, others)
    if moved:
        return _("An isomer: the same groups, with {groups} at another place.").format(
            groups=_listed(_group_phrase(smiles) for smiles in moved)
        )
    return _("An isomer: the same formula, with the atoms arranged otherwise.")


def _moved_groups(groups: list[Group], others: list[Group]) -> list[str]:
    """Groups that both have, at different places, when that is all that differs."""
    own = Counter(group.smiles for group in groups)
    if not all(group.is_single for group in (*groups, *others)) or own != Counter(group.smiles for group in others):
        return []
    staying = Counter((group.sites, group.smiles) for group in groups) & Counter(
        (group.sites, group.smiles) for group in others
    )
    for (_sites, smiles), number in staying.items():
        own[smiles] -= number
    return sorted(smiles for smiles, number in own.items() if number > 0)


def _swaps(groups: list[Group], others: list[Group]) -> list[tuple[str, str]] | None:
    """Pairs (own group, the other's group) by place, an empty text for hydrogen; None where places are not plain."""
    if not all(group.is_single for group in (*groups, *others)):
        return None
    own = {group.sites: group.smiles for group in groups}
    theirs = {group.sites: group.smiles for group in others}
    if len(own) != len(groups) or len(theirs) != len(others):
        return None
    sites = sorted(own.keys() | theirs.keys())
    pairs = [(own.get(site, ""), theirs.get(site, "")) for site in sites]
    swaps = [pair for pair in pairs if pair[0] != pair[1]]
    return swaps if 0 < len(swaps) <= _MOST_SWAPS else None


def _accounts_for_all(one: Chem.Mol, two: Chem.Mol, swaps: Iterable[tuple[str, str]]) -> bool:
    total: Counter[str] = Counter()
    for own, theirs in swaps:
        total.update(_composition(own))
        total.subtract(_composition(theirs))
    return {symbol: number for symbol, number in total.items() if number} == _formula_difference(one, two)


def _composition(smiles: str) -> Mapping[str, int]:
    if not smiles:
        return {"H": 1}
    counts: Counter[str] = Counter()
    for atom in Chem.MolFromSmiles(smiles).GetAtoms():
        if atom.GetAtomicNum():
            counts[atom.GetSymbol()] += 1
            counts["H"] += atom.GetTotalNumHs()
    return counts


def _formula_difference(one: Chem.Mol, two: Chem.Mol) -> dict[str, int]:
    return parse_formula(hill_formula(one)).minus(parse_formula(hill_formula(two)))


def _longer_chain(swaps: list[tuple[str, str]], one: Chem.Mol, two: Chem.Mol) -> str | None:
    """The sentence for a homologue, where one unbranched carbon chain ends later in one of the two."""
    if len(swaps) != 1 or "" not in swaps[0]:
        return None
    own, theirs = swaps[0]
    chain = (own or theirs).removeprefix("*")
    if not chain or set(chain) != {"C"} or _terminal_methyls(one) != _terminal_methyls(two):
        return None
    links = write_hill({"C": len(chain), "H": 2 * len(chain)})
    if own:
        return _("Has a carbon chain longer by {links} than the other.").format(links=links)
    return _("Has a carbon chain shorter by {links} than the other.").format(links=links)


def _terminal_methyls(mol: Chem.Mol) -> int:
    """Methyl groups; lengthening a chain leaves their number, putting a methyl on raises it."""
    return sum(
        atom.GetAtomicNum() == 6 and atom.GetDegree() == 1 and atom.GetTotalNumHs() == 3 for atom in mol.GetAtoms()
    )


def _swap_sentence(swaps: list[tuple[str, str]]) -> str:
    parts = [
        _("{own} where the other has {theirs}").format(own=_group_phrase(own), theirs=_group_phrase(theirs))
        for own, theirs in swaps
    ]
    return _("Has {swaps}.").format(swaps="; ".join(parts))


def _group_phrase(smiles: str) -> str:
    if not smiles:
        return _("hydrogen")
    name = group_name(smiles)
    if name:
        return _(name)
    return _("a group {formula}").format(formula=write_hill(_composition(smiles)))


def _formula_sentence(one: Chem.Mol, two: Chem.Mol) -> str:
    return _changes_sentence(_formula_difference(one, two))


def _changes_sentence(changes: Mapping[str, int]) -> str:
    more = write_hill({symbol: number for symbol, number in changes.items() if number > 0})
    less = write_hill({symbol: -number for symbol, number in changes.items() if number < 0})
    if more and less:
        return _("Has {more} more and {less} less than the other.").format(more=more, less=less)
    if more:
        return _("Has {more} more than the other.").format(more=more)
    if less:
        return _("Has {less} less than the other.").format(less=less)
    return _("An isomer: the same formula, with the atoms arranged otherwise.")


def _listed(parts: Iterable[str]) -> str:
    return ", ".join(parts)
