"""Cards as pages show them: with the drawing and the class in words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from nps_registry.store.browse import CardRow
from nps_registry.store.dossiers import drawings_and_labels
from nps_registry.store.engine import Session
from nps_registry.store.index_rows import IndexRow
from nps_registry.store.tables import Substance
from nps_registry.vocabulary.substance import Status


@dataclass(frozen=True, slots=True)
class PageCard:
    """One card: ``score`` and ``detail`` say how it answers a search, where it does."""

    accession: str
    name: str
    status: Status
    class_label: str
    svg: str
    score: float | None = None
    detail: str = ""


def draw_cards(
    session: Session, rows: Sequence[CardRow | IndexRow | Substance], answers: Iterable[tuple[float | None, str]] = ()
) -> list[PageCard]:
    """The cards of *rows*, each with the score and detail of *answers* in its place: one query in all."""
    if not rows:
        return []
    looks = drawings_and_labels(session, [row.id for row in rows if row.id is not None])
    told = list(answers) or [(None, "")] * len(rows)
    return [
        PageCard(
            accession=row.accession,
            name=row.name,
            status=row.status,
            class_label=looks.get(row.id or 0, ("", ""))[1],
            svg=looks.get(row.id or 0, ("", ""))[0],
            score=score,
            detail=detail,
        )
        for row, (score, detail) in zip(rows, told, strict=True)
    ]
