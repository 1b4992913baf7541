"""Routes that answer everybody alike: their answers are kept until the registry changes, and travel compressed.

What a visitor sees depends on the address, the language and the state of the registry only, so a page is made once
per state and process. Its entity tag is the digest of its bytes: a tag made of the registry's change counter would
tell that something changed which the visitor may not see.
"""

from __future__ import annotations

import asyncio
import gzip
import hashlib
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any
from weakref import WeakValueDictionary

from fastapi import Request
from fastapi.routing import APIRoute
from starlette.responses import Response

from nps_registry.http.cookies import read_session_secret
from nps_registry.http.encodings import tag_compressed, takes_gzip, weigh_media_types
from nps_registry.http.services import services_of

FRESH_S = 60
"""How long a page stands if nothing seems to change, since a hold can end without a write."""
_KEPT_BYTES = 64_000_000
_BESIDE_BYTES = 1_000  # what a page takes beside its text and its address, so that small ones are bounded too
_COMPRESSED_FROM_BYTES = 600
COMPRESSION = 2  # half the time of 4, for a twelfth more bytes
_COMPRESSIBLE = ("text/", "image/svg", "application/json", "application/xml", "application/atom", "application/ld")
_VARY = "Accept, Accept-Encoding"

Key = tuple[str, str, str, str, str]
_Turn = tuple[asyncio.AbstractEventLoop, Key, int]


@dataclass(frozen=True, slots=True)
class Kept:
    """An answer as it was made, plain and compressed, with the state of the registry it was made in."""

    change: int
    made_at_s: float
    body: bytes
    compressed: bytes | None
    media_type: str
    tag: str
    extra: tuple[tuple[str, str], ...]

    def answer(self, request: Request) -> Response:
        """The answer to *request*: the body as it takes it, or only that it has it already."""
        takes = self.compressed is not None and takes_gzip(request.headers)
        tag = tag_compressed(self.tag) if takes else self.tag
        headers = dict(self.extra) | {
            "etag": tag,
            "cache-control": "public, no-cache",  # kept by anybody, asked about each time: a new country shows at once
            "vary": _VARY,
        }
        if has_tag(request, tag):
            return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
        body = self.body
        if takes and self.compressed is not None:
            body, headers["content-encoding"] = self.compressed, "gzip"
        return Response(body, media_type=self.media_type, headers=headers)


def has_tag(request: Request, tag: str) -> bool:
    """Whether *request* says that it holds the answer with *tag* (RFC 9110, 13.1.2, by weak comparison)."""
    given = request.headers.get("if-none-match")
    if given is None:
        return False
    tags = {each.strip().removeprefix("W/") for each in given.split(",")}
    return "*" in tags or tag.removeprefix("W/") in tags


_MACHINE_FORMS = {
    "application/json": "",
    "application/ld+json": ".jsonld",
    "chemical/x-mdl-molfile": ".mol",
    "chemical/x-mdl-sdfile": ".sdf",
    "image/svg+xml": ".svg",
}


def machine_form(request: Request) -> str | None:
    """The ending of the form for machines that *request* prefers to a page; none where a page will do."""
    accepted = request.headers.get("accept", "")
    if not accepted or accepted == "*/*" or accepted.startswith("text/html,"):  # most requests
        return None
    weights = weigh_media_types(accepted)
    page = next((weights[each] for each in ("text/html", "text/*", "*/*") if each in weights), 0.0)
    forms = {ending: weights[media_type] for media_type, ending in _MACHINE_FORMS.items() if media_type in weights}
    best = max(forms, key=lambda ending: forms[ending], default=None)  # of equal ones the first of the table
    return best if best is not None and forms[best] > page else None


