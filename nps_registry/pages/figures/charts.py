"""Charts as Vega-Lite, drawn by vl-convert, which needs no browser and no network."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from nps_registry.localisation import gettext as _
from nps_registry.pages.figures.palette import EFFECT_COLOURS, PALETTES, Breadth, Palette, Scheme
from nps_registry.pages.figures.titles import title_lines
from nps_registry.store.spread import QuarterFigure, YearFigure
from nps_registry.vocabulary.substance import EffectGroup

SIZES_PX = {Breadth.WIDE: (560, 300), Breadth.NARROW: (350, 320)}
"""Width and height of a chart."""
SPARKLINE_PX = (320, 64)
_TITLE_CHARACTERS = {Breadth.WIDE: 56, Breadth.NARROW: 34}
FEW = 5
_THICKEST_PX = 56
_FONT = "system-ui, -apple-system, Segoe UI, Roboto, Noto Sans, Liberation Sans, sans-serif"
_VEGA_LITE = "5.20"
_HEAD_PX, _TITLE_LINE_PX, _LEGEND_LINE_PX = 88, 18, 15


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar of a chart: what it is called, how many events, and its colour."""

    label: str
    events: int
    colour: str


def draw_years(
    figures: Sequence[YearFigure], title: str, scheme: Scheme, breadth: Breadth, *, demonstration: bool
) -> str:
    """Events per year as bars, stacked by effect group where the figures are split, as SVG text."""
    import vl_convert  # a JavaScript engine: no server that draws nothing starts one

    head = _title(title, PALETTES[scheme], breadth, demonstration=demonstration)
    specification = _years(figures, _size_below(head, breadth), PALETTES[scheme]) | {"title": head}
    return str(vl_convert.vegalite_to_svg(specification, vl_version=_VEGA_LITE))


