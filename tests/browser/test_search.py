"""Somebody draws a structure, finds what resembles it, asks why, and keeps the result."""

from __future__ import annotations

import csv
from pathlib import Path

from playwright.sync_api import Browser, Page

from tests.spec.served import MMC3


def test_a_structure_is_drawn_its_analogues_found_explained_and_kept(page: Page, address: str, tmp_path: Path) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{address}/search?kind=similarity")
    page.get_by_label("Structure, as SMILES or InChI").fill("c1ccccc1")
    page.get_by_role("button", name="Draw").click()
    editor = page.locator("dialog canvas").first
    editor.wait_for()
    # A bond more on the ring: the ring lies in the middle, and a click on an atom with the bond tool adds one.
    box = editor.bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + box["width"] / 2 + 22, box["y"] + box["height"] / 2 - 12)
    page.get_by_role("button", name="Use this structure").click()
    drawn = page.get_by_label("Structure, as SMILES or InChI")
    assert drawn.input_value()
    drawn.fill(MMC3)  # pasted over what was drawn
    page.get_by_label("Least similarity").fill("0.2")
    page.get_by_role("button", name="Find similar substances").click()

    page.get_by_role("heading", name="Similar substances").wait_for()
    page.get_by_role("link", name="Why? Mephedrone").click()
    assert page.get_by_role("heading", level=1).inner_text() == "Why Mephedrone?"
    assert page.get_by_role("img", name="The structure asked").is_visible()
    assert page.get_by_text("bits in both").is_visible()
    page.get_by_role("link", name="All similar substances").click()

    with page.expect_download() as waiting:
        page.get_by_role("link", name="CSV").last.click()
    kept = tmp_path / "kept.csv"
    waiting.value.save_as(kept)
    rows = list(csv.DictReader(kept.read_text(encoding="utf-8").splitlines()))
    assert rows[0]["name"] == "3-MMC"
    assert "similarity:" in rows[0]["about"]
    assert [url for url in asked if not url.startswith((address, "data:", "blob:"))] == []


def test_what_is_drawn_as_a_pattern_is_read_as_a_structure(page: Page, address: str) -> None:
    page.goto(f"{address}/search?kind=substructure")
    page.get_by_label("Pattern, as SMARTS or SMILES").fill("C1=CC=CC=C1")
    page.get_by_role("button", name="Draw").click()
    page.locator("dialog canvas").first.wait_for()
    page.get_by_role("button", name="Use this pattern").click()
    assert page.get_by_label("Read it as").input_value() == "structure"
    page.get_by_role("button", name="Find substances that contain it").click()
    page.get_by_role("link", name="3-MMC", exact=True).wait_for()


def test_a_pattern_that_leaves_an_atom_open_is_drawn_and_stays_a_smarts(page: Page, address: str) -> None:
    page.goto(f"{address}/search?kind=substructure")
    field = page.get_by_label("Pattern, as SMARTS or SMILES")
    field.fill("c1ccccc1C(=O)[#6]~[N,O]")
    page.get_by_role("button", name="Draw").click()
    page.locator("dialog canvas").first.wait_for()
    page.get_by_role("button", name="Use this pattern").click()
    assert "[N,O" in field.input_value()
    assert page.get_by_label("Read it as").input_value() == "smarts"
    page.get_by_role("button", name="Find substances that contain it").click()
    page.get_by_role("link", name="3-MMC", exact=True).wait_for()


def test_an_atom_is_left_open_by_a_double_click(page: Page, address: str) -> None:
    page.goto(f"{address}/search?kind=substructure")
    page.get_by_label("Pattern, as SMARTS or SMILES").fill("C")
    page.get_by_role("button", name="Draw").click()
    editor = page.locator("dialog canvas").first
    editor.wait_for()
    box = editor.bounding_box()
    assert box is not None
    page.mouse.dblclick(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.screenshot(path="/tmp/search-dbl.png")


def test_names_are_suggested_and_chosen_by_the_keyboard(page: Page, address: str) -> None:
    page.goto(f"{address}/search")
    page.get_by_role("combobox").fill("mephedr")
    page.get_by_role("option", name="Mephedrone").wait_for()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url("**/substances/**")
    assert page.get_by_role("heading", level=1).inner_text() == "Mephedrone"


def test_every_question_is_asked_and_answered_without_a_script(browser: Browser, address: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{address}/search")
    page.get_by_role("link", name="Contains", exact=True).first.click()
    assert page.get_by_role("button", name="Draw").count() == 0, "a button that does nothing"
    page.get_by_label("Pattern, as SMARTS or SMILES").fill("c1ccccc1C(=O)C")
    page.get_by_role("button", name="Find substances that contain it").click()
    page.get_by_role("link", name="table").click()
    page.get_by_role("link", name="Mass, Da").click()
    assert "sort=mass" in page.url
    page.get_by_role("link", name="A list").click()
    page.get_by_label("The list").fill(f"{MMC3}\nCC(C")
    page.get_by_role("button", name="Look up the list").click()
    assert page.get_by_role("heading", name="1 of 2 rows found").is_visible()
    context.close()
