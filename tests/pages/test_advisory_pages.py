"""The pages of advisories and bulletins: sound for whoever may open them, and nothing typed is ever lost or run."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from pypdf import PdfReader

from nps_registry.store.engine import writing
from nps_registry.store.tables import Signal
from nps_registry.vocabulary.period import Period
from nps_registry.vocabulary.report import Role
from nps_registry.vocabulary.signal import SignalKind, TrafficLight
from tests.advising import open_draft, publish, published, update, withdraw
from tests.databases import SqliteDatabases
from tests.pages.html import Page
from tests.signing_in import Player, make_player, post_form, sign_in
from tests.spec.served import MMC3, Served, a_report, served

ROLES = (Role.CURATOR, Role.ADMINISTRATOR, Role.LABORATORY, Role.FOCAL_POINT, Role.SCIENTIST)
CURATING = {Role.CURATOR, Role.ADMINISTRATOR}
HOSTILE = "<img src=x onerror=alert(1)> {{7*7}} #{sys} $x$"
_EDIT = re.compile(r'name="edit" value="(\d+)"')


@dataclass
class House:
    """A registry with somebody of every role signed in."""

    registry: Served
    browsers: dict[Role, TestClient]
    players: dict[Role, Player]

    @property
    def curator(self) -> TestClient:
        return self.browsers[Role.CURATOR]

    def act(self, who: Role, advisory: str, act: str, **fields: str) -> Any:
        """Send a form of the page of *advisory* with the edit that it shows."""
        at = f"/curate/advisories/{advisory}"
        found = _EDIT.search(self.browsers[who].get(at).text)
        told = {"edit": found.group(1) if found else "1", **fields}
        return post_form(self.browsers[who], f"{at}/{act}", told, seen_at=at)


@pytest.fixture(scope="module")
def house(sqlite_databases: SqliteDatabases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    var: Path = tmp_path_factory.mktemp("var")
    with served(sqlite_databases.migrated(), var_directory=var) as registry:
        assert registry.report("de", a_report(MMC3)).status_code == 201
        services = registry.client.app.state.services  # type: ignore[attr-defined]  # it is a FastAPI
        browsers: dict[Role, TestClient] = {}
        players: dict[Role, Player] = {}
        for role in ROLES:
            organisation = "Organisation de" if role is Role.LABORATORY else f"Organisation {role.value}"
            email = f"{role.value}@example.org"
            players[role] = make_player(registry.engine, services.seal, role, email=email, organisation=organisation)
            browsers[role] = TestClient(registry.client.app, raise_server_exceptions=False)
            sign_in(browsers[role], players[role])
        yield House(registry, browsers, players)


def assert_sound(text: str) -> Page:
    page = Page.read(text)
    assert page.faults == []
    assert page.inline == []
    assert len(page.all("h1")) == 1
    assert not [element for element in page.elements if "onerror" in element.attributes]
    assert all(address.startswith(("/static/", "/bulletins/", "/figures/")) for address in page.loads)
    return page


def form_of(text: str) -> dict[str, str]:
    """The fields of the edit form as a browser would send them."""
    page = Page.read(text)
    fields = {each.attributes["name"]: each.attributes.get("value", "") for each in page.all("input")
              if each.attributes.get("type") in {"text", "hidden"} and "name" in each.attributes}  # fmt: skip
    fields |= {each.attributes["name"]: each.text.removeprefix("\n") for each in page.all("textarea")}
    for each in page.all("input"):
        if each.attributes.get("type") == "radio" and "checked" in each.attributes:
            fields[each.attributes["name"]] = each.attributes["value"]
    fields.pop("form_token")
    fields.pop("advisory", None)
    return fields


def test_public_pages_are_sound_in_every_state_and_version(house: House) -> None:
    key = published(
        house.registry, title=HOSTILE, summary=HOSTILE, details=HOSTILE, references=(HOSTILE, "https://x.y")
    )
    update(house.registry, key, title="Updated", aliases=("EU-1",))
    withdraw(house.registry, key, HOSTILE)
    client = house.registry.client
    for address in ("/advisories", "/advisories?state=withdrawn", "/advisories?severity=critical&country=FI", "/",
                    f"/advisories/{key}", f"/advisories/{key}?version=1", "/substances/NPS-000001", "/bulletins",
                    "/data"):  # fmt: skip
        answer = client.get(address)
        assert answer.status_code == 200, address
        page = assert_sound(answer.text)
        assert "49" not in page.all("title")[0].text
    for address, status in (("/advisories/none", 404), (f"/advisories/{key}?version=9", 404),
                            ("/advisories?severity=awful", 422), ("/advisories?country=ZZ", 422),
                            ("/advisories?state=odd", 422), ("/advisories?cursor=x", 422),
                            (f"/advisories/{key}?version=x", 422)):  # fmt: skip
        answer = client.get(address)
        assert answer.status_code == status, address
        assert_sound(answer.text)
    machine = client.get(f"/advisories/{key}", headers={"accept": "application/json"}, follow_redirects=False)
    assert machine.headers["location"] == f"/api/v1/advisories/{key}"


def test_an_advisory_for_print_is_tagged_and_holds_its_text_as_text(house: House) -> None:
    key = published(house.registry, title=HOSTILE, harms="α-PVP – found")
    answer = house.registry.client.get(f"/api/v1/advisories/{key}.pdf")
    read = PdfReader(BytesIO(answer.content))
    root: Any = read.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "en"
    assert read.metadata is not None
    assert read.metadata.title == HOSTILE
    text = " ".join("".join(page.extract_text() for page in read.pages).split())
    for words in ("{{7*7}} #{sys} $x$", "α-PVP – found", "TLP:CLEAR", "QDNXSIYWHYGMCD-UHFFFAOYSA-N", "Ed25519"):
        assert words in text, words
    assert house.registry.client.get(f"/api/v1/advisories/{key}.pdf").content == answer.content


def test_pages_behind_the_sign_in_are_for_those_whose_they_are(house: House) -> None:
    draft = open_draft(house.registry).id
    green = published(house.registry, audience=TrafficLight.GREEN)
    organisation = f"organisation:{house.players[Role.LABORATORY].organisation_id}"
    amber = published(house.registry, audience=TrafficLight.AMBER_STRICT, recipients=(organisation,))
    person = f"person:{house.players[Role.SCIENTIST].person_id}"
    red = published(house.registry, audience=TrafficLight.RED, recipients=(person,))
    everybody = set(ROLES)
    pages = {
        "/lab/advisories": everybody,
        f"/lab/advisories/{green}": everybody,
        f"/lab/advisories/{amber}": CURATING | {Role.LABORATORY},
        f"/lab/advisories/{red}": CURATING | {Role.SCIENTIST},
        f"/api/v1/advisories/{red}.pdf": CURATING | {Role.SCIENTIST},
        "/curate/advisories": CURATING,
        "/curate/advisories/new": CURATING,
        "/curate/advisories/new?substance=NPS-000001": CURATING,
        f"/curate/advisories/{draft}": CURATING,
        f"/curate/advisories/{draft}/preview": CURATING,
        f"/curate/advisories/{green}": CURATING,
        "/curate/bulletins": CURATING,
    }
    for path, roles in pages.items():
        for role in ROLES:
            answer = house.browsers[role].get(path)
            assert answer.status_code == (200 if role in roles else 404 if "/curate" not in path else 403), (path, role)
            assert role not in roles or "no-store" in answer.headers["cache-control"]
            if role in roles and not path.startswith("/api"):
                assert_sound(answer.text)
        assert TestClient(house.registry.client.app).get(path, follow_redirects=False).status_code in {303, 404}


def test_a_draft_is_opened_from_a_signal_or_substances_and_saved_as_typed(house: House) -> None:
    with writing(house.registry.engine) as session:
        row = session.query(Signal).filter_by(kind=SignalKind.FIRST_IN_COUNTRY).first()
        assert row is not None
        signal = row.id
    at = f"/curate/advisories/new?signal={signal}"
    looked = house.curator.get(at)
    assert looked.status_code == 200
    assert_sound(looked.text)
    opened = post_form(house.curator, "/curate/advisories", {"signal": signal}, seen_at=at)
    assert opened.status_code == 303
    advisory = opened.headers["location"].rpartition("/")[2]
    page = house.curator.get(opened.headers["location"])
    fields = form_of(page.text)
    assert fields["title"] == "3-MMC: first report in a country (Germany)"
    assert fields["substances"] == "NPS-000001"
    saved = house.act(Role.CURATOR, advisory, "save", **fields | {"harms": "- one\n- two", "countries": "de, at"})
    assert saved.status_code == 303
    again = form_of(house.curator.get(opened.headers["location"]).text)
    assert again["harms"] == "- one\n- two"
    assert again["countries"] == "DE AT"
    assert "naming the country may tell of restricted ones" in house.curator.get(opened.headers["location"]).text
    for fault, status in (({"substance": "NPS-999999"}, 422), ({"substance": ""}, 422), ({"signal": "none"}, 404)):
        assert post_form(house.curator, "/curate/advisories", fault, seen_at=at).status_code == status
    assert house.curator.get("/curate/advisories/new?substance=NPS-999999").status_code == 422


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"substances": "NPS-999999"}, 422),
        ({"countries": "ZZ"}, 422),
        ({"severity": "awful"}, 422),
        ({"audience": "AMBER", "recipient_countries": "QQ"}, 422),
        ({"audience": "AMBER+STRICT", "recipient_organisations": "Nobody Ltd"}, 422),
        ({"audience": "RED", "recipient_people": "nobody@example.org"}, 422),
        ({"title": "x" * 300}, 422),
        ({"edit": "1"}, 409),
    ],
)
def test_a_form_that_is_refused_loses_nothing_typed(house: House, change: dict[str, str], status: int) -> None:
    advisory = open_draft(house.registry).id
    at = f"/curate/advisories/{advisory}"
    fields = form_of(house.curator.get(at).text)
    assert house.act(Role.ADMINISTRATOR, advisory, "save", **fields | {"title": "Meanwhile"}).status_code == 303
    typed = fields | {"edit": "2", "details": f"typed for long {HOSTILE}"} | change
    refused = post_form(house.curator, f"{at}/save", typed, seen_at=at)
    assert refused.status_code == status
    assert_sound(refused.text)
    shown = form_of(refused.text)
    for name, value in typed.items():
        if name != "edit" and value != "awful":  # what is in no list cannot be chosen again
            assert shown[name] == value, name
    if status == 409:
        assert "administrator@example.org" in refused.text
        assert "<dd>Meanwhile</dd>" in refused.text
        assert shown["edit"] == "2", "sent again, it replaces what the other wrote, who was told of"


def test_one_curator_asks_and_another_publishes_on_pages(house: House) -> None:
    advisory = open_draft(house.registry).id
    at = f"/curate/advisories/{advisory}"
    fields = form_of(house.curator.get(at).text)
    looked = house.act(Role.CURATOR, advisory, "save", **fields | {"title": "By pages", "then": "preview"})
    assert looked.headers["location"] == f"{at}/preview"
    assert "Draft, not published" in house.curator.get(f"{at}/preview").text
    assert house.act(Role.CURATOR, advisory, "propose").status_code == 303
    refused = house.act(Role.CURATOR, advisory, "publish")
    assert refused.status_code == 409
    assert "another person" in refused.text
    assert house.act(Role.ADMINISTRATOR, advisory, "publish").status_code == 303
    assert "By pages" in house.registry.client.get("/advisories").text
    assert house.act(Role.CURATOR, advisory, "dance").status_code == 404
    assert house.act(Role.CURATOR, advisory, "withdraw", reason="").status_code == 422
    assert house.act(Role.CURATOR, advisory, "update").status_code == 303
    assert house.act(Role.CURATOR, advisory, "discard").status_code == 303
    assert house.act(Role.CURATOR, advisory, "withdraw", reason="Wrong.").status_code == 303
    assert "Wrong." in house.registry.client.get(f"/advisories/{advisory}").text
    copied = post_form(house.curator, "/curate/advisories", {"advisory": advisory}, seen_at=at)
    assert form_of(house.curator.get(copied.headers["location"]).text)["title"] == "By pages"
    assert house.act(Role.LABORATORY, advisory, "withdraw", reason="x").status_code == 403


def test_a_bulletin_is_issued_on_a_page(house: House) -> None:
    now = datetime.now(UTC)
    over = Period(now.year, now.month, 1).before(1).key
    at = "/curate/bulletins"
    for period, status in ((f"{now.year}-{now.month:02d}", 409), ("soon", 422)):
        refused = post_form(house.curator, at, {"period": period})
        assert refused.status_code == status
        assert_sound(refused.text)
        assert f'value="{period}"' in refused.text
    assert post_form(house.curator, at, {"period": over}).headers["location"] == f"/bulletins/{over}"
    for address in ("/bulletins", f"/bulletins/{over}", at):
        answer = house.curator.get(address)
        assert answer.status_code == 200
        assert_sound(answer.text)
        assert over in answer.text


def test_the_public_keys_are_at_a_well_known_address(house: House) -> None:
    told = house.registry.client.get("/.well-known/nps-registry-keys.json").json()
    assert [key["algorithm"] for key in told["keys"]] == ["Ed25519"]
    key = publish(house.registry, open_draft(house.registry).id).id
    signature = house.registry.client.get(f"/api/v1/advisories/{key}").json()["signatures"][0]
    assert signature["key_id"] == told["keys"][0]["key_id"]
