"""What was one substance was another: in one report or in many, with what was said before kept."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import select
from sqlmodel import col

from nps_registry.errors import Conflict
from nps_registry.intake import curation
from nps_registry.intake.curation import Curated, ListingPart
from nps_registry.intake.standing import Why
from nps_registry.store.engine import reading, writing
from nps_registry.store.reports import revisions
from nps_registry.store.tables import OutboxMessage
from nps_registry.vocabulary.report import RevisionCause
from nps_registry.vocabulary.substance import Nature
from tests.spec.reviewing import Cast
from tests.spec.served import MMC3, UNKNOWN, Served, a_report, served

MEPHEDRONE, MMC3_ACCESSION, MEPHEDRONE_ACCESSION = "CNC(C)C(=O)c1ccc(C)cc1", "NPS-000001", "NPS-000002"
OTHER = "CCCCNC(CCC)C(=O)c1cc(F)ccc1Cl"


@pytest.fixture
def registry(database_url: str) -> Iterator[Served]:
    with served(database_url) as given:
        yield given


def correct(registry: Served, who: str, **body: Any) -> Any:
    given = {"substance": MEPHEDRONE_ACCESSION, "to": {"structure": MMC3}, "reason": "NMR of the retained sample"}
    return registry.client.post("/api/v1/reports/reidentify", json=given | body, headers=registry.as_(who))


def counted(registry: Served, accession: str) -> int:
    told = registry.client.get(f"/api/v1/substances/{accession}").json()
    return int(told["reports"]["total"])


def firsts(registry: Served, accession: str) -> set[tuple[str, str]]:
    items = registry.client.get(f"/api/v1/signals?substance={accession}").json()["items"]
    return {(item["kind"], item["country"]) for item in items}


def submit(registry: Served, structure: str, laboratory: str = "de", **given: Any) -> str:
    answer = registry.report(laboratory, a_report(structure, **given))
    assert answer.status_code == 201
    return str(answer.json()["id"])


def test_one_act_corrects_all_reports_of_a_laboratory_and_counts_and_firsts_follow(registry: Served) -> None:
    for _number in range(30):
        submit(registry, MEPHEDRONE)
    submit(registry, MEPHEDRONE, "at", country="AT")
    assert firsts(registry, MEPHEDRONE_ACCESSION) >= {("first_ever", "DE")}
    told = correct(registry, "de").json()
    assert (len(told["reports"]), told["preview"], told["accession"]) == (30, False, MMC3_ACCESSION)
    assert (counted(registry, MEPHEDRONE_ACCESSION), counted(registry, MMC3_ACCESSION)) == (1, 30)
    assert firsts(registry, MEPHEDRONE_ACCESSION) >= {("first_ever", "AT")}
    assert ("first_ever", "DE") in firsts(registry, MMC3_ACCESSION)


def test_looking_first_changes_nothing_and_tells_what_would_happen(registry: Served) -> None:
    report = submit(registry, MEPHEDRONE)
    view = registry.client.get(f"/api/v1/reports/{report}", headers=registry.as_("de")).json()
    seen = correct(registry, "de", preview=True).json()
    assert registry.client.get(f"/api/v1/reports/{report}", headers=registry.as_("de")).json() == view
    done = correct(registry, "de").json()
    assert seen["moved"] == done["moved"]
    assert [(each["accession"], each["events_before"], each["events_after"]) for each in done["moved"]] == [
        (MMC3_ACCESSION, 0, 1),
        (MEPHEDRONE_ACCESSION, 1, 0),
    ]


def test_what_was_said_before_is_kept_with_cause_and_date(registry: Served) -> None:
    report = submit(registry, MEPHEDRONE, reported_as="mephedrone, white")
    correct(registry, "de")
    with reading(registry.engine) as session:
        first, second = revisions(session, report)
    assert first.identifications[0]["accession"] == MEPHEDRONE_ACCESSION
    assert MEPHEDRONE in first.payload
    assert (second.cause, second.reason) == (RevisionCause.REIDENTIFIED, "NMR of the retained sample")
    (said,) = second.identifications
    assert (said["previous"], said["accession"]) == (MEPHEDRONE_ACCESSION, MMC3_ACCESSION)
    assert said["changed_at"]
    view = registry.client.get(f"/api/v1/reports/{report}", headers=registry.as_("de")).json()
    assert view["items"][0]["detections"][0]["reported_as"] == "mephedrone, white"


def test_a_later_amendment_keeps_the_correction(registry: Served) -> None:
    report = submit(registry, MEPHEDRONE)
    correct(registry, "de")
    told = registry.client.patch(f"/api/v1/reports/{report}", json={"note": "x"}, headers=registry.as_("de")).json()
    assert told["detections"][0]["substance"]["accession"] == MMC3_ACCESSION


def test_only_what_is_meant_is_corrected(registry: Served) -> None:
    old = a_report(MEPHEDRONE)
    old["event"]["collected_on"] = "2024-11-30"
    before = str(registry.report("de", old).json()["id"])
    within, other = submit(registry, MEPHEDRONE), submit(registry, MMC3)
    submit(registry, MEPHEDRONE, "at", country="AT")
    told = correct(registry, "de", collected_from="2025-01", collected_to="2026-12")
    assert [report["id"] for report in told.json()["reports"]] == [within]
    named = correct(registry, "de", reports=[before, other])
    assert [report["id"] for report in named.json()["reports"]] == [before]
    nothing = correct(registry, "de")
    assert nothing.status_code == 404


UNREADABLE: tuple[tuple[dict[str, Any], str], ...] = (
    ({"to": {}}, "to"),
    ({"to": {"structure": MMC3, "name": "3-MMC"}}, "to"),
    ({"to": {"structure": "C1CC"}}, "to.structure"),
    ({"to": {"name": "no such name"}}, "to.name"),
    ({"reason": "  "}, "reason"),
    ({"substance": None}, "substance"),
    ({"collected_from": "yesterday"}, "collected_from"),
)


def test_a_correction_that_cannot_be_read_names_its_field(registry: Served) -> None:
    submit(registry, MEPHEDRONE)
    for body, field in UNREADABLE:
        answer = correct(registry, "de", **body)
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, field), body


def test_those_who_could_read_the_reports_are_told_and_nobody_else(registry: Served) -> None:
    public, own = submit(registry, MEPHEDRONE), submit(registry, MEPHEDRONE, sharing="laboratory")
    assert correct(registry, "de").json()["told"] == 9
    cast = Cast.of(registry)
    with reading(registry.engine) as session:
        rows = session.scalars(select(OutboxMessage).where(col(OutboxMessage.topic) == "report.reidentified"))
        messages = [row.content for row in rows]
    by_organisation = {message.get("organisation_id", "public"): message["reports"] for message in messages}
    told = by_organisation[cast.organisations["trusted"].id]
    assert isinstance(told, list)
    assert {each["report"] for each in told} == {public, own}
    abroad = by_organisation[cast.organisations["abroad"].id]
    assert isinstance(abroad, list)
    assert [(each["previous"], each["now"]) for each in abroad] == [([MEPHEDRONE_ACCESSION], MMC3_ACCESSION)]
    assert own not in str(abroad)
    assert own not in str(by_organisation["public"])


def test_a_curator_who_makes_a_world_first_by_a_correction_needs_a_second_person(registry: Served) -> None:
    report = submit(registry, MEPHEDRONE)
    told = correct(registry, "curator", to={"structure": UNKNOWN}).json()
    assert told["back_to_review"] == 1
    assert counted(registry, MEPHEDRONE_ACCESSION) == 0
    assert registry.client.get(f"/api/v1/substances/{told['accession']}").status_code == 404
    path = f"/api/v1/reports/{report}/accept"
    assert registry.client.post(path, json={}, headers=registry.as_("curator")).status_code == 409


def test_a_merged_substance_redirects_and_its_reports_count_on(registry: Served) -> None:
    report = registry.report("de", a_report(UNKNOWN)).json()
    known = report["detections"][0]["substance"]["accession"]
    curator = Cast.of(registry).viewers["curator"]
    with writing(registry.engine) as session:
        curation.merge(session, Curated(known, curator), MMC3_ACCESSION, Why("The same by NMR."))
    assert counted(registry, MMC3_ACCESSION) == 1
    assert ("first_ever", "DE") in firsts(registry, MMC3_ACCESSION)
    led = registry.client.get(f"/substances/{known}", follow_redirects=False)
    assert (led.status_code, led.headers["location"]) == (308, f"/substances/{MMC3_ACCESSION}")
    again = registry.report("de", a_report(UNKNOWN)).json()["detections"][0]
    assert again["substance"]["accession"] == MMC3_ACCESSION
    with writing(registry.engine) as session, pytest.raises(Conflict, match="not provisional"):
        curation.merge(session, Curated(known, curator), MEPHEDRONE_ACCESSION, Why("again"))


def test_a_redirect_tells_only_those_who_knew_where_it_leads_from(registry: Served) -> None:
    report = registry.report("de", a_report(UNKNOWN)).json()
    accession = report["detections"][0]["substance"]["accession"]
    curator = Cast.of(registry).viewers["curator"]
    with writing(registry.engine) as session:
        curation.merge(session, Curated(accession, curator), MMC3_ACCESSION, Why("The same by NMR."))
    path = f"/api/v1/reports/{report['id']}/withdraw"
    assert registry.client.post(path, json={"reason": "a slip"}, headers=registry.as_("de")).status_code == 200
    for headers, status in (({}, 404), (registry.as_("jp"), 404), (registry.as_("de"), 308)):
        told = registry.client.get(f"/substances/{accession}", headers=headers, follow_redirects=False)
        assert told.status_code == status


def test_a_substance_that_only_restricted_reports_know_is_not_merged_but_corrected(registry: Served) -> None:
    made = registry.report("de", a_report(OTHER, sharing="laboratory")).json()
    accession = made["detections"][0]["substance"]["accession"]
    curator = Cast.of(registry).viewers["curator"]
    with writing(registry.engine) as session, pytest.raises(Conflict, match="Only restricted reports"):
        curation.merge(session, Curated(accession, curator), MMC3_ACCESSION, Why("x"))
    told = correct(registry, "curator", substance=accession, to={"accession": MMC3_ACCESSION})
    assert [report["id"] for report in told.json()["reports"]] == [made["id"]]


LISTING = ListingPart("Buchlorone", Nature.NPS, "synthetic_cathinone", "NMR of two samples.", ("Our own NMR, 2026",))


def test_a_provisional_substance_is_listed_by_two_persons(registry: Served) -> None:
    accession = registry.report("de", a_report(UNKNOWN)).json()["detections"][0]["substance"]["accession"]
    cast = Cast.of(registry)
    with writing(registry.engine) as session:
        curation.propose_listing(session, Curated(accession, cast.viewers["curator"]), LISTING)
    with writing(registry.engine) as session, pytest.raises(Conflict, match="another person"):
        curation.agree_to_listing(session, Curated(accession, cast.viewers["curator"]), cast.desk.rules)
    with writing(registry.engine) as session:
        curation.agree_to_listing(session, Curated(accession, cast.viewers["colleague"]), cast.desk.rules)
    cast.desk.index.refresh()
    told = registry.client.get(f"/api/v1/substances/{accession}").json()
    assert (told["name"], told["status"]) == ("Buchlorone", "listed")
    assert [source["title"] for source in told["sources"]] == ["Our own NMR, 2026"]
    hits = registry.client.get("/api/v1/search/name?q=buchlorone").json()["hits"]
    assert hits[0]["accession"] == accession
    assert "Buchlorone" in registry.client.get(f"/substances/{accession}").text
    assert registry.report("jp", {**a_report(None, country="JP", name="buchlorone")}).json()["state"] == "accepted"


def test_what_only_restricted_reports_know_is_not_listed(registry: Served) -> None:
    report = registry.report("de", a_report(UNKNOWN, sharing="country")).json()
    accession = report["detections"][0]["substance"]["accession"]
    curator = Cast.of(registry).viewers["curator"]
    with writing(registry.engine) as session, pytest.raises(Conflict, match="Only restricted reports"):
        curation.propose_listing(session, Curated(accession, curator), LISTING)


def test_a_name_that_another_substance_has_is_not_given_twice(registry: Served) -> None:
    accession = registry.report("de", a_report(UNKNOWN)).json()["detections"][0]["substance"]["accession"]
    curator = Cast.of(registry).viewers["curator"]
    taken = ListingPart("3-mmc", Nature.NPS, "synthetic_cathinone", "NMR.", ("NMR",))
    with writing(registry.engine) as session, pytest.raises(Conflict, match="already"):
        curation.propose_listing(session, Curated(accession, curator), taken)
