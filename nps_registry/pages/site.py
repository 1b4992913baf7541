"""What every page shows around its own content: title, language, navigation, the demonstration mark."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from nps_registry import __version__
from nps_registry.accounts.sessions import SignedIn
from nps_registry.http.static_files import digest_of
from nps_registry.localisation import gettext as _
from nps_registry.localisation import mark
from nps_registry.vocabulary.report import Role

RIGHT_TO_LEFT = frozenset({"ar", "fa", "he", "ps", "ur"})


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the signed-in pages, and the roles that are led there."""

    url: str
    label: str
    roles: frozenset[Role]


EVERYONE = frozenset(Role) - {Role.VISITOR}
REPORTING = frozenset({Role.LABORATORY, Role.FOCAL_POINT})
REVIEWING = frozenset({Role.FOCAL_POINT, Role.CURATOR, Role.ADMINISTRATOR})
CURATING = frozenset({Role.CURATOR, Role.ADMINISTRATOR})
SECTIONS = (
    Section("/curate", mark("Review"), REVIEWING),
    Section("/lab", mark("Desk"), REPORTING),
    Section("/lab/reports", mark("Reports"), REPORTING),
    Section("/lab/reports/new", mark("New report"), REPORTING),
    Section("/lab/batches", mark("Tables"), frozenset({Role.LABORATORY, Role.FOCAL_POINT})),
    Section("/lab/look-backs", mark("Look-back"), REPORTING),
    Section("/lab/reidentify", mark("Re-identify"), frozenset({Role.LABORATORY})),
    Section("/lab/advisories", mark("Advisories"), EVERYONE - CURATING),
    Section("/curate/signals", mark("Signals"), CURATING),
    Section("/curate/advisories", mark("Advisories"), CURATING),
    Section("/curate/bulletins", mark("Bulletins"), CURATING),
    Section("/curate/substances", mark("Provisional substances"), CURATING),
    Section("/curate/reidentify", mark("Re-identify"), CURATING),
    Section("/curate/forms", mark("Forms to send"), REVIEWING),
    Section("/curate/deliveries", mark("Deliveries"), CURATING),
    Section("/curate/people", mark("People"), frozenset({Role.ADMINISTRATOR})),
    Section("/curate/audit", mark("Audit trail"), frozenset({Role.ADMINISTRATOR})),
    Section("/account", mark("Account"), EVERYONE),
    Section("/account/subscriptions", mark("Subscriptions"), EVERYONE),
    Section("/account/tokens", mark("API tokens"), EVERYONE),
)
"""In the order of the side navigation; the first that a role is led to is where signing in leads."""


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
        return digest_of((self._directory / name).read_bytes())

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
        csrf: the token of this browser's forms; empty on pages that are the same for everyone.
        person: who is signed in; always none on pages that are the same for everyone.
        address: of the page as a whole, for whoever leads to it; empty where it belongs to one browser, or where its
            query may say what it shows.
    """

    path: str
    demonstration: bool
    static: StaticFiles
    language: str = "en"
    version: str = __version__
    languages: tuple[str, ...] = ()
    csrf: str = ""
    person: SignedIn | None = None
    address: str = ""

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
            ("/signals", _("Signals")),
            ("/advisories", _("Advisories")),
            ("/data", _("Data")),
            ("/about", _("About")),
        )
        return [Link(url, label, self.path.startswith(url)) for url, label in entries]

    @property
    def desk(self) -> list[Link]:
        """The links of the signed-in person's side navigation, the current one marked."""
        return links_for(self.person, self.path) if self.person else []


def sections_for(role: Role) -> list[Section]:
    """The sections that *role* is led to."""
    return [section for section in SECTIONS if role in section.roles]


def links_for(person: SignedIn, path: str) -> list[Link]:
    """The links to the sections of *person*; the longest address that *path* begins with is the current one."""
    sections = sections_for(person.role)
    within = [section.url for section in sections if path == section.url or path.startswith(f"{section.url}/")]
    current = max(within, key=len, default="")
    return [Link(section.url, _(section.label), section.url == current) for section in sections]
