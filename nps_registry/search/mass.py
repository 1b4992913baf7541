"""Mass: which substances weigh so much, give an ion there, have a formula, or show these isotope peaks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from nps_registry.chemistry.formula_patterns import is_open, parse_formula_pattern
from nps_registry.chemistry.masses import (
    Adduct,
    IsotopePeak,
    find_adduct,
    ion_formula,
    ion_mz,
    isotope_agreement,
    isotope_pattern,
    neutral_mass_da,
    parse_formula,
    ppm_error,
)
from nps_registry.errors import FieldError, InvalidInput
from nps_registry.search.questions import MassQuestion
from nps_registry.search.snapshot import NOBODY, Entry, Snapshot

_LEAST_PERCENT = 0.01
"""Peaks lower than that, of the tallest, count as none."""


@dataclass(frozen=True, slots=True)
class MassHit:
    """One substance and how far the asked mass lies from its own.

    Attributes:
        adduct: name of the ion, where one was asked.
        mz: of that ion of this substance, computed.
        error_ppm: asked less computed, in millionths of the computed; 0 for a formula.
        isotope_score: how well the measured isotope peaks agree with the computed, 0 to 1; none where none were given.
    """

    entry: Entry
    adduct: str | None
    mz: float | None
    error_ppm: float
    isotope_score: float | None = None


@dataclass(frozen=True, slots=True)
class MassAnswer:
    """The nearest hits first, ties by accession; where isotope peaks were given, those that agree best first.

    Attributes:
        question: what was asked.
        total: substances inside the window, shown or not.
        hits: at most ``question.limit`` of them.
    """

    question: MassQuestion
    total: int
    hits: tuple[MassHit, ...]


def find_by_mass(
    snapshot: Snapshot,
    question: MassQuestion,
    visible: frozenset[int] = NOBODY,
    among: frozenset[int] | None = None,
) -> MassAnswer:
    """The answer to *question* for somebody who sees the public substances and those with ids *visible*.

    Args:
        snapshot: what is searched.
        question: what is asked.
        visible: ids of provisional substances that the asker may know of.
        among: ids of the substances that the question is restricted to; none restricts nothing.

    Raises:
        InvalidInput: an unknown adduct, or a formula that cannot be read.
    """
    seen = snapshot.visible(visible, among)
    adduct = find_adduct_of(question.adduct, "adduct") if question.mz is not None else None
    met = _by_formula(snapshot, question.formula) if question.formula is not None else _by_weight(snapshot, question)
    hits = [(position, hit) for position, hit in met if seen[position]]
    if question.isotopes:
        hits = _with_isotopes(hits, question.isotopes, adduct)
    hits.sort(key=lambda pair: (-(pair[1].isotope_score or 0.0), abs(pair[1].error_ppm), pair[0]))
    return MassAnswer(question, len(hits), tuple(hit for _, hit in hits[: question.limit]))


def _by_formula(snapshot: Snapshot, text: str) -> Iterator[tuple[int, MassHit]]:
    try:
        if is_open(text):
            pattern = parse_formula_pattern(text)
            wanted = [formula for formula in snapshot.by_formula if pattern.admits(parse_formula(formula))]
        else:
            wanted = [str(parse_formula(text))]
    except InvalidInput as fault:
        raise InvalidInput(fault.detail, errors=[FieldError("formula", fault.detail)]) from None
    for formula in wanted:
        for position in snapshot.by_formula.get(formula, ()):
            yield position, MassHit(snapshot.entries[position], None, None, 0.0)


def _by_weight(snapshot: Snapshot, question: MassQuestion) -> Iterator[tuple[int, MassHit]]:
    adduct = find_adduct_of(question.adduct, "adduct") if question.mz is not None else None
    asked = question.mz if question.mz is not None else question.mass_da or 0.0
    least, most = asked / (1 + question.ppm * 1e-6), asked / (1 - question.ppm * 1e-6)
    if adduct is not None:
        least, most = neutral_mass_da(least, adduct), neutral_mass_da(most, adduct)
    masses = snapshot.structures.masses_da
    first, end = np.searchsorted(masses, least, side="left"), np.searchsorted(masses, most, side="right")
    for mass_da, position in zip(
        masses[first:end].tolist(), snapshot.structures.mass_positions[first:end].tolist(), strict=True
    ):
        mz = ion_mz(mass_da, adduct) if adduct else None
        error = ppm_error(asked, mass_da if mz is None else mz)
        yield position, MassHit(snapshot.entries[position], adduct.name if adduct else None, mz, error)


def _with_isotopes(
    hits: list[tuple[int, MassHit]], heights: tuple[float, ...], adduct: Adduct | None
) -> list[tuple[int, MassHit]]:
    """*hits* with how well their isotope peaks agree with *heights*."""
    patterns = IsotopePatterns()
    return [
        (position, replace(hit, isotope_score=patterns.score(hit.entry.row.formula or "", adduct, heights)))
        for position, hit in hits
    ]


class IsotopePatterns:
    """The isotope patterns that one question needs, each computed once."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, str], tuple[IsotopePeak, ...]] = {}

    def score(self, formula: str, adduct: Adduct | None, heights: tuple[float, ...]) -> float:
        """How well measured *heights* agree with those of the ion (or of the molecule) of *formula*, 0 to 1."""
        key = (formula, adduct.name if adduct else "")
        if key not in self._known:
            parsed = parse_formula(formula) if formula else None
            ion = ion_formula(parsed, adduct) if parsed and adduct else parsed
            self._known[key] = isotope_pattern(ion, least_percent=_LEAST_PERCENT) if ion else ()
        return isotope_agreement(heights, self._known[key])


def find_adduct_of(name: str, field: str) -> Adduct:
    """The adduct called *name*, asked for in *field*.

    Raises:
        InvalidInput: no adduct has that name.
    """
    try:
        return find_adduct(name)
    except InvalidInput as fault:
        raise InvalidInput(fault.detail, errors=[FieldError(field, fault.detail)]) from None
