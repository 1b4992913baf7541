"""What every page shows around its own content: title, language, navigation, the demonstration mark."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from nps_registry import __version__
from nps_registry.localisation import gettext as _

RIGHT_TO_LEFT = frozenset({"ar", "fa", "he", "ps", "ur"})


@dataclass(frozen=True, slots=True)
class Link:
    """A link of the navigation."""

    url: str
    label: str
    current: bool


class StaticFiles:
    """Addresses of static files, each with its digest, so that a cache may keep them for ever."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._digest = lru_cache(maxsize=None)(self._compute_digest)

    def _compute_digest(self, name: str) -> str:
        return hashlib.sha256((self._directory / name).read_bytes()).hexdigest()[:12]

    def __call__(self, name: str) -> str:
        """The address of the static file *name*."""
        return f"/static/{name}?v={self._digest(name)}"


@dataclass(frozen=True, slots=True)
class Site:
    """The frame of one page.

    Attributes:
        path: the page's path without the language prefix, for the navigation's mark.
        static: turns a static file's name into its address.
        languages: codes of the other languages that the site is translated into.
    """

    path: str
    demonstration: bool
    static: StaticFiles
    language: str = "en"
    version: str = __version__
    languages: tuple[str, ...] = ()

    @property
    def direction(self) -> str:
        """How the language runs."""
        return "rtl" if self.language.partition("-")[0] in RIGHT_TO_LEFT else "ltr"

    @property
    def navigation(self) -> list[Link]:
        """The main links, the current one marked."""
        entries = (
            ("/substances", _("Substances")),
            ("/search", _("Search")),
            ("/timeline", _("Timeline")),
            ("/advisories", _("Advisories")),
            ("/data", _("Data")),
            ("/about", _("About")),
        )
        return [Link(url, label, self.path.startswith(url)) for url, label in entries]
