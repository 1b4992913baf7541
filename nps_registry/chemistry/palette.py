"""Colours of a drawing: one class name and one fallback colour per element.

Bonds and carbon take the text's colour (``currentColor``). A style sheet may colour the classes for
its theme; the fallbacks alone keep a contrast of 3:1 on white and on a near-black page.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Ink:
    """How one element's label is coloured.

    Attributes:
        css_class: class on each path of the label.
        colour: presentation attribute, for where no style sheet speaks.
    """

    css_class: str
    colour: str


INKS: dict[int, Ink] = {
    7: Ink("atom-n", "#3f74d6"),
    8: Ink("atom-o", "#d43d3d"),
    9: Ink("atom-f", "#2f8a46"),
    15: Ink("atom-p", "#b8690f"),
    16: Ink("atom-s", "#95730b"),
    17: Ink("atom-cl", "#2f8a47"),
    35: Ink("atom-br", "#b05a3a"),
    53: Ink("atom-i", "#8f5bc4"),
}
HIGHLIGHT = Ink("highlight", "#e0a52e")
COMMON = Ink("common", "#8fc3d0")
"""What two structures share, beside :data:`HIGHLIGHT` for what differs."""


def rgb(colour: str) -> tuple[float, float, float]:
    """``#rrggbb`` as fractions of one."""
    red, green, blue = (int(colour[index : index + 2], 16) / 255 for index in (1, 3, 5))
    return red, green, blue
