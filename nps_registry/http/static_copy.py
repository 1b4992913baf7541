"""The public site as files: which addresses a copy holds, what their files are called, and how its links lead on.

A copy has no server behind it. What answers a question (searches, filtered lists, comparisons) or belongs to one
person (sign-in, desks) stays with the registry: where its address is known, links lead there, else they lead nowhere.
"""

from __future__ import annotations

import hashlib
import posixpath
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from html import escape, unescape
from urllib.parse import parse_qsl, urlsplit

_ASKING = ("/search", "/compare", "/api/v1/search", "/api/v1/reports", "/subscribe", "/metrics", "/readyz", "/healthz")
_PRIVATE = ("/sign-in", "/sign-out", "/account", "/lab", "/curate", "/invitations", "/password")
_TURNING = frozenset({"cursor", "page"})
_VERSIONS = frozenset({"v"})
_SHAPING = frozenset({"scheme", "breadth"})
_PAGES = ("text/html",)
_ENDINGS = {
    "text/html": ".html",
    "application/json": ".json",
    "application/problem+json": ".json",
    "application/ld+json": ".jsonld",
    "application/atom+xml": ".atom",
    "application/xml": ".xml",
    "application/pdf": ".pdf",
    "text/csv": ".csv",
    "image/svg+xml": ".svg",
    "image/png": ".png",
}
_LINK = re.compile(r'(?P<before>\s(?:href|src|srcset|action|content)=")(?P<address>[^"]*)(?P<after>")')
_CSS_LINK = re.compile(r"(?P<before>url\(\s*['\"]?)(?P<address>/[^'\")]+)(?P<after>['\"]?\s*\))")
_FORM = re.compile(r"<form (?![^>]*\bhidden\b)")
_NOTE = re.compile(r'(<aside class="notice of-copy"[^>]*) hidden>')


@dataclass(frozen=True, slots=True)
class Site:
    """The registry that is copied.

    Attributes:
        origin: scheme and host under which its pages name themselves, without a slash at the end.
        live: where links to what a copy cannot hold lead; empty where that is not to be said.
    """

    origin: str
    live: str = ""

    def own(self, address: str) -> str | None:
        """*address* as a path with its query if it is one of this site's, else none."""
        address = unescape(address).partition("#")[0]
        if address.startswith(self.origin + "/"):
            address = address[len(self.origin) :]
        return address if address.startswith("/") and not address.startswith("//") else None


def belongs_in_copy(address: str) -> bool:
    """Whether a copy holds what is at *address*: a path of the site with its query, without its version."""
    parts = urlsplit(address)
    if parts.path.startswith(_ASKING) or parts.path.startswith(_PRIVATE):
        return False
    return {name for name, _value in parse_qsl(parts.query, keep_blank_values=True)} <= _TURNING | _SHAPING


def without_version(address: str) -> str:
    """*address* without the version that makes caches ask anew: a copy holds one version of everything."""
    path, _mark, query = address.partition("?")
    rest = "&".join(each for each in query.split("&") if each.partition("=")[0] not in _VERSIONS)
    return f"{path}?{rest}" if rest else path


def file_of(address: str, media_type: str) -> str:
    """The file for *address*, relative to the copy: pages lie in folders, the rest is called as its address is.

    What a query asks for goes into the name.
    """
    parts = urlsplit(address)
    asked = parse_qsl(parts.query)
    path, kind = parts.path.strip("/"), media_type.partition(";")[0].strip()
    told = "".join(f"~{_say(name, value)}" for name, value in asked)
    if kind in _PAGES:
        return posixpath.join(path, f"index{told}.html")
    stem, ending = posixpath.splitext(path)
    if not ending or ending[1:].isdigit():
        stem, ending = path, _ENDINGS.get(kind, "")
    return f"{stem}{told}{ending}"


def _say(name: str, value: str) -> str:
    if name in _SHAPING and value.isalnum():
        return f"{name}-{value}"
    return f"{name}-{hashlib.sha256(value.encode()).hexdigest()[:12]}"


def links_in(text: str, media_type: str, site: Site) -> Iterator[str]:
    """The addresses of *site* that a page, a style sheet or a site map leads to, without their versions."""
    if "xml" in media_type and "svg" not in media_type:
        found = re.findall(r"<loc>([^<]+)</loc>", text)
    elif "css" in media_type:
        found = [match["address"] for match in _CSS_LINK.finditer(text)]
    else:
        found = [each for match in _LINK.finditer(text) for each in _addresses(match)]
    for address in found:
        own = site.own(address)
        if own is not None:
            yield without_version(own)


def _addresses(match: re.Match[str]) -> list[str]:
    if "srcset" in match["before"]:
        return [candidate.split()[0] for candidate in match["address"].split(",") if candidate.strip()]
    return [match["address"]]


def lead_on(text: str, media_type: str, here: str, site: Site, find_file: Callable[[str], str | None]) -> str:
    """*text* of the file *here* with its links leading within the copy, by relative paths.

    Args:
        text: a page, or a style sheet; anything else is answered as it is.
        media_type: of the text.
        here: the file that the text goes into, relative to the copy.
        site: what is copied.
        find_file: the file of an address without its version, relative to the copy; none where it holds none.
    """
    if "css" in media_type:
        return _CSS_LINK.sub(
            lambda match: match["before"] + _lead(match["address"], here, site, find_file) + match["after"], text
        )
    if not media_type.startswith(_PAGES):
        return text

    def replace(match: re.Match[str]) -> str:
        name = match["before"].strip()
        if name.startswith("content="):
            return match[0]  # what a page says of itself to others names the registry
        if name.startswith("srcset="):
            led = ", ".join(
                " ".join([_lead(address, here, site, find_file), *sizes])
                for address, *sizes in (candidate.split() for candidate in match["address"].split(","))
            )
            return match["before"] + led + match["after"]
        led = _lead(match["address"], here, site, find_file)
        if not led and site.own(match["address"]) is not None:
            return ' data-not-in-copy="' + match["after"]
        return match["before"] + led + match["after"]

    led = _LINK.sub(replace, text)
    return led if site.live else _NOTE.sub(r"\1>", _FORM.sub("<form hidden ", led))


def _lead(address: str, here: str, site: Site, find_file: Callable[[str], str | None]) -> str:
    own = site.own(address)
    if own is None or _is_about_itself(address, site):
        return address
    file = find_file(without_version(own))
    if file is None:
        return escape(site.live + own) if site.live else ""
    fragment = "#" + address.partition("#")[2] if "#" in address else ""
    return escape(posixpath.relpath(file, posixpath.dirname(here) or ".")) + fragment


def _is_about_itself(address: str, site: Site) -> bool:
    # An absolute address of a page's own (the canonical link, a citation) names the registry, not the copy.
    return address.startswith(site.origin)
