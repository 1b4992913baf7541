"""Drawings of hits with what was asked marked on them."""

from __future__ import annotations

from collections.abc import Sequence

from nps_registry.chemistry.compare import difference
from nps_registry.chemistry.depict import draw_pair, draw_svg
from nps_registry.chemistry.stored import restore
from nps_registry.search.snapshot import Entry


def draw_match(entry: Entry, atoms: Sequence[int]) -> str:
    """The structure of *entry* as SVG with *atoms* marked, numbered as in its SMILES; empty where it has none."""
    return draw_svg(restore(entry.row.smiles), highlight=atoms) if entry.row.smiles else ""


def draw_alone(smiles: str, name: str) -> str:
    """The structure *smiles*, written by this registry, as SVG, laid out as :func:`draw_beside` lays out the first."""
    return draw_svg(restore(smiles), title=name)


def draw_beside(first: str, other: str, names: tuple[str, str], limit_s: float) -> tuple[str, str]:
    """How *other* differs from *first* in one sentence, and *other* drawn as SVG.

    What both have lies where it lies in the drawing of *first* alone; it is marked, and what differs otherwise.

    Args:
        first: SMILES written by this registry.
        other: likewise.
        names: of the two, for readers who do not see the drawing.
        limit_s: seconds that the search for the common part may take.
    """
    one, two = restore(other), restore(first)
    told = difference(one, two, limit_s=limit_s)
    drawn, _first = draw_pair(one, two, told.query_atoms, told.other_atoms, (names[1], names[0]))
    return told.sentence, drawn
