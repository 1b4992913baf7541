"""The language of an answer is the first part of its address: ``/fr/substances``; English has none.

The prefix is taken off before the routes see the address and put on every link of the page again, so that no route
and no template knows of it.
"""

from __future__ import annotations

import gettext as _gettext
import re
from collections.abc import Mapping
from pathlib import Path

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from nps_registry.localisation import (
    DOMAIN,
    SOURCE_LANGUAGE,
    PseudoTranslations,
    language_in_force,
    load_translations,
)

PSEUDO_LANGUAGES = ("en-XA", "ar-XB")
"""Not languages: English with marks and longer words, and the same from right to left, to see that pages stand them."""

_NOT_PAGES = ("api", "static", "figures", "healthz", "readyz", "metrics", "openapi.json", "robots.txt", "sitemap.xml")
_LINK = re.compile(rf'(<(?:a|form)\b[^>]*?\b(?:href|action)=")/(?!(?:{"|".join(_NOT_PAGES)})\b|/)')


def find_languages(directory: Path) -> list[str]:
    """The languages below *directory* that have compiled translations, by their codes."""
    return sorted(path.parent.parent.name for path in directory.glob(f"*/LC_MESSAGES/{DOMAIN}.mo"))


class Languages:
    """Wrap an ASGI application so that the address chooses the language."""

    def __init__(self, app: ASGIApp, *, directory: Path, pseudo: bool) -> None:
        self.app = app
        self.translations: Mapping[str, _gettext.NullTranslations] = {
            language: load_translations(directory, language) for language in find_languages(directory)
        } | ({code: PseudoTranslations() for code in PSEUDO_LANGUAGES} if pseudo else {})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request in its language."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        language, path = self.split(scope["path"])
        if language == SOURCE_LANGUAGE:
            await self.app({**scope, "language": language}, receive, send)
            return
        with language_in_force(self.translations[language]):
            inner = {**scope, "path": path, "raw_path": path.encode("utf-8"), "language": language}
            await self.app(inner, receive, _prefixing(send, language))

    def split(self, path: str) -> tuple[str, str]:
        """The language that *path* begins with, and the rest of it."""
        first, _slash, rest = path.removeprefix("/").partition("/")
        if first in self.translations and rest.partition("/")[0] not in _NOT_PAGES:
            return first, f"/{rest}"
        return SOURCE_LANGUAGE, path


def _prefixing(send: Send, language: str) -> Send:
    """*send* for which a redirect to a page of this site stays in *language*."""

    async def send_prefixed(message: Message) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = [
                (name, _prefix(value, language) if name.lower() == b"location" else value)
                for name, value in message.get("headers", ())
            ]
        await send(message)

    return send_prefixed


def _prefix(location: bytes, language: str) -> bytes:
    first = location[1:].partition(b"?")[0].partition(b"/")[0].decode("latin-1")
    is_page = location.startswith(b"/") and not location.startswith(b"//") and first not in _NOT_PAGES
    return f"/{language}".encode("ascii") + location if is_page else location


def prefix_links(html: str, language: str) -> str:
    """*html* with every link to a page of this site in *language*."""
    return html if language == SOURCE_LANGUAGE else _LINK.sub(rf"\1/{language}/", html)