class KeptPages:
    """The answers of one process, the least recently asked for leaving first; safe from several threads."""

    def __init__(self, most_bytes: int = _KEPT_BYTES) -> None:
        self._most_bytes = most_bytes
        self._pages: OrderedDict[Key, Kept] = OrderedDict()
        self._bytes = 0
        self._lock = threading.Lock()
        self._turns: WeakValueDictionary[_Turn, asyncio.Lock] = WeakValueDictionary()

    def find(self, key: Key, change: int, now_s: float) -> Kept | None:
        """What was kept under *key* if it was made in this state and not long ago."""
        with self._lock:
            kept = self._pages.get(key)
            if kept is None or kept.change != change or now_s - kept.made_at_s > FRESH_S:
                return None
            self._pages.move_to_end(key)
            return kept

    def turn(self, key: Key, change: int) -> asyncio.Lock:
        """What is held while the page of *key* is made in this state, by one request at a time of this event loop."""
        return self._turns.setdefault((asyncio.get_running_loop(), key, change), asyncio.Lock())

    def keep(self, key: Key, kept: Kept) -> None:
        """Keep *kept* under *key*."""
        with self._lock:
            before = self._pages.pop(key, None)
            self._bytes += _size(key, kept) - (_size(key, before) if before else 0)
            self._pages[key] = kept
            while self._bytes > self._most_bytes and len(self._pages) > 1:
                self._bytes -= _size(*self._pages.popitem(last=False))


def _size(key: Key, kept: Kept) -> int:
    """Bytes that *kept* takes; an address is as long as its reader likes."""
    return len(kept.body) + len(kept.compressed or b"") + sum(map(len, key)) + _BESIDE_BYTES


class PublicRoute(APIRoute):
    """A route of a public page: it answers a visitor from what was kept where it can.

    Who has a token or a session may be shown more than a visitor: that is made anew each time, and kept by nobody.
    """

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The handler of the page itself behind one that looks first."""
        make = super().get_route_handler()

        async def answer(request: Request) -> Response:
            if request.method != "GET":
                return await make(request)
            if "authorization" in request.headers or read_session_secret(request) is not None:
                response = await make(request)
                response.headers["cache-control"] = "private, no-store"
                return response
            pages, change, key = pages_of(request), services_of(request).index.known_change, _key_of(request)
            kept = pages.find(key, change, time.monotonic())
            if kept is None:
                turn = pages.turn(key, change)
                was_taken = turn.locked()
                async with turn:  # of many who ask at once, all but the first find what that one made
                    kept = pages.find(key, change, time.monotonic())
                    if kept is None and not was_taken:
                        return await make_and_keep(request, pages, key, change)
            if kept is None:  # the first was refused: nobody waits for the refusals of all the others
                return await make_and_keep(request, pages, key, change)
            return kept.answer(request)

        async def make_and_keep(request: Request, pages: KeptPages, key: Key, change: int) -> Response:
            now_s = time.monotonic()
            response = await make(request)
            if response.status_code != HTTPStatus.OK or not hasattr(response, "body"):
                return response
            kept = _keep(response, change, now_s)
            pages.keep(key, kept)
            return kept.answer(request)

        return answer


def pages_of(request: Request) -> KeptPages:
    """What the application that serves *request* has kept."""
    state = request.app.state
    if not hasattr(state, "kept_pages"):
        state.kept_pages = KeptPages()
    pages: KeptPages = state.kept_pages
    return pages


def _key_of(request: Request) -> Key:
    """What an answer depends on beside the registry's state: a citation names the address and the day.

    The address is taken as the routes read it. Put together to a URL and taken apart again, what follows a ``#`` in
    the query would be lost, and one page be kept for the address of another.
    """
    scope, language = request.scope, str(request.scope.get("language", ""))
    query = scope["query_string"].decode("latin-1")
    today = datetime.now(UTC).date().isoformat()
    return f"{request.base_url}{language}", scope["path"], query, str(machine_form(request)), today


def _keep(response: Response, change: int, now_s: float) -> Kept:
    body = bytes(response.body)
    media_type = response.headers.get("content-type", "application/octet-stream")
    compressed = None
    if len(body) >= _COMPRESSED_FROM_BYTES and media_type.startswith(_COMPRESSIBLE):
        compressed = gzip.compress(body, compresslevel=COMPRESSION, mtime=0)
    extra = tuple((name, value) for name, value in response.headers.items() if name in {"content-disposition", "link"})
    tag = f'"{hashlib.sha256(body).hexdigest()[:20]}"'
    return Kept(change, now_s, body, compressed, media_type, tag, extra)
