"""SMARTS patterns: parsed within limits, matched with a bounded number of matches.

A small pattern can still take very long to match. Length, atoms, nesting and ring closures are
limited here; the time is limited by whoever runs the match where it can be stopped.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from rdkit import Chem

from nps_registry.chemistry.limits import PATTERN_LIMITS, PatternLimits
from nps_registry.chemistry.rdkit_log import captured_log
from nps_registry.errors import UnreadablePattern
from nps_registry.localisation import gettext as _

__all__ = [
    "PATTERN_LIMITS",
    "Pattern",
    "PatternLimits",
    "has_match",
    "hasten",
    "match_atoms",
    "parse_pattern",
    "pattern_of_structure",
    "read_kekule",
    "structure_as_pattern",
]

_RING_CLOSURE = re.compile(r"%\(\d+\)|%\d\d|\d")
_BRACKETED = re.compile(r"\[[^\[\]]*\]")


@dataclass(frozen=True, slots=True)
class Pattern:
    """A pattern as it was written and as RDKit's query.

    Attributes:
        smarts: the text, without blanks around it.
        query: the query molecule.
        note: how it was read, where that is not as it was written.
    """

    smarts: str
    query: Chem.Mol
    note: str = ""


def parse_pattern(text: object, limits: PatternLimits = PATTERN_LIMITS) -> Pattern:
    """Read *text* as SMARTS; a SMILES is a pattern too.

    Raises:
        UnreadablePattern: not SMARTS or over a limit, with the position where it is known.
    """
    if not isinstance(text, str) or not text.strip():
        raise UnreadablePattern(_("The pattern is empty: give a SMARTS or a SMILES."), field="pattern")
    if len(text) > limits.smarts_chars:
        raise UnreadablePattern(
            _("The pattern has {length} characters; at most {limit} are read.").format(
                length=len(text), limit=limits.smarts_chars
            ),
            field="pattern",
        )
    smarts = text.strip()
    offset = len(text) - len(text.lstrip())
    _require_plain(smarts, offset)
    _require_modest_nesting(smarts, limits)
    with captured_log() as log:
        query = Chem.MolFromSmarts(smarts)
    if query is None:
        raise _syntax_error(log.position, offset)
    _require_count(query.GetNumAtoms(), limits.atoms, _("The pattern has {count} atoms; at most {limit} are read."))
    if query.GetNumAtoms() == 0:
        raise UnreadablePattern(_("The pattern has no atoms."), field="pattern")
    try:
        with captured_log():
            _prepare(query)
    except RuntimeError:  # RDKit reads any number after a "#" and looks the element up only here
        raise UnreadablePattern(
            _("The pattern cannot be read: it names an element by a number that no element has."), field="pattern"
        ) from None
    return Pattern(smarts, query)


def pattern_of_structure(parent: Chem.Mol) -> Pattern:
    """The pattern that *parent* draws: its atoms and bonds, and anything at every hydrogen, that of an NH too.

    Raises:
        UnreadablePattern: it is over the limit of a pattern.
    """
    return parse_pattern(Chem.MolToSmiles(parent, isomericSmiles=False).replace("[nH]", "n"))


def read_kekule(pattern: Pattern) -> Pattern:
    """*pattern*, or where it is a SMILES with alternating double bonds in an aromatic ring, what it draws.

    ``C1=CC=CC=C1`` is valid SMARTS that matches nothing, because no aromatic atom is a ``C``.
    """
    if "=" not in pattern.smarts:
        return pattern
    with captured_log():
        drawn: Chem.Mol | None = Chem.MolFromSmiles(pattern.smarts)
    if drawn is None or _count_aromatic(drawn) <= _count_aromatic(pattern.query):
        return pattern
    note = _("The ring drawn with alternating double bonds was read as aromatic.")
    return replace(pattern_of_structure(drawn), note=note)


def _count_aromatic(mol: Chem.Mol) -> int:
    return sum(atom.GetIsAromatic() for atom in mol.GetAtoms())


def match_atoms(pattern: Pattern, mol: Chem.Mol, *, limit: int = PATTERN_LIMITS.matches) -> tuple[tuple[int, ...], ...]:
    """The atoms of *mol* under each match of *pattern*, at most *limit* matches by rising atoms, each set once."""
    return tuple(sorted(mol.GetSubstructMatches(pattern.query, uniquify=True, maxMatches=limit)))


def structure_as_pattern(mol: Chem.Mol) -> Pattern:
    """A molecule of the registry as a pattern: its atoms and bonds, whatever stands at its hydrogens."""
    return Pattern("", mol)


def hasten(pattern: Pattern) -> Pattern:
    """*pattern* with its atoms in another order, the rarest first and each beside one before it.

    Whether it matches is the same and is known in half the time, because what cannot match fails at its first atom.
    """
    query = pattern.query
    rarity = [_rarity(query.GetAtomWithIdx(number)) for number in range(query.GetNumAtoms())]
    order: list[int] = []
    for start in sorted(range(len(rarity)), key=rarity.__getitem__):
        border = {start} - set(order)
        while border:
            nearest = min(border, key=lambda number: (rarity[number], number))
            order.append(nearest)
            border |= {neighbour.GetIdx() for neighbour in query.GetAtomWithIdx(nearest).GetNeighbors()}
            border -= set(order)
    hastened = Chem.RenumberAtoms(query, order)
    _prepare(hastened)
    return replace(pattern, query=hastened)


def _rarity(atom: Chem.Atom) -> int:
    """Place of an atom of a pattern in an order from what few structures have to what all have."""
    number = atom.GetAtomicNum()
    if number == 0:
        return 4
    if number == 6:
        return 3 if atom.GetIsAromatic() else 2
    return 1 if number in {7, 8} else 0


def has_match(pattern: Pattern, mol: Chem.Mol) -> bool:
    """Whether *pattern* matches anywhere in *mol*."""
    return bool(mol.HasSubstructMatch(pattern.query))


def _prepare(query: Chem.Mol) -> None:
    """Ring and valence facts, without which a query has no pattern fingerprint."""
    query.UpdatePropertyCache(strict=False)
    Chem.FastFindRings(query)


def _require_plain(smarts: str, offset: int) -> None:
    for index, character in enumerate(smarts):
        if not character.isascii() or not character.isprintable() or character.isspace() or character == "|":
            position = offset + index + 1
            shown = character if character.isprintable() else f"U+{ord(character):04X}"
            raise UnreadablePattern(
                _("The character “{shown}” at position {position} does not belong in a pattern.").format(
                    shown=shown, position=position
                ),
                position=position,
                field="pattern",
            )
    arrow = smarts.find(">>")
    if arrow >= 0:
        position = offset + arrow + 1
        raise UnreadablePattern(
            _("This is a reaction (“>>” at position {position}); give a pattern of one substance.").format(
                position=position
            ),
            position=position,
            field="pattern",
        )


def _require_modest_nesting(smarts: str, limits: PatternLimits) -> None:
    depth, recursion, recursions = _nesting(smarts)
    _require_count(recursions, limits.recursions, _("The pattern has {count} parts $(…); at most {limit} are read."))
    _require_count(
        recursion, limits.recursion_depth, _("Parts $(…) are nested {count} deep; at most {limit} levels are read.")
    )
    _require_count(depth, limits.branch_depth, _("Branches are nested {count} deep; at most {limit} are read."))
    closures = len(_RING_CLOSURE.findall(_BRACKETED.sub("", smarts)))
    _require_count(
        closures, limits.ring_closures * 2, _("The pattern has {count} ring closures; at most {limit} are read.")
    )


def _nesting(smarts: str) -> tuple[int, int, int]:
    """Deepest parentheses, deepest ``$(…)``, and how many ``$(…)`` there are."""
    stack: list[bool] = []
    deepest = deepest_recursion = recursions = 0
    for index, character in enumerate(smarts):
        if character == "(":
            recursive = index > 0 and smarts[index - 1] == "$"
            stack.append(recursive)
            recursions += recursive
            deepest = max(deepest, len(stack))
            deepest_recursion = max(deepest_recursion, sum(stack))
        elif character == ")" and stack:
            stack.pop()
    return deepest, deepest_recursion, recursions


def _require_count(count: int, limit: int, sentence: str) -> None:
    if count > limit:
        raise UnreadablePattern(sentence.format(count=count, limit=limit), field="pattern")


def _syntax_error(position: int | None, offset: int) -> UnreadablePattern:
    if position is None:
        return UnreadablePattern(
            _("The pattern cannot be read: a ring or a bracket is not closed, or this is no SMARTS."), field="pattern"
        )
    position += offset
    return UnreadablePattern(
        _("The pattern cannot be read at position {position}: this is not how a SMARTS is written.").format(
            position=position
        ),
        position=position,
        field="pattern",
    )
