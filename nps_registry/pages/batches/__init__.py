"""The batch desk: tables uploaded, their columns chosen, their rows looked at, corrected and kept."""

from __future__ import annotations

from starlette.routing import BaseRoute

from nps_registry.pages.batches import columns, names, rows, tables

__all__ = ["routes"]


def routes() -> list[BaseRoute]:
    """The routes of the batch desk; the fixed addresses before those with an id."""
    pages = (tables, columns, names, rows)
    return [route for page in pages for route in page.router.routes]
