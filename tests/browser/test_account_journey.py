"""A person with a browser: invited, signed in with a second factor, seen elsewhere, and signed out from there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from nps_registry.accounts.seal import Seal
from nps_registry.store.engine import Engine
from nps_registry.vocabulary.report import Role
from tests.browser.everybody import assert_everybody_can_read
from tests.databases import SqliteDatabases
from tests.listening import listening
from tests.signing_in import PASSWORD, Player, make_player, sign_in_page
from tests.spec.served import served


@dataclass(frozen=True)
class Site:
    """A registry that listens."""

    address: str
    engine: Engine
    seal: Seal


@pytest.fixture(scope="module")
def site(sqlite_databases: SqliteDatabases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    var: Path = tmp_path_factory.mktemp("var")
    with served(sqlite_databases.migrated(), var_directory=var) as registry:
        app = registry.client.app
        with listening(app) as address:
            yield Site(address, registry.engine, app.state.services.seal)  # type: ignore[attr-defined]


def new_window(browser: Browser, *, scripts: bool = True, width: int = 1280) -> Page:
    """A window of its own, which knows nothing of the others, and fails at what the policy drops."""
    context = browser.new_context(java_script_enabled=scripts, viewport={"width": width, "height": 900})
    context.set_default_timeout(30_000)
    return context.new_page()


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without"])
def test_from_an_invitation_to_a_session_that_is_ended_elsewhere(browser: Browser, site: Site, scripts: bool) -> None:
    name = f"{'script' if scripts else 'plain'}-{{}}@example.org".format
    administrator = make_player(
        site.engine, site.seal, Role.ADMINISTRATOR, email=name("admin"), organisation="Administration", country="AT"
    )
    office = new_window(browser, scripts=scripts)
    sign_in_page(office, site.address, administrator)
    office.get_by_role("link", name="People").click()
    invite = office.locator("section", has=office.get_by_role("heading", name="Invite"))
    invite.get_by_label("E-mail address").fill(name("ann"))
    invite.get_by_label("Organisation").select_option("Organisation de")
    invite.get_by_label("Role").select_option("laboratory")
    office.get_by_role("button", name="Send the invitation").click()
    path = office.locator(".once").inner_text().partition(":8000")[2]

    bench = new_window(browser, scripts=scripts, width=390)
    bench.goto(site.address + path)
    bench.get_by_label("Your name").fill("Ann Example")
    bench.get_by_label("Choose a password").fill(PASSWORD)
    bench.get_by_label("The password again").fill(PASSWORD)
    bench.get_by_role("button", name="Make the account").click()
    secret = bench.locator(".hint code").inner_text().replace(" ", "")
    expect(bench.locator(".qr svg")).to_be_visible()
    ann = Player(name("ann"), PASSWORD, secret, "Organisation de", "DE", Role.LABORATORY, "", "")
    bench.get_by_label("Code that the authenticator shows").fill(ann.code())
    bench.get_by_role("button", name="Set up").click()
    expect(bench.locator(".once li")).to_have_count(10)
    codes = bench.locator(".once li").all_inner_texts()
    bench.get_by_role("link", name="I have kept them").click()
    expect(bench.get_by_role("link", name="Ann Example")).to_be_visible()

    home = new_window(browser, scripts=scripts)
    sign_in_page(home, site.address, ann, steps_ahead=1)
    home.goto(f"{site.address}/account")
    other = home.get_by_role("row").filter(has=home.get_by_role("button", name="End"))
    other.get_by_role("button", name="End").click()
    expect(home.get_by_role("status")).to_have_text("The session has ended.")
    bench.reload()
    expect(bench.get_by_role("heading", level=1)).to_have_text("Sign in")
    bench.get_by_label("E-mail address").fill(ann.email)
    bench.get_by_label("Password").fill(PASSWORD)
    bench.get_by_role("main").get_by_role("button", name="Sign in").click()
    bench.get_by_label("Code of your authenticator").fill(codes[0])
    bench.get_by_role("button", name="Continue").click()
    bench.get_by_role("link", name="Ann Example").wait_for()


def test_what_was_typed_survives_the_end_of_the_session(browser: Browser, site: Site) -> None:
    player = make_player(site.engine, site.seal, email="typing@example.org")
    page = new_window(browser)
    sign_in_page(page, site.address, player)
    page.goto(f"{site.address}/account/tokens")
    page.get_by_label("What it is for").fill("Typed with care")
    page.get_by_label("Submit reports").check()
    session = [cookie for cookie in page.context.cookies() if cookie["name"] == "nps-session"]
    page.context.clear_cookies(name="nps-session")
    page.get_by_role("button", name="Make the token").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Nothing is lost")
    page.context.add_cookies([{"name": "nps-session", "value": session[0]["value"], "url": site.address}])
    with page.expect_navigation():
        page.get_by_role("button", name="Send again").click()  # the session is another than the form's: asked once more
    page.get_by_role("button", name="Send again").click()
    expect(page.get_by_role("heading", name="Your new token")).to_be_visible()
    expect(page.get_by_role("cell", name="Typed with care")).to_be_visible()


def test_a_public_page_learns_of_the_session_from_a_script_alone(browser: Browser, site: Site) -> None:
    player = make_player(site.engine, site.seal, email="public@example.org")
    page = new_window(browser)
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.goto(site.address)
    expect(page.get_by_role("link", name="Sign in")).to_be_visible()
    sign_in_page(page, site.address, player)
    page.goto(site.address)
    page.get_by_role("link", name="Your desk").click()
    page.get_by_role("link", name="public@example.org").wait_for()
    assert complaints == []


def test_the_pages_behind_the_sign_in_are_for_everybody(browser: Browser, site: Site) -> None:
    player = make_player(site.engine, site.seal, Role.ADMINISTRATOR, email="narrow@example.org", organisation="Narrow")
    page = new_window(browser)
    assert_everybody_can_read(page, f"{site.address}/password")
    sign_in_page(page, site.address, player)
    own = ("/account", "/account/tokens", "/account/second-factor", "/account/subscriptions")
    desk = ("", "/signals", "/advisories/new", "/bulletins", "/substances", "/reidentify", "/forms", "/deliveries")
    office = ("/people", f"/people/{player.person_id}", "/audit")
    for path in (*own, *(f"/curate{each}" for each in (*desk, *office))):
        assert_everybody_can_read(page, site.address + path)
