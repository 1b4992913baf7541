"""The laboratory's pages: sound markup, and whatever is typed stays text on every page that shows it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from nps_registry.intake.draft_fields import DETECTION, EVENT, ITEM, REPORT, Sort
from nps_registry.vocabulary.report import Role
from tests.at_the_desk import FILLED, act, begin, signed_in
from tests.databases import SqliteDatabases
from tests.pages.html import Page
from tests.signing_in import form_token
from tests.spec.served import MMC3, UNKNOWN, Served, served

HOSTILE = "<script>alert(1)</script>\"><img src=x onerror=alert(2)>'{{7*7}}"


@pytest.fixture(scope="module")
def registry(sqlite_databases: SqliteDatabases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    var: Path = tmp_path_factory.mktemp("var")
    with served(sqlite_databases.migrated(), var_directory=var) as given:
        yield given


@pytest.fixture(scope="module")
def ann(registry: Served) -> TestClient:
    return signed_in(registry, "Laboratory Ann")


@pytest.fixture(scope="module")
def draft(ann: TestClient) -> str:
    """A draft with two items, something partial, and something that is not valid."""
    address = begin(ann)
    act(ann, address, "add-item", FILLED)
    fields = FILLED | {
        "items.1.net_mass_g": "much", "items.3": "here", "items.3.detections.4": "here",
        "items.3.detections.4.candidates": "2-MMC\n3-MMC", "items.3.detections.4.techniques": "GC-MS",
    }  # fmt: skip
    act(ann, address, "save", fields)
    return address


@pytest.fixture(scope="module")
def report(ann: TestClient) -> str:
    sent = act(ann, begin(ann), "submit", FILLED | {"items.1.detections.2.structure": UNKNOWN})
    return str(sent.headers["location"]).removesuffix("/receipt")


def assert_sound(client: TestClient, path: str) -> None:
    page = Page.read(client.get(path).text)
    assert page.faults == []
    assert page.inline == []
    assert len(page.all("h1")) == 1
    assert all(address.startswith("/static/") for address in page.loads)


@pytest.mark.parametrize("path", ["/lab", "/lab/reports", "/lab/reports?q=x&state=accepted", "/lab/reports/new"])
def test_a_page_of_the_desk_is_sound(ann: TestClient, draft: str, report: str, path: str) -> None:
    assert_sound(ann, path)


@pytest.mark.parametrize("behind", ["", "?check=true"])
def test_the_form_is_sound_with_and_without_faults(ann: TestClient, draft: str, behind: str) -> None:
    assert_sound(ann, draft + behind)


@pytest.mark.parametrize("behind", ["", "/receipt"])
def test_a_report_of_ones_own_is_sound(ann: TestClient, report: str, behind: str) -> None:
    assert_sound(ann, report + behind)


def test_a_difference_is_drawn_on_a_page_of_its_own(ann: TestClient) -> None:
    path = f"/lab/triage/difference?structure={UNKNOWN}&accession=NPS-000001"
    assert_sound(ann, path)
    assert ann.get(path).text.count("<svg") == 2
    part = ann.get(f"{path}&part=true").text
    assert "<html" not in part
    assert ann.get(path.replace("NPS-000001", "NPS-999999")).status_code == 404
    assert ann.get("/lab/triage/difference?structure=C1CC&accession=NPS-000001").status_code == 422


def test_the_editor_is_given_any_notation_as_a_molfile(ann: TestClient) -> None:
    token = {"form_token": _token(ann)}
    flat = ann.post("/lab/structure", data=token | {"structure": MMC3}).json()["molfile"]
    assert flat.splitlines()[3].split()[4] == "1", "one enantiomer is no racemate: the chiral flag is set"
    racemate = ann.post("/lab/structure", data=token | {"structure": "CN[C@@H](C)C(=O)c1cccc(C)c1 |&1:2|"}).json()
    assert "STERAC1" in racemate["molfile"]
    refused = ann.post("/lab/structure", data=token | {"structure": "C1CC"})
    assert refused.status_code == 422
    assert refused.json()["message"]


def test_every_field_has_a_label_and_every_button_a_name(ann: TestClient, draft: str) -> None:
    page = Page.read(ann.get(draft).text)
    labelled = {element.attributes.get("for") for element in page.all("label")}
    fields = [
        element
        for element in page.all("input", "select", "textarea")
        if element.attributes.get("type") not in {"hidden", "checkbox"}
    ]
    assert [field.attributes for field in fields if field.attributes.get("id") not in labelled] == []
    assert [button.attributes for button in page.all("button") if not button.text.strip()] == []


@pytest.mark.parametrize("role", [Role.LABORATORY, Role.FOCAL_POINT])
def test_a_text_in_any_field_is_text_on_every_page_that_shows_it(registry: Served, role: Role) -> None:
    client = signed_in(registry, f"Hostile {role}", role)
    texts = {
        **{name: HOSTILE for name, sort in REPORT.items() if sort is Sort.TEXT and name != "sharing"},
        **{f"event.{name}": HOSTILE for name, sort in EVENT.items() if sort is Sort.TEXT},
        **{f"items.1.{name}": HOSTILE for name, sort in ITEM.items() if sort is not Sort.TRUTH},
        **{f"items.1.detections.2.{name}": HOSTILE for name, sort in DETECTION.items() if sort is not Sort.TRUTH},
        "items.1.detections.2.techniques_other": HOSTILE,
    }  # fmt: skip
    draft = begin(client)
    act(client, draft, "save", FILLED | texts)
    refused = act(client, draft, "submit", FILLED | texts)
    told = [client.get("/lab"), client.get(draft), refused, client.get(f"{draft}?check=true")]
    told += [client.get(path) for path in _sent_with(client, texts)]
    for answer in told:
        assert answer.status_code in {200, 409, 422}
        page = Page.read(answer.text)
        assert page.inline == []
        assert page.faults == []
        assert not page.all("img")
        assert "'49" not in answer.text, "what is typed is no template either"
    assert sum("alert(1)" in answer.text for answer in told) >= 6, "the text itself is shown"


def _sent_with(client: TestClient, texts: dict[str, str]) -> list[str]:
    """The pages of a report that holds the texts in every field where any text is valid."""
    free = {
        "event.subdivision", "event.city", "event.case_reference", "event.transport", "event.concealment", "note",
        "own_reference", "items.1.specimen_site", "items.1.appearance", "items.1.sold_as", "items.1.detections.2.name",
        "items.1.detections.2.reported_as", "items.1.detections.2.candidates", "items.1.detections.2.salt_form",
        "items.1.detections.2.techniques_other", "items.1.detections.2.chemical_class",
    }  # fmt: skip
    short = {name: text[:60] for name, text in texts.items() if name in free}
    short["items.1.detections.2.concentration_unit"] = HOSTILE[:24]
    sent = act(client, begin(client), "submit", FILLED | short)
    assert sent.status_code == 303, sent.text
    receipt = str(sent.headers["location"])
    report = receipt.removesuffix("/receipt")
    amendment = client.post(f"{report}/amend", data={"form_token": _token(client)}, follow_redirects=False)
    return [receipt, report, "/lab", "/lab/reports", "/lab/reports?q=alert", str(amendment.headers["location"])]


def _token(client: TestClient) -> str:
    return form_token(client, "/lab")


def test_the_triage_is_a_part_of_a_page_and_needs_the_forms_token(ann: TestClient) -> None:
    told = ann.post("/lab/triage", data=FILLED | {"form_token": _token(ann)})
    assert told.status_code == 200
    assert "<html" not in told.text
    assert ann.post("/lab/triage", data=FILLED).status_code in {400, 403, 409}
    foreign = {"Origin": "https://elsewhere.example"}
    assert ann.post("/lab/triage", data=FILLED | {"form_token": _token(ann)}, headers=foreign).status_code == 403


def test_saving_while_typing_answers_what_is_wrong_by_the_ids_of_the_fields(ann: TestClient) -> None:
    draft = begin(ann)
    fields = FILLED | {"form_token": _token(ann), "revision": "1", "items.1.net_mass_g": "much"}
    told = ann.post(f"{draft}/save", data=fields).json()
    assert told["revision"] == 2
    assert told["others"] is False
    assert [fault["id"] for fault in told["faults"]] == ["items-1-net_mass_g"]
    assert ann.post(f"{draft}/save", data=fields | {"revision": "2"}).json()["revision"] == 2, "nothing new was typed"
