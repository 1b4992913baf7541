"""Mass: which substances weigh so much, give an ion there, or have a formula."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from nps_registry.chemistry.masses import Adduct, find_adduct, ion_mz, neutral_mass_da, parse_formula, ppm_error
from nps_registry.errors import FieldError, InvalidInput
from nps_registry.search.questions import MassQuestion
from nps_registry.search.snapshot import NOBODY, Entry, Snapshot


@dataclass(frozen=True, slots=True)
class MassHit:
    """One substance and how far the asked mass lies from its own.

    Attributes:
        adduct: name of the ion, where one was asked.
        mz: of that ion of this substance, computed.
        error_ppm: asked less computed, in millionths of the computed; 0 for a formula.
    """

    entry: Entry
    adduct: str | None
    mz: float | None
    error_ppm: float


@dataclass(frozen=True, slots=True)
class MassAnswer:
    """The nearest hits first, ties by accession.

    Attributes:
        question: what was asked.
        total: substances inside the window, shown or not.
        hits: at most ``question.limit`` of them.
    """

    question: MassQuestion
    total: int
    hits: tuple[MassHit, ...]


def find_by_mass(snapshot: Snapshot, question: MassQuestion, visible: frozenset[int] = NOBODY) -> MassAnswer:
    """The answer to *question* for somebody who sees the public substances and those with ids *visible*.

    Raises:
        InvalidInput: an unknown adduct, or a formula that cannot be read.
    """
    seen = snapshot.visible(visible)
    met = _by_formula(snapshot, question) if question.formula is not None else _by_weight(snapshot, question)
    hits = [(position, hit) for position, hit in met if seen[position]]
    hits.sort(key=lambda pair: (abs(pair[1].error_ppm), pair[0]))
    return MassAnswer(question, len(hits), tuple(hit for _, hit in hits[: question.limit]))


def _by_formula(snapshot: Snapshot, question: MassQuestion) -> Iterator[tuple[int, MassHit]]:
    try:
        asked = str(parse_formula(question.formula or ""))
    except InvalidInput as fault:
        raise InvalidInput(fault.detail, errors=[FieldError("formula", fault.detail)]) from None
    for position, entry in enumerate(snapshot.entries):
        if entry.row.formula == asked:
            yield position, MassHit(entry, None, None, 0.0)


def _by_weight(snapshot: Snapshot, question: MassQuestion) -> Iterator[tuple[int, MassHit]]:
    adduct = _adduct(question) if question.mz is not None else None
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


def _adduct(question: MassQuestion) -> Adduct:
    try:
        return find_adduct(question.adduct)
    except InvalidInput as fault:
        raise InvalidInput(fault.detail, errors=[FieldError("adduct", fault.detail)]) from None
