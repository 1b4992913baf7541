"""A laboratory's drafts, through the forms of the pages: nothing typed is lost, and each is sent once."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select
from sqlmodel import col

from nps_registry.app import create_app
from nps_registry.settings import Settings
from nps_registry.store.engine import reading, writing
from nps_registry.store.tables import Draft, DraftChange, Report, ReviewStep
from nps_registry.vocabulary.report import ReportState, Role
from nps_registry.vocabulary.review import Act
from tests.at_the_desk import FILLED, act, begin, count_rows, signed_in
from tests.databases import DIALECTS, dropped_afterwards
from tests.signing_in import Player, form_token, make_player, sign_in
from tests.spec.served import Served, served


@pytest.fixture(scope="module", params=DIALECTS)
def registry(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    given = request.getfixturevalue(f"{request.param}_databases")
    var: Path = tmp_path_factory.mktemp("var")
    with dropped_afterwards(given) as databases, served(databases.migrated(), var_directory=var) as registry:
        yield registry


@pytest.fixture
def laboratory(registry: Served) -> str:
    """The name of a laboratory of this test alone."""
    return f"Laboratory {uuid4()}"


@pytest.fixture
def ann(registry: Served, laboratory: str) -> TestClient:
    return signed_in(registry, laboratory)


@pytest.fixture
def bob(registry: Served, laboratory: str) -> TestClient:
    return signed_in(registry, laboratory)


def player_of(registry: Served, laboratory: str) -> Player:
    """A person with all that the real sign-in asks for."""
    seal = registry.client.app.state.services.seal  # type: ignore[attr-defined]  # it is a FastAPI
    return make_player(registry.engine, seal, email=f"{uuid4()}@example.org", organisation=laboratory)


def content_of(registry: Served, draft: str) -> dict[str, Any]:
    with reading(registry.engine) as session:
        return dict(session.get_one(Draft, draft.rpartition("/")[2]).content)


def test_a_draft_is_sent_by_the_way_of_every_submission(registry: Served, ann: TestClient) -> None:
    draft = begin(ann)
    sent = act(ann, draft, "submit", FILLED | {"own_reference": "A-1"})
    assert sent.status_code == 303, sent.text
    receipt = ann.get(sent.headers["location"])
    assert receipt.status_code == 200
    assert "3-MMC" in receipt.text
    listed = ann.get("/api/v1/reports").json()
    assert listed["total"] == 1
    assert listed["items"][0]["own_reference"] == "A-1"
    assert listed["items"][0]["state"] == "submitted"
    assert ann.get("/lab").text.count(draft) == 0, "no draft any more"


def test_a_double_click_makes_one_report(registry: Served, ann: TestClient) -> None:
    draft = begin(ann)
    act(ann, draft, "save", FILLED)
    before = count_rows(registry, Report)
    with ThreadPoolExecutor(4) as threads:
        answers = list(threads.map(lambda _click: act(ann, draft, "submit", FILLED), range(4)))
    assert {answer.status_code for answer in answers} == {303}
    assert len({answer.headers["location"] for answer in answers}) == 1
    assert count_rows(registry, Report) == before + 1


def test_what_is_not_valid_is_kept_as_typed_with_the_reason_beside_it(ann: TestClient) -> None:
    draft = begin(ann)
    act(ann, draft, "save", FILLED | {"items.1.net_mass_g": "12,4 g", "event.collected_on": "last week"})
    page = ann.get(draft).text
    assert 'value="12,4 g"' in page
    assert 'value="last week"' in page
    assert page.count('class="fault"') >= 2
    refused = act(ann, draft, "submit", FILLED | {"items.1.net_mass_g": "12,4 g", "event.collected_on": "last week"})
    assert refused.status_code == 422
    assert 'href="#items-1-net_mass_g"' in refused.text
    assert 'value="12,4 g"' in refused.text


def test_a_structure_that_cannot_be_read_is_said_and_kept(ann: TestClient) -> None:
    draft = begin(ann)
    refused = act(ann, draft, "submit", FILLED | {"items.1.detections.2.structure": "C1CC"})
    assert refused.status_code == 422
    assert 'href="#items-1-detections-2-structure"' in refused.text
    assert "C1CC" in refused.text


def test_a_draft_outlives_the_session_and_the_server(registry: Served, laboratory: str, tmp_path: Path) -> None:
    player = player_of(registry, laboratory)
    first = TestClient(registry.client.app)
    sign_in(first, player)
    draft = begin(first)
    act(first, draft, "save", FILLED | {"event.city": "Bonn"})
    first.post("/sign-out", data={"form_token": form_token(first, "/lab")})
    settings = registry.client.app.state.services.settings  # type: ignore[attr-defined]
    with TestClient(create_app(Settings(database_url=registry.url, var_directory=settings.var_directory))) as second:
        assert second.get(draft, follow_redirects=False).status_code == 303, "to the sign-in"
        sign_in(second, player, steps_ahead=1)
        assert 'value="Bonn"' in second.get(draft).text


def test_a_form_sent_after_the_session_ended_is_shown_again_with_everything_typed(ann: TestClient) -> None:
    draft = begin(ann)
    token = form_token(ann, "/lab")
    ann.cookies.clear()
    headers = {"Sec-Fetch-Site": "same-origin"}
    told = ann.post(draft, data={"form_token": token, "event.city": "Bonn", "action": "save"}, headers=headers)
    assert told.status_code == 401
    assert 'name="event.city" value="Bonn"' in told.text


def test_a_colleague_goes_on_with_a_draft_and_another_laboratory_knows_nothing_of_it(
    registry: Served, ann: TestClient, bob: TestClient
) -> None:
    draft = begin(ann)
    act(ann, draft, "save", FILLED | {"event.city": "Bonn"})
    assert 'value="Bonn"' in bob.get(draft).text
    assert draft in bob.get("/lab").text
    stranger = signed_in(registry, f"Laboratory {uuid4()}")
    assert stranger.get(draft).status_code == 404
    assert draft not in stranger.get("/lab").text
    assert stranger.post(draft, data={"form_token": form_token(stranger, "/lab")}).status_code == 404


def test_two_who_type_at_once_into_different_fields_both_have_their_way(
    registry: Served, ann: TestClient, bob: TestClient
) -> None:
    draft = begin(ann)
    act(ann, draft, "save", FILLED)
    act(ann, draft, "save", FILLED | {"event.city": "Bonn"}, revision=2)
    act(bob, draft, "save", FILLED | {"note": "by Bob"}, revision=2)
    fields = content_of(registry, draft)["fields"]
    assert (fields["event.city"], fields["note"]) == ("Bonn", "by Bob")


def test_two_who_type_at_once_into_one_field_are_told_and_choose(
    registry: Served, ann: TestClient, bob: TestClient
) -> None:
    draft = begin(ann)
    act(ann, draft, "save", FILLED)
    act(ann, draft, "save", FILLED | {"event.city": "Bonn"}, revision=2)
    act(bob, draft, "save", FILLED | {"event.city": "Köln"}, revision=2)
    page = bob.get(draft).text
    assert "Köln" in page
    assert "Bonn" in page
    assert "take:event.city" in page
    refused = act(bob, draft, "submit", FILLED | {"event.city": "Köln"})
    assert refused.status_code == 409
    assert 'href="#event-city"' in refused.text
    act(bob, draft, "take:event.city", FILLED | {"event.city": "Köln"})
    content = content_of(registry, draft)
    assert content["fields"]["event.city"] == "Bonn"
    assert content["others"] == {}


def test_every_earlier_text_can_be_found_again(registry: Served, ann: TestClient) -> None:
    draft = begin(ann)
    for city in ("Bonn", "Köln", ""):
        act(ann, draft, "save", FILLED | {"event.city": city})
    with reading(registry.engine) as session:
        of_draft = select(DraftChange).where(col(DraftChange.draft_id) == draft.rpartition("/")[2])
        changes = session.scalars(of_draft.order_by(col(DraftChange.revision))).all()
    assert [change.before.get("event.city", "-") for change in changes] == [None, "Bonn", "Köln"]


def test_items_and_detections_are_added_and_removed_without_a_script(registry: Served, ann: TestClient) -> None:
    draft = begin(ann)
    assert act(ann, draft, "add-item", FILLED).headers["location"] == f"{draft}#items-3"
    fields = {**FILLED, "items.3": "here", "items.3.detections.4": "here"}
    assert act(ann, draft, "add-detection:items.3", fields).headers["location"] == f"{draft}#items-3-detections-5"
    act(ann, draft, "remove:items.1", {**fields, "items.3.detections.5": "here"})
    kept = content_of(registry, draft)["fields"]
    assert {name for name, text in kept.items() if text == "here"} == {
        "items.3", "items.3.detections.4", "items.3.detections.5",
    }  # fmt: skip


def test_a_molfile_sent_as_a_file_is_the_structure(registry: Served, ann: TestClient) -> None:
    draft = begin(ann)
    molfile = ann.get("/api/v1/substances/NPS-000001.mol").text
    sent = {"form_token": form_token(ann, "/lab"), "revision": "1", "action": "save", **FILLED}
    files = {"items.1.detections.2.file": ("found.mol", molfile, "chemical/x-mdl-molfile")}
    assert ann.post(draft, data=sent, files=files, follow_redirects=False).status_code == 303
    assert content_of(registry, draft)["fields"]["items.1.detections.2.structure"].startswith(molfile[:20].rstrip("\n"))
    assert "3-MMC" in ann.get(draft).text


def test_a_discarded_draft_leaves_the_list_and_can_be_taken_back(ann: TestClient) -> None:
    draft = begin(ann)
    act(ann, draft, "discard", FILLED | {"event.city": "Bonn"})
    assert draft not in ann.get("/lab").text
    act(ann, draft, "restore", FILLED | {"event.city": "Bonn"})
    assert draft in ann.get("/lab").text
    assert 'value="Bonn"' in ann.get(draft).text


def test_a_returned_report_is_amended_with_the_reasons_beside_the_fields(registry: Served, ann: TestClient) -> None:
    sent = act(ann, begin(ann), "submit", FILLED)
    report_id = sent.headers["location"].split("/")[3]
    reasons = [{"field": "items[0].detections[0].techniques", "message": "Which reference standard?"}]
    with writing(registry.engine) as session:
        report = session.get_one(Report, report_id)
        report.state = ReportState.RETURNED
        step = ReviewStep(
            report_id=report_id, from_state=ReportState.SUBMITTED, to_state=ReportState.RETURNED, reason="Not yet.",
            field_reasons=reasons, act=Act.RETURN,
        )  # fmt: skip
        session.add(step)
    assert "Not yet." in ann.get(f"/lab/reports/{report_id}").text
    assert f"/lab/reports/{report_id}" in ann.get("/lab").text.partition("Latest reports")[0]
    token = {"form_token": form_token(ann, "/lab")}
    draft = ann.post(f"/lab/reports/{report_id}/amend", data=token, follow_redirects=False).headers["location"]
    again = ann.post(f"/lab/reports/{report_id}/amend", data=token, follow_redirects=False).headers["location"]
    assert draft == again, "colleagues work on one amendment"
    page = ann.get(draft).text
    assert "Not yet." in page
    assert "Which reference standard?" in page
    amended = act(ann, draft, "submit", FILLED | {"items.1.detections.2.reference_material": "true"})
    assert amended.headers["location"] == f"/lab/reports/{report_id}/receipt"
    view = ann.get(f"/api/v1/reports/{report_id}").json()
    assert view["revision"] == 2
    assert view["state"] == "submitted"
    assert view["items"][0]["detections"][0]["reference_material"] is True


def test_an_amendment_of_a_report_that_changed_meanwhile_is_refused_and_kept(registry: Served, ann: TestClient) -> None:
    sent = act(ann, begin(ann), "submit", FILLED)
    report_id = sent.headers["location"].split("/")[3]
    token = {"form_token": form_token(ann, "/lab")}
    draft = ann.post(f"/lab/reports/{report_id}/amend", data=token, follow_redirects=False).headers["location"]
    with writing(registry.engine) as session:
        session.get_one(Report, report_id).revision += 1
    refused = act(ann, draft, "submit", FILLED | {"event.city": "Bonn"})
    assert refused.status_code == 409
    assert "revision" in refused.text
    assert 'value="Bonn"' in refused.text


def test_a_report_is_withdrawn_with_a_reason(ann: TestClient) -> None:
    sent = act(ann, begin(ann), "submit", FILLED)
    report_id = sent.headers["location"].split("/")[3]
    token = {"form_token": form_token(ann, "/lab"), "revision": "1"}
    assert ann.post(f"/lab/reports/{report_id}/withdraw", data=token | {"reason": " "}).status_code == 422
    gone = ann.post(f"/lab/reports/{report_id}/withdraw", data=token | {"reason": "Mixed up."}, follow_redirects=False)
    assert gone.status_code == 303
    assert "Mixed up." in ann.get(f"/lab/reports/{report_id}").text


def test_a_reference_that_is_taken_is_said_beside_its_field(ann: TestClient) -> None:
    act(ann, begin(ann), "submit", FILLED | {"own_reference": "A-7"})
    refused = act(ann, begin(ann), "submit", FILLED | {"own_reference": "A-7", "event.city": "Bonn"})
    assert refused.status_code == 409
    assert 'href="#own_reference"' in refused.text


def test_reports_are_listed_by_state_and_words_page_by_page(ann: TestClient) -> None:
    for number in range(3):
        act(ann, begin(ann), "submit", FILLED | {"own_reference": f"A-{number}"})
    assert "A-1" in ann.get("/lab/reports?q=3-mmc").text
    assert "A-1" not in ann.get("/lab/reports?q=A-2").text
    assert "A-1" not in ann.get("/lab/reports?state=accepted").text
    assert ann.get("/lab/reports?state=wild").status_code == 422
    assert ann.get("/lab/reports?cursor=garbage").status_code == 422


@pytest.mark.parametrize("path", ["/lab", "/lab/reports", "/lab/reports/new"])
def test_the_laboratorys_pages_are_for_those_who_report(registry: Served, path: str) -> None:
    curator = signed_in(registry, f"Authority {uuid4()}", Role.CURATOR)
    assert curator.get(path).status_code == 403
    assert registry.client.get(path, follow_redirects=False).headers["location"].startswith("/sign-in")
