"""Titles of figures, cut into lines that fit: the name of a substance may be longer than its figure is wide."""

from __future__ import annotations

from textwrap import wrap


def title_lines(title: str, characters: int, most: int = 2) -> list[str]:
    """*title* in *most* lines of *characters*; what does not fit is left to the page, which says it in its text."""
    return wrap(title, characters, max_lines=most, placeholder=" …") or [""]
