"""Somebody draws a structure, finds what resembles it, asks why, and keeps the result."""

from __future__ import annotations

import csv
import re
from pathlib import Path

from playwright.sync_api import Browser, Page, expect

from tests.spec.served import MMC3

BENZENE_TOOL = (33, 202)
"""Where the editor's bar has the tool that draws a benzene ring, from its corner."""


def draw_at_the_centre(page: Page, tool: tuple[int, int]) -> None:
    """Take *tool* from the editor's bar and click into the middle of what is drawn."""
    bar, area = page.locator("dialog canvas").nth(0), page.locator("dialog canvas").nth(1)
    area.wait_for()
    bar.click(position={"x": tool[0], "y": tool[1]})
    area.click()


def test_a_structure_is_drawn_its_analogues_found_explained_and_kept(page: Page, address: str, tmp_path: Path) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{address}/search?kind=similarity")
    page.get_by_role("button", name="Draw").click()
    draw_at_the_centre(page, BENZENE_TOOL)
    page.get_by_role("button", name="Use this structure").click()
    drawn = page.get_by_label("Structure, as SMILES or InChI")
    assert drawn.input_value() in {"c1ccccc1", "C1=CC=CC=C1"}, "a ring, drawn with the mouse"
    page.get_by_label("Least similarity").fill("0.01")
    page.get_by_role("button", name="Find similar substances").click()
    page.get_by_role("link", name=re.compile("^Why")).first.wait_for()

    page.get_by_label("Structure, as SMILES or InChI").fill(MMC3)  # pasted over what was drawn
    page.get_by_label("Least similarity").fill("0.2")
    page.get_by_role("button", name="Find similar substances").click()

    page.get_by_role("heading", name="Similar substances").wait_for()
    page.get_by_role("link", name="Why? Mephedrone").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Why Mephedrone?")
    expect(page.get_by_role("img", name="The structure asked")).to_be_visible()
    expect(page.get_by_text("bits in both")).to_be_visible()
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
    expect(page.get_by_label("Read it as")).to_have_value("structure")
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
    expect(page.get_by_label("Read it as")).to_have_value("smarts")
    page.get_by_role("button", name="Find substances that contain it").click()
    page.get_by_role("link", name="3-MMC", exact=True).wait_for()


def test_names_are_suggested_and_chosen_by_the_keyboard(page: Page, address: str) -> None:
    page.goto(f"{address}/search")
    page.get_by_role("combobox").fill("mephedr")
    page.get_by_role("option", name="Mephedrone").wait_for()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url("**/substances/**")
    expect(page.get_by_role("heading", level=1)).to_have_text("Mephedrone")


def test_every_question_is_asked_and_answered_without_a_script(browser: Browser, address: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{address}/search")
    page.get_by_role("link", name="Contains", exact=True).first.click()
    expect(page.get_by_role("button", name="Draw"), "a button that does nothing").to_have_count(0)
    page.get_by_label("Pattern, as SMARTS or SMILES").fill("c1ccccc1C(=O)C")
    page.get_by_role("button", name="Find substances that contain it").click()
    page.get_by_role("link", name="table").click()
    page.get_by_role("link", name="Mass, Da").click()
    expect(page).to_have_url(re.compile("sort=mass"))
    page.get_by_role("link", name="A list").click()
    page.get_by_label("The list").fill(f"{MMC3}\nCC(C")
    page.get_by_role("button", name="Look up the list").click()
    expect(page.get_by_role("heading", name="1 of 2 rows found")).to_be_visible()
    context.close()
