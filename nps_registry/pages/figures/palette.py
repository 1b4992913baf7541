"""The colours of figures, which stand in the stylesheet too: one fixed colour per effect group, everywhere.

The effect-group colours are Okabe and Ito's, told apart by every kind of colour vision ("Color Universal Design",
2008). A figure is an image with colours of its own, so light and dark are two images.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from nps_registry.vocabulary.substance import EffectGroup

EFFECT_COLOURS: dict[EffectGroup, str] = {
    EffectGroup.STIMULANT: "#d55e00",
    EffectGroup.SYNTHETIC_OPIOID: "#0072b2",
    EffectGroup.SYNTHETIC_CANNABINOID_RECEPTOR_AGONIST: "#009e73",
    EffectGroup.DISSOCIATIVE: "#cc79a7",
    EffectGroup.CLASSIC_HALLUCINOGEN: "#e69f00",
    EffectGroup.SEDATIVE_HYPNOTIC: "#56b4e9",
    EffectGroup.UNASSIGNED: "#8a8f98",
}


class Scheme(StrEnum):
    """Light or dark, as the reader's device asks."""

    LIGHT = "light"
    DARK = "dark"


class Breadth(StrEnum):
    """How much room the reader's window has; a figure that is only shrunk cannot be read on a phone."""

    WIDE = "wide"
    NARROW = "narrow"


@dataclass(frozen=True, slots=True)
class Palette:
    """Colours of one scheme, as the stylesheet's tokens of the same names have them.

    Attributes:
        steps: from few to many, for areas of a map.
    """

    ink: str
    quiet: str
    line: str
    sunken: str
    surface: str
    accent: str
    warn: str
    steps: tuple[str, ...]


PALETTES: dict[Scheme, Palette] = {
    Scheme.LIGHT: Palette(
        ink="#1b1f24", quiet="#565d66", line="#d9d5cb", sunken="#e7e4dc", surface="#ffffff", accent="#0b5a6e",
        warn="#8a3b00", steps=("#bfdbe2", "#83b6c4", "#4a8fa2", "#0b5a6e", "#063744"),
    ),
    Scheme.DARK: Palette(
        ink="#e8e6e1", quiet="#a5abb3", line="#363c43", sunken="#30363d", surface="#1b1f23", accent="#7cc7da",
        warn="#ffb877", steps=("#2f5661", "#3f7c8c", "#58a3b5", "#7cc7da", "#c4ecf5"),
    ),
}  # fmt: skip
