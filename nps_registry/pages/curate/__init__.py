"""The pages of those who review and curate: the queue, reports, provisional substances, corrections, forms."""

from __future__ import annotations

from starlette.routing import BaseRoute

from nps_registry.pages.curate import (
    advisories,
    advisory,
    deliveries,
    forms,
    queue,
    reidentify,
    report,
    signals,
    substances,
)

__all__ = ["routes"]


def routes() -> list[BaseRoute]:
    """The routes of these pages; the fixed addresses before those with an id."""
    pages = (queue, deliveries, forms, reidentify, signals, advisories, advisory, substances, report)
    return [route for page in pages for route in page.router.routes]
