"""Identity: which substance a structure is, and which are its variants."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from nps_registry.chemistry.reading import Reading, read
from nps_registry.search.questions import IdentityQuestion
from nps_registry.search.snapshot import NOBODY, Entry, Snapshot


@dataclass(frozen=True, slots=True)
class IdentityAnswer:
    """What a structure is, in four lists, each by accession.

    Attributes:
        question: what was asked.
        reading: the structure as it was understood.
        exact: the same InChI with the same statement of stereochemistry; one at most.
        stereo_variants: the same connectivity, another configuration or another statement of it.
        same_skeleton: every other substance of the same connectivity, the stereo variants among them.
        tautomers: another connectivity that differs by the place of hydrogens and double bonds only.
    """

    question: IdentityQuestion
    reading: Reading
    exact: tuple[Entry, ...]
    stereo_variants: tuple[Entry, ...]
    same_skeleton: tuple[Entry, ...]
    tautomers: tuple[Entry, ...]


def find_identical(snapshot: Snapshot, question: IdentityQuestion, visible: frozenset[int] = NOBODY) -> IdentityAnswer:
    """The answer to *question* for somebody who sees the public substances and those with ids *visible*.

    Raises:
        UnreadableStructure: the structure cannot be read, or contradicts the statement beside it.
    """
    reading = read(question.structure, question.stereo)
    asked = reading.identity
    seen = snapshot.visible(visible)

    def entries(positions: Iterable[int]) -> list[Entry]:
        return [snapshot.entries[position] for position in positions if seen[position]]

    skeleton = entries(snapshot.by_skeleton.get(asked.skeleton, ()))
    exact = [entry for entry in skeleton if (entry.row.inchi, entry.row.stereo) == asked.key]
    others = [entry for entry in skeleton if entry not in exact]
    flat = _flat_inchi(asked.inchi)
    variants = [entry for entry in others if _flat_inchi(entry.row.inchi or "") == flat]
    tautomers = entries(snapshot.by_tautomer.get(asked.tautomer_key, ()))
    return IdentityAnswer(
        question,
        reading,
        exact=tuple(exact),
        stereo_variants=tuple(variants),
        same_skeleton=tuple(others),
        tautomers=tuple(entry for entry in tautomers if entry.row.skeleton != asked.skeleton),
    )


def _flat_inchi(inchi: str) -> str:
    """*inchi* without its stereo layers (/b, /t, /m, /s)."""
    return "/".join(layer for layer in inchi.split("/") if layer[:1] not in {"b", "t", "m", "s"})
