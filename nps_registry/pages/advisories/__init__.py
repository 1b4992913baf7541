"""Advisories for readers: for everybody, and behind the sign-in for those whom the others are for."""

from __future__ import annotations

from starlette.routing import BaseRoute

from nps_registry.pages.advisories import entitled, public

__all__ = ["routes"]


def routes() -> list[BaseRoute]:
    """The routes of these pages."""
    return [*public.router.routes, *entitled.router.routes]
