"""Scores from counts of bits, by metric: in double precision, step by step as RDKit computes them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nps_registry.vocabulary.search import Metric

WITHIN = 1.0 - 1e-12
"""A bound is held against the threshold times this: it may let a fingerprint too many through, never one too few."""


@dataclass(frozen=True, slots=True)
class Weights:
    """What Tversky's index takes off for bits of the query only (*a*) and of the other only (*b*)."""

    a: float = 0.5
    b: float = 0.5


EVEN = Weights()


def score(
    common: NDArray[np.float64], query_bits: float, bits: NDArray[np.float64], metric: Metric, weights: Weights
) -> NDArray[np.float64]:
    """Scores from counts: bits in common, of the query, of each fingerprint; 0 where the metric divides by 0."""
    match metric:
        case Metric.TANIMOTO:
            above, below = common, query_bits + bits - common
        case Metric.DICE:
            above, below = 2.0 * common, query_bits + bits
        case Metric.COSINE:
            above, below = common, np.sqrt(query_bits * bits)
        case Metric.TVERSKY:
            above = common
            below = weights.a * query_bits + weights.b * bits + (1.0 - weights.a - weights.b) * common
    return np.divide(above, below, out=np.zeros_like(above), where=below > 0.0)
