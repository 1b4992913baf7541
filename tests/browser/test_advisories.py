"""A curator's way from a signal to an advisory that everybody reads, without a script; a second curator publishes."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from nps_registry.store.engine import reading
from nps_registry.store.tables import Signal
from nps_registry.vocabulary.report import Role
from nps_registry.vocabulary.signal import SignalKind
from tests.browser.everybody import assert_everybody_can_read
from tests.databases import SqliteDatabases
from tests.listening import listening
from tests.signing_in import make_player, sign_in_page
from tests.spec.served import MMC3, Served, a_report, served


@pytest.fixture(scope="module")
def registry(sqlite_databases: SqliteDatabases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with served(sqlite_databases.migrated(), var_directory=tmp_path_factory.mktemp("var")) as given:
        assert given.report("de", a_report(MMC3)).status_code == 201
        yield given


def page_of(registry: Served, browser: Browser, address: str, email: str, organisation: str) -> Page:
    seal = registry.client.app.state.services.seal  # type: ignore[attr-defined]  # it is a FastAPI
    player = make_player(registry.engine, seal, Role.CURATOR, email=email, organisation=organisation)
    page = browser.new_context(java_script_enabled=False, locale="en-GB").new_page()
    sign_in_page(page, address, player)
    return page


def test_a_signal_becomes_an_advisory_that_two_curators_answer_for(registry: Served, browser: Browser) -> None:
    with reading(registry.engine) as session:
        signal = session.query(Signal).filter_by(kind=SignalKind.FIRST_IN_COUNTRY).first()
    assert signal is not None
    with listening(registry.client.app) as address:
        anna = page_of(registry, browser, address, "anna@example.org", "Organisation curator")
        anna.goto(f"{address}/curate/advisories/new?signal={signal.id}")
        anna.get_by_role("button", name="Open the draft").click()
        expect(anna.get_by_label("Title")).to_have_value("3-MMC: first report in a country (Germany)")
        anna.get_by_label("Harm").fill("One case; a dose of 100 mg was named.")
        anna.get_by_label("High", exact=True).check()
        anna.get_by_role("button", name="Save", exact=True).click()
        expect(anna.get_by_role("complementary", name="What you can do")).to_contain_text("says nothing of doses")
        anna.get_by_label("Harm").fill("One case with agitation.")
        anna.get_by_role("button", name="Save and look at it").click()
        expect(anna.get_by_role("main")).to_contain_text("One case with agitation.")
        anna.get_by_role("link", name="Back to the form").click()
        anna.get_by_role("button", name="Ask for publication").click()
        expect(anna.get_by_role("main")).to_contain_text("Another person than the one who wrote it has to publish it.")
        expect(anna.get_by_role("button", name="Publish version 1")).to_have_count(0)
        draft = anna.url
        scripted = browser.new_context(storage_state=anna.context.storage_state()).new_page()  # axe is a script
        for url in (draft, f"{draft}/preview", f"{address}/curate/advisories"):
            assert_everybody_can_read(scripted, url)

        visitor = browser.new_context().new_page()
        visitor.goto(f"{address}/advisories")
        expect(visitor.get_by_role("main")).to_contain_text("No advisory has been published.")
        ben = page_of(registry, browser, address, "ben@example.org", "Organisation colleague")
        ben.goto(draft)
        ben.get_by_role("button", name="Publish version 1").click()
        ben.get_by_role("link", name="Read it as it was published").wait_for()

        visitor.goto(f"{address}/substances/NPS-000001")
        visitor.get_by_role("link", name="3-MMC: first report in a country (Germany)").click()
        told = visitor.get_by_role("main")
        expect(told).to_contain_text("One case with agitation.")
        expect(told).to_contain_text("178.1226")
        for url in (visitor.url, f"{address}/advisories", f"{address}/"):
            assert_everybody_can_read(visitor, url)
        for page in (anna, ben, visitor, scripted):
            page.context.close()
