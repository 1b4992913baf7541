"""The planes of a snapshot in two layers: the large one from the shelf, and a small one of what came since.

A change lays out the small layer only. When that has grown, both become one again and the shelf keeps it, which
the thread that follows changes does while questions go on being answered from the layers before.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nps_registry.chemistry.fingerprints import Recipe
from nps_registry.search.bits import BitPlanes, Pairs
from nps_registry.search.scores import EVEN, Weights
from nps_registry.search.shelf import Layer, Shelf
from nps_registry.vocabulary.search import Metric

_SMALL = 512
_SHARE = 8

Make = Callable[[Sequence[int]], Sequence[bytes]]
"""From places in a sequence of structures to their fingerprints."""


@dataclass(frozen=True, slots=True, eq=False)
class LayeredPlanes:
    """The fingerprints of a sequence of structures.

    Attributes:
        base: the large layer, of which some structures may have left.
        places: (n of the base,) where each stands in the sequence, -1 if it has left.
        recent: fingerprints that are not in the base, by key.
        recent_planes: the same, laid out.
        recent_places: where each stands in the sequence.
        is_base: whether the base is all there is.
    """

    base: Layer
    places: NDArray[np.int64]
    recent: Mapping[bytes, bytes]
    recent_planes: BitPlanes
    recent_places: NDArray[np.int64]
    is_base: bool

    @classmethod
    def of(
        cls, keys: Sequence[bytes], make: Make, recipe: Recipe, shelf: Shelf, before: LayeredPlanes | None = None
    ) -> LayeredPlanes:
        """The planes of the structures with *keys*, all different.

        Args:
            keys: what names each structure, 16 bytes long.
            make: makes the fingerprints of those that are in no layer.
            recipe: how fingerprints are made.
            shelf: where a large layer is kept.
            before: the planes before the change.
        """
        if before is not None and _fits(keys, before.base):
            return cls._over(before.base, keys, make, recipe, before.recent)
        kept = shelf.open(recipe)
        if kept is not None and _fits(keys, kept):
            return cls._over(kept, keys, make, recipe, before.recent if before else {})
        packed = _gather(keys, make, recipe, [kept, before.base if before else None], before.recent if before else {})
        base = shelf.keep(recipe, Layer.of(packed, list(keys)))
        return cls._over(base, keys, make, recipe, {})

    @classmethod
    def _over(
        cls, base: Layer, keys: Sequence[bytes], make: Make, recipe: Recipe, known: Mapping[bytes, bytes]
    ) -> LayeredPlanes:
        places = np.full(len(base.keys), -1, np.int64)
        inside = np.array([base.places.get(key, -1) for key in keys], np.int64)
        here = np.flatnonzero(inside >= 0)
        places[inside[here]] = here
        missing = np.flatnonzero(inside < 0).tolist()
        new = [place for place in missing if keys[place] not in known]
        made = dict(zip((keys[place] for place in new), make(new), strict=True))
        recent = {keys[place]: made.get(keys[place]) or known[keys[place]] for place in missing}
        laid_out = BitPlanes.of(list(recent.values()), recipe.size)
        return cls(base, places, recent, laid_out, np.array(missing, np.int64), len(here) == len(places) == len(keys))

    def __len__(self) -> int:
        return len(self.recent_places) + int((self.places >= 0).sum())

    def search(
        self, query: bytes, threshold: float, metric: Metric = Metric.TANIMOTO, weights: Weights = EVEN
    ) -> Pairs:
        """Places in the sequence and scores of all that reach *threshold*, in no order that means anything."""
        found, scores = self.base.planes.search(query, threshold, metric, weights)
        found = self.places[found]
        if self.is_base:
            return found, scores
        stays = found >= 0
        more, more_scores = self.recent_planes.search(query, threshold, metric, weights)
        found = np.concatenate([found[stays], self.recent_places[more]])
        return found, np.concatenate([scores[stays], more_scores])


def _fits(keys: Sequence[bytes], base: Layer) -> bool:
    """Whether few enough of *keys* are missing from *base*, and few enough of its own have left."""
    most = max(_SMALL, len(base.keys) // _SHARE)
    inside = sum(key in base.places for key in keys)
    return len(keys) - inside <= most and len(base.keys) - inside <= most


def _gather(
    keys: Sequence[bytes], make: Make, recipe: Recipe, layers: Sequence[Layer | None], known: Mapping[bytes, bytes]
) -> NDArray[np.uint8]:
    """The fingerprint of each of *keys*, (n, bytes): from a layer where one has it, else made."""
    packed = np.empty((len(keys), recipe.size_bytes), np.uint8)
    missing = list(range(len(keys)))
    for layer in layers:
        if layer is not None and missing:
            inside = [place for place in missing if keys[place] in layer.places]
            if inside:
                packed[inside] = layer.planes.packed()[[layer.places[keys[place]] for place in inside]]
            missing = [place for place in missing if keys[place] not in layer.places]
    new = [place for place in missing if keys[place] not in known]
    made = dict(zip(new, make(new), strict=True))
    for place in missing:
        packed[place] = np.frombuffer(made.get(place) or known[keys[place]], np.uint8)
    return packed
