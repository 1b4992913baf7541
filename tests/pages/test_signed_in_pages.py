"""The pages behind the sign-in are as sound as the public ones, for each role, and kept by no cache."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from nps_registry.pages.site import SECTIONS, Section
from nps_registry.vocabulary.report import Role
from tests.databases import SqliteDatabases
from tests.pages.html import Page
from tests.signing_in import Player, make_player, post_form, sign_in
from tests.spec.served import Served, served

FOR_EVERYONE = (
    "/account", "/account/tokens", "/account/subscriptions", "/account/subscriptions?structure=CCO",
    "/account/second-factor",
)  # fmt: skip
FOR_ADMINISTRATORS = ("/curate/people", "/curate/audit", "/curate/audit?actor=ann@example.org&since=2020-01-01")
WITHOUT_SIGN_IN = (
    "/sign-in", "/sign-in?next=/account", "/password", "/subscribe", "/subscribe?substance=NPS-000001&threshold=x",
    "/unsubscribe/nobody",
)  # fmt: skip


@pytest.fixture(scope="module")
def registry(sqlite_databases: SqliteDatabases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with served(sqlite_databases.migrated(), var_directory=tmp_path_factory.mktemp("var")) as given:
        yield given


@pytest.fixture(scope="module")
def signed_in(registry: Served) -> dict[Role, tuple[Player, TestClient]]:
    """A person of each role and a browser in which they are signed in."""
    seal = registry.client.app.state.services.seal  # type: ignore[attr-defined]  # it is a FastAPI
    found: dict[Role, tuple[Player, TestClient]] = {}
    for role in Role:
        if role is not Role.VISITOR:
            email, holder = f"{role.value}@example.org", f"Organisation of a {role.value}"
            player = make_player(registry.engine, seal, role, email=email, organisation=holder)
            client = TestClient(registry.client.app, raise_server_exceptions=False)
            sign_in(client, player)
            found[role] = (player, client)
    return found


def assert_sound(text: str) -> Page:
    page = Page.read(text)
    assert page.faults == []
    assert page.inline == []
    assert all(address.startswith("/static/") for address in page.loads)
    assert len(page.all("h1")) == 1
    tokens = [field for field in page.all("input") if field.attributes.get("name") == "form_token"]
    posts = [form for form in page.all("form") if form.attributes.get("method") == "post"]
    assert len(tokens) == len(posts), "every form that changes something has the token"
    return page


@pytest.mark.parametrize("path", FOR_EVERYONE)
@pytest.mark.parametrize("role", [Role.LABORATORY, Role.SCIENTIST, Role.ADMINISTRATOR])
def test_a_page_of_ones_own_is_sound(signed_in: dict[Role, tuple[Player, TestClient]], role: Role, path: str) -> None:
    answer = signed_in[role][1].get(path)
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "private, no-store"
    assert_sound(answer.text)


@pytest.mark.parametrize("path", FOR_ADMINISTRATORS)
def test_a_page_for_administrators_is_sound_and_for_nobody_else(
    signed_in: dict[Role, tuple[Player, TestClient]], path: str
) -> None:
    for role, (_player, client) in signed_in.items():
        answer = client.get(path)
        assert answer.status_code == (200 if role is Role.ADMINISTRATOR else 403)
        assert_sound(answer.text)


def test_the_page_of_a_person_is_sound(signed_in: dict[Role, tuple[Player, TestClient]]) -> None:
    _player, client = signed_in[Role.ADMINISTRATOR]
    for player, _client in signed_in.values():
        answer = client.get(f"/curate/people/{player.person_id}")
        assert answer.status_code == 200
        assert_sound(answer.text)
    assert client.get("/curate/people/nobody").status_code == 404


@pytest.mark.parametrize("path", WITHOUT_SIGN_IN)
def test_a_page_before_the_sign_in_is_sound(registry: Served, path: str) -> None:
    answer = TestClient(registry.client.app).get(path)
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "private, no-store"
    assert_sound(answer.text)


def test_the_pages_of_invitations_and_kept_forms_are_sound(
    registry: Served, signed_in: dict[Role, tuple[Player, TestClient]]
) -> None:
    _player, client = signed_in[Role.ADMINISTRATOR]
    fields = {"email": "new@example.org", "organisation": "Organisation de", "role": "curator"}
    sent = post_form(client, "/curate/people/invitations", fields, seen_at="/curate/people")
    assert_sound(sent.text)
    path = sent.text.partition('<p class="once">http://127.0.0.1:8000')[2].partition("<")[0]
    stranger = TestClient(registry.client.app)
    assert_sound(stranger.get(path).text)
    same_site = {"Sec-Fetch-Site": "same-origin"}
    kept = stranger.post("/account/password", data={"note": '"><script>alert(1)</script>'}, headers=same_site)
    assert_sound(kept.text)


@pytest.mark.parametrize("section", SECTIONS, ids=lambda section: section.url)
def test_a_link_of_the_side_navigation_leads_those_whom_it_is_for_to_a_page(
    signed_in: dict[Role, tuple[Player, TestClient]], section: Section
) -> None:
    for role in section.roles:
        answer = signed_in[role][1].get(section.url, follow_redirects=False)
        assert answer.status_code == 200
        current = [link for link in Page.read(answer.text).all("a") if link.attributes.get("aria-current") == "page"]
        assert [link.attributes["href"] for link in current] == [section.url]


def test_script_in_a_name_an_agent_or_an_address_stays_text(
    registry: Served, signed_in: dict[Role, tuple[Player, TestClient]]
) -> None:
    _player, client = signed_in[Role.ADMINISTRATOR]
    name = "<script>alert(1)</script>"
    post_form(client, "/curate/people/organisations", {"name": name, "country": "FI"}, seen_at="/curate/people")
    seal = registry.client.app.state.services.seal  # type: ignore[attr-defined]
    player = make_player(registry.engine, seal, email="script@example.org", organisation=name)
    browser = TestClient(registry.client.app, headers={"user-agent": f"{name}\x7f"})
    sign_in(browser, player)
    for page in (browser.get("/account"), client.get("/curate/people"), client.get("/curate/audit")):
        assert name not in page.text
        assert "&lt;script&gt;" in page.text


def test_where_no_mail_is_sent_no_form_asks_for_a_link_by_mail(registry: Served) -> None:
    text = registry.client.get("/password").text
    assert "Ask its administrator" in text
    assert Page.read(text).all("form") == []
