"""A person with a browser: real Chromium against a registry that is really served."""

from __future__ import annotations

import re
from typing import Literal

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.spec.served import MMC3

PAGES = (
    "/", "/substances", "/substances/NPS-000001", "/search?q=C11H15NO", f"/search?structure={MMC3}&threshold=0.1",
    "/search?q=nothing-is-called-like-this", "/classes/synthetic_cathinone", "/countries/DE", "/timeline", "/data",
    "/about", "/compare?ids=NPS-000001,NPS-000002", "/advisories",
)  # fmt: skip
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")


def test_a_name_typed_into_the_box_leads_to_the_page_of_the_substance(page: Page, address: str) -> None:
    page.goto(address)
    page.locator("#q").fill("3-methylmethcathinone")
    page.get_by_role("button", name="Search").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("3-MMC")
    expect(page.get_by_role("row", name="Germany")).to_be_visible()


def test_a_structure_typed_into_the_box_shows_what_resembles_it(page: Page, address: str) -> None:
    page.goto(address)
    page.locator("#q").fill(MMC3)
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="This very substance").wait_for()
    page.get_by_role("heading", name="Similar substances").wait_for()


def test_everything_is_there_without_a_script(browser: Browser, address: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{address}/substances")
    page.get_by_role("link", name="3-MMC", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("3-MMC")
    expect(page.get_by_role("img", name="Structure of 3-MMC")).to_be_visible()
    expect(page.get_by_role("button", name="Copy"), "a button that does nothing").to_have_count(0)
    context.close()


def test_the_filters_lead_to_fewer_substances_and_back(page: Page, address: str) -> None:
    page.goto(f"{address}/substances")
    everything = page.get_by_role("heading", level=2).first.inner_text()
    page.get_by_role("link", name="Synthetic cathinones").first.click()
    page.wait_for_url(re.compile("chemical_class=synthetic_cathinone"))
    heading = page.get_by_role("heading", level=2).first
    expect(heading).not_to_have_text(everything)
    page.go_back()
    expect(heading).to_have_text(everything)


@pytest.mark.parametrize("path", PAGES)
def test_no_page_asks_another_host_or_breaks_its_own_policy(page: Page, address: str, path: str) -> None:
    asked: list[str] = []
    complaints: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: complaints.append(message.text))
    page.goto(address + path)
    assert [url for url in asked if not url.startswith((address, "data:"))] == []
    assert complaints == []


def test_the_keyboard_reaches_the_content_first(page: Page, address: str) -> None:
    page.goto(address)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the content"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "content"
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('main') !== null")


def test_an_identifier_is_copied_by_its_button(context: BrowserContext, address: str) -> None:
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = context.new_page()
    page.goto(f"{address}/substances")
    page.get_by_role("link", name="3-MMC", exact=True).click()
    page.get_by_role("button", name="Copy InChIKey").click()
    page.get_by_role("button", name="Copied").wait_for()
    assert page.evaluate("navigator.clipboard.readText()") == "QDNXSIYWHYGMCD-UHFFFAOYSA-N"
    page.get_by_role("button", name="Copy InChIKey").wait_for()
    expect(page.get_by_role("button", name="Copy InChIKey").locator(".visually-hidden")).to_have_count(1)


def test_bonds_are_drawn_in_the_colour_of_the_text_in_light_and_dark(browser: Browser, address: str) -> None:
    colours = set()
    for scheme in SCHEMES:
        context = browser.new_context(color_scheme=scheme)
        page = context.new_page()
        page.goto(f"{address}/substances/NPS-000001")
        colours.add(page.locator(".figure-drawing svg path").first.evaluate("node => getComputedStyle(node).stroke"))
        context.close()
    assert len(colours) == 2
    assert "none" not in colours
