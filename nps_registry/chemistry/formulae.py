"""Molecular formulae as counts of elements: read, written in Hill order, subtracted."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType

from rdkit import Chem

from nps_registry.errors import InvalidInput
from nps_registry.localisation import gettext as _

_FORMULA_CHARS = 200
_LARGEST_COUNT = 2_000
_ELEMENT = re.compile(r"([A-Z][a-z]?)([0-9]*)")
_CHARGE = re.compile(r"([+-])([0-9]?)$")
_SUBSCRIPTS = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula; as text it is in Hill order, with its charge behind it (``C5H14NO+``).

    Attributes:
        counts: atoms of each element by symbol, none of them zero.
        charge: of the whole, in elementary charges.
    """

    counts: Mapping[str, int]
    charge: int = 0

    def __str__(self) -> str:
        sign = "" if not self.charge else ("+" if self.charge > 0 else "-")
        amount = str(abs(self.charge)) if abs(self.charge) > 1 else ""
        return write_hill(self.counts) + sign + amount

    def minus(self, other: Formula) -> dict[str, int]:
        """Atoms by element that this formula has more than *other* (negative: fewer); none where equal."""
        symbols = self.counts.keys() | other.counts.keys()
        return {
            symbol: self.counts.get(symbol, 0) - other.counts.get(symbol, 0)
            for symbol in sorted(symbols)
            if self.counts.get(symbol, 0) != other.counts.get(symbol, 0)
        }


@lru_cache(maxsize=4096)  # those of the registry, which pages compare with one another
def parse_formula(text: str) -> Formula:
    """Read a formula such as ``C12H17NO`` or ``C5H14NO+``; elements may come in any order and repeat.

    Raises:
        InvalidInput: with the position of what cannot be read.
    """
    given = text.strip().translate(_SUBSCRIPTS)
    charge = _CHARGE.search(given)
    body = given[: charge.start()] if charge else given
    if not body or len(body) > _FORMULA_CHARS:
        raise InvalidInput(_("The formula is empty or too long; write it like C12H17NO."))
    counts: dict[str, int] = {}
    position = 0
    while position < len(body):
        found = _ELEMENT.match(body, position)
        if found is None or not is_element(found[1]):
            raise InvalidInput(
                _("The formula cannot be read at position {position}; write it like C12H17NO.").format(
                    position=position + 1
                )
            )
        counts[found[1]] = counts.get(found[1], 0) + _read_count(found[1], found[2])
        position = found.end()
    return Formula(MappingProxyType(counts), _read_charge(charge))


def _read_count(symbol: str, digits: str) -> int:
    number = int(digits[:6]) if digits else 1
    if not 1 <= number <= _LARGEST_COUNT:
        raise InvalidInput(
            _("The formula says {number} of {element}; between 1 and {limit} are read.").format(
                number=digits[:12], element=symbol, limit=_LARGEST_COUNT
            )
        )
    return number


def _read_charge(found: re.Match[str] | None) -> int:
    if found is None:
        return 0
    amount = int(found[2] or 1)
    return amount if found[1] == "+" else -amount


def is_element(symbol: str) -> bool:
    """Whether *symbol* is that of a chemical element."""
    return symbol in _element_symbols()


@lru_cache(maxsize=1)
def _element_symbols() -> frozenset[str]:
    table = Chem.GetPeriodicTable()
    return frozenset(table.GetElementSymbol(number) for number in range(1, 119))


def write_hill(counts: Mapping[str, int]) -> str:
    """*counts* in Hill order: carbon, hydrogen, then the others by letter; all by letter without carbon."""
    first = ["C", "H"] if counts.get("C") else []
    order = [symbol for symbol in first if counts.get(symbol)]
    order += sorted(symbol for symbol, number in counts.items() if number and symbol not in first)
    return "".join(symbol + (str(counts[symbol]) if counts[symbol] != 1 else "") for symbol in order)
