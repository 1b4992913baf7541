"""The public site asked for page by page, without a network, and written into a directory."""

from __future__ import annotations

import asyncio
import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http import HTTPStatus
from pathlib import Path

import httpx
from fastapi import FastAPI

from nps_registry import __version__
from nps_registry.errors import Conflict
from nps_registry.http.static_copy import Site, belongs_in_copy, file_of, lead_on, links_in, without_version
from nps_registry.localisation import gettext as _

MARK = "published.json"
"""The file by which a directory is known as a copy that may be replaced."""
BEGINNINGS = ("/", "/sitemap.xml", "/robots.txt", "/openapi.json", "/favicon.ico")
_AT_ONCE = 8
_TEXTS = ("text/html", "text/css", "application/xml")


@dataclass(slots=True)
class Copied:
    """What a copy came to.

    Attributes:
        files: by address, the file that it went into.
        size_bytes: all files together.
        missing: addresses that pages lead to and that answer with nothing.
    """

    files: dict[str, str] = field(default_factory=dict)
    size_bytes: int = 0
    missing: list[str] = field(default_factory=list)


def require_place(directory: Path) -> None:
    """Refuse a directory that holds something else than an earlier copy.

    Raises:
        Conflict: it does.
    """
    if directory.exists() and not (directory / MARK).is_file() and (not directory.is_dir() or any(directory.iterdir())):
        raise Conflict(
            _("%(path)s is there already and is no published copy; name a new directory.") % {"path": directory}
        )


def put_in_place(directory: Path) -> None:
    """Let the copy that was written beside *directory* take its place."""
    before = _beside(directory, "before")
    shutil.rmtree(before, ignore_errors=True)
    if directory.exists():
        directory.rename(before)
    _beside(directory, "partial").rename(directory)
    shutil.rmtree(before, ignore_errors=True)


def _beside(directory: Path, name: str) -> Path:
    return directory.with_name(f"{directory.name}.{name}")


class Copier:
    """Walks the public site from its beginnings along its links."""

    def __init__(self, application: FastAPI, site: Site, told: Callable[..., None]) -> None:
        self._application, self._site, self._told = application, site, told
        self._types: dict[str, str] = {}
        self._copied = Copied()

    async def copy(self, directory: Path) -> Copied:
        """Write the site beside *directory*; :func:`put_in_place` brings it there."""
        place = _beside(directory, "partial")
        shutil.rmtree(place, ignore_errors=True)
        place.mkdir(parents=True)
        async with (
            self._application.router.lifespan_context(self._application),
            httpx.AsyncClient(
                transport=httpx.ASGITransport(self._application, raise_app_exceptions=False),
                base_url=self._site.origin,
                timeout=None,
                follow_redirects=False,
            ) as client,
        ):
            waiting, seen = list(BEGINNINGS), set(BEGINNINGS)
            while waiting:
                asked, waiting = waiting[:_AT_ONCE], waiting[_AT_ONCE:]
                for found in await asyncio.gather(*(self._fetch(client, place, address) for address in asked)):
                    fresh = [each for each in found if each not in seen]
                    seen.update(fresh)
                    waiting += dict.fromkeys(fresh)
                self._told(len(asked), len(seen))
        await asyncio.to_thread(self._lead_on, place)
        self._write(place, MARK, json.dumps(self._mark(), indent=2).encode())
        return self._copied

    async def _fetch(self, client: httpx.AsyncClient, place: Path, address: str) -> list[str]:
        """Write what is at *address*; the addresses that it leads to and that belong in the copy."""
        answer = await client.get(address, headers={"accept": "text/html, */*"})
        if answer.is_redirect:
            own = without_version(self._site.own(answer.headers["location"]) or "")
            return [own] if own and belongs_in_copy(own) else []
        if answer.status_code not in (HTTPStatus.OK, HTTPStatus.GONE):
            if address not in BEGINNINGS:
                self._copied.missing.append(address)
            return []
        media_type = answer.headers.get("content-type", "")
        file = file_of(address, media_type)
        self._copied.files[address], self._types[file] = file, media_type
        self._write(place, file, answer.content)
        if not media_type.startswith(_TEXTS):
            return []
        return [own for own in links_in(answer.text, media_type, self._site) if belongs_in_copy(own)]

    def _write(self, place: Path, file: str, content: bytes) -> None:
        path = place / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        self._copied.size_bytes += len(content)

    def _lead_on(self, place: Path) -> None:
        """Turn the links of all pages to files, now that it is known which there are."""
        for file, media_type in self._types.items():
            if media_type.startswith(("text/html", "text/css")):
                path = place / file
                text = path.read_text(encoding="utf-8")
                path.write_text(
                    lead_on(text, media_type, file, self._site, self._copied.files.get), encoding="utf-8", newline=""
                )

    def _mark(self) -> dict[str, object]:
        return {
            "registry": self._site.origin,
            "version": __version__,
            "published_at": datetime.now(UTC).isoformat(timespec="seconds"),
            "files": len(self._copied.files),
            "demonstration": self._application.state.services.demonstration,
        }
