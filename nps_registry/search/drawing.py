"""Drawings of hits with what was asked marked on them."""

from __future__ import annotations

from collections.abc import Sequence

from nps_registry.chemistry.depict import draw_svg
from nps_registry.chemistry.stored import restore
from nps_registry.search.snapshot import Entry


def draw_match(entry: Entry, atoms: Sequence[int]) -> str:
    """The structure of *entry* as SVG with *atoms* marked, numbered as in its SMILES; empty where it has none."""
    return draw_svg(restore(entry.row.smiles), highlight=atoms) if entry.row.smiles else ""


def draw_marked(smiles: str, atoms: Sequence[int]) -> str:
    """The structure *smiles*, written by this registry, as SVG with *atoms* marked."""
    return draw_svg(restore(smiles), highlight=atoms)
