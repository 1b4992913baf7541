"""The picture that networks show beside a link: name, class and structure on white."""

from __future__ import annotations

import re
from html import escape

from nps_registry.localisation import gettext as _
from nps_registry.pages.figures.palette import PALETTES, Scheme

_EDGE_PX, _NAME_PX, _LINE_PX = 60, 64, 30
_VIEW_BOX = re.compile(r'viewBox="([^"]+)"')
_LONGEST_NAME = 30


def draw_link_card(
    name: str, class_label: str, structure: str, size_px: tuple[int, int], *, demonstration: bool
) -> str:
    """The card as SVG text; *structure* is a drawing as SVG text."""
    signature = _("Demonstration: these reports are invented") if demonstration else _("NPS registry")
    palette, (width, height) = PALETTES[Scheme.LIGHT], size_px
    shown = name if len(name) <= _LONGEST_NAME else name[: _LONGEST_NAME - 1] + "…"
    top = _EDGE_PX + _NAME_PX + 2 * _LINE_PX
    box = _VIEW_BOX.search(structure)
    drawing = structure[structure.index(">") + 1 : structure.rindex("</svg>")]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}">'
        f'<rect width="{width}" height="{height}" fill="{palette.surface}"/>'
        f'<rect width="{width}" height="16" fill="{palette.accent}"/>'
        f'<text x="{_EDGE_PX}" y="{_EDGE_PX + _NAME_PX}" font-family="Georgia, serif" font-weight="600" '
        f'font-size="{_NAME_PX}" fill="{palette.ink}">{escape(shown)}</text>'
        f'<text x="{_EDGE_PX}" y="{_EDGE_PX + _NAME_PX + _LINE_PX * 1.5:g}" font-family="sans-serif" '
        f'font-size="{_LINE_PX}" fill="{palette.quiet}">{escape(class_label)}</text>'
        f'<svg x="{_EDGE_PX}" y="{top}" width="{width - 2 * _EDGE_PX}" height="{height - top - _EDGE_PX}" '
        f'viewBox="{box.group(1) if box else "0 0 100 100"}" color="{palette.ink}">{drawing}</svg>'
        f'<text x="{width - _EDGE_PX}" y="{height - 24}" text-anchor="end" font-family="sans-serif" font-size="24" '
        f'fill="{palette.warn if demonstration else palette.quiet}">{escape(signature)}</text></svg>'
    )
