"""A chemist at the desk: a report by hand without a script, and with one; a structure drawn; nothing typed lost."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from nps_registry.chemistry.reading import read
from nps_registry.vocabulary.report import Role
from tests.at_the_desk import signed_in
from tests.attached import CSV, JDX, MSP, MZML, PDF, picture
from tests.browser.everybody import assert_everybody_can_read
from tests.databases import SqliteDatabases
from tests.listening import listening
from tests.signing_in import make_player, sign_in_page
from tests.spec.served import MMC3, MMC3_S, Served, served

SESSION = "nps-session"
MEPHEDRONE = "CNC(C)C(=O)c1ccc(C)cc1"


@pytest.fixture(scope="module")
def registry(sqlite_databases: SqliteDatabases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    var: Path = tmp_path_factory.mktemp("var")
    with served(sqlite_databases.migrated(), var_directory=var) as given:
        yield given


@pytest.fixture(scope="module")
def address(registry: Served) -> Iterator[str]:
    with listening(registry.client.app) as found:
        yield found


def walk_in(
    browser: Browser, registry: Served, address: str, *, script: bool = True, **options: object
) -> BrowserContext:
    """A window in which a person of a laboratory is signed in."""
    secret = signed_in(registry, "Laboratory Ann").cookies[SESSION]
    context = browser.new_context(java_script_enabled=script, **options)  # type: ignore[arg-type]
    context.add_cookies([{"name": SESSION, "value": secret, "url": address}])
    return context


@pytest.fixture
def desk(browser: Browser, registry: Served, address: str) -> Iterator[Page]:
    """The form of a fresh draft, in a window that complains of what it may not do."""
    context = walk_in(browser, registry, address)
    page = context.new_page()
    complaints: list[str] = []
    asked: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda request: asked.append(request.url))
    begin(page, address)
    yield page
    assert [url for url in asked if not url.startswith((address, "data:"))] == []
    assert [text for text in complaints if "Failed to load resource" not in text] == []
    context.close()


def begin(page: Page, address: str, *, script: bool = True) -> None:
    page.goto(f"{address}/lab")
    page.get_by_role("main").get_by_role("button", name="New report").click()
    page.get_by_role("heading", name="Report, draft").wait_for()
    if script:
        page.locator("#draft[data-script=ready]").wait_for()


def fill_event(page: Page) -> None:
    page.get_by_label("What happened", exact=False).and_(page.locator("select")).select_option("seizure")
    page.get_by_label("Collected on").fill("2026-02-03")


def saved(page: Page) -> None:
    """Wait until what was typed is kept, and the triage is of it."""
    expect(page.locator("#draft[data-state=saved]")).to_be_attached(timeout=20_000)
    expect(page.locator("#state")).to_contain_text("Saved")


def test_a_report_is_written_and_sent_without_a_script(browser: Browser, registry: Served, address: str) -> None:
    context = walk_in(browser, registry, address, script=False)
    page = context.new_page()
    begin(page, address, script=False)
    page.get_by_role("button", name="Send the report").click()
    problems = page.get_by_role("alert")
    expect(problems).to_contain_text("Before this can be sent")
    problems.get_by_role("link", name="What happened").first.click()
    fill_event(page)
    page.get_by_label("Substance", exact=True).fill("3-MMC")
    page.get_by_label("GC-MS", exact=True).check()
    page.get_by_text("Salt and purity").click()
    page.get_by_label("Salt form").fill("hydrochloride")
    page.get_by_role("button", name="Check").click()
    expect(page.get_by_text("Nothing is missing: this can be sent.")).to_be_visible()
    triage = page.get_by_role("complementary", name="What the registry makes of it")
    expect(triage).to_contain_text("Known substance")
    page.get_by_role("button", name="Add a detection to item 1").click()
    second = page.get_by_role("group", name="Detection 2")
    second.get_by_label("Substance", exact=True).fill("cocaine")
    page.get_by_role("button", name="Add an item").click()
    page.get_by_role("button", name="Remove item 2").click()
    page.get_by_role("button", name="Send the report").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Receipt")
    expect(page.get_by_role("main")).to_contain_text("Cocaine")
    page.get_by_role("link", name="Open the report").click()
    expect(page.get_by_role("heading", name="What you said").first).to_be_visible()
    expect(page.get_by_role("main")).to_contain_text("hydrochloride")
    attach_files(page)
    context.close()


def attach_files(page: Page) -> None:
    """A file of every kind goes with the report; a photograph only with the tick, and nothing under a false name."""
    kept = {"ir.jdx": JDX, "run.mzML": MZML, "library.msp": MSP, "peaks.csv": CSV, "certificate.pdf": PDF}
    for name, body in kept.items():
        attach(page, "Spectrum" if name != "certificate.pdf" else "Document", name, body)
    for kind in ("PNG", "JPEG"):
        name = f"tablets.{kind.lower()}"
        attach(page, "Photograph", name, picture(kind))
        expect(page.get_by_role("alert")).to_contain_text("no label and no person")
        attach(page, "Photograph", name, picture(kind), tick=True)
    attach(page, "Spectrum", "spectrum.jdx", b"<html><script>alert(1)</script></html>")
    expect(page.get_by_role("alert")).to_contain_text("no file that is kept here")
    expect(page.locator(".attachments li a")).to_have_text([*kept, "tablets.png", "tablets.jpeg"])


def attach(page: Page, kind: str, name: str, body: bytes, *, tick: bool = False) -> None:
    page.get_by_label("Add a file").set_input_files({"name": name, "mimeType": "text/plain", "buffer": body})
    page.get_by_label("What it shows").select_option(label=kind)
    page.get_by_label("No label and no person can be recognised on it").set_checked(tick)
    page.get_by_role("button", name="Attach").click()


def test_a_report_saves_itself_shows_its_triage_and_outlives_a_reload(desk: Page) -> None:
    fill_event(desk)
    desk.get_by_label("Structure", exact=True).fill(MEPHEDRONE)
    saved(desk)
    triage = desk.get_by_role("complementary", name="What the registry makes of it")
    expect(triage).to_contain_text("Mephedrone")
    expect(triage).to_contain_text("First report in the world")
    desk.get_by_label("Net mass").fill("12,4")
    saved(desk)
    expect(desk.get_by_text("Give a number.")).to_be_visible()
    desk.reload()
    expect(desk.get_by_label("Net mass")).to_have_value("12,4")
    expect(desk.get_by_label("Structure", exact=True)).to_have_value(MEPHEDRONE)
    desk.get_by_label("Net mass").fill("12.4")
    desk.get_by_role("button", name="Send the report").click()
    expect(desk.get_by_role("heading", level=1)).to_contain_text("Receipt")
    expect(desk.get_by_role("main")).to_contain_text("Your report is kept.")


def test_what_is_typed_in_the_last_moment_before_a_reload_is_kept(desk: Page) -> None:
    desk.get_by_label("Sold as").fill("typed and gone at once")
    desk.reload()
    expect(desk.get_by_label("Sold as")).to_have_value("typed and gone at once")


def test_what_is_typed_while_the_registry_does_not_answer_is_kept_and_saved_later(desk: Page) -> None:
    def refuse(route: Route) -> None:
        route.abort()

    desk.route("**/save", refuse)
    desk.get_by_label("Sold as").fill("plant food")
    expect(desk.locator("#state")).to_contain_text("Not saved yet")
    desk.unroute("**/save", refuse)
    desk.reload()
    expect(desk.get_by_label("Sold as")).to_have_value("plant food")
    expect(desk.locator("#state")).to_contain_text("Saved")


def test_parts_are_added_and_removed_without_a_reload_and_typing_goes_on(desk: Page) -> None:
    desk.evaluate("window.same = true")
    desk.get_by_role("button", name="Add a detection to item 1").click()
    second = desk.get_by_role("group", name="Detection 2")
    second.get_by_label("Substance", exact=True).fill("cocaine")
    saved(desk)
    desk.get_by_role("button", name="Add an item").click()
    expect(desk.get_by_role("group", name="Item 2")).to_be_visible()
    expect(second.get_by_label("Substance", exact=True)).to_have_value("cocaine")
    desk.get_by_role("button", name="Remove detection 1 of item 1").click()
    expect(desk.get_by_role("group", name="Detection 1").first.get_by_label("Substance", exact=True)).to_have_value(
        "cocaine"
    )
    assert desk.evaluate("window.same")


def test_a_name_is_offered_while_it_is_typed_and_taken_by_the_keyboard(desk: Page) -> None:
    field = desk.get_by_label("Substance", exact=True)
    field.press_sequentially("3-mm")
    desk.locator(".suggestions [role=option]").first.wait_for()
    field.press("ArrowDown")
    field.press("Enter")
    expect(field).to_have_value("3-MMC")


def test_a_structure_is_opened_in_the_editor_and_drawn_on(desk: Page) -> None:
    structure = desk.get_by_label("Structure", exact=True)
    structure.fill("CNC(C)C(=O)c1ccccc1")
    desk.get_by_role("button", name="Draw").click()
    dialog = desk.get_by_role("dialog", name="Draw the structure")
    canvas = dialog.locator(".canvas")
    canvas.locator("canvas").last.wait_for()
    desk.wait_for_timeout(500)
    dialog.get_by_role("button", name="Use this structure").click()
    drawn = structure.input_value()
    assert drawn
    assert drawn != "CNC(C)C(=O)c1ccccc1", "written by the editor"
    triage = desk.get_by_role("complementary", name="What the registry makes of it")
    expect(triage).to_contain_text("Not in the registry")
    structure.fill("")
    desk.get_by_role("button", name="Draw").click()
    box = canvas.bounding_box()
    assert box is not None
    desk.wait_for_timeout(500)
    desk.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    dialog.get_by_role("button", name="Use this structure").click()
    assert "C" in structure.input_value()


@pytest.mark.parametrize(
    ("given", "means"), [(MMC3_S, "absolute"), ("CN[C@@H](C)C(=O)c1cccc(C)c1 |&1:2|", "racemic"), (MMC3, "undefined")]
)
def test_stereochemistry_survives_the_editor(desk: Page, registry: Served, given: str, means: str) -> None:
    structure = desk.get_by_label("Structure", exact=True)
    structure.fill(given)
    desk.get_by_role("button", name="Draw").click()
    dialog = desk.get_by_role("dialog", name="Draw the structure")
    dialog.locator("canvas").last.wait_for()
    desk.wait_for_timeout(500)
    dialog.get_by_role("button", name="Use this structure").click()
    assert read(structure.input_value()).identity.key == read(given).identity.key
    assert read(given).identity.stereo.value == means


def test_what_differs_is_drawn_beside_the_form(desk: Page) -> None:
    desk.get_by_label("Structure", exact=True).fill("CCNC(C)C(=O)c1cccc(C)c1")
    saved(desk)
    triage = desk.get_by_role("complementary", name="What the registry makes of it")
    triage.get_by_text("Nearest relatives:").click()
    triage.get_by_role("link", name="What differs").first.click()
    expect(triage.locator("svg")).to_have_count(2)


def test_two_windows_on_one_draft_lose_nothing(desk: Page, browser: Browser, registry: Served, address: str) -> None:
    desk.get_by_label("Sold as").fill("first")
    saved(desk)
    context = walk_in(browser, registry, address)
    other = context.new_page()
    other.goto(desk.url)
    other.get_by_label("Sold as").fill("theirs")
    saved(other)
    desk.get_by_label("Sold as").fill("mine")
    saved(desk)
    expect(desk.get_by_role("button", name="Take that")).to_be_visible()
    expect(desk.get_by_role("group", name="Two versions")).to_contain_text("theirs")
    expect(desk.get_by_label("Sold as")).to_have_value("mine")
    desk.get_by_role("button", name="Take that").click()
    expect(desk.get_by_label("Sold as")).to_have_value("theirs")
    context.close()


def test_the_desk_and_its_form_are_for_everybody(browser: Browser, registry: Served, address: str) -> None:
    context = walk_in(browser, registry, address)
    page = context.new_page()
    begin(page, address)
    page.get_by_label("Structure", exact=True).fill(MMC3)
    saved(page)
    draft = page.url
    for path in (draft, f"{draft}?check=true", f"{address}/lab", f"{address}/lab/reports", f"{address}/lab/batches"):
        assert_everybody_can_read(page, path)
    context.close()


def test_a_person_signs_in_and_is_led_to_the_desk(page: Page, registry: Served, address: str) -> None:
    seal = registry.client.app.state.services.seal  # type: ignore[attr-defined]  # it is a FastAPI
    player = make_player(registry.engine, seal, Role.LABORATORY, email="new@example.org", organisation="Laboratory New")
    sign_in_page(page, address, player)
    expect(page.get_by_role("heading", level=1)).to_have_text("Desk")
