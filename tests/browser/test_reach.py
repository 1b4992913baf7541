"""Everybody can read every page: by eye or ear, on a phone, by keyboard, over a slow line, in light and in dark."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page

PAGES = (
    "/", "/substances", "/substances/NPS-000001", "/search?q=C11H15NO", "/classes/synthetic_cathinone",
    "/effects/stimulant", "/countries/DE", "/years/2026", "/timeline", "/data", "/about", "/about/design",
    "/compare?ids=NPS-000001,NPS-000002", "/advisories", "/substances/NPS-999999",
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


@pytest.fixture(params=["light", "dark"])
def scheme(request: pytest.FixtureRequest) -> Literal["light", "dark"]:
    chosen: Literal["light", "dark"] = request.param
    return chosen


@pytest.fixture
def narrow(browser: Browser) -> Iterator[BrowserContext]:
    """A window as narrow as a page has to stand, which is a desktop's at four times the size too."""
    opened = browser.new_context(viewport={"width": 320, "height": 640})
    yield opened
    opened.close()


@pytest.mark.parametrize("path", PAGES)
def test_axe_finds_no_violation(browser: Browser, address: str, path: str, scheme: Literal["light", "dark"]) -> None:
    context = browser.new_context(color_scheme=scheme)
    page = context.new_page()
    page.goto(address + path)
    violations = Axe().run(page).response["violations"]
    context.close()
    assert [(each["id"], [node["html"] for node in each["nodes"]][:3]) for each in violations] == []


@pytest.mark.parametrize("path", PAGES)
def test_nothing_is_cut_off_in_a_window_of_320_px(narrow: BrowserContext, address: str, path: str) -> None:
    page = narrow.new_page()
    page.goto(address + path)
    widest = page.evaluate("document.documentElement.scrollWidth")
    assert widest <= 320, page.evaluate(
        "[...document.querySelectorAll('main *')].filter(e => e.getBoundingClientRect().right > 321)"
        ".slice(0, 5).map(e => e.outerHTML.slice(0, 120))"
    )


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
    page.evaluate("for (const image of document.images) image.loading = 'eager'")
    page.wait_for_load_state("networkidle")
    return sizes


def test_the_page_of_a_substance_is_light(page: Page, address: str) -> None:
    sizes = measure_line(page, address + SUBSTANCE)
    figures = sum(size for url, size in sizes.items() if "/figures/" in url)
    assert figures, "the page shows figures"
    assert sum(sizes.values()) <= MOST_BYTES, sizes
    assert sum(sizes.values()) - figures <= MOST_BYTES_WITHOUT_FIGURES, sizes


def test_nothing_moves_while_the_page_of_a_substance_comes_over_a_slow_line(page: Page, address: str) -> None:
    session = page.context.new_cdp_session(page)
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
    page.goto(address + SUBSTANCE)
    page.wait_for_load_state("networkidle")
    assert page.evaluate("window.shifted") == 0
    assert 0 < page.evaluate("window.painted") <= LARGEST_PAINT_MS


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
