"""Drawings in lists: all at one scale, so that sizes compare, and small enough that nearly all fit a card."""

from __future__ import annotations

import re

from markupsafe import Markup

SCALE = 0.6
"""Of the bond length of a drawing that stands alone; atom labels are still as large as small print."""

CARD_PX = 212
"""What is left for a drawing in the narrowest card of a grid."""

_SIZE = re.compile(r'width="(\d+)" height="(\d+)"')


def draw_small(svg: str) -> Markup:
    """The drawing *svg* for a list; nothing for a substance that has none."""
    return Markup(_SIZE.sub(_shrink, svg, count=1))


def is_broad(svg: str) -> bool:
    """Whether the drawing is too broad for the narrowest card, so that its own takes two columns."""
    size = _SIZE.search(svg)
    return size is not None and int(size[1]) * SCALE > CARD_PX


def _shrink(size: re.Match[str]) -> str:
    width, height = (f"{int(side) * SCALE:.0f}" for side in size.groups())
    return f'width="{width}" height="{height}"'
