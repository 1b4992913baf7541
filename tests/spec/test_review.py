"""The review as laboratories, focal points and curators meet it over HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from nps_registry.accounts.tokens import create_token
from nps_registry.store.accounts import find_organisation
from nps_registry.store.engine import writing
from nps_registry.store.tables import Country
from nps_registry.vocabulary.report import Role, Scope
from tests.databases import DIALECTS, dropped_afterwards
from tests.spec.served import MMC3, UNKNOWN, Served, a_report, served

OTHER = "CCCCNC(CCC)C(=O)c1cc(F)ccc1Cl"


@pytest.fixture(scope="module", params=DIALECTS)
def shared(request: pytest.FixtureRequest) -> Iterator[Served]:
    given = request.getfixturevalue(f"{request.param}_databases")
    with dropped_afterwards(given) as databases, served(databases.migrated()) as registry:
        yield registry


@pytest.fixture
def registry(shared: Served) -> Served:
    return shared


def act(registry: Served, who: str, report: str, name: str, body: dict[str, Any] | None = None, **headers: str) -> Any:
    """Take a step as *who*."""
    path = f"/api/v1/reports/{report}/{name}"
    return registry.client.post(path, json=body or {}, headers=registry.as_(who) | headers)


def submit(registry: Served, structure: str = MMC3, *, by: str = "de-reviewed", **given: Any) -> str:
    """Submit a report; answers its id."""
    answer = registry.report(by, a_report(structure, **given))
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def queue_of(registry: Served, who: str, **query: str) -> dict[str, Any]:
    answer = registry.client.get("/api/v1/review/queue", params=query, headers=registry.as_(who))
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def accepted(registry: Served, structure: str = MMC3) -> str:
    """A report that went the whole way."""
    report = submit(registry, structure)
    assert act(registry, "focal-de", report, "release").status_code == 200
    assert act(registry, "curator", report, "accept").status_code == 200
    act(registry, "colleague", report, "accept")  # where it was a first
    return report


def test_a_report_is_released_by_the_focal_point_and_accepted_by_the_curator(registry: Served) -> None:
    accepted(registry)  # so that the substance is known
    report = submit(registry)
    released = act(registry, "focal-de", report, "release", {"sharing": "network"})
    assert (released.json()["state"], released.json()["sharing"]) == ("released", "network")
    told = act(registry, "curator", report, "accept", {"reason": "The spectra agree."}).json()
    assert (told["state"], told["waits_for_second_reviewer"]) == ("accepted", False)
    assert told["reference"].startswith("R-")


def test_the_first_public_report_of_a_substance_takes_two_persons(registry: Served) -> None:
    report = submit(registry, OTHER)
    act(registry, "focal-de", report, "release")
    first = act(registry, "curator", report, "accept").json()
    assert (first["state"], first["waits_for_second_reviewer"], first["reference"]) == ("released", True, None)
    again = act(registry, "curator", report, "accept")
    assert again.status_code == 409
    assert "another person" in again.json()["detail"]
    assert act(registry, "colleague", report, "accept").json()["state"] == "accepted"


def test_what_changes_between_the_two_makes_the_first_look_again(registry: Served) -> None:
    report = submit(registry, "CCCCCNC(CCC)C(=O)c1cc(F)ccc1Cl")
    act(registry, "focal-de", report, "release")
    act(registry, "curator", report, "accept")
    patched = registry.client.patch(
        f"/api/v1/reports/{report}", json={"note": "a slip"}, headers=registry.as_("de-reviewed")
    )
    assert patched.json()["state"] == "submitted"
    act(registry, "focal-de", report, "release")
    assert act(registry, "colleague", report, "accept").json()["waits_for_second_reviewer"] is True


@pytest.mark.parametrize(
    ("who", "step", "status"),
    [
        ("curator", "release", 403),
        ("de", "release", 403),
        ("focal-de", "accept", 403),
        ("curator", "accept", 409),  # not released yet
        ("at", "query", 403),
        ("de-reviewed", "return", 403),
        ("de-reviewed", "answer", 409),  # nothing was asked
    ],
)
def test_nobody_takes_a_step_that_is_not_theirs(registry: Served, who: str, step: str, status: int) -> None:
    report = submit(registry)
    body = {"query": {"question": "?"}, "return": {"reason": "x"}, "answer": {"answer": "x"}}.get(step, {})
    answer = act(registry, who, report, step, body)
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_focal_point_does_not_review_for_another_country(registry: Served) -> None:
    report = submit(registry, by="at", reported_as="metonitazene")  # the name of another substance: it waits
    assert act(registry, "focal-de", report, "release").status_code == 404


def test_where_a_country_waives_the_release_reports_wait_for_the_curator_at_once(registry: Served) -> None:
    with writing(registry.engine) as session:
        session.add(Country(iso2="JP", waives_release=True))
    report = submit(registry, by="jp", country="JP", reported_as="metonitazene")
    view = registry.client.get(f"/api/v1/reports/{report}", headers=registry.as_("jp")).json()
    assert view["state"] == "released"


def test_a_question_is_answered_in_words_or_by_correcting_the_report(registry: Served) -> None:
    for answers in ("words", "correction"):
        report = submit(registry)
        asked = act(registry, "focal-de", report, "query", {"question": "Which column?"})
        assert asked.json()["state"] == "queried"
        if answers == "words":
            told = act(registry, "de-reviewed", report, "answer", {"answer": "DB-5"})
        else:
            told = registry.client.patch(
                f"/api/v1/reports/{report}", json={"note": "DB-5"}, headers=registry.as_("de-reviewed")
            )
        assert told.json()["state"] == "submitted"
        steps = registry.client.get(f"/api/v1/reports/{report}/history", headers=registry.as_("de-reviewed")).json()
        assert [step["act"] for step in steps["steps"]] == ["query", "answer" if answers == "words" else "amend"]
        assert steps["steps"][0]["reason"] == "Which column?"


def test_a_trusted_laboratory_does_not_answer_a_question_by_itself(registry: Served) -> None:
    report = submit(registry, by="de", reported_as="metonitazene")
    act(registry, "curator", report, "query", {"question": "Is the name a slip?"})
    corrected = registry.client.patch(
        f"/api/v1/reports/{report}", json={"items": a_report(MMC3)["items"]}, headers=registry.as_("de")
    )
    assert corrected.json()["state"] == "submitted"


def test_a_returned_report_tells_its_laboratory_the_reasons_per_field_and_not_who_gave_them(registry: Served) -> None:
    report = submit(registry)
    reasons = {"fields": [{"field": "items[0].detections[0].structure", "message": "Draw the salt."}]}
    assert act(registry, "curator", report, "return", reasons).json()["state"] == "returned"
    told = registry.client.get(f"/api/v1/reports/{report}/history", headers=registry.as_("de-reviewed")).json()
    assert told["steps"][-1]["fields"] == reasons["fields"]
    assert told["steps"][-1]["by"] == "the review"
    assert registry.client.get(f"/api/v1/reports/{report}/history", headers=registry.as_("jp")).status_code == 404


def test_a_return_needs_a_reason(registry: Served) -> None:
    answer = act(registry, "curator", submit(registry), "return")
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "reason")


def test_the_second_of_two_curators_is_told_what_the_first_did(registry: Served) -> None:
    accepted(registry)
    report = submit(registry)
    act(registry, "focal-de", report, "release")
    etag = act(registry, "curator", report, "query", {"question": "?"}).headers["etag"]
    assert etag == '"3"'
    late = act(registry, "colleague", report, "return", {"reason": "No spectrum."}, **{"If-Match": '"2"'})
    assert late.status_code == 409
    assert "revision 3, not 2" in late.json()["detail"]
    (told,) = [error["message"] for error in late.json()["errors"]]
    assert told.startswith("Revision 3: Question asked by ")


def test_the_queue_is_ordered_by_what_matters(registry: Served) -> None:
    accepted(registry)
    plain = submit(registry)
    harm = a_report(MMC3)
    harm["event"] |= {"type": "toxicology_case", "outcome": "fatal"}
    fatal = str(registry.report("de-reviewed", harm).json()["id"])
    first = submit(registry, "CCCCCCNC(CCC)C(=O)c1cc(F)ccc1Cl")
    items = queue_of(registry, "curator", limit="200")["items"]
    place = {item["id"]: (number, item["reasons"]) for number, item in enumerate(items)}
    assert place[first][0] < place[fatal][0] < place[plain][0]
    assert [place[each][1] for each in (first, fatal, plain)] == [["first_ever"], ["harm"], []]


def test_the_queue_is_read_in_pages_and_by_filters(registry: Served) -> None:
    every = queue_of(registry, "curator", limit="200")["items"]
    met: list[str] = []
    page = queue_of(registry, "curator", limit="3")
    while True:
        met += [item["id"] for item in page["items"]]
        if page["next"] is None:
            break
        page = queue_of(registry, "curator", limit="3", cursor=page["next"])
    assert met == [item["id"] for item in every]
    assert page["total"] == len(every)
    assert page["total_is_exact"]
    queried = queue_of(registry, "curator", state="queried")["items"]
    assert queried
    assert {item["state"] for item in queried} == {"queried"}
    assert {item["country"] for item in queue_of(registry, "focal-de")["items"]} == {"DE"}
    assert queue_of(registry, "curator", country="BR")["items"] == []
    of_class = queue_of(registry, "curator", chemical_class="synthetic_cathinone")["items"]
    assert 0 < len(of_class) <= len(every)
    answer = registry.client.get("/api/v1/review/queue?state=accepted", headers=registry.as_("curator"))
    assert answer.status_code == 422


def test_a_report_leaves_the_queue_when_it_is_decided(registry: Served) -> None:
    report = submit(registry)
    assert report in {item["id"] for item in queue_of(registry, "curator", limit="200")["items"]}
    act(registry, "curator", report, "return", {"reason": "x"})
    assert report not in {item["id"] for item in queue_of(registry, "curator", limit="200")["items"]}


def test_sharing_is_changed_by_laboratory_and_focal_point_and_a_curator_only_holds(registry: Served) -> None:
    report = accepted(registry)
    reference = registry.client.get(f"/api/v1/reports/{report}", headers=registry.as_("curator")).json()["reference"]
    assert registry.client.get(f"/api/v1/reports/{reference}").status_code == 200
    assert act(registry, "curator", report, "share", {"sharing": "country"}).status_code == 422
    held = act(registry, "curator", report, "share", {"hold_until": "2190-01-01T00:00:00Z"})
    assert held.status_code == 200
    assert registry.client.get(f"/api/v1/reports/{reference}").status_code == 404
    freed = act(registry, "de-reviewed", report, "share", {"hold_until": None})
    assert freed.json()["hold_until"] is None
    assert registry.client.get(f"/api/v1/reports/{reference}").status_code == 200
    assert act(registry, "focal-de", report, "share", {"sharing": "country"}).json()["sharing"] == "country"
    assert registry.client.get(f"/api/v1/reports/{reference}").status_code == 404


def test_an_accepted_report_that_becomes_a_public_first_by_its_sharing_waits_for_two(registry: Served) -> None:
    report = submit(registry, "CCCCCCCNC(CCC)C(=O)c1cc(F)ccc1Cl", sharing="country")
    act(registry, "focal-de", report, "release")
    assert act(registry, "curator", report, "accept").json()["state"] == "accepted"
    assert act(registry, "de-reviewed", report, "share", {"sharing": "public"}).json()["state"] == "released"


def test_a_token_without_the_scope_reviews_nothing(registry: Served) -> None:
    with writing(registry.engine) as session:
        holder = find_organisation(session, "Organisation curator")
        assert holder is not None
        registry.tokens["narrow"], _row = create_token(session, holder, role=Role.CURATOR, scopes=[Scope.REPORTS_READ])
    report = submit(registry)
    assert act(registry, "narrow", report, "accept").status_code == 403
    assert registry.client.get("/api/v1/review/queue", headers=registry.as_("narrow")).status_code == 403


def test_unknown_structures_close_to_a_controlled_one_are_marked(registry: Served) -> None:
    report = submit(registry, "CCC(=O)N(c1ccccc1)C1CCN(CCc2ccc(CC)cc2)CC1")
    (entry,) = [item for item in queue_of(registry, "curator", limit="200")["items"] if item["id"] == report]
    assert entry["reasons"] == ["first_ever", "analogue_of_controlled"]


def test_official_forms_hold_what_may_be_sent_on(registry: Served) -> None:
    report = accepted(registry, UNKNOWN)
    reference = registry.client.get(f"/api/v1/reports/{report}", headers=registry.as_("curator")).json()["reference"]
    kept = submit(registry, sharing="country")
    act(registry, "focal-de", kept, "release")
    texts = {}
    for form in ("eu", "national", "un"):
        answer = registry.client.get(f"/api/v1/review/forms/{form}", headers=registry.as_("focal-de"))
        assert answer.status_code == 200
        assert answer.headers["content-disposition"].endswith('.csv"')
        texts[form] = answer.text
    assert reference in texts["eu"]
    assert reference in texts["national"]
    assert kept not in texts["eu"]
    assert kept in texts["national"]
    assert "DE,2026,Unnamed synthetic cathinone" in texts["un"]
    assert registry.client.get("/api/v1/review/forms/eu", headers=registry.as_("de")).status_code == 403
    told = registry.client.get("/api/v1/review/forms/eu?file=json", headers=registry.as_("curator")).json()
    answers = {column["key"]: column["answers"] for column in told["columns"]}
    assert answers["identification_methods"] == "Regulation (EU) 2023/1322, Art. 13(2)(e)"
    book = registry.client.get("/api/v1/review/forms/un?file=xlsx", headers=registry.as_("curator"))
    assert book.content.startswith(b"PK")


def test_words_that_a_spreadsheet_would_run_are_defused_in_a_form(registry: Served) -> None:
    report = submit(registry, reported_as="=HYPERLINK(1)")
    act(registry, "focal-de", report, "release")
    text = registry.client.get("/api/v1/review/forms/national", headers=registry.as_("focal-de")).text
    assert "'=HYPERLINK(1)" in text


def test_latency_is_told_of_five_reports_and_more(registry: Served) -> None:
    def told() -> dict[str, Any]:
        items = registry.client.get("/api/v1/statistics/latency").json()["items"]
        return {item["stage"]: item for item in items if item["year"] == 2019}

    def report(day: str) -> None:
        body = a_report(MMC3)
        body["event"] |= {"collected_on": "2019-03-01", "analysed_on": day}
        assert registry.report("de", body).json()["state"] == "accepted"

    for day in ("2019-03-02", "2019-03-04", "2019-03-06", "2019-03-11"):
        report(day)
    assert told()["analysis"]["median_days"] is None
    report("2019-03-31")
    assert (told()["analysis"]["median_days"], told()["analysis"]["reports"]) == (5, 5)
    assert told()["publication"]["median_days"] == 0
