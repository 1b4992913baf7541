"""The list narrows without a reload, and Back works."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect


def test_a_filter_narrows_the_list_in_place_and_back_widens_it_again(page: Page, address: str) -> None:
    page.goto(f"{address}/substances")
    heading = page.locator("#found")
    all_of_them = heading.inner_text()
    page.evaluate("window.sameDocument = true")
    link = page.locator(".facets details[open] a").first
    label, count = link.locator("span").first.inner_text(), link.locator("span").last.inner_text()
    link.click()
    expect(page).to_have_url(re.compile(r"/substances\?.+="))
    expect(heading).to_have_text(re.compile(rf"^{count} "))
    assert page.evaluate("window.sameDocument") is True
    expect(page.locator(".facets a[aria-current=true]").first.locator("span").first).to_have_text(label)
    page.go_back()
    expect(heading).to_have_text(all_of_them)
    expect(page).to_have_url(f"{address}/substances")
    assert page.evaluate("window.sameDocument") is True


def test_part_of_a_name_filters_in_place_and_keeps_the_other_filters(page: Page, address: str) -> None:
    page.goto(f"{address}/substances?nature=nps")
    page.evaluate("window.sameDocument = true")
    page.get_by_role("searchbox").fill("mmc")
    page.get_by_role("searchbox").press("Enter")
    expect(page).to_have_url(re.compile(r"nature=nps.*q=mmc|q=mmc.*nature=nps"))
    expect(page.locator(".cards .card").first).to_contain_text("MMC")
    assert page.evaluate("window.sameDocument") is True
