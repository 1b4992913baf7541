"""Parts of the application that are imported and put together when they are first asked for.

A server answers as soon as it listens, and a page does not wait for the API, nor the API for the pages. What
nobody asked for yet is put together soon after the start, so that no reader waits for it later.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.routing import BaseRoute
from starlette.types import ASGIApp, Receive, Scope, Send

from nps_registry.deferred import IMPORTS
from nps_registry.http.route_table import RouteTable


class Section:
    """Routes of one kind, and whether *application* has them yet."""

    def __init__(self, application: Starlette, routes: Callable[[], Iterable[BaseRoute]]) -> None:
        self.is_there = False
        self._application = application
        self._routes = routes

    def build(self) -> None:
        """Import the routes and add them; who comes second waits for the first."""
        with IMPORTS:
            if not self.is_there:
                self._application.router.routes.append(RouteTable(self._routes()))
                self.is_there = True


class OnDemand:
    """Wrap an ASGI application so that the section a path belongs to is there before the path is looked up.

    Args:
        app: the application that gets the request then.
        sections: by how the paths begin; the longest beginning that fits decides, and none means nothing to wait for.
    """

    def __init__(self, app: ASGIApp, *, sections: Mapping[str, Section | None]) -> None:
        self.app = app
        self.sections = sorted(sections.items(), key=lambda each: -len(each[0]))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] == "http":
            section = self._section_of(scope["path"])
            if section is not None and not section.is_there:
                await run_in_threadpool(section.build)
        await self.app(scope, receive, send)

    def _section_of(self, path: str) -> Section | None:
        return next((section for beginning, section in self.sections if path.startswith(beginning)), None)
