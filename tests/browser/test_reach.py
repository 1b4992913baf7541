"""Everybody can read every page: by eye or ear, on a phone, by keyboard, over a slow line, in light and in dark."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.browser.everybody import NARROWEST, assert_everybody_can_read
from tests.spec.served import MMC3

PAGES = (
    "/", "/substances", "/substances/NPS-000001", "/search?q=C11H15NO", "/classes/synthetic_cathinone",
    "/effects/stimulant", "/countries/DE", "/years/2026", "/timeline", "/data", "/about", "/about/design",
    "/compare?ids=NPS-000001,NPS-000002", "/advisories", "/substances/NPS-999999", "/substances/NPS-000785",
    "/substances/NPS-000023", "/signals", "/changes", "/bulletins", "/subscribe", "/sign-in", "/search/batch",
    "/search/peaks", f"/search?kind=identity&structure={MMC3}&view=table",
    f"/search/explain?structure={MMC3}&accession=NPS-000002",
)  # fmt: skip
SUBSTANCE = "/substances/NPS-000001"
MOST_BYTES, MOST_BYTES_WITHOUT_FIGURES = 150_000, 60_000
LARGEST_PAINT_MS = 1_500
ROUND_TRIP_MS, LINE_BYTES_PER_S = 150, 1_600_000 // 8
WATCH_SHIFTS = """
window.shifted = 0; window.painted = 0;
new PerformanceObserver(list => { for (const entry of list.getEntries()) window.shifted += entry.value; })
  .observe({type: "layout-shift", buffered: true});
new PerformanceObserver(list => { for (const entry of list.getEntries()) window.painted = entry.startTime; })
  .observe({type: "largest-contentful-paint", buffered: true});
"""


@pytest.fixture
def narrow(browser: Browser) -> Iterator[BrowserContext]:
    """A window as narrow as a page has to stand."""
    opened = browser.new_context(viewport=NARROWEST)
    yield opened
    opened.close()


@pytest.mark.parametrize("path", PAGES)
def test_a_public_page_is_for_everybody(page: Page, address: str, path: str) -> None:
    assert_everybody_can_read(page, address + path)


def test_every_link_and_button_is_reached_by_keyboard_and_shows_it(page: Page, address: str) -> None:
    page.goto(address + SUBSTANCE)
    count = page.evaluate(
        "[...document.querySelectorAll('a[href], button, summary, input')].filter(e => e.checkVisibility()).length"
    )
    reached = set()
    for _press in range(count + 5):
        page.keyboard.press("Tab")
        told = page.evaluate(
            "(e => e === document.body ? null : [[...document.querySelectorAll('*')].indexOf(e),"
            " getComputedStyle(e).outlineStyle])(document.activeElement)"
        )
        if told is None:
            break
        assert told[1] != "none", page.evaluate("document.activeElement.outerHTML")
        reached.add(told[0])
    assert len(reached) >= count


def measure_line(page: Page, url: str) -> dict[str, int]:
    """The bytes that each address took on the wire, headers included."""
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    addresses: dict[str, str] = {}
    sizes: dict[str, int] = {}
    session.on("Network.responseReceived", lambda told: addresses.update({told["requestId"]: told["response"]["url"]}))

    def finished(told: dict[str, Any]) -> None:
        sizes[addresses.get(told["requestId"], "")] = int(told["encodedDataLength"])

    session.on("Network.loadingFinished", finished)
    page.goto(url)
    page.wait_for_load_state("networkidle")
    return sizes


def test_the_page_of_a_substance_is_light(page: Page, address: str) -> None:
    sizes = measure_line(page, address + SUBSTANCE)
    figures = sum(size for url, size in sizes.items() if "/figures/" in url)
    assert figures, "the page shows figures"
    assert sum(sizes.values()) <= MOST_BYTES, sizes
    assert sum(sizes.values()) - figures <= MOST_BYTES_WITHOUT_FIGURES, sizes


def load_over_a_slow_line(browser: Browser, url: str) -> tuple[float, float]:
    """How far the parts of the page at *url* moved, and when its largest part was painted, in milliseconds."""
    context = browser.new_context()  # it has nothing of an earlier load
    page = context.new_page()
    session = context.new_cdp_session(page)
    session.send("Network.enable")
    session.send(
        "Network.emulateNetworkConditions",
        {
            "offline": False,
            "latency": ROUND_TRIP_MS,
            "downloadThroughput": LINE_BYTES_PER_S,
            "uploadThroughput": LINE_BYTES_PER_S,
        },
    )
    page.add_init_script(WATCH_SHIFTS)
    page.goto(url)
    page.wait_for_load_state("networkidle")
    shifted, painted = page.evaluate("[window.shifted, window.painted]")
    context.close()
    return shifted, painted


def test_nothing_moves_while_the_page_of_a_substance_comes_over_a_slow_line(browser: Browser, address: str) -> None:
    quickest = math.inf
    for _load in range(6):  # what else this machine does makes a load slower, never quicker
        shifted, painted = load_over_a_slow_line(browser, address + SUBSTANCE)
        assert shifted == 0
        assert painted > 0
        quickest = min(quickest, painted)
        if quickest <= LARGEST_PAINT_MS:
            break
    assert quickest <= LARGEST_PAINT_MS


def test_the_figures_of_a_page_are_there_once_it_is_loaded_since_browsers_print_what_is_there(
    narrow: BrowserContext, address: str
) -> None:
    page = narrow.new_page()
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        page.goto(address + SUBSTANCE, wait_until="load")
        widths = page.evaluate("[...document.images].map(image => image.complete ? image.naturalWidth : 0)")
        assert widths
        assert min(widths) > 0


def test_a_page_stands_with_words_two_fifths_longer_and_from_right_to_left(
    narrow: BrowserContext, address: str
) -> None:
    page = narrow.new_page()
    for path in ("/", SUBSTANCE, "/substances"):
        page.goto(address + path)
        page.evaluate(
            """() => {
                document.documentElement.dir = 'rtl';
                const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
                while (walker.nextNode()) {
                    const words = walker.currentNode.data.split(' ');
                    walker.currentNode.data = words.map(w => w + w.slice(0, Math.ceil(w.length * 0.4))).join(' ');
                }
            }"""
        )
        assert page.evaluate("document.documentElement.scrollWidth") <= 320, path
