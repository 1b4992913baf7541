"""Whether everybody can read a page: by axe's rules in light and in dark, and in the narrowest window."""

from __future__ import annotations

from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, ViewportSize

DESK: ViewportSize = {"width": 1280, "height": 800}
NARROWEST: ViewportSize = {"width": 320, "height": 640}
"""A window of 320 px is a desktop's at four times the size, too."""

_COLOURS = {"runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}}
"""What can differ between light and dark."""
_TOO_BROAD = """
[...document.querySelectorAll('main *')].filter(e => e.getBoundingClientRect().right > 321)
    .slice(0, 5).map(e => e.outerHTML.slice(0, 120))
"""


def assert_everybody_can_read(page: Page, url: str) -> None:
    """None of axe's rules is broken at *url*, and nothing is cut off in a narrow window."""
    page.set_viewport_size(DESK)
    page.emulate_media(color_scheme="light")
    page.goto(url)
    assert violations(page) == [], url
    page.emulate_media(color_scheme="dark")
    assert violations(page, _COLOURS) == [], f"{url} in dark"
    page.set_viewport_size(NARROWEST)
    assert page.evaluate("document.documentElement.scrollWidth") <= NARROWEST["width"], (url, page.evaluate(_TOO_BROAD))


def violations(page: Page, options: dict[str, Any] | None = None) -> list[tuple[str, list[str]]]:
    """The rules that the page breaks, each with its first places."""
    found = Axe().run(page, options=options).response["violations"]
    return [(each["id"], [node["html"] for node in each["nodes"]][:3]) for each in found]
