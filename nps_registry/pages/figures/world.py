"""The world map: countries coloured by their events, and a mark for each place too small for an outline."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from html import escape

from nps_registry.assets import find_web
from nps_registry.localisation import gettext as _
from nps_registry.localisation import ngettext
from nps_registry.pages.figures.palette import PALETTES, Breadth, Palette, Scheme
from nps_registry.pages.figures.titles import title_lines
from nps_registry.store.spread import PlaceFigure
from nps_registry.vocabulary.place import country_name

_TEXT_PX = {Breadth.WIDE: 26, Breadth.NARROW: 38}
"""In the map's own px; it is shown at little more than half of them, on a phone at a third."""
_TITLE_CHARACTERS = {Breadth.WIDE: 58, Breadth.NARROW: 42}
_LEGEND_ROWS = {Breadth.WIDE: 1, Breadth.NARROW: 2}
_FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', 'Liberation Sans', sans-serif"


@dataclass(frozen=True)
class World:
    """The shapes of ``web/map/world.json``, in px: see the README there."""

    width: int
    height: int
    shapes: dict[str, str]
    marks: dict[str, tuple[float, float]]


@cache
def read_world() -> World:
    """The map's shapes, read once."""
    told = json.loads((find_web() / "map" / "world.json").read_text(encoding="utf-8"))
    marks = {code: (x, y) for code, (x, y) in told["marks"].items()}
    return World(told["width"], told["height"], told["shapes"], marks)


def map_size(breadth: Breadth) -> tuple[int, int]:
    """Width and height in px of a map with its title and legend."""
    world, text = read_world(), _TEXT_PX[breadth]
    return world.width, world.height + 3 * text + round((0.6 + 1.4 * _LEGEND_ROWS[breadth]) * text)


def bounds_of(counts: Sequence[int], steps: int) -> list[int]:
    """The least count of each colour: 1, then growing by factors of about the same size to the highest count."""
    highest = max(counts, default=1)
    bounds = {max(1, round(highest ** (step / steps))) for step in range(steps)}
    return sorted(bounds)


def draw_world(
    figures: Sequence[PlaceFigure], title: str, scheme: Scheme, breadth: Breadth, *, demonstration: bool
) -> str:
    """The map as SVG text, every colour an attribute, every country with its count as its title."""
    palette, world, text = PALETTES[scheme], read_world(), _TEXT_PX[breadth]
    events = {row.country: row.events for row in figures}
    bounds = bounds_of(list(events.values()), len(palette.steps))
    width, height = map_size(breadth)
    (shown,) = title_lines(title, _TITLE_CHARACTERS[breadth], 1)
    pieces = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        f'role="img" aria-label="{escape(title)}" font-family="{_FONT}" font-size="{text}">',
        f'<text y="{text}" font-weight="600" fill="{palette.ink}">{escape(shown)}</text>',
    ]
    if demonstration:  # the mark travels with the picture, wherever that is taken
        mark = escape(_("Demonstration: these reports are invented"))
        pieces.append(f'<text y="{2.1 * text:g}" font-size="{0.85 * text:g}" fill="{palette.warn}">{mark}</text>')
    pieces.append(f'<g transform="translate(0 {3 * text})" stroke="{palette.surface}" stroke-width="0.5">')
    for code, path in world.shapes.items():
        fill = _colour(events.get(code, 0), bounds, palette)
        pieces.append(_titled(f'<path d="{path}" fill="{fill}"', "path", code, events))
    for code, (x, y) in world.marks.items():
        if code in events:
            fill = _colour(events[code], bounds, palette)
            start = f'<circle cx="{x:g}" cy="{y:g}" r="{text / 4:g}" fill="{fill}" stroke="{palette.ink}"'
            pieces.append(_titled(start, "circle", code, events))
    pieces += ["</g>", _legend(bounds, palette, breadth, height=height), "</svg>"]
    return "".join(pieces)


def _titled(start: str, element: str, code: str, events: dict[str, int]) -> str:
    if code not in events:
        return start + "/>"
    count = ngettext("%(count)d event", "%(count)d events", events[code]) % {"count": events[code]}
    return f"{start}><title>{escape(country_name(code))}: {escape(count)}</title></{element}>"


def _colour(count: int, bounds: Sequence[int], palette: Palette) -> str:
    if count < 1:
        return palette.sunken
    step = sum(count >= bound for bound in bounds) - 1
    return palette.steps[step]


def _legend(bounds: Sequence[int], palette: Palette, breadth: Breadth, *, height: int) -> str:
    entries = [(palette.sunken, _("none"))]
    for place, bound in enumerate(bounds):
        end = bounds[place + 1] - 1 if place + 1 < len(bounds) else None
        words = f"{bound}+" if end is None else f"{bound}–{end}" if end > bound else str(bound)
        entries.append((palette.steps[place], words))
    rows = _LEGEND_ROWS[breadth]
    in_row = max(3, -(-len(entries) // rows))
    lines = [entries[start : start + in_row] for start in range(0, len(entries), in_row)]
    text = _TEXT_PX[breadth]
    last = height - text / 2
    return "".join(
        _legend_row(line, palette, text, last - 1.4 * text * (rows - 1 - row)) for row, line in enumerate(lines)
    )


def _legend_row(entries: Sequence[tuple[str, str]], palette: Palette, text: int, y: float) -> str:
    pieces, x, size = [], 0.0, 0.9 * text
    for colour, words in entries:
        pieces.append(f'<rect x="{x:g}" y="{y - size:g}" width="{size:g}" height="{size:g}" fill="{colour}"/>')
        x += 1.3 * size
        pieces.append(
            f'<text x="{x:g}" y="{y - size / 8:g}" font-size="{size:g}" fill="{palette.ink}">{escape(words)}</text>'
        )
        x += (0.62 * len(words) + 1.2) * size
    return "".join(pieces)
