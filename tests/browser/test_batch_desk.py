"""A table of two thousand rows, from the laboratory's own columns to the public page, in real browsers."""

from __future__ import annotations

from playwright.sync_api import FilePayload, expect

from tests.browser.stage import Stage, open_act
from tests.spec.served import MMC3

ROWS = 2_000
WRONG, RETURNED = 1_234, 7


def own_table() -> FilePayload:
    """A laboratory's export with headings of its own; one date of it cannot be."""
    lines = ["Ref;Datum;Land;Struktur;Methode"]
    for number in range(1, ROWS + 1):
        day = "2026-02-30" if number == WRONG else f"2026-02-{number % 28 + 1:02}"
        lines.append(f"F-{number};{day};NO;{MMC3};{'' if number == RETURNED else 'NMR'}")
    return {"name": "funde.csv", "mimeType": "text/csv", "buffer": "\n".join(lines).encode()}


def test_a_laboratorys_table_is_mended_written_returned_in_part_corrected_and_shown_in_public(stage: Stage) -> None:
    desk = stage.open("laboratory", "/lab/batches")
    desk.locator("[name=table]").set_input_files(own_table())
    desk.get_by_role("button", name="Upload and look at it").click()
    means = {"Ref": "own_reference", "Datum": "collected_on", "Land": "country", "Struktur": "structure",
             "Methode": "techniques"}  # fmt: skip
    for heading, field in means.items():
        desk.get_by_label(f"What “{heading}” says").select_option(field)
    desk.locator("[name=all-event_type]").select_option("seizure")
    desk.locator("[name=sharing]").select_option("public")
    desk.get_by_role("button", name="Look at the rows").click()

    expect(desk.get_by_label("All of them, or none")).to_be_disabled()  # once the rows were looked at
    desk.get_by_role("link", name=f"Correct row {WRONG}").click()
    expect(desk.locator(".fault")).to_contain_text("2026-02-30")
    desk.get_by_label("Datum").fill("2026-02-28")
    desk.get_by_role("button", name="Look at it again").click()
    desk.get_by_label("All of them, or none").check()
    desk.get_by_role("button", name="Write", exact=True).click()
    expect(desk.get_by_role("main")).to_contain_text(f"{ROWS} reports made")

    row = desk.context.request.get(f"{desk.url}/result.csv").text().splitlines()[RETURNED]
    report = row.split(",")[2]
    curator = stage.open("curator", f"/curate/reports/{report}")
    open_act(curator, "Return with reasons")
    curator.get_by_label("For the whole report").fill("Name the technique.")
    curator.get_by_role("button", name="Return the report").click()
    laboratory = stage.open("laboratory", f"/lab/reports/{report}")
    expect(laboratory.get_by_role("main")).to_contain_text("Name the technique.")
    laboratory.get_by_role("button", name="Amend").click()
    laboratory.locator("[name$=techniques][value=NMR]").check()
    laboratory.get_by_role("button", name="Send the amendment").click()

    visitor = stage.browser.new_context().new_page()
    visitor.goto(f"{stage.address}/search?q=3-MMC")
    public = visitor.url
    expect(visitor.get_by_role("main")).not_to_contain_text("Norway")
    stage.open("focal point", f"/curate/reports/{report}").get_by_role("button", name="Release the report").click()
    for who in ("curator", "colleague"):  # the first report of a substance takes two
        stage.open(who, f"/curate/reports/{report}").get_by_role("button", name="Accept the report").click()
    visitor.goto(public)
    expect(visitor.get_by_role("main")).to_contain_text("Norway")
    visitor.context.close()
