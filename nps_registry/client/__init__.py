"""A small Python client of the HTTP interface: typed answers, clear exceptions, patience with a busy server.

It needs nothing else of this package, only httpx and pydantic::

    from nps_registry.client import Registry

    with Registry("http://127.0.0.1:8000") as registry:
        for hit in registry.similar("CNC(C)C(=O)c1cccc(C)c1", threshold=0.6).hits:
            print(f"{hit.score:.2f}  {hit.name}")
"""

from __future__ import annotations

from nps_registry.client.answers import (
    Analogue,
    Batch,
    BatchLine,
    Card,
    DetectionReceipt,
    Explanation,
    FieldProblem,
    Identity,
    MassHit,
    MassHits,
    MatchedHit,
    NamedHit,
    NamedHits,
    PartHits,
    PeakHit,
    PeakHits,
    Receipt,
    ScoredHit,
    ScoredHits,
    Structure,
    Substance,
    SubstancePage,
)
from nps_registry.client.problems import (
    Conflict,
    InvalidRequest,
    NoAnswer,
    NotFound,
    NotPermitted,
    RegistryProblem,
    TooBusy,
)
from nps_registry.client.registry import Registry

__all__ = [
    "Analogue",
    "Batch",
    "BatchLine",
    "Card",
    "Conflict",
    "DetectionReceipt",
    "Explanation",
    "FieldProblem",
    "Identity",
    "InvalidRequest",
    "MassHit",
    "MassHits",
    "MatchedHit",
    "NamedHit",
    "NamedHits",
    "NoAnswer",
    "NotFound",
    "NotPermitted",
    "PartHits",
    "PeakHit",
    "PeakHits",
    "Receipt",
    "Registry",
    "RegistryProblem",
    "ScoredHit",
    "ScoredHits",
    "Structure",
    "Substance",
    "SubstancePage",
    "TooBusy",
]
