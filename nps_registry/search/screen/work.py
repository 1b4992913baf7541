"""What is done with one part of a library, here, in another process or on another machine: nothing else is sent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from nps_registry.chemistry.fingerprints import Recipe
from nps_registry.chemistry.libraries import Fingerprinted, fingerprint_all
from nps_registry.search.bits import BitPlanes
from nps_registry.search.compiled import fetch_kernel
from nps_registry.search.scores import EVEN, Weights
from nps_registry.search.shelf import read_layer
from nps_registry.vocabulary.search import Metric


@dataclass(frozen=True, slots=True)
class Comparison:
    """How every structure of a library is compared.

    Attributes:
        recipe: how both sides become bits.
        metric: how bits are compared.
        weights: Tversky's.
        threshold: least score of a hit.
        top: most hits of each structure; 0 for all.
        standardised: whether parents are compared; otherwise the largest fragments as they are drawn.
    """

    recipe: Recipe
    metric: Metric = Metric.TANIMOTO
    weights: Weights = EVEN
    threshold: float = 0.5
    top: int = 0
    standardised: bool = False


@dataclass(frozen=True, slots=True)
class TargetFile:
    """What is compared with, as a file that every process of this machine maps."""

    path: Path
    recipe: Recipe

    def open(self) -> BitPlanes:
        """Map it."""
        return _map(self.path, self.recipe)


@lru_cache(maxsize=1)
def _map(path: Path, recipe: Recipe) -> BitPlanes:
    return read_layer(path, recipe, verify=False).planes


@dataclass(frozen=True, slots=True, eq=False)
class Screened:
    """What became of a part.

    Attributes:
        places: (hits,) which record of the part.
        targets: (hits,) which target.
        scores: (hits,) how much they resemble each other, 0 to 1.
        faults: place and reason of every record that could not be compared.
    """

    places: NDArray[np.int64]
    targets: NDArray[np.int64]
    scores: NDArray[np.float64]
    faults: tuple[tuple[int, str], ...] = field(default=())


def screen_texts(texts: Sequence[str], target: BitPlanes | TargetFile, comparison: Comparison, kernel: str) -> Screened:
    """Compare every one of *texts* with *target*.

    Args:
        texts: the structures of a part of a library.
        target: with what; a file here, the planes themselves on another machine.
        comparison: how.
        kernel: the directory where the compiled kernel is kept; empty where there is none.
    """
    fetch_kernel(Path(kernel) if kernel else None)
    planes = target.open() if isinstance(target, TargetFile) else target
    made = fingerprint_texts(texts, comparison)
    asked = (comparison.threshold, comparison.metric, comparison.weights)
    if comparison.top:
        numbers, targets, scores = planes.nearest_many(made.packed, comparison.top, *asked)
    else:
        numbers, targets, scores = planes.search_many(made.packed, *asked)
        order = np.lexsort((targets, -scores, numbers))
        numbers, targets, scores = numbers[order], targets[order], scores[order]
    places = made.places[numbers] if len(numbers) else numbers
    return Screened(places, targets, np.minimum(scores, 1.0), made.faults)


def fingerprint_texts(texts: Sequence[str], comparison: Comparison) -> Fingerprinted:
    """The fingerprints of all of *texts* that can be read."""
    return fingerprint_all(texts, comparison.recipe, standardised=comparison.standardised)
