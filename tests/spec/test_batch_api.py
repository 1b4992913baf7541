"""A laboratory's table in one request: what is answered for each row, and when nothing is written."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.spec.served import MMC3, Served, a_report, served

HEADINGS = "own_reference,event_type,collected_on,country,sharing,form,item,name,structure,techniques,result"
GOOD = f"""{HEADINGS}
A-1,seizure,2026-02-03,DE,public,powder,1,,{MMC3},GC-MS; NMR,
A-1,seizure,2026-02-03,DE,public,powder,1,caffeine,,GC-MS,
A-1,,,,,tablet,2,caffeine,,,uncertain
A-2,Collected sample,2026-03,Germany,network,Powder,,caffeine,,,Positive
"""
FAULTY = f"""{HEADINGS}
B-1,seizure,2026-13-03,DE,public,powder,1,caffeine,,GC-MS,
B-2,seizure,2026-02-03,DE,public,powder,1,,CC(,GC-MS,
B-3,seizure,2026-02-03,DE,public,powder,1,caffeine,,GC-MS,
B-3,seizure,2026-02-03,AT,public,powder,1,caffeine,,GC-MS,
B-4,seizure,2026-02-03,DE,public,powder,1,caffeine,,GC-MS,
"""


@pytest.fixture
def registry(database_url: str) -> Iterator[Served]:
    with served(database_url) as given:
        yield given


def send(registry: Served, body: str | bytes, media_type: str = "text/csv", query: str = "", **headers: str) -> Any:
    headers = {"Content-Type": media_type, **registry.as_("de"), **headers}
    return registry.client.post(f"/api/v1/reports/batch{query}", content=body, headers=headers)


def own_reports(registry: Served) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = registry.client.get("/api/v1/reports?limit=200", headers=registry.as_("de")).json()[
        "items"
    ]
    return items


def test_rows_with_one_reference_are_one_report_with_its_items(registry: Served) -> None:
    answer = send(registry, GOOD)
    assert answer.status_code == 201, answer.text
    body = answer.json()
    assert (body["total"], body["accepted"], body["reports"], body["written"]) == (4, 4, 2, True)
    first, second, third, fourth = body["rows"]
    assert first["id"] == second["id"] == third["id"] != fourth["id"]
    assert first["reference"].startswith("R-")
    assert first["state"] == "accepted"
    report = registry.client.get(f"/api/v1/reports/{first['id']}", headers=registry.as_("de")).json()
    assert [len(item["detections"]) for item in report["items"]] == [2, 1]
    assert report["items"][1]["form"] == "tablet"
    assert report["items"][1]["detections"][0]["result"] == "uncertain"


def test_nothing_is_written_unless_every_row_stands(registry: Served) -> None:
    answer = send(registry, FAULTY)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    body = answer.json()
    assert "nothing was written" in body["detail"]
    assert not body["written"]
    assert [row["accepted"] for row in body["rows"]] == [False, False, False, False, True]
    fields = [[error["field"] for error in row.get("errors", [])] for row in body["rows"]]
    assert fields == [["collected_on"], ["structure"], [""], ["country"], []]
    assert own_reports(registry) == []


def test_the_good_rows_are_kept_where_that_is_wished(registry: Served) -> None:
    answer = send(registry, FAULTY, query="?partial=true")
    assert answer.status_code == 201
    assert [row["accepted"] for row in answer.json()["rows"]] == [False, False, False, False, True]
    assert [report["own_reference"] for report in own_reports(registry)] == ["B-4"]


def test_a_dry_run_answers_every_row_and_writes_nothing(registry: Served) -> None:
    answer = send(registry, GOOD, query="?dry_run=true")
    assert answer.status_code == 200
    assert answer.json()["detections"] == {"name": 3, "exact": 1}
    assert [row["verdict"] for row in answer.json()["rows"]] == ["stands"] * 4
    assert own_reports(registry) == []


def test_a_table_sent_again_makes_no_second_report(registry: Served) -> None:
    first = send(registry, GOOD).json()
    again = send(registry, GOOD)
    assert again.status_code == 201
    assert [row["id"] for row in again.json()["rows"]] == [row["id"] for row in first["rows"]]
    assert again.json()["repeated"] == 4
    assert len(own_reports(registry)) == 2


def test_rows_without_a_reference_are_known_by_the_file(registry: Served) -> None:
    body = GOOD.replace("A-1", "").replace("A-2", "").replace("\n,,,,,tablet,2,caffeine,,,uncertain", "")
    first, again = send(registry, body).json(), send(registry, body).json()
    assert first["reports"] == 3
    assert [row["id"] for row in again["rows"]] == [row["id"] for row in first["rows"]]
    assert len(own_reports(registry)) == 3


def test_a_retry_under_one_key_is_answered_alike(registry: Served) -> None:
    first = send(registry, GOOD, **{"Idempotency-Key": "batch-1"})
    again = send(registry, GOOD, **{"Idempotency-Key": "batch-1"})
    assert (again.status_code, again.headers["Idempotent-Replay"]) == (201, "true")
    assert again.json() == first.json()
    other = send(registry, FAULTY, **{"Idempotency-Key": "batch-1"})
    assert other.status_code == 409
    single = registry.report("de", a_report(), **{"Idempotency-Key": "batch-1"})
    assert single.status_code == 409


def test_a_reference_that_says_something_else_is_a_fault_of_its_row(registry: Served) -> None:
    send(registry, GOOD)
    changed = GOOD.replace("2026-02-03,DE,public,powder,1,,", "2026-02-04,DE,public,powder,1,,")
    changed = changed.replace("2026-02-03", "2026-02-04")
    answer = send(registry, changed)
    assert answer.status_code == 422
    assert "says something else" in answer.json()["rows"][0]["errors"][0]["message"]
