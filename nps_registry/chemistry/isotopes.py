"""Isotope peaks of a formula: M, M+1, M+2 with their masses and abundances.

Each element's isotopes (masses and abundances of RDKit's periodic table) are convolved as often as
the formula counts it. Peaks of one nominal mass are one peak at their mean mass, as an instrument
of unit resolution shows them.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from rdkit import Chem

from nps_registry.chemistry.formulae import Formula, parse_formula

_HEAVIEST_NOMINAL = 295
_NEGLIGIBLE = 1e-9
# Peaks by nominal mass above M: abundance, and mean mass in dalton.
_Peaks = dict[int, tuple[float, float]]


@dataclass(frozen=True, slots=True)
class IsotopePeak:
    """One peak of an isotope pattern.

    Attributes:
        offset: nominal mass above the monoisotopic peak (0 is M, 1 is M+1).
        mass_da: mean mass of the peak, as a neutral molecule.
        relative_percent: height, the tallest peak being 100.
    """

    offset: int
    mass_da: float
    relative_percent: float


def isotope_pattern(formula: str | Formula, *, least_percent: float = 0.1) -> tuple[IsotopePeak, ...]:
    """The isotope peaks of *formula* that reach *least_percent* of the tallest, by rising mass.

    Raises:
        InvalidInput: *formula* cannot be read.
    """
    counts = (parse_formula(formula) if isinstance(formula, str) else formula).counts
    peaks: _Peaks = {0: (1.0, 0.0)}
    for symbol, number in counts.items():
        peaks = _convolve(peaks, _repeat(_isotopes(symbol), number))
    return _as_pattern(peaks, least_percent)


def isotope_agreement(heights: Sequence[float], pattern: Sequence[IsotopePeak]) -> float:
    """How well measured *heights* of M, M+1, M+2 … agree with those of *pattern*, 0 to 1.

    Both are scaled to a sum of 1 over the peaks that were measured; the answer is the part of the intensity that
    they share, 1 less half the sum of the absolute differences. A peak that was looked for and not seen has height 0.
    """
    expected = {peak.offset: peak.relative_percent for peak in pattern}
    computed = [expected.get(offset, 0.0) for offset in range(len(heights))]
    measured_sum, computed_sum = math.fsum(heights), math.fsum(computed)
    if measured_sum <= 0.0 or computed_sum <= 0.0:
        return 0.0
    apart = (abs(one / measured_sum - two / computed_sum) for one, two in zip(heights, computed, strict=True))
    return max(0.0, 1.0 - math.fsum(apart) / 2)


def _as_pattern(peaks: Mapping[int, tuple[float, float]], least_percent: float) -> tuple[IsotopePeak, ...]:
    tallest = max(abundance for abundance, _mass in peaks.values())
    scaled = (IsotopePeak(offset, mass, 100 * abundance / tallest) for offset, (abundance, mass) in peaks.items())
    return tuple(sorted((peak for peak in scaled if peak.relative_percent >= least_percent), key=lambda p: p.offset))


@lru_cache(maxsize=128)  # there are no more elements, and the table is asked some three hundred times for each
def _isotopes(symbol: str) -> _Peaks:
    """The natural isotopes of an element around its most abundant; that one alone where none is natural."""
    table = Chem.GetPeriodicTable()
    common = table.GetMostCommonIsotope(symbol)
    found = {
        nominal - common: (
            table.GetAbundanceForIsotope(symbol, nominal) / 100,
            table.GetMassForIsotope(symbol, nominal),
        )
        for nominal in range(1, _HEAVIEST_NOMINAL)
        if table.GetAbundanceForIsotope(symbol, nominal) > 0
    }
    return found or {0: (1.0, float(table.GetMostCommonIsotopeMass(symbol)))}


def _repeat(peaks: _Peaks, number: int) -> _Peaks:
    """*peaks* convolved with itself *number* times, by squaring."""
    result: _Peaks = {0: (1.0, 0.0)}
    power = peaks
    while number:
        if number & 1:
            result = _convolve(result, power)
        number >>= 1
        if number:
            power = _convolve(power, power)
    return result


def _convolve(one: _Peaks, other: _Peaks) -> _Peaks:
    sums: dict[int, tuple[float, float]] = {}
    for offset_a, (abundance_a, mass_a) in one.items():
        for offset_b, (abundance_b, mass_b) in other.items():
            abundance = abundance_a * abundance_b
            if abundance < _NEGLIGIBLE:
                continue
            total, weighted = sums.get(offset_a + offset_b, (0.0, 0.0))
            sums[offset_a + offset_b] = total + abundance, weighted + abundance * (mass_a + mass_b)
    return {offset: (total, weighted / total) for offset, (total, weighted) in sums.items()}
