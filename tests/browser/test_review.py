"""A report's way through the review, with four people in four browsers; no page of it needs a script."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.stage import Stage, open_act
from tests.spec.served import MMC3, UNKNOWN, a_report


def test_a_report_is_asked_about_corrected_released_and_accepted_by_two_and_then_shows_in_public(stage: Stage) -> None:
    answer = stage.registry.report("de-reviewed", a_report(UNKNOWN, reported_as="white powder")).json()
    report, accession = answer["id"], answer["detections"][0]["substance"]["accession"]
    asks = stage.open("focal point", "/curate")
    asks.get_by_role("link", name="Unnamed synthetic cathinone").first.click()
    expect(asks.get_by_role("main")).to_contain_text("white powder")
    open_act(asks, "Ask the laboratory")
    asks.get_by_label("Question").fill("Was the salt identified?")
    asks.get_by_role("button", name="Send the question").click()

    laboratory = stage.open("laboratory", f"/lab/reports/{report}")
    expect(laboratory.get_by_role("main")).to_contain_text("Was the salt identified?")
    laboratory.get_by_role("button", name="Amend").click()
    laboratory.locator("details:has([name=note]) > summary").first.click()
    laboratory.locator("[name=note]").first.fill("Yes: the hydrochloride.")
    laboratory.get_by_role("button", name="Send the amendment").click()

    releases = stage.open("focal point", f"/curate/reports/{report}")
    releases.get_by_role("button", name="Release the report").click()
    visitor = stage.browser.new_context().new_page()
    for who, state in (("curator", "Released by the focal point"), ("colleague", "Accepted")):
        page = stage.open(who, f"/curate/reports/{report}")
        page.get_by_role("button", name="Accept the report").click()
        expect(page.locator(".badge").first).to_have_text(state)
        gone = visitor.goto(f"{stage.address}/substances/{accession}")
        assert gone is not None
        assert gone.status == (200 if state == "Accepted" else 404)
    expect(visitor.get_by_role("main")).to_contain_text("Germany")
    visitor.context.close()


def test_a_returned_report_shows_its_laboratory_the_reasons_per_field(stage: Stage) -> None:
    report = stage.registry.report("de-reviewed", a_report(MMC3, reported_as="brown powder")).json()["id"]
    curator = stage.open("curator", f"/curate/reports/{report}")
    open_act(curator, "Return with reasons")
    curator.get_by_label("“brown powder” items[0].detections[0]").fill("Name the technique.")
    curator.get_by_label("For the whole report").fill("Please complete it.")
    curator.get_by_role("button", name="Return the report").click()
    told = stage.open("laboratory", f"/lab/reports/{report}").get_by_role("main")
    expect(told).to_contain_text("Please complete it.")
    expect(told).to_contain_text("Name the technique.")


def test_the_second_of_two_curators_keeps_what_was_typed_and_is_told_what_happened(stage: Stage) -> None:
    report = stage.registry.report("de-reviewed", a_report(MMC3)).json()["id"]
    late = stage.open("colleague", f"/curate/reports/{report}")
    first = stage.open("curator", f"/curate/reports/{report}")
    for page, question in ((first, "Which column?"), (late, "Which solvent?")):
        open_act(page, "Ask the laboratory")
        page.get_by_label("Question").fill(question)
        page.get_by_role("button", name="Send the question").click()
    expect(late.get_by_role("alert")).to_contain_text("Question asked by curator@example.org")
    expect(late.get_by_role("main")).to_contain_text("queried", ignore_case=True)
    expect(late.get_by_role("main")).to_contain_text("Which solvent?")


def test_a_laboratory_looks_at_a_correction_before_it_makes_it(stage: Stage) -> None:
    stage.registry.report("de-reviewed", a_report(MMC3))
    page = stage.open("laboratory", "/lab/reidentify")
    page.get_by_label("Reported as (accession)").fill("NPS-000001")
    page.get_by_label("What it is").fill("NPS-000002")
    page.get_by_label("How it was found out").fill("NMR")
    page.get_by_role("button", name="Look at what would happen").click()
    expect(page.get_by_role("main")).to_contain_text("Reports that would be of Mephedrone (NPS-000002)")
    page.get_by_role("button", name="Correct the reports").click()
    expect(page.get_by_role("main")).to_contain_text("Reports that are of Mephedrone (NPS-000002) now")
