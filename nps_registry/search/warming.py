"""What the first questions of a server would wait for, done before they are asked."""

from __future__ import annotations

from nps_registry.search.questions import SimilarityQuestion
from nps_registry.search.similarity import find_similar
from nps_registry.search.snapshot import Snapshot
from nps_registry.search.substructure import read_pattern

_ANY = "CCNC(C)Cc1ccccc1"


def warm(snapshot: Snapshot) -> None:
    """Index the names, count the atoms, and ask one question, by which the chemistry is imported and made ready."""
    snapshot.prepare()
    _counted = snapshot.atom_counts
    read_pattern(_ANY)
    find_similar(snapshot, SimilarityQuestion(_ANY))
