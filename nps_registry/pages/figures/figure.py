"""A figure as a page shows it: an image at an address of its own, what it says in words, and its table."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from nps_registry.localisation import gettext as _
from nps_registry.localisation import ngettext
from nps_registry.pages.figures.charts import SIZES_PX, SPARKLINE_PX
from nps_registry.pages.figures.palette import Breadth
from nps_registry.pages.figures.world import map_size
from nps_registry.store.spread import PlaceFigure, QuarterFigure, YearFigure
from nps_registry.vocabulary.place import country_name
from nps_registry.vocabulary.substance import EffectGroup


class Scope(StrEnum):
    """What sort of thing a figure is about."""

    REGISTRY = "registry"
    SUBSTANCES = "substances"
    CLASSES = "classes"
    EFFECTS = "effects"
    COUNTRIES = "countries"


class Show(StrEnum):
    """What a figure shows of it."""

    YEARS = "years"
    WORLD = "world"
    QUARTERS = "quarters"


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure.

    Attributes:
        address: where its forms are, without the ending (``.svg``, ``.png``, ``.csv``).
        stamp: changes when what it shows changes, so that a cache may keep each state.
        description: what a reader who cannot see it needs to know.
        header: the columns of its table.
        rows: the cells of its table, a row header first.
        wide_px: width and height in a window with room.
        narrow_px: width and height on a phone.
    """

    address: str
    stamp: str
    title: str
    description: str
    header: tuple[str, ...]
    rows: list[tuple[str, ...]]
    wide_px: tuple[int, int]
    narrow_px: tuple[int, int]
    note: str = ""


def years_figure(scope: Scope, key: str, name: str, figures: Sequence[YearFigure]) -> Figure | None:
    """Events per year of what is called *name*; nothing where there are none."""
    if not figures:
        return None
    groups = [group for group in EffectGroup if group in {row.effect_group for row in figures}]
    cells: defaultdict[int, dict[str, int]] = defaultdict(dict)
    for row in figures:
        cells[row.year][row.effect_group] = row.events
    columns = [group.value for group in groups] or [""]
    years = range(min(cells), max(cells) + 1)
    rows = [(str(year), *(str(cells[year].get(column, 0)) for column in columns)) for year in years]
    highest = max(years, key=lambda year: sum(cells[year].values()))
    description = _("Bars, one a year from %(first)d to %(last)d; the highest is that of %(highest)d.") % {
        "first": years[0],
        "last": years[-1],
        "highest": highest,
    }
    note = _("An event with substances of two groups counts in both.") if len(groups) > 1 else ""
    return Figure(
        address=f"/figures/{scope.value}/{key}/{Show.YEARS.value}",
        stamp=_stamp(rows),
        title=title_of(Show.YEARS, name),
        description=description,
        header=(_("Year"), *([group.label for group in groups] or [_("Public events")])),
        rows=rows,
        wide_px=SIZES_PX[Breadth.WIDE],
        narrow_px=SIZES_PX[Breadth.NARROW],
        note=note,
    )


def world_figure(scope: Scope, key: str, name: str, figures: Sequence[PlaceFigure]) -> Figure | None:
    """Events per country of what is called *name*, as a map; nothing where there are none."""
    if not figures:
        return None
    rows: list[tuple[str, ...]] = [(country_name(row.country), str(row.events)) for row in figures]
    most = ", ".join(row[0] for row in rows[:3])
    description = ngettext(
        "A map of %(count)d country; most events: %(most)s.",
        "A map of %(count)d countries; most events: %(most)s.",
        len(rows),
    ) % {"count": len(rows), "most": most}
    return Figure(
        address=f"/figures/{scope.value}/{key}/{Show.WORLD.value}",
        stamp=_stamp(rows),
        title=title_of(Show.WORLD, name),
        description=description,
        header=(_("Country"), _("Public events")),
        rows=rows,
        wide_px=map_size(Breadth.WIDE),
        narrow_px=map_size(Breadth.NARROW),
        note=_("Boundaries and names imply no endorsement. Map: Natural Earth. No colour does not mean no findings."),
    )


def quarters_figure(key: str, name: str, figures: Sequence[QuarterFigure]) -> Figure:
    """Events per quarter of the substance called *name*, as a line of bars without axes."""
    rows = [(f"{row.year} Q{row.quarter}", str(row.events)) for row in figures]
    highest = max(figures, key=lambda row: row.events)
    description = _(
        "Bars, one a quarter from %(first)s to %(last)s; the highest, %(highest)s, stands for %(events)d."
    ) % {
        "first": rows[0][0],
        "last": rows[-1][0],
        "highest": f"{highest.year} Q{highest.quarter}",
        "events": highest.events,
    }
    return Figure(
        address=f"/figures/{Scope.SUBSTANCES.value}/{key}/{Show.QUARTERS.value}",
        stamp=_stamp(rows),
        title=title_of(Show.QUARTERS, name),
        description=description,
        header=(_("Quarter"), _("Public events")),
        rows=[*rows],
        wide_px=SPARKLINE_PX,
        narrow_px=SPARKLINE_PX,
    )


def title_of(show: Show, name: str) -> str:
    """The title of a figure about *name*; about everything where that is empty."""
    if show is Show.QUARTERS:
        return _("Public events per quarter: %(name)s") % {"name": name}
    if show is Show.YEARS:
        return _("Public events per year: %(name)s") % {"name": name} if name else _("Public events per year")
    return _("Public events per country: %(name)s") % {"name": name} if name else _("Public events per country")


def _stamp(rows: Sequence[tuple[str, ...]]) -> str:
    return hashlib.sha256(repr(rows).encode()).hexdigest()[:10]
