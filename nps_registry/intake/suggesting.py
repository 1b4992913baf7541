"""What a name that was not recognised may have meant."""

from __future__ import annotations

from nps_registry.intake.understanding import Desk
from nps_registry.search.names import find_by_name
from nps_registry.search.questions import NameQuestion

_SURE = 0.75


def suggest_answer(desk: Desk, name: str) -> str:
    """The registry's nearest name to *name*, where one is near; all that bear it, where several do."""
    hits = find_by_name(desk.index.snapshot, NameQuestion(name[:500], limit=10)).hits
    bearers = [hit.entry.row.accession for hit in hits if hit.score >= 1.0]
    if len(bearers) > 1:
        return f"candidates:{'|'.join(bearers)}"
    return hits[0].entry.row.name if hits and hits[0].score >= _SURE else ""
