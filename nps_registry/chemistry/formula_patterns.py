"""Formulae with counts left open: ``C17H18Cl*N2O?`` is what a mass spectrum often leaves of one.

An element stands with its count as in a formula (none is one), or with

- ``?``: none or one of it,
- ``*``: any number of it, none too,
- ``(2-4)``: from two to four of it.

An element that is not named is not there. A charge may stand at the end.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from nps_registry.chemistry.formulae import Formula, is_element, parse_formula
from nps_registry.errors import InvalidInput
from nps_registry.localisation import gettext as _

_PART = re.compile(r"([A-Z][a-z]?)(\d{1,4}|[?*]|\((\d{1,4})-(\d{1,4})\))?")
_CHARGE = re.compile(r"([+-])([0-9]?)$")
_OPEN = re.compile(r"[?*(]")
_SUBSCRIPTS = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")
_PATTERN_CHARS = 200
ANY = 1_000_000
"""Stands for no upper bound; no formula has so many of an element."""


@dataclass(frozen=True, slots=True)
class FormulaPattern:
    """From an element to the least and the most of it that a formula may have; all others must be absent."""

    bounds: Mapping[str, tuple[int, int]]
    charge: int = 0

    def admits(self, formula: Formula) -> bool:
        """Whether *formula* is one of those that the pattern stands for."""
        if formula.charge != self.charge or formula.counts.keys() - self.bounds.keys():
            return False
        return all(least <= formula.counts.get(symbol, 0) <= most for symbol, (least, most) in self.bounds.items())


def is_open(text: str) -> bool:
    """Whether *text* leaves a count open, so that it is a pattern and no formula."""
    return _OPEN.search(text) is not None


def parse_formula_pattern(text: str) -> FormulaPattern:
    """Read a formula whose counts may be open; elements may come in any order and repeat, which adds them up.

    Raises:
        InvalidInput: with the position of what cannot be read.
    """
    given = text.strip().translate(_SUBSCRIPTS)
    if not is_open(given):
        formula = parse_formula(text)
        return FormulaPattern({symbol: (count, count) for symbol, count in formula.counts.items()}, formula.charge)
    charge = _CHARGE.search(given)
    body = given[: charge.start()] if charge else given
    if len(body) > _PATTERN_CHARS:
        raise InvalidInput(_("The formula has more than {most} characters.").format(most=_PATTERN_CHARS))
    bounds: dict[str, tuple[int, int]] = {}
    position = 0
    while position < len(body):
        found = _PART.match(body, position)
        if found is None or not is_element(found[1]):
            raise InvalidInput(
                _(
                    "The formula cannot be read at position {position}; write it like C17H18Cl*N2O?, "
                    "where ? is none or one, * any number and (2-4) from two to four."
                ).format(position=position + 1)
            )
        least, most = _read_bounds(found)
        known = bounds.get(found[1], (0, 0))
        bounds[found[1]] = (known[0] + least, known[1] + most)
        position = found.end()
    amount = int(charge[2] or 1) if charge else 0
    return FormulaPattern(bounds, -amount if charge and charge[1] == "-" else amount)


def _read_bounds(found: re.Match[str]) -> tuple[int, int]:
    count = found[2]
    if not count:
        return 1, 1
    if count == "?":
        return 0, 1
    if count == "*":
        return 0, ANY
    if found[3]:
        least, most = int(found[3]), int(found[4])
        if least > most:
            sentence = _("“{part}” in the formula runs from more to less; write the smaller number first.")
            raise InvalidInput(sentence.format(part=found[0]))
        return least, most
    return int(count), int(count)
