"""Bulletins: the list, each of them as a page, for print and as a document, and their charts."""

from __future__ import annotations

from starlette.routing import BaseRoute

from nps_registry.pages.bulletins import bulletin, issuing

__all__ = ["routes"]


def routes() -> list[BaseRoute]:
    """The routes of these pages."""
    return [*bulletin.router.routes, *issuing.router.routes]
