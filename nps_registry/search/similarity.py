"""Similarity: which substances resemble a structure, by fingerprints, exact."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nps_registry.chemistry.fingerprints import RECIPES, Recipe, fingerprint
from nps_registry.chemistry.notes import Note
from nps_registry.chemistry.standardise import standardise
from nps_registry.chemistry.stored import restore
from nps_registry.chemistry.structure import parse
from nps_registry.search.layers import LayeredPlanes
from nps_registry.search.questions import SimilarityQuestion
from nps_registry.search.scores import Weights
from nps_registry.search.snapshot import NOBODY, Entry, Snapshot

_ABOVE_ZERO = 1e-12


@dataclass(frozen=True, slots=True)
class Hit:
    """One substance and how much it resembles the query, 0 to 1."""

    entry: Entry
    score: float


@dataclass(frozen=True, slots=True)
class SimilarityAnswer:
    """The best hits by falling score, ties by accession.

    Attributes:
        question: what was asked.
        notes: what was done to the structure before it was compared.
        recipe: how both sides became bits.
        total: substances that reach the threshold, shown or not.
        hits: at most ``question.limit`` of them.
    """

    question: SimilarityQuestion
    notes: tuple[Note, ...]
    recipe: Recipe
    total: int
    hits: tuple[Hit, ...]


class OtherPlanes:
    """Bit planes by fingerprints other than the stored one, made at the first question that asks for them.

    The shelf keeps them, so that one worker makes them once; a change costs its own structures only.
    """

    def __init__(self) -> None:
        self._making: dict[Recipe, threading.Lock] = {recipe: threading.Lock() for recipe in RECIPES.values()}
        self._planes: dict[Recipe, tuple[Snapshot, LayeredPlanes]] = {}

    def of(self, snapshot: Snapshot, recipe: Recipe) -> LayeredPlanes:
        """The planes of *snapshot* by *recipe*; the very first time takes about a millisecond per substance."""
        with self._making[recipe]:
            made_for, before = self._planes.get(recipe, (None, None))
            if made_for is not None and before is not None and made_for.structures is snapshot.structures:
                return before
            structures = snapshot.structures

            def make(places: Sequence[int]) -> list[bytes]:
                rows = (snapshot.entries[structures.positions[place]].row for place in places)
                return [fingerprint(restore(row.smiles or ""), recipe) for row in rows]

            planes = LayeredPlanes.of(structures.keys, make, recipe, snapshot.shelf, before)
            self._planes[recipe] = (snapshot, planes)
            return planes

    def prepare(self, snapshot: Snapshot) -> None:
        """Bring what has been asked for before up to *snapshot*, so that no question waits for it."""
        for recipe in tuple(self._planes):
            self.of(snapshot, recipe)


def find_similar(
    snapshot: Snapshot,
    question: SimilarityQuestion,
    visible: frozenset[int] = NOBODY,
    others: OtherPlanes | None = None,
    among: frozenset[int] | None = None,
) -> SimilarityAnswer:
    """The answer to *question* for somebody who sees the public substances and those with ids *visible*.

    Args:
        snapshot: what is searched.
        question: what is asked.
        visible: ids of provisional substances that the asker may know of.
        others: keeps the planes of other fingerprints than the stored one; without it they are made anew.
        among: ids of the substances that the question is restricted to; none restricts nothing.

    Raises:
        UnreadableStructure: the structure cannot be read.
    """
    standardised = standardise(parse(question.structure).mol)
    recipe = RECIPES[question.fingerprint.value]
    planes = snapshot.structures.planes if recipe == snapshot.recipe else (others or OtherPlanes()).of(snapshot, recipe)
    weights = Weights(question.tversky_a, question.tversky_b)
    bits = fingerprint(standardised.parent, recipe)
    found, scores = planes.search(bits, question.threshold, question.metric, weights)
    # Tversky's weights can leave the last bit of a perfect score above 1.
    total, hits = _rank(snapshot, found, np.minimum(scores, 1.0), question.limit, visible=visible, among=among)
    return SimilarityAnswer(question, standardised.notes, recipe, total, hits)


def find_neighbours(snapshot: Snapshot, bits: bytes, limit: int, visible: frozenset[int] = NOBODY) -> tuple[Hit, ...]:
    """The *limit* substances whose stored fingerprints are nearest to *bits* by Tanimoto, those at 0 left out."""
    found, scores = snapshot.structures.planes.search(bits, _ABOVE_ZERO)
    return _rank(snapshot, found, scores, limit, visible=visible)[1]


def _rank(
    snapshot: Snapshot,
    found: NDArray[np.int64],
    scores: NDArray[np.float64],
    limit: int,
    *,
    visible: frozenset[int],
    among: frozenset[int] | None = None,
) -> tuple[int, tuple[Hit, ...]]:
    """How many of *found* may be seen, and the best of them by falling score, ties by accession."""
    positions = snapshot.structures.positions[found]
    seen = snapshot.visible(visible, among)[positions]
    if not seen.all():
        positions, scores = positions[seen], scores[seen]
    total = len(positions)
    if 0 < limit < total:  # only what can be among the best is put in order
        enough = scores >= np.partition(scores, total - limit)[total - limit]
        positions, scores = positions[enough], scores[enough]
    best = np.lexsort((positions, -scores))[:limit]
    pairs = zip(positions[best].tolist(), scores[best].tolist(), strict=True)
    return total, tuple(Hit(snapshot.entries[position], score) for position, score in pairs)
