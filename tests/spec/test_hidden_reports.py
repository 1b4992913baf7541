"""A report that somebody may not see, met by chance: what the receipt, the state and the lists then say."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from tests.spec.served import MMC3_S, UNKNOWN, Served, a_report, served

VARIANT = "CCCCN[C@@H](CCC)C(=O)c1cc(F)cc(Cl)c1"  # of the skeleton of UNKNOWN
UNRULED = "CNC(C)C(=S)c1cccc(C)c1"  # no rule gives its class, its neighbours do


@pytest.fixture
def registry(database_url: str) -> Iterator[Served]:
    with served(database_url, comparison_limit_s=60) as given:
        yield given


def plain(answer: Any) -> str:
    """An answer without what is drawn by chance: ids, references, accessions."""
    assert answer.status_code == 201, answer.text
    text = re.sub(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "<id>", answer.text)
    return re.sub(r"([RP])-[2-9A-Z]{4}-[2-9A-Z]{4}", r"<\1>", text)


@pytest.mark.parametrize(
    ("structure", "reported_as"),
    [
        (UNKNOWN, "powder"),
        (UNKNOWN, "metonitazene"),
        (VARIANT, "Fluorofentanyl, position unknown"),
        (UNRULED, "powder"),
        (MMC3_S, "metonitazene"),
    ],
)
def test_a_structure_that_only_others_know_is_received_as_if_it_were_new(
    registry: Served, structure: str, reported_as: str
) -> None:
    body = a_report(structure, country="JP", reported_as=reported_as)
    as_new = registry.report("jp", body)
    path = f"/api/v1/reports/{as_new.json()['id']}/withdraw"
    assert registry.client.post(path, json={"reason": "again"}, headers=registry.as_("jp")).status_code == 200
    for hidden in (UNKNOWN, VARIANT, UNRULED, MMC3_S):
        registry.report("de", a_report(hidden, sharing="laboratory"))
    assert plain(registry.report("at", body)) == plain(as_new)


def test_a_variant_that_only_others_know_is_not_named(registry: Served) -> None:
    hidden = registry.report("de", a_report(MMC3_S, sharing="laboratory")).json()["detections"][0]["variant"]
    told = registry.report("jp", a_report("CN[C@H](C)C(=O)c1cccc(C)c1", country="JP"))
    assert told.json()["detections"][0]["match"] == "stereo_variant"
    assert hidden["accession"] not in told.text


def test_a_public_report_does_not_tell_that_its_structure_was_known_to_the_laboratory(registry: Served) -> None:
    registry.report("de-reviewed", a_report(UNKNOWN, sharing="country"))
    receipt = registry.report("de", a_report(UNKNOWN)).json()
    fresh = registry.report("de", a_report(UNRULED)).json()
    assert [receipt["detections"][0]["match"], fresh["detections"][0]["match"]] == ["exact", "new"]
    told = [
        registry.client.get(f"/api/v1/reports/{made['reference']}").json()["items"][0]["detections"][0]["match"]
        for made in (receipt, fresh)
    ]
    assert told == ["exact", "exact"]


def test_a_variant_and_the_known_substance_lead_to_each_other_for_those_who_may_know(registry: Served) -> None:
    made = registry.report("de", a_report(MMC3_S, sharing="laboratory")).json()["detections"][0]
    known, variant = made["substance"]["accession"], made["variant"]["accession"]
    for here, there in ((known, variant), (variant, known)):
        told = registry.client.get(f"/api/v1/substances/{here}", headers=registry.as_("de")).json()
        assert ("stereo_variant", there) in {(each["kind"], each["accession"]) for each in told["relations"]}
        assert there in registry.client.get(f"/substances/{here}", headers=registry.as_("de")).text
    for path in (f"/substances/{known}", f"/api/v1/substances/{known}"):
        for headers in ({}, registry.as_("jp")):
            assert variant not in registry.client.get(path, headers=headers).text


def test_the_page_of_a_provisional_substance_tells_no_day(registry: Served) -> None:
    accession = registry.report("de", a_report(UNKNOWN)).json()["detections"][0]["substance"]["accession"]
    told = registry.client.get(f"/api/v1/substances/{accession}").json()
    assert told["updated_at"] is None
    page = registry.client.get(f"/substances/{accession}").text
    assert "Entry revision" not in page


def test_a_key_of_one_laboratory_replays_nothing_to_another(registry: Served) -> None:
    first = registry.report("de", a_report(UNKNOWN, sharing="laboratory"), **{"Idempotency-Key": "k"})
    other = registry.report("jp", a_report(UNKNOWN, sharing="laboratory"), **{"Idempotency-Key": "k"})
    assert (other.status_code, other.headers["idempotent-replay"]) == (201, "false")
    assert other.json()["id"] != first.json()["id"]


@pytest.mark.parametrize("who", ["jp", "scientist", "curator"])
def test_a_report_of_others_is_not_there_to_change(registry: Served, who: str) -> None:
    own = registry.report("de", a_report(UNKNOWN, sharing="laboratory")).json()["id"]
    unknown = "00000000-0000-4000-8000-000000000000"
    answers = [
        [
            registry.client.patch(path, json={"note": "x"}, headers=registry.as_(who)),
            registry.client.post(f"{path}/withdraw", json={"reason": "x"}, headers=registry.as_(who)),
        ]
        for path in (f"/api/v1/reports/{own}", f"/api/v1/reports/{unknown}")
    ]
    assert {answer.status_code for pair in answers for answer in pair} == {404}
    if who != "curator":  # who may see it and not change it
        texts = [[answer.text.replace(own, "<id>").replace(unknown, "<id>") for answer in pair] for pair in answers]
        assert texts[0] == texts[1]
