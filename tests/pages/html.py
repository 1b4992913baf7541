"""A strict reading of a page: what browsers forgive is a fault here."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from html.parser import HTMLParser

_VOID = frozenset("area base br col embed hr img input link meta source track wbr".split())
_REFERENCES = ("for", "aria-labelledby", "aria-describedby", "aria-controls")
_LOADS = {"script": "src", "img": "src", "link": "href", "iframe": "src", "source": "src", "use": "href"}


@dataclass(slots=True)
class Element:
    """A tag with its attributes and the text directly in it."""

    tag: str
    attributes: dict[str, str]
    text: str = ""


_WITHIN_WORDS = {"sub", "sup"}
"""What stands within a word: its text is that of the element around it, too."""


@dataclass
class Page(HTMLParser):
    """A parsed page and what is wrong with its markup."""

    elements: list[Element] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    _open: list[Element] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)

    @classmethod
    def read(cls, text: str) -> Page:
        """Parse *text* to its end."""
        page = cls()
        page.feed(text)
        page.close()
        page.faults += [f"<{element.tag}> is never closed" for element in page._open]
        page.faults += page._faults_of_ids()
        return page

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        doubled = [name for name, times in Counter(name for name, _value in attrs).items() if times > 1]
        self.faults += [f"<{tag}> has {name} twice" for name in doubled]
        element = Element(tag, {name: value or "" for name, value in attrs})
        self.elements.append(element)
        if tag not in _VOID:
            self._open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in _VOID:
            self._open.pop()

    def handle_endtag(self, tag: str) -> None:
        if not self._open or self._open[-1].tag != tag:
            self.faults.append(f"</{tag}> closes nothing, or not what was opened last")
        else:
            self._open.pop()

    def handle_data(self, data: str) -> None:
        for element in reversed(self._open):
            element.text += data
            if element.tag not in _WITHIN_WORDS:
                break

    def all(self, *tags: str) -> list[Element]:
        """The elements with one of these *tags*, in their order."""
        return [element for element in self.elements if element.tag in tags]

    @property
    def loads(self) -> list[str]:
        """The addresses that the browser asks for by itself."""
        return [
            element.attributes[_LOADS[element.tag]]
            for element in self.all(*_LOADS)
            if element.attributes.get(_LOADS[element.tag])
            and element.attributes.get("rel") not in {"canonical", "alternate"}
        ]

    @property
    def inline(self) -> list[str]:
        """What a strict Content-Security-Policy drops: styles and scripts inside the page."""
        found = [f"<{element.tag} {name}>" for element in self.elements for name in element.attributes
                 if name == "style" or name.startswith("on")]  # fmt: skip
        found += ["<style>" for _style in self.all("style")]
        # A block of data is not run, so the policy lets it stand (CSP 3, 4.2.3).
        scripts = [script for script in self.all("script") if script.attributes.get("type") != "application/ld+json"]
        return found + ["<script>" for script in scripts if "src" not in script.attributes]

    def _faults_of_ids(self) -> list[str]:
        ids = Counter(element.attributes["id"] for element in self.elements if "id" in element.attributes)
        faults = [f"the id {name!r} stands {times} times" for name, times in ids.items() if times > 1]
        faults += [f"an id is {name!r}" for name in ids if not name or " " in name]
        for element in self.elements:
            for name in _REFERENCES:
                missing = [key for key in element.attributes.get(name, "").split() if key not in ids]
                faults += [f"{name} names the id {key!r}, which is not there" for key in missing]
            target = element.attributes.get("href", "")
            if element.tag == "a" and target.startswith("#") and target[1:] not in ids:
                faults.append(f"a link leads to {target}, which is not there")
        return faults
