"""The application with one more route: an empty HTML page behind the same layers, the floor of every page."""

from __future__ import annotations

from fastapi import FastAPI
from starlette.responses import HTMLResponse, Response

from nps_registry.app import create_app

EMPTY = "/empty"


def create() -> FastAPI:
    """The whole application, and the floor."""
    application = create_app()

    def empty() -> Response:
        return HTMLResponse("")

    application.add_api_route(EMPTY, empty, include_in_schema=False)
    return application
