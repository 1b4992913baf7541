"""A laboratory's own table of two thousand rows at the desk, in a browser without a script, to the public page."""

from __future__ import annotations

import csv
import io
import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.databases import SqliteDatabases
from tests.listening import listening
from tests.signing_in import make_player, sign_in_page
from tests.spec.served import MMC3, Served, served

ROWS, BAD = 2_000, (7, 1_404)
PATIENCE_S = 300


@pytest.fixture(scope="module")
def registry(sqlite_databases: SqliteDatabases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    var: Path = tmp_path_factory.mktemp("var")
    with served(sqlite_databases.migrated(), var_directory=var) as registry:
        yield registry


@pytest.fixture
def laboratory(registry: Served, browser: Browser) -> Iterator[Page]:
    """The browser of a person of a laboratory whose reports are accepted on arrival."""
    services = registry.client.app.state.services  # type: ignore[attr-defined]  # it is a FastAPI
    player = make_player(registry.engine, services.seal, accept_on_arrival=True)
    with listening(registry.client.app) as address:
        context = browser.new_context(java_script_enabled=False, locale="en-GB", base_url=address)
        context.set_default_timeout(60_000)
        page = context.new_page()
        sign_in_page(page, address, player)
        yield page
        context.close()


def write_table() -> bytes:
    """Two thousand rows under the laboratory's own headings; two of them name no day of the calendar."""
    text = io.StringIO()
    rows = csv.writer(text, delimiter=";")
    rows.writerow(["Aktenzeichen", "Sichergestellt am", "Stoff", "Verfahren"])
    for number in range(1, ROWS + 1):
        day = "2026-02-31" if number in BAD else f"2026-{number % 9 + 1:02}-{number % 28 + 1:02}"
        rows.writerow([f"B-{number}", day, MMC3, "NMR; GC-MS"])
    return text.getvalue().encode()


def wait_for(page: Page, words: str) -> None:
    """Look at the page again until it says *words*; it renews itself, and a reload is what that does."""
    until = time.monotonic() + PATIENCE_S
    while words not in page.get_by_role("main").inner_text():
        assert time.monotonic() < until, page.get_by_role("main").inner_text()[:2_000]
        page.wait_for_timeout(500)
        page.reload()


def test_a_table_of_thousands_is_mapped_corrected_in_place_written_and_shown_in_public(
    laboratory: Page, registry: Served
) -> None:
    page = laboratory
    page.goto("/lab/batches")
    page.get_by_label("Your table").set_input_files({
        "name": "asservate.csv", "mimeType": "text/csv", "buffer": write_table(),
    })  # fmt: skip
    page.get_by_role("button", name="Upload and look at it").click()
    for heading, means in (
        ("Aktenzeichen", "own_reference"),
        ("Sichergestellt am", "collected_on"),
        ("Stoff", "structure"),
        ("Verfahren", "techniques"),
    ):
        page.get_by_label(f"What “{heading}” says").select_option(means)
    page.locator("#all-event_type").select_option("seizure")
    page.locator("#all-country").fill("DE")
    page.get_by_label("Who may see the reports").select_option("public")
    page.get_by_role("button", name="Look at the rows").click()
    wait_for(page, "2 rows have faults")
    faults = page.locator(".verdict-faulty")
    assert faults.count() == len(BAD)
    assert "Sichergestellt am: “2026-02-31” is not a date" in page.get_by_role("main").inner_text()
    address = page.url

    page.get_by_role("link", name=f"Correct row {BAD[0]}", exact=True).click()
    page.get_by_label("Sichergestellt am").fill("2026-02-28")
    page.get_by_role("button", name="Look at it again").click()
    page.goto(address)
    wait_for(page, "1 row has faults")

    page.get_by_label("The good rows only").check()
    page.get_by_role("button", name="Write").click()
    wait_for(page, f"{ROWS - 1} reports made")
    assert page.locator(".verdict-faulty").count() == 1
    visitor = registry.client.get("/api/v1/search/identity", params={"structure": MMC3}).json()["exact"][0]
    public = page.context.browser.new_context(java_script_enabled=False)  # type: ignore[union-attr]
    seen = public.new_page()
    seen.goto(re.sub(r"/lab/.*", f"/substances/{visitor['accession']}", address))
    assert f"{ROWS - 1:,}" in seen.get_by_role("main").inner_text().replace("\u202f", ",").replace("\xa0", ",")
    public.close()


def test_the_report_of_a_row_shows_its_files_and_takes_another(laboratory: Page, registry: Served) -> None:
    page = laboratory
    page.goto("/lab/batches")
    page.get_by_role("link", name="asservate.csv").first.click()
    page.get_by_role("link", name="The report", exact=True).first.click()
    report = page.url
    page.get_by_label("Add a file").set_input_files({
        "name": "spectrum.csv", "mimeType": "text/csv", "buffer": b"mz,intensity\n58.06,100\n72.08,40\n",
    })  # fmt: skip
    page.get_by_role("button", name="Attach").click()
    page.goto(report)
    assert "spectrum.csv" in page.get_by_role("region", name="Files").inner_text()
