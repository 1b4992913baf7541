"""Names: which substances carry a name, or one that people would type that way."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from nps_registry.search.name_index import AS_WRITTEN, names_salt
from nps_registry.search.questions import NameQuestion
from nps_registry.search.snapshot import NOBODY, Entry, Snapshot
from nps_registry.vocabulary.substance import Nature, Status

_STATUS_RANK = {Status.LISTED: 0, Status.UNCONFIRMED: 1}


@dataclass(frozen=True, slots=True)
class NameHit:
    """One substance, the name of it that was met, and how well, 0 to 1."""

    entry: Entry
    matched: str
    score: float


@dataclass(frozen=True, slots=True)
class NameAnswer:
    """The substances met, best first; all of those that share a name stand together.

    Attributes:
        question: what was asked.
        total: substances met, shown or not.
        hits: at most ``question.limit`` of them.
        meanings: substances that carry the very name; with more than one the name is ambiguous.
        salt: words of the name that tell a salt, where the substance was found without them.
    """

    question: NameQuestion
    total: int
    hits: tuple[NameHit, ...]
    meanings: int
    salt: str


def find_by_name(
    snapshot: Snapshot,
    question: NameQuestion,
    visible: frozenset[int] = NOBODY,
    among: frozenset[int] | None = None,
) -> NameAnswer:
    """The answer to *question* for somebody who sees the public substances and those with ids *visible*.

    CAS numbers, InChIKeys (whole, or the first block) and accessions are taken as such.

    Args:
        snapshot: what is searched.
        question: what is asked.
        visible: ids of provisional substances that the asker may know of.
        among: ids of the substances that the question is restricted to; none restricts nothing.
    """
    seen = snapshot.visible(visible, among)
    best: dict[int, tuple[float, int, str]] = {}
    for position, offer in _offers(snapshot, question.text):
        if seen[position] and (position not in best or offer < best[position]):
            best[position] = offer
    entries = snapshot.entries
    order = sorted(best, key=lambda position: (*best[position][:2], *_rank(entries[position]), position))
    hits = tuple(
        NameHit(entries[position], best[position][2], round(-best[position][0], 4))
        for position in order[: question.limit]
    )
    meanings = sum(-offer[0] >= AS_WRITTEN for offer in best.values())
    salt = "" if meanings else names_salt(question.text)
    return NameAnswer(question, len(order), hits, meanings, salt)


def _offers(snapshot: Snapshot, text: str) -> Iterator[tuple[int, tuple[float, int, str]]]:
    """Positions met, each with what sorts it (score, negative; rank of the name's kind) and the name."""
    index = snapshot.names
    for number, score in index.meet(text):
        yield index.owners[number], (-score, index.ranks[number], index.names[number])
    key = "".join(text.split()).upper().removeprefix("INCHIKEY=").removeprefix("CAS:")
    for table in (snapshot.by_cas, snapshot.by_inchikey, snapshot.by_skeleton):
        for position in table.get(key, ()):
            yield position, (-AS_WRITTEN, 0, key)
    if key in snapshot.by_accession:
        yield snapshot.by_accession[key], (-AS_WRITTEN, 0, key)


def _rank(entry: Entry) -> tuple[int, bool]:
    """Of two that are met equally well: what the catalogue lists comes first, and NPS before the rest."""
    return _STATUS_RANK.get(entry.row.status, 2), entry.row.nature is not Nature.NPS
