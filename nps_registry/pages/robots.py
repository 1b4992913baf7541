"""For machines that wander the site: what they may read, and the list of its pages."""

from __future__ import annotations

from xml.sax.saxutils import escape

from fastapi import APIRouter, Request
from starlette.responses import Response

from nps_registry.http.addresses import base_url_of
from nps_registry.http.dependencies import Reading, ServicesOfRequest
from nps_registry.http.public import PublicRoute
from nps_registry.store import sitemap as stored

router = APIRouter(route_class=PublicRoute)
_CLOSED = ("/lab", "/curate", "/account", "/sign-in", "/search", "/api/v1/search")


@router.get("/robots.txt")
def robots(request: Request, services: ServicesOfRequest) -> Response:
    """The robots' rules: nobody indexes invented reports, forms or answers that are different for every question."""
    base = base_url_of(request)
    rules = ["/"] if services.demonstration else list(_CLOSED)
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in rules), f"Sitemap: {base}/sitemap.xml"]
    return Response("\n".join(lines) + "\n", media_type="text/plain; charset=utf-8")


@router.get("/sitemap.xml")
def sitemap(request: Request, session: Reading) -> Response:
    """Every public page that does not depend on a question; at most 50,000, as the protocol allows (sitemaps.org)."""
    base = base_url_of(request)
    entries = [f"<url><loc>{escape(base + path)}</loc></url>" for path in stored.public_paths(session)]
    body = '<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'
    return Response(body + "".join(entries) + "</urlset>\n", media_type="application/xml")
