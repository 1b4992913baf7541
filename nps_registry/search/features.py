"""A list of peaks against the catalogue: which substances explain which of them, as which ion."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nps_registry.chemistry.masses import Adduct, ion_mz, ppm_error
from nps_registry.errors import FieldError, InvalidInput
from nps_registry.localisation import gettext as _
from nps_registry.search.mass import IsotopePatterns, find_adduct_of
from nps_registry.search.questions import Feature, FeatureQuestion
from nps_registry.search.snapshot import NOBODY, Entry, Snapshot

MOST_HITS_OF_LIST = 100_000
ISOTOPE_STEP_DA = 1.00335
"""From one isotope peak to the next: carbon-13 less carbon-12, which makes nearly all of M+1."""
_ISOTOPE_PEAKS = 3


@dataclass(frozen=True, slots=True)
class FeatureHit:
    """One substance that explains one peak.

    Attributes:
        number: of the peak in the list, from 0.
        feature: the peak.
        adduct: name of the ion.
        mz: of that ion of this substance, computed.
        error_ppm: measured less computed, in millionths of the computed.
        isotope_score: how well the isotope peaks that are in the list too agree with the computed, 0 to 1; none
            where the list holds none, or no intensities.
    """

    number: int
    feature: Feature
    entry: Entry
    adduct: str
    mz: float
    error_ppm: float
    isotope_score: float | None


@dataclass(frozen=True, slots=True)
class FeatureAnswer:
    """The hits by peak, nearest first; *explained* counts the peaks that have any."""

    question: FeatureQuestion
    hits: tuple[FeatureHit, ...]
    explained: int


def find_by_features(
    snapshot: Snapshot,
    question: FeatureQuestion,
    visible: frozenset[int] = NOBODY,
    among: frozenset[int] | None = None,
) -> FeatureAnswer:
    """The answer to *question* for somebody who sees the public substances and those with ids *visible*.

    Args:
        snapshot: what is searched.
        question: what is asked.
        visible: ids of provisional substances that the asker may know of.
        among: ids of the substances that the question is restricted to; none restricts nothing.

    Raises:
        InvalidInput: an unknown adduct, or a window so wide that the answer would have more than 100,000 rows.
    """
    adducts = [find_adduct_of(name, f"adducts[{place}]") for place, name in enumerate(question.adducts)]
    seen = snapshot.visible(visible, among)[snapshot.structures.mass_positions]
    masses, positions = snapshot.structures.masses_da[seen], snapshot.structures.mass_positions[seen]
    measured = np.array([feature.mz for feature in question.features], np.float64)
    windows = [(adduct, *_find_windows(masses, measured, adduct, question.ppm)) for adduct in adducts]
    total = sum(int((ends - firsts).sum()) for _adduct, firsts, ends in windows)
    if total > MOST_HITS_OF_LIST:
        sentence = _("The list would have %(total)d hits; narrow ppm or the adducts to at most %(most)d.")
        detail = sentence % {"total": total, "most": MOST_HITS_OF_LIST}
        raise InvalidInput(detail, errors=[FieldError("ppm", detail)])
    peaks, patterns = _Peaks.of(question.features), IsotopePatterns()
    hits: list[FeatureHit] = []
    for adduct, firsts, ends in windows:
        for number in np.flatnonzero(ends > firsts).tolist():
            feature = question.features[number]
            heights = peaks.isotopes_of(feature, adduct, question.ppm)
            for place in range(int(firsts[number]), int(ends[number])):
                entry = snapshot.entries[positions[place]]
                agreement = patterns.score(entry.row.formula or "", adduct, heights) if heights else None
                hits.append(_hit(entry, number, feature, adduct, agreement))
    hits.sort(key=lambda hit: (hit.number, abs(hit.error_ppm), hit.entry.accession, hit.adduct))
    return FeatureAnswer(question, tuple(hits), len({hit.number for hit in hits}))


def _find_windows(
    masses: NDArray[np.float64], measured: NDArray[np.float64], adduct: Adduct, ppm: float
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """For each m/z measured: the first of *masses* whose ion lies in its window, and the first behind it."""
    scale, shift = abs(adduct.charge) / adduct.multiplier, adduct.mass_shift_da / adduct.multiplier
    least = measured / (1 + ppm * 1e-6) * scale - shift
    most = measured / (1 - ppm * 1e-6) * scale - shift
    return np.searchsorted(masses, least, side="left"), np.searchsorted(masses, most, side="right")


def _hit(entry: Entry, number: int, feature: Feature, adduct: Adduct, agreement: float | None) -> FeatureHit:
    mz = ion_mz(entry.row.mass_da or 0.0, adduct)
    return FeatureHit(number, feature, entry, adduct.name, mz, ppm_error(feature.mz, mz), agreement)


@dataclass(frozen=True, slots=True, eq=False)
class _Peaks:
    """The peaks that have an intensity, by rising m/z."""

    mz: NDArray[np.float64]
    intensities: NDArray[np.float64]

    @classmethod
    def of(cls, features: Sequence[Feature]) -> _Peaks:
        known = sorted((each.mz, each.intensity) for each in features if each.intensity is not None)
        return cls(np.array([mz for mz, _ in known], np.float64), np.array([height for _, height in known], np.float64))

    def isotopes_of(self, feature: Feature, adduct: Adduct, ppm: float) -> tuple[float, ...]:
        """Heights of M, M+1 and M+2 of the ion at *feature*; nothing where the list has neither of the two."""
        if not feature.intensity:
            return ()
        further = list(self._heights(feature.mz, abs(adduct.charge), ppm))
        return (feature.intensity, *further) if any(further) else ()

    def _heights(self, mz: float, charge: int, ppm: float) -> Iterator[float]:
        for step in range(1, _ISOTOPE_PEAKS):
            expected = mz + step * ISOTOPE_STEP_DA / charge
            # M+2 of chlorine, bromine and sulfur lies up to 11 mDa lower than two carbon-13 would put it.
            least = expected * (1 - ppm * 1e-6) - (0.012 / charge if step > 1 else 0.0)
            most = expected * (1 + ppm * 1e-6)
            first, end = np.searchsorted(self.mz, (least, most))
            yield float(self.intensities[first:end].max()) if end > first else 0.0
