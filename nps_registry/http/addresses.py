"""Addresses of the registry: the one that readers know it by, and those within that a reader may name to go to next."""

from __future__ import annotations

from urllib.parse import quote, urlsplit

from fastapi import Request

from nps_registry.http.services import services_of

_LONGEST = 2_000


def base_url_of(request: Request) -> str:
    """The address that readers know this registry by, without a slash at its end."""
    return services_of(request).settings.base_url or str(request.base_url).rstrip("/")


def local_address(given: str) -> str:
    """*given* where it is a path of this registry, else nothing: nobody is led to another site by a link to ours."""
    plain = given.isascii() and given.isprintable() and "\\" not in given and len(given) <= _LONGEST
    if not plain or not given.startswith("/") or given.startswith("//"):
        return ""
    parts = urlsplit(given)
    return "" if parts.scheme or parts.netloc else given


def with_next(path: str, wanted: str) -> str:
    """*path* with the address that the reader *wanted* behind it, if there is one."""
    wanted = local_address(wanted)
    return f"{path}?next={quote(wanted, safe='')}" if wanted else path
