"""A laboratory's report, from the request to the receipt and the public page."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import select
from sqlmodel import col

from nps_registry.store.engine import reading
from nps_registry.store.tables import Detection
from tests.spec.served import MMC3, MMC3_FLAT_INCHIKEY, MMC3_S, UNKNOWN, Served, a_report, served


@pytest.fixture
def registry(database_url: str) -> Iterator[Served]:
    with served(database_url) as given:
        yield given


def only_detection(answer: Any) -> dict[str, Any]:
    assert answer.status_code == 201, answer.text
    (detection,) = answer.json()["detections"]
    return dict(detection)


def accession_of(registry: Served, name: str) -> str:
    hits = registry.client.get("/api/v1/search/name", params={"q": name}).json()["hits"]
    return str(hits[0]["accession"])


def public(registry: Served, accession: str) -> dict[str, Any]:
    answer = registry.client.get(f"/api/v1/substances/{accession}")
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def test_a_known_structure_is_recognised_and_its_page_shows_the_country_at_once(registry: Served) -> None:
    answer = registry.report("de", a_report(reported_as="3-MMC"))
    receipt = answer.json()
    detection = only_detection(answer)
    assert detection["match"] == "exact"
    assert detection["substance"]["name"] == "3-MMC"
    assert detection["novelty"] == {"world": True, "region": True, "country": True}
    assert receipt["state"] == "accepted"
    assert receipt["reference"].startswith("R-")
    accession = detection["substance"]["accession"]
    told = public(registry, accession)
    assert told["structure"]["inchikey"] == MMC3_FLAT_INCHIKEY
    assert told["reports"]["total"] == 1
    assert told["reports"]["countries"] == [{"country": "DE", "total": 1, "first_quarter": "2026-Q1"}]
    page = registry.client.get(f"/substances/{accession}")
    assert page.status_code == 200
    assert "Germany" in page.text


def test_the_second_report_from_a_country_is_no_news_there_and_news_elsewhere(registry: Served) -> None:
    registry.report("de", a_report())
    again = only_detection(registry.report("de", a_report()))
    assert again["novelty"] == {"world": False, "region": False, "country": False}
    neighbour = only_detection(registry.report("at", a_report(country="AT")))
    assert neighbour["novelty"] == {"world": False, "region": False, "country": True}
    far = only_detection(registry.report("jp", a_report(country="JP")))
    assert far["novelty"] == {"world": False, "region": True, "country": True}


def test_a_salt_is_the_same_substance_and_its_form_is_kept(registry: Served) -> None:
    answer = registry.report("de", a_report(f"{MMC3}.Cl"))
    detection = only_detection(answer)
    assert detection["match"] == "exact"
    report = registry.client.get(f"/api/v1/reports/{answer.json()['id']}", headers=registry.as_("de")).json()
    assert "chloride" in report["items"][0]["detections"][0]["salt_form"]


def test_a_stereo_variant_is_told_apart_and_told_of(registry: Served) -> None:
    known = accession_of(registry, "3-MMC")
    detection = only_detection(registry.report("de", a_report(MMC3_S)))
    assert detection["match"] == "stereo_variant"
    assert detection["substance"]["accession"] == known
    assert detection["variant"]["status"] == "provisional"
    assert public(registry, known)["reports"]["total"] == 0
    assert public(registry, detection["variant"]["accession"])["structure"]["stereo"] == "absolute"


def test_an_unknown_structure_becomes_a_provisional_substance_with_its_analogues(registry: Served) -> None:
    detection = only_detection(registry.report("de", a_report(UNKNOWN, reported_as="street words")))
    assert detection["match"] == "new"
    assert detection["substance"]["status"] == "provisional"
    assert detection["novelty"]["world"] is True
    assert detection["suggested_class"]["key"] == "synthetic_cathinone"
    assert len(detection["suggested_class"]["why"]) > 10
    scores = [analogue["score"] for analogue in detection["analogues"]]
    assert scores
    assert scores == sorted(scores, reverse=True)
    assert all(analogue["difference"] for analogue in detection["analogues"])
    page = registry.client.get(f"/substances/{detection['substance']['accession']}")
    assert page.status_code == 200
    assert "street words" not in page.text
    again = only_detection(registry.report("at", a_report(UNKNOWN, country="AT")))
    assert again["match"] == "exact"
    assert again["substance"]["accession"] == detection["substance"]["accession"]


def test_a_new_structure_is_found_by_similarity_right_after_it_was_reported(registry: Served) -> None:
    accession = only_detection(registry.report("de", a_report(UNKNOWN)))["substance"]["accession"]
    hits = registry.client.get("/api/v1/search/similarity", params={"structure": UNKNOWN, "threshold": 0.9}).json()[
        "hits"
    ]
    assert hits[0]["accession"] == accession
    assert hits[0]["score"] == 1.0


def test_a_provisional_substance_of_a_restricted_report_shows_to_nobody_else(registry: Served) -> None:
    mine = only_detection(registry.report("de", a_report(UNKNOWN, sharing="laboratory")))["substance"]["accession"]
    assert registry.client.get(f"/api/v1/substances/{mine}").status_code == 404
    assert registry.client.get(f"/substances/{mine}").status_code == 404
    assert registry.client.get(f"/api/v1/substances/{mine}", headers=registry.as_("jp")).status_code == 404
    assert registry.client.get(f"/api/v1/substances/{mine}", headers=registry.as_("de")).status_code == 200
    hits = registry.client.get("/api/v1/search/similarity", params={"structure": UNKNOWN, "threshold": 0.9}).json()[
        "hits"
    ]
    assert hits == []
    elsewhere = only_detection(registry.report("jp", a_report(UNKNOWN, country="JP", sharing="laboratory")))
    assert elsewhere["match"] == "new"
    assert elsewhere["novelty"] == {"world": True, "region": True, "country": True}


def test_a_name_and_a_structure_that_disagree_wait_for_a_person(registry: Served) -> None:
    answer = registry.report("de", a_report(MMC3, reported_as="metonitazene"))
    assert answer.json()["state"] == "submitted"
    assert answer.json()["reference"] is None
    notes = [note["code"] for note in only_detection(answer)["notes"]]
    assert "name_disagrees" in notes


def test_a_report_of_a_laboratory_under_review_does_not_count_yet(registry: Served) -> None:
    detection = only_detection(registry.report("de-reviewed", a_report()))
    assert public(registry, detection["substance"]["accession"])["reports"]["total"] == 0


def test_sharing_is_country_unless_said_otherwise(registry: Served) -> None:
    body = a_report()
    del body["sharing"]
    receipt = registry.report("de", body).json()
    assert receipt["sharing"] == "country"
    assert public(registry, receipt["detections"][0]["substance"]["accession"])["reports"]["total"] == 0


def test_partial_identifications_are_kept_as_what_they_are(registry: Served) -> None:
    body = a_report(None, name="caffeine")
    body["items"][0]["detections"] += [
        {"formula": "C11H15NO", "candidates": ["3-MMC", "4-MMC", "no such name"]},
        {"chemical_class": "synthetic_cathinone"},
        {"unidentified": True},
        {"name": "words that nobody knows"},
        {"mz": 178.1226, "adduct": "[M + H]+"},
    ]
    receipt = registry.report("de", body).json()
    by_name, candidates, of_class, nothing, unknown, measured = receipt["detections"]
    assert candidates["match"] == "partial"
    assert "3-MMC" in {candidate["name"] for candidate in candidates["candidates"]}
    assert candidates["substance"] is None
    assert candidates["novelty"] == {"world": False, "region": False, "country": False}
    assert of_class["match"] == "partial"
    assert (measured["match"], measured["reported_as"]) == ("partial", "m/z 178.1226 [M+H]+")
    assert nothing["match"] == "none"
    assert unknown["match"] == "none"
    assert [note["code"] for note in unknown["notes"]] == ["name_unknown"]
    assert by_name["reported_as"] == "caffeine"


def test_a_measured_mass_is_kept_as_the_masses_it_leaves_and_must_be_that_of_what_was_identified(
    registry: Served,
) -> None:
    mmc3_da, methamphetamine_mz = 177.1154, 150.1277
    measured: tuple[tuple[dict[str, Any], bool], ...] = (
        ({"mz": 178.1226, "ppm": 3}, False),
        ({"mz": methamphetamine_mz}, True),
    )
    for told, problem in measured:
        receipt = registry.report("de", a_report(**told)).json()
        assert (receipt["state"] == "accepted", only_code(receipt)) == (
            not problem,
            ["mass_differs"] if problem else [],
        )
    with reading(registry.engine) as session:
        windows = session.execute(select(col(Detection.mass_low_da), col(Detection.mass_high_da), col(Detection.ppm)))
        found = {ppm: (low or 0) <= mmc3_da <= (high or 0) for low, high, ppm in windows}
    assert found == {3: True, 5: False}


@pytest.mark.parametrize(
    ("told", "field"),
    [
        ({"mz": 178.1226, "adduct": "[M+Xe]+"}, "adduct"),
        ({"mz": 0.5}, "mz"),
        ({"mz": 2_001}, "mz"),
        ({"mz": 178.1226, "ppm": 101}, "ppm"),
        ({"formula": "C11H15NO", "ppm": 5}, ""),
    ],
)
def test_a_mass_that_cannot_have_been_measured_is_refused_at_its_field(
    registry: Served, told: dict[str, Any], field: str
) -> None:
    refused = registry.report("de", a_report(None, **told))
    assert refused.status_code == 422
    assert any(error["field"].endswith(field) for error in refused.json()["errors"])


def only_code(receipt: dict[str, Any]) -> list[str]:
    return [note["code"] for note in receipt["detections"][0]["notes"] if note["code"].startswith("mass")]


def test_the_minimum_is_derived_per_detection(registry: Served) -> None:
    confirmed = only_detection(registry.report("de", a_report(techniques=["GC-MS", "NMR"])))
    screened = only_detection(registry.report("de", a_report(techniques=["portable FTIR", "test strip"])))
    assert confirmed["meets_swgdrug_minimum"] is True
    assert screened["meets_swgdrug_minimum"] is False


def test_the_same_key_gives_the_same_receipt_and_one_report(registry: Served) -> None:
    first = registry.report("de", a_report(), **{"Idempotency-Key": "k-1"})
    second = registry.report("de", a_report(), **{"Idempotency-Key": "k-1"})
    assert first.json() == second.json()
    assert registry.client.get("/api/v1/reports", headers=registry.as_("de")).json()["total"] == 1
    other = registry.report("de", a_report(UNKNOWN), **{"Idempotency-Key": "k-1"})
    assert other.status_code == 409
    assert registry.report("at", a_report(country="AT"), **{"Idempotency-Key": "k-1"}).status_code == 201


def test_the_same_own_reference_is_one_report_and_another_content_is_a_conflict(registry: Served) -> None:
    body = {"own_reference": "A-1", **a_report()}
    first, second = registry.report("de", body), registry.report("de", body)
    assert first.json()["id"] == second.json()["id"]
    changed = registry.report("de", {"own_reference": "A-1", **a_report(UNKNOWN)})
    assert changed.status_code == 409
    assert "PATCH" in changed.json()["detail"]


def test_the_payload_is_kept_verbatim(registry: Served) -> None:
    text = json.dumps(a_report(reported_as="3‑MMC – „Name“"), indent=3, ensure_ascii=False)
    headers = registry.as_("de") | {"Content-Type": "application/json"}
    answer = registry.client.post("/api/v1/reports", content=text.encode(), headers=headers)
    kept = registry.client.get(f"/api/v1/reports/{answer.json()['id']}", headers=registry.as_("de")).json()
    assert kept["payload"] == text


def test_an_amended_report_keeps_its_history_and_the_public_page_follows(registry: Served) -> None:
    made = registry.report("de", {"own_reference": "A-2", **a_report()}).json()
    accession = made["detections"][0]["substance"]["accession"]
    items = a_report(UNKNOWN)["items"]
    answer = registry.client.patch(f"/api/v1/reports/{made['id']}", json={"items": items}, headers=registry.as_("de"))
    assert answer.status_code == 200, answer.text
    assert answer.json()["reference"] == made["reference"]
    assert public(registry, accession)["reports"]["total"] == 0
    new = answer.json()["detections"][0]["substance"]["accession"]
    assert public(registry, new)["reports"]["total"] == 1
    stale = registry.client.patch(
        f"/api/v1/reports/{made['id']}", json={"note": "x"}, headers=registry.as_("de") | {"If-Match": '"1"'}
    )
    assert stale.status_code == 409


def test_a_withdrawn_report_counts_no_longer(registry: Served) -> None:
    made = registry.report("de", a_report()).json()
    accession = made["detections"][0]["substance"]["accession"]
    path = f"/api/v1/reports/{made['reference']}"
    assert registry.client.post(f"{path}/withdraw", json={"reason": ""}, headers=registry.as_("de")).status_code == 422
    gone = registry.client.post(f"{path}/withdraw", json={"reason": "mixed up"}, headers=registry.as_("de"))
    assert gone.status_code == 200, gone.text
    assert gone.json()["state"] == "withdrawn"
    assert public(registry, accession)["reports"]["total"] == 0
    assert registry.client.get(path).status_code == 404


def test_who_reads_a_report_sees_what_is_for_them(registry: Served) -> None:
    body = {"own_reference": "SECRET-1", **a_report(reported_as="secret words")}
    body["event"] |= {"city": "Secretville", "case_reference": "SECRET-2"}
    made = registry.report("de", body).json()
    path = f"/api/v1/reports/{made['reference']}"
    own = registry.client.get(path, headers=registry.as_("de")).json()
    assert own["own_reference"] == "SECRET-1"
    for who in ({}, registry.as_("jp"), registry.as_("scientist")):
        answer = registry.client.get(path, headers=who)
        assert answer.status_code == 200
        assert "SECRET" not in answer.text
        assert "Secretville" not in answer.text
        assert "secret words" not in answer.text
    visitor = registry.client.get(path).json()
    assert "collected_on" not in visitor["event"]


def test_without_a_token_nothing_is_taken(registry: Served) -> None:
    answer = registry.client.post("/api/v1/reports", json=a_report())
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith("Bearer")
    wrong = registry.client.post("/api/v1/reports", json=a_report(), headers={"Authorization": "Bearer nps_wrong"})
    assert wrong.status_code == 401
    assert registry.client.get("/api/v1/reports").status_code == 401


def test_firsts_become_public_signals(registry: Served) -> None:
    accession = only_detection(registry.report("de", a_report()))["substance"]["accession"]
    registry.report("at", a_report(country="AT"))
    registry.report("jp", a_report(UNKNOWN, country="JP", sharing="network"))
    items = registry.client.get("/api/v1/signals").json()["items"]
    kinds = sorted((item["kind"], item["country"]) for item in items)
    assert kinds == [
        ("first_ever", "DE"),
        ("first_in_country", "AT"),
        ("first_in_country", "DE"),
        ("first_in_region", "DE"),
    ]
    assert {item["substance"]["accession"] for item in items} == {accession}
