"""Formulae and masses: of a molecule, of a formula, of the ions a mass spectrometer shows, of isotope peaks.

Atomic masses and abundances are those of RDKit's periodic table (atomic mass evaluation; IUPAC's
isotopic compositions). The electron's mass is CODATA 2018's, 5.485 799 090 65e-4 u.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

from rdkit import Chem
from rdkit.Chem import rdMolDescriptors

from nps_registry.errors import InvalidInput
from nps_registry.localisation import gettext as _

ELECTRON_MASS_DA = 0.000548579909065
_FORMULA_CHARS = 200
_LARGEST_COUNT = 2_000
_ELEMENT = re.compile(r"([A-Z][a-z]?)(\d*)")
_CHARGE = re.compile(r"([+-])(\d?)$")


def hill_formula(mol: Chem.Mol) -> str:
    """The formula of *mol* in Hill order, with its charge behind it (``C5H14NO+``)."""
    return str(rdMolDescriptors.CalcMolFormula(mol))


def monoisotopic_mass_da(mol: Chem.Mol) -> float:
    """The mass of *mol* in dalton, each element as its most abundant isotope; electrons of a charge not counted."""
    return float(rdMolDescriptors.CalcExactMolWt(mol))


def average_mass_da(mol: Chem.Mol) -> float:
    """The molar mass of *mol* in dalton, each element in its natural abundance."""
    return float(rdMolDescriptors.CalcMolWt(mol))


def parse_formula(text: str) -> dict[str, int]:
    """Counts of elements in a formula such as ``C12H17NO`` or ``C5H14NO+``.

    Raises:
        InvalidInput: with the position of what cannot be read.
    """
    formula = _CHARGE.sub("", text.strip())
    if not formula or len(formula) > _FORMULA_CHARS:
        raise InvalidInput(_("The formula is empty or too long; write it like C12H17NO."))
    counts: dict[str, int] = {}
    position = 0
    while position < len(formula):
        found = _ELEMENT.match(formula, position)
        if found is None or not is_element(found[1]) or not found.group().isascii():
            raise InvalidInput(
                _("The formula cannot be read at position {position}; write it like C12H17NO.").format(
                    position=position + 1
                )
            )
        number = int(found[2][:6]) if found[2] else 1
        if not 1 <= number <= _LARGEST_COUNT:
            raise InvalidInput(
                _("The formula says {number} of {element}; between 1 and {limit} are read.").format(
                    number=number, element=found[1], limit=_LARGEST_COUNT
                )
            )
        counts[found[1]] = counts.get(found[1], 0) + number
        position = found.end()
    return counts


def is_element(symbol: str) -> bool:
    """Whether *symbol* is that of a chemical element."""
    return symbol in _element_symbols()


@lru_cache(maxsize=1)
def _element_symbols() -> frozenset[str]:
    table = Chem.GetPeriodicTable()
    return frozenset(table.GetElementSymbol(number) for number in range(1, 119))


def write_formula(counts: Mapping[str, int]) -> str:
    """*counts* in Hill order: carbon, hydrogen, then the others by letter; all by letter without carbon."""
    first = ["C", "H"] if counts.get("C") else []
    order = [symbol for symbol in first if counts.get(symbol)]
    order += sorted(symbol for symbol, number in counts.items() if number and symbol not in first)
    return "".join(symbol + (str(counts[symbol]) if counts[symbol] != 1 else "") for symbol in order)


def formula_mass_da(counts: Mapping[str, int]) -> float:
    """The monoisotopic mass in dalton of a neutral formula."""
    table = Chem.GetPeriodicTable()
    return sum(number * float(table.GetMostCommonIsotopeMass(symbol)) for symbol, number in counts.items())
