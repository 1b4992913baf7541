"""Which chemical class a structure belongs to, and why: by rule, else by its nearest neighbours."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from nps_registry.catalogue.class_rules import ClassRules
from nps_registry.chemistry.screening import Mol
from nps_registry.localisation import gettext as _

RESIDUE = "other"
"""The class of what fits no other."""

Neighbour = tuple[float, str, str]
"""Tanimoto score of the Morgan fingerprints, class key, accession."""

NEAREST = 5
"""How many neighbours vote; more than five let distant members of large classes outvote a close analogue."""

FAINT_SCORE = 0.5
"""Below this a neighbour has no vote.

Of the catalogue's structures that fit no class, a third would be given one if 0.35 were enough, and a ninth at 0.5.
"""

VOTE_POWER = 4
"""A neighbour's vote is its score to this power, so one at 0.8 outweighs three at 0.6."""


@dataclass(frozen=True, slots=True)
class ClassSuggestion:
    """A class for a structure, with the reason.

    Attributes:
        key: the class.
        subclass: the subclass, where the class has them and a rule led there.
        rule: the rule that fired; None where neighbours decided.
        atoms: indices of the atoms under the rule's patterns.
        why: one sentence for people.
        neighbour: accession of the neighbour that decided; None where a rule fired.
    """

    key: str
    subclass: str | None
    rule: str | None
    atoms: tuple[int, ...]
    why: str
    neighbour: str | None = None


def suggest_class(mol: Mol, rules: ClassRules) -> ClassSuggestion | None:
    """The class of *mol* by the first rule that holds; None where no rule does."""
    match = rules.first_match(mol)
    if match is None:
        return None
    why = _("It has {feature}.").format(feature=_(match.rule.why))
    return ClassSuggestion(match.chemical_class.key, match.subclass, match.rule.name, match.atoms, why)


def suggest_from_neighbours(neighbours: Sequence[Neighbour], rules: ClassRules) -> ClassSuggestion | None:
    """The class that the nearest *neighbours* agree on, each weighing by its similarity; None if all are far.

    Neighbours of the residual class ``other`` vote too: they are how a structure is told to fit nowhere.
    """
    nearest = sorted(neighbours, key=lambda neighbour: (-neighbour[0], neighbour[2]))[:NEAREST]
    near = [neighbour for neighbour in nearest if neighbour[0] >= FAINT_SCORE]
    if not near:
        return None
    votes: dict[str, float] = {}
    for score, key, _accession in near:
        votes[key] = votes.get(key, 0.0) + score**VOTE_POWER
    chosen = max(votes, key=lambda key: votes[key])
    score, _key, accession = next(neighbour for neighbour in near if neighbour[1] == chosen)
    why = _("No rule fits; its nearest relative of known class is {accession} ({label}), similarity {score}.").format(
        accession=accession, label=rules.label(chosen), score=f"{score:.2f}"
    )
    return ClassSuggestion(chosen, None, None, (), why, accession)


def suggest(mol: Mol, rules: ClassRules, neighbours: Sequence[Neighbour] = ()) -> ClassSuggestion | None:
    """The class of *mol*: by rule where one holds, else by its *neighbours*, else None."""
    return suggest_class(mol, rules) or suggest_from_neighbours(neighbours, rules)
