"""Titles of figures, cut into lines that fit: the name of a substance may be longer than its figure is wide."""

from __future__ import annotations

from textwrap import wrap

from nps_registry.pages.figures.palette import Breadth

_CHARACTERS = {Breadth.WIDE: 56, Breadth.NARROW: 34}
"""As many of the widest usual font, in bold, as a line of a figure takes."""


def title_lines(title: str, breadth: Breadth, most: int = 2) -> list[str]:
    """*title* in *most* lines; what does not fit is left to the page, which says it beside the figure."""
    return wrap(title, _CHARACTERS[breadth], max_lines=most, placeholder=" …") or [""]
