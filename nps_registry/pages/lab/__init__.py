"""The laboratory's pages: its desk, its drafts, its reports."""

from __future__ import annotations

from starlette.routing import BaseRoute

from nps_registry.pages.lab import desk, draft, look_backs, report, reports, review, triage

__all__ = ["routes"]


def routes() -> list[BaseRoute]:
    """The routes of the laboratory's pages; the fixed addresses before those with an id."""
    pages = (triage, desk, draft, look_backs, reports, report, review)
    return [route for page in pages for route in page.router.routes]
