"""Static files as browsers want them: compressed, and kept for ever where the address names the content."""

from __future__ import annotations

from pathlib import Path

from starlette.middleware.gzip import GZipMiddleware
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Scope

_FOR_EVER = "public, max-age=31536000, immutable"
_SMALLEST_BYTES = 1_000


class _Kept(StaticFiles):
    async def get_response(self, path: str, scope: Scope) -> Response:
        """The file; ``?v=`` is a digest of it, so that address never means anything else."""
        response = await super().get_response(path, scope)
        response.headers["cache-control"] = _FOR_EVER if scope["query_string"].startswith(b"v=") else "public, no-cache"
        return response


def serve_static(directory: Path) -> ASGIApp:
    """An application that serves the files below *directory*."""
    return GZipMiddleware(_Kept(directory=directory), minimum_size=_SMALLEST_BYTES)