def _years(figures: Sequence[YearFigure], size_px: tuple[int, int], palette: Palette) -> dict[str, Any]:
    width, height = size_px
    columns = 2 if width > 400 else 1
    first, last = min(row.year for row in figures), max(row.year for row in figures)
    met = [group for group in EffectGroup if group in {row.effect_group for row in figures}]
    rows = [
        {
            "year": row.year,
            "group": EffectGroup(row.effect_group).label if row.effect_group else "",
            "place": met.index(EffectGroup(row.effect_group)) if row.effect_group else 0,
            "events": row.events,
        }
        for row in figures
    ]
    colour: dict[str, Any] = {"value": palette.accent}
    if met:
        scale = {"domain": [group.label for group in met], "range": [EFFECT_COLOURS[group] for group in met]}
        # Readers' fonts are wider than the one that is measured here: the second column keeps off.
        legend = {"orient": "bottom", "columns": columns, "columnPadding": 60, "title": None}
        legend |= {"symbolType": "square", "labelLimit": 240}
        colour = {"field": "group", "type": "nominal", "scale": scale, "legend": legend if len(met) > 1 else None}
    axis = {"labelAngle": 0, "labelOverlap": True, "labelSeparation": 8, "title": None}
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        "width": width - 62,
        "height": height - (_HEAD_PX + (_LEGEND_LINE_PX * -(-len(met) // columns) + 14 if len(met) > 1 else 0)),
        "background": None,
        "data": {"values": rows},
        "mark": _mark(last - first + 1, width - 62) | {"binSpacing": 1},
        "encoding": {
            "x": {
                "field": "year",
                "type": "ordinal",
                "scale": {"domain": list(range(first, last + 1))},
                "axis": axis,
            },
            "y": {
                "field": "events",
                "type": "quantitative",
                "axis": _count_axis(figures),
            },
            "color": colour,
            "order": {"field": "place", "sort": "descending"},  # from above, as the legend is read
        },
        "config": _config(palette),
    }


def _mark(bars: int, room_px: int) -> dict[str, Any]:
    """Bars that share *room_px*; one or two of them do not become a wall."""
    return {"type": "bar"} | ({"size": _THICKEST_PX} if room_px > bars * _THICKEST_PX else {})


def _count_axis(figures: Sequence[YearFigure]) -> dict[str, Any]:
    """An axis of whole numbers: half an event is none."""
    totals: defaultdict[int, int] = defaultdict(int)
    for row in figures:
        totals[row.year] += row.events
    highest = max(totals.values())
    axis: dict[str, Any] = {"title": _("Public events"), "format": "d"}
    return axis | ({"values": list(range(highest + 1))} if highest <= FEW else {"tickCount": FEW})


def draw_quarters(figures: Sequence[QuarterFigure], scheme: Scheme, *, demonstration: bool) -> str:
    """Events per quarter as bars without axes, as SVG text; the page says beside it what they are."""
    import vl_convert  # a JavaScript engine: no server that draws nothing starts one

    palette = PALETTES[scheme]
    width, height = SPARKLINE_PX
    rows = [{"quarter": f"{row.year} Q{row.quarter}", "events": row.events} for row in figures]
    specification: dict[str, Any] = {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        "width": width,
        "height": height,
        "autosize": {"type": "fit", "contains": "padding"},  # the mark takes its room from the bars
        "background": None,
        "data": {"values": rows},
        "mark": {"type": "bar", "color": palette.accent},
        "encoding": {
            "x": {"field": "quarter", "type": "ordinal", "axis": None, "sort": None},
            "y": {"field": "events", "type": "quantitative", "axis": None},
        },
        "config": {"font": _FONT, "view": {"stroke": None}},
    }
    if demonstration:
        specification["title"] = {
            "text": _("Demonstration: these reports are invented"),
            "anchor": "start",
            "color": palette.warn,
            "fontSize": 10,
            "fontWeight": "normal",
            "offset": 3,
        }
    return str(vl_convert.vegalite_to_svg(specification, vl_version=_VEGA_LITE))


def _title(title: str, palette: Palette, breadth: Breadth, *, demonstration: bool) -> dict[str, Any]:
    told: dict[str, Any] = {
        "text": title_lines(title, _TITLE_CHARACTERS[breadth]),
        "anchor": "start",
        "color": palette.ink,
    }
    told |= {"fontSize": 15, "offset": 12}
    if demonstration:  # the mark travels with the picture, wherever that is taken
        told |= {
            "subtitle": _("Demonstration: these reports are invented"),
            "subtitleColor": palette.warn,
            "subtitleFontSize": 12,
        }
    return told


def _size_below(head: dict[str, Any], breadth: Breadth) -> tuple[int, int]:
    """Width and height that a chart has where its title takes more than one line."""
    width, height = SIZES_PX[breadth]
    return width, height - _TITLE_LINE_PX * (len(head["text"]) - 1)


def _config(palette: Palette) -> dict[str, Any]:
    return {
        "font": _FONT,
        "axis": {
            "domainColor": palette.quiet,
            "gridColor": palette.line,
            "labelColor": palette.ink,
            "labelFontSize": 12,
            "tickColor": palette.quiet,
            "titleColor": palette.quiet,
            "titleFontSize": 12,
            "titleFontWeight": "normal",
        },
        "legend": {"labelColor": palette.ink, "labelFontSize": 12},
        "view": {"stroke": None},
    }


def draw_png(svg: str, *, scale: float = 2.0) -> bytes:
    """*svg* as PNG, at *scale* pixels a unit."""
    import vl_convert

    return bytes(vl_convert.svg_to_png(svg, scale=scale))


def draw_bars(bars: Sequence[Bar], title: str, scheme: Scheme, breadth: Breadth, *, demonstration: bool) -> str:
    """Upright bars, one for each of *bars* in their order, as SVG text."""
    labels = {"labelAngle": -45 if breadth is Breadth.NARROW else 0, "labelOverlap": True, "title": None}
    encoding = {
        "x": {"field": "label", "type": "ordinal", "sort": None, "axis": labels},
        "y": {"field": "events", "type": "quantitative", "axis": _axis_up_to(bars)},
    }
    head = _title(title, PALETTES[scheme], breadth, demonstration=demonstration)
    width, height = _size_below(head, breadth)
    size = (width - 62, height - _HEAD_PX - (30 if breadth is Breadth.NARROW else 0))
    return _draw(bars, _mark(len(bars), size[0]), encoding, size, head, PALETTES[scheme])


def draw_ranks(bars: Sequence[Bar], title: str, scheme: Scheme, breadth: Breadth, *, demonstration: bool) -> str:
    """Lying bars with their names before them, as SVG text."""
    names = 130 if breadth is Breadth.NARROW else 240
    labels = {"title": None, "labelLimit": names - 10, "minExtent": names, "maxExtent": names}
    encoding = {
        "y": {"field": "label", "type": "ordinal", "sort": None, "axis": labels},
        "x": {"field": "events", "type": "quantitative", "axis": _axis_up_to(bars)},
    }
    head = _title(title, PALETTES[scheme], breadth, demonstration=demonstration)
    width, height = _size_below(head, breadth)
    size = (width - names - 30, height - _HEAD_PX)
    return _draw(bars, _mark(len(bars), size[1]), encoding, size, head, PALETTES[scheme])


def _axis_up_to(bars: Sequence[Bar]) -> dict[str, Any]:
    highest = max((bar.events for bar in bars), default=0)
    axis: dict[str, Any] = {"title": _("Public events"), "format": "d"}
    return axis | ({"values": list(range(highest + 1))} if highest <= FEW else {"tickCount": FEW})


def _draw(
    bars: Sequence[Bar],
    mark: dict[str, Any],
    encoding: dict[str, Any],
    size_px: tuple[int, int],
    title: dict[str, Any],
    palette: Palette,
) -> str:
    import vl_convert  # a JavaScript engine: no server that draws nothing starts one

    specification = {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        "width": size_px[0],
        "height": size_px[1],
        "background": None,
        "data": {"values": [{"label": bar.label, "events": bar.events, "colour": bar.colour} for bar in bars]},
        "mark": mark | {"binSpacing": 2},
        "encoding": encoding | {"color": {"field": "colour", "type": "nominal", "scale": None, "legend": None}},
        "config": _config(palette),
        "title": title,
    }
    return str(vl_convert.vegalite_to_svg(specification, vl_version=_VEGA_LITE))
