"""The forms that a figure is given in: SVG for pages, PNG for slides, CSV for those who want the numbers."""

from __future__ import annotations

from enum import StrEnum

from starlette.responses import Response

from nps_registry.http.tables import csv_answer
from nps_registry.localisation import gettext as _
from nps_registry.pages.figures.charts import draw_png
from nps_registry.pages.figures.figure import Figure
from nps_registry.pages.figures.palette import PALETTES, Scheme


class Form(StrEnum):
    """In what form a figure is asked for."""

    SVG = "svg"
    PNG = "png"
    CSV = "csv"


def answer_picture(svg: str, form: Form, scheme: Scheme) -> Response:
    """The drawing *svg* as it is, or as PNG on the ground of its scheme: that one is pasted anywhere."""
    if form is Form.SVG:
        return Response(svg, media_type="image/svg+xml")
    start = svg.index(">") + 1
    ground = f'<rect width="100%" height="100%" fill="{PALETTES[scheme].surface}"/>'
    return Response(draw_png(svg[:start] + ground + svg[start:]), media_type="image/png")


def answer_numbers(figure: Figure, *, demonstration: bool) -> Response:
    """The table of *figure* as CSV; the file's name and a last column say whether its figures are invented."""
    name = figure.address.strip("/").replace("/", "-")
    mark = "demonstration-" if demonstration else ""
    invented = _("yes") if demonstration else _("no")
    rows = ((*row, invented) for row in figure.rows)
    return csv_answer(rows, (*figure.header, _("Demonstration")), f"{mark}{name}.csv")
