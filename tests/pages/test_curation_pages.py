"""The pages of the review: sound for everybody who may open them, closed to everybody else."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from nps_registry.vocabulary.report import Role
from tests.databases import SqliteDatabases
from tests.pages.html import Page
from tests.signing_in import make_player, post_form, sign_in
from tests.spec.served import MMC3, UNKNOWN, Served, a_report, served

ROLES = (Role.FOCAL_POINT, Role.CURATOR, Role.ADMINISTRATOR, Role.LABORATORY, Role.SCIENTIST)
HOSTILE = "<img src=x onerror=alert(1)>"


@dataclass
class House:
    """A registry with somebody of every role signed in."""

    registry: Served
    browsers: dict[Role, TestClient]
    report: str
    substance: str
    signal: str

    def paths(self) -> dict[str, set[Role]]:
        """Each page with the roles that may open it."""
        review = {Role.FOCAL_POINT, Role.CURATOR, Role.ADMINISTRATOR}
        curation = {Role.CURATOR, Role.ADMINISTRATOR}
        return {
            "/curate": review,
            f"/curate/reports/{self.report}": review,
            "/curate/forms": review,
            "/curate/signals": curation,
            "/curate/signals?state=any&kind=first_ever&country=de": curation,
            f"/curate/signals/{self.signal}": curation,
            "/curate/substances": curation,
            f"/curate/substances/{self.substance}": curation,
            "/curate/reidentify": curation,
            "/lab/reidentify": {Role.LABORATORY},
        }


@pytest.fixture(scope="module")
def house(sqlite_databases: SqliteDatabases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    var: Path = tmp_path_factory.mktemp("var")
    with served(sqlite_databases.migrated(), var_directory=var) as registry:
        body = a_report(UNKNOWN, reported_as=HOSTILE, salt_form=HOSTILE, techniques=[HOSTILE])
        body["items"][0] |= {"sold_as": HOSTILE, "appearance": HOSTILE}
        body["event"] |= {"city": HOSTILE, "case_reference": HOSTILE, "outcome": "fatal"}
        body["note"] = HOSTILE
        made = registry.report("de-reviewed", body).json()
        services = registry.client.app.state.services  # type: ignore[attr-defined]  # it is a FastAPI
        browsers: dict[Role, TestClient] = {}
        for role in ROLES:
            organisation = "Organisation de" if role is Role.LABORATORY else f"Organisation {role.value}"
            player = make_player(
                registry.engine, services.seal, role, email=f"{role.value}@example.org", organisation=organisation
            )
            browsers[role] = TestClient(registry.client.app, raise_server_exceptions=False)
            sign_in(browsers[role], player)
        assert registry.report("de", a_report(MMC3)).status_code == 201
        (signal,) = registry.client.get("/api/v1/signals?kind=first_ever").json()["items"]
        yield House(registry, browsers, made["id"], made["detections"][0]["substance"]["accession"], signal["id"])


def assert_sound(answer: Any) -> None:
    page = Page.read(answer.text)
    assert page.faults == []
    assert page.inline == []
    assert len(page.all("h1")) == 1
    assert "onerror" not in {name for element in page.elements for name in element.attributes}
    assert all(address.startswith("/static/") for address in page.loads)


def test_a_page_is_sound_for_those_whose_it_is_and_closed_to_others(house: House) -> None:
    for path, roles in house.paths().items():
        for role in ROLES:
            answer = house.browsers[role].get(path)
            assert answer.status_code == (200 if role in roles else 403), (path, role)
            if role in roles:
                assert_sound(answer)
                assert answer.headers["cache-control"] == "private, no-store"
        visitor = TestClient(house.registry.client.app).get(path, follow_redirects=False)
        assert visitor.status_code == 303
        assert visitor.headers["location"].startswith("/sign-in")


def test_a_focal_point_sees_no_report_of_another_country(house: House) -> None:
    body = a_report(UNKNOWN, country="AT", reported_as="metonitazene")
    report = house.registry.report("at", body).json()["id"]
    assert house.browsers[Role.FOCAL_POINT].get(f"/curate/reports/{report}").status_code == 404
    assert report not in house.browsers[Role.FOCAL_POINT].get("/curate").text
    assert report in house.browsers[Role.CURATOR].get("/curate").text


@pytest.mark.parametrize(
    ("act", "fields", "status"),
    [
        ("query", {"question": ""}, 422),
        ("return", {"reason": ""}, 422),
        ("accept", {"reason": "typed for long"}, 409),
        ("reidentify", {"place": "0.0", "to": "C1CC", "to_is": "structure", "reason": "typed for long"}, 422),
        ("reidentify", {"place": "x", "to": "C", "reason": "typed for long"}, 422),
        ("share", {"sharing": "public", "hold_until": "someday"}, 422),
    ],
)
def test_a_form_that_is_refused_loses_nothing_typed(
    house: House, act: str, fields: dict[str, str], status: int
) -> None:
    at = f"/curate/reports/{house.report}"
    answer = post_form(house.browsers[Role.CURATOR], f"{at}/{act}", {"revision": "1", **fields}, seen_at=at)
    assert answer.status_code == status
    assert_sound(answer)
    for value in fields.values():
        assert value in answer.text


def test_a_form_without_its_token_or_revision_does_nothing(house: House) -> None:
    at = f"/curate/reports/{house.report}"
    browser = house.browsers[Role.CURATOR]
    assert browser.post(f"{at}/query", data={"revision": "1", "question": "x"}).status_code == 403
    assert post_form(browser, f"{at}/query", {"question": "x"}, seen_at=at).status_code == 422
    assert post_form(browser, f"{at}/dance", {"revision": "1"}, seen_at=at).status_code == 404


@pytest.mark.parametrize("file", ["csv", "xlsx", "json"])
def test_a_form_is_filled_as_a_file(house: House, file: str) -> None:
    answer = house.browsers[Role.FOCAL_POINT].get(f"/curate/forms/file?form=national&file={file}")
    assert answer.status_code == 200
    assert answer.headers["content-disposition"].startswith("attachment")
    assert house.browsers[Role.LABORATORY].get("/curate/forms/file?form=national").status_code == 403
