"""The charts of a bulletin, each drawn of what the bulletin says and of nothing else."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from nps_registry.localisation import gettext as _
from nps_registry.localisation import ngettext
from nps_registry.pages.figures.charts import SIZES_PX, Bar, draw_bars, draw_ranks
from nps_registry.pages.figures.figure import Figure
from nps_registry.pages.figures.palette import EFFECT_COLOURS, PALETTES, Breadth, Scheme
from nps_registry.pages.figures.world import draw_world, map_size
from nps_registry.store.spread import PlaceFigure
from nps_registry.vocabulary.place import country_name
from nps_registry.vocabulary.substance import EffectGroup


class Chart(StrEnum):
    """What a chart of a bulletin shows."""

    PERIODS = "periods"
    GROUPS = "groups"
    COUNTRIES = "countries"
    QUARTERS = "quarters"

    @property
    def heading(self) -> str:
        """What stands above it."""
        return {
            Chart.PERIODS: _("Events that became public, per period"),
            Chart.GROUPS: _("Events that became public, by effect group"),
            Chart.COUNTRIES: _("Events that became public, by country"),
            Chart.QUARTERS: _("Public events by the quarter in which they happened"),
        }[self]


def charts_of(told: Mapping[str, Any]) -> list[Chart]:
    """The charts that a bulletin has something to show in."""
    return [chart for chart in Chart if any(count for _label, count in _pairs(chart, told))]


def figure_of(chart: Chart, told: Mapping[str, Any]) -> Figure:
    """The chart as a page shows it, with its numbers."""
    rows: list[tuple[str, ...]] = [(label, str(count)) for label, count in _pairs(chart, told)]
    highest = max(_pairs(chart, told), key=lambda pair: pair[1])
    sizes = {each: map_size(each) if chart is Chart.COUNTRIES else SIZES_PX[each] for each in Breadth}
    return Figure(
        address=f"/bulletins/{told['period']['key']}/{told['version']}/{chart.value}",
        stamp=hashlib.sha256(repr(rows).encode()).hexdigest()[:10],
        title=chart.heading,
        description=ngettext(
            "%(count)d bar; the highest is %(label)s.", "%(count)d bars; the highest is %(label)s.", len(rows)
        )
        % {"count": len(rows), "label": highest[0]},
        header=(_headers()[chart], _("Public events")),
        rows=rows,
        wide_px=sizes[Breadth.WIDE],
        narrow_px=sizes[Breadth.NARROW],
        note=_("An event with substances of two groups counts in both.") if chart is Chart.GROUPS else "",
    )


def draw_chart(chart: Chart, told: Mapping[str, Any], scheme: Scheme, breadth: Breadth) -> str:
    """The chart as SVG text."""
    demonstration = bool(told["demonstration"])
    if chart is Chart.COUNTRIES:
        places = [PlaceFigure(row["country"], row["events"], 0) for row in told["became_public"]["per_country"]]
        return draw_world(places, chart.heading, scheme, breadth, demonstration=demonstration)
    accent, quiet = PALETTES[scheme].accent, PALETTES[scheme].quiet
    pairs = _pairs(chart, told)
    if chart is Chart.GROUPS:
        groups = [EffectGroup(row["effect_group"]) for row in told["became_public"]["per_effect_group"]]
        bars = [
            Bar(group.label, count, EFFECT_COLOURS[group]) for group, (_l, count) in zip(groups, pairs, strict=True)
        ]
        return draw_ranks(bars, chart.heading, scheme, breadth, demonstration=demonstration)
    last = len(pairs) - 1
    bars = [Bar(label, count, accent if place == last else quiet) for place, (label, count) in enumerate(pairs)]
    return draw_bars(bars, chart.heading, scheme, breadth, demonstration=demonstration)


def _headers() -> dict[Chart, str]:
    return {
        Chart.PERIODS: _("Period"),
        Chart.GROUPS: _("Effect group"),
        Chart.COUNTRIES: _("Country"),
        Chart.QUARTERS: _("Quarter"),
    }


def _pairs(chart: Chart, told: Mapping[str, Any]) -> list[tuple[str, int]]:
    """The label and the number of each bar."""
    public = told["became_public"]
    if chart is Chart.PERIODS:
        return [(row["period"], row["events"]) for row in public["per_period"]]
    if chart is Chart.GROUPS:
        return [(EffectGroup(row["effect_group"]).label, row["events"]) for row in public["per_effect_group"]]
    if chart is Chart.COUNTRIES:
        return [(country_name(row["country"]), row["events"]) for row in public["per_country"]]
    return [(row["quarter"], row["events"]) for row in told["happened"]]
