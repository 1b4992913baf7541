"""Masses of molecules, formulae and of the ions that a mass spectrometer shows.

Atomic masses are those of RDKit's periodic table (atomic mass evaluation). The electron's mass is
that of CODATA 2018, 5.485 799 090 65e-4 u. An adduct's shift is the sum of the masses of what is added,
less the electrons of the charge; it is computed here, not copied.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from rdkit import Chem
from rdkit.Chem import rdMolDescriptors

from nps_registry.chemistry.formulae import Formula, is_element, parse_formula
from nps_registry.chemistry.isotopes import IsotopePeak, isotope_agreement, isotope_pattern
from nps_registry.chemistry.probes import probes
from nps_registry.errors import InvalidInput
from nps_registry.localisation import gettext as _

__all__ = [
    "ADDUCTS",
    "Adduct",
    "Formula",
    "IsotopePeak",
    "average_mass_da",
    "find_adduct",
    "formula_mass_da",
    "hill_formula",
    "ion_formula",
    "ion_mz",
    "is_element",
    "isotope_agreement",
    "isotope_pattern",
    "monoisotopic_mass_da",
    "neutral_mass_da",
    "parse_formula",
    "ppm_error",
]

ELECTRON_MASS_DA = 0.000548579909065


def hill_formula(mol: Chem.Mol) -> str:
    """The formula of *mol* in Hill order, with its charge behind it (``C5H14NO+``)."""
    return str(rdMolDescriptors.CalcMolFormula(mol))


def monoisotopic_mass_da(mol: Chem.Mol) -> float:
    """The mass of *mol* in dalton, each element as its most abundant isotope; electrons of a charge not counted.

    The formula's elements are summed, not the atoms, so that the order of the atoms does not show in the
    last digits. Labelled atoms count with the mass of their isotope.
    """
    unlabelled = formula_mass_da(parse_formula(hill_formula(mol)).counts)
    if not mol.HasSubstructMatch(probes().isotope):
        return unlabelled
    table = Chem.GetPeriodicTable()
    return unlabelled + math.fsum(
        table.GetMassForIsotope(atom.GetAtomicNum(), atom.GetIsotope())
        - table.GetMostCommonIsotopeMass(atom.GetAtomicNum())
        for atom in mol.GetAtoms()
        if atom.GetIsotope()
    )


def average_mass_da(mol: Chem.Mol) -> float:
    """The molar mass of *mol* in dalton, each element in its natural abundance."""
    hydrogen = float(Chem.GetPeriodicTable().GetAtomicWeight("H"))
    return sum(float(atom.GetMass()) + atom.GetTotalNumHs() * hydrogen for atom in mol.GetAtoms())


def formula_mass_da(counts: Mapping[str, int]) -> float:
    """The monoisotopic mass in dalton of a formula's *counts* of elements, as a neutral molecule."""
    table = Chem.GetPeriodicTable()
    return math.fsum(number * table.GetMostCommonIsotopeMass(symbol) for symbol, number in counts.items())


@dataclass(frozen=True, slots=True)
class Adduct:
    """What a molecule gains and loses on its way to an ion.

    Attributes:
        name: as laboratories write it, ``[M+H]+``.
        charge: of the ion, in elementary charges.
        mass_shift_da: mass added to that of the molecules, electrons of the charge included.
        multiplier: molecules in the ion.
        gained: formula of the neutral atoms that come to the molecules; empty for none.
        lost: formula of those that leave them.
    """

    name: str
    charge: int
    mass_shift_da: float
    multiplier: int = 1
    gained: str = ""
    lost: str = ""


def _adduct(name: str, charge: int, gained: str = "", lost: str = "", multiplier: int = 1) -> Adduct:
    """The adduct that gains and loses the neutral atoms of two formulae and then takes its charge."""
    shift = (_mass_of(gained) if gained else 0.0) - (_mass_of(lost) if lost else 0.0)
    return Adduct(name, charge, shift - charge * ELECTRON_MASS_DA, multiplier, gained, lost)


def _mass_of(formula: str) -> float:
    return formula_mass_da(parse_formula(formula).counts)


ADDUCTS: tuple[Adduct, ...] = (
    _adduct("[M+H]+", 1, "H"),
    _adduct("[M]+.", 1),
    _adduct("[M+Na]+", 1, "Na"),
    _adduct("[M+K]+", 1, "K"),
    _adduct("[M+NH4]+", 1, "NH4"),
    _adduct("[M+H-H2O]+", 1, "H", "H2O"),
    _adduct("[M+2H]2+", 2, "H2"),
    _adduct("[2M+H]+", 1, "H", multiplier=2),
    _adduct("[M-H]-", -1, "", "H"),
    _adduct("[M+HCOO]-", -1, "HCOO"),
    _adduct("[M+CH3COO]-", -1, "CH3COO"),
    _adduct("[M+Cl]-", -1, "Cl"),
)


@lru_cache(maxsize=1)
def _adducts_by_name() -> dict[str, Adduct]:
    return {_plain(adduct.name): adduct for adduct in ADDUCTS}


def _plain(name: str) -> str:
    return "".join(name.split()).replace("•", ".").replace("·", ".").replace("−", "-").replace("–", "-")


def find_adduct(name: str) -> Adduct:
    """The adduct called *name*; spaces and the kind of dash or dot do not matter.

    Raises:
        InvalidInput: no adduct of :data:`ADDUCTS` has that name.
    """
    # A plus sign in a web address means a blank, so "[M H] " is what arrives for "[M+H]+".
    found = _adducts_by_name().get(_plain(name)) or _adducts_by_name().get(_plain(name.replace(" ", "+")))
    if found is None:
        raise InvalidInput(
            _("No adduct is called “{name}”; known are {known}.").format(
                name=name[:30], known=", ".join(adduct.name for adduct in ADDUCTS)
            )
        )
    return found


def ion_mz(mass_da: float, adduct: Adduct) -> float:
    """The m/z of the ion that molecules of the monoisotopic *mass_da* form."""
    return (mass_da * adduct.multiplier + adduct.mass_shift_da) / abs(adduct.charge)


def ion_formula(formula: Formula, adduct: Adduct) -> Formula | None:
    """The atoms of the ion that molecules of *formula* form; none where they lack what would have to leave them."""
    counts = Counter({symbol: count * adduct.multiplier for symbol, count in formula.counts.items()})
    for text, sign in ((adduct.gained, 1), (adduct.lost, -1)):
        for symbol, count in (parse_formula(text).counts if text else {}).items():
            counts[symbol] += sign * count
    if any(count < 0 for count in counts.values()):
        return None
    return Formula({symbol: count for symbol, count in counts.items() if count}, adduct.charge)


def neutral_mass_da(mz: float, adduct: Adduct) -> float:
    """The monoisotopic mass in dalton of the molecule whose *adduct* shows at *mz*."""
    return (mz * abs(adduct.charge) - adduct.mass_shift_da) / adduct.multiplier


def ppm_error(measured: float, expected: float) -> float:
    """How far *measured* lies from *expected*, in millionths of *expected*; positive where measured is larger."""
    return (measured - expected) / expected * 1e6
