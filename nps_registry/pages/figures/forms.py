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
    """The drawing *svg*, on the ground of its scheme where it may be met on another.

    A PNG is pasted anywhere. A dark drawing is printed: browsers do not wait for the light one when they print.
    """
    if form is Form.PNG:
        return Response(draw_png(_on_ground(svg, scheme)), media_type="image/png")
    return Response(svg if scheme is Scheme.LIGHT else _on_ground(svg, scheme), media_type="image/svg+xml")


def _on_ground(svg: str, scheme: Scheme) -> str:
    start = svg.index(">") + 1
    ground = f'<rect width="100%" height="100%" fill="{PALETTES[scheme].surface}"/>'
    return svg[:start] + ground + svg[start:]


def answer_numbers(figure: Figure, *, demonstration: bool) -> Response:
    """The table of *figure* as CSV; the file's name and a last column say whether its figures are invented."""
    name = figure.address.strip("/").replace("/", "-")
    mark = "demonstration-" if demonstration else ""
    invented = _("yes") if demonstration else _("no")
    rows = ((*row, invented) for row in figure.rows)
    return csv_answer(rows, (*figure.header, _("Demonstration")), f"{mark}{name}.csv")
