"""What a laboratory may send as a table, and what is refused: forms, columns, limits, hostile files."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator

import pytest
from openpyxl import Workbook

from nps_registry.intake.table_form import XLSX_TYPE
from tests.api.refusals import assert_refused
from tests.databases import SqliteDatabases
from tests.spec.served import Served, a_report, served
from tests.spec.test_batch_api import GOOD, send


@pytest.fixture(scope="module")
def registry(sqlite_databases: SqliteDatabases) -> Iterator[Served]:
    with served(sqlite_databases.migrated(), body_limit_bytes=10_000, batch_limit_bytes=200_000) as given:
        yield given


def test_json_lines_take_whole_reports_and_flat_rows(registry: Served) -> None:
    whole = "\n".join(json.dumps(a_report() | {"own_reference": f"J-{number}"}) for number in range(3))
    answer = send(registry, whole + "\n{broken\n", "application/x-ndjson", "?partial=true")
    assert answer.status_code == 201, answer.text
    assert [row["accepted"] for row in answer.json()["rows"]] == [True, True, True, False]
    amended = registry.client.patch(
        f"/api/v1/reports/{answer.json()['rows'][0]['id']}", json={"note": "later"}, headers=registry.as_("de")
    )
    assert amended.status_code == 200, amended.text
    flat = json.dumps({"event_type": "seizure", "country": "DE", "collected_on": "2026-01-01", "name": "caffeine",
                       "techniques": ["GC-MS", "NMR"], "reference_material": True})  # fmt: skip
    assert send(registry, flat, "application/octet-stream").json()["accepted"] == 1


def test_a_broken_first_line_of_json_lines_spoils_no_other(registry: Served) -> None:
    whole = json.dumps(a_report() | {"own_reference": "J-9"})
    answer = send(registry, "{broken\n" + whole, "application/x-ndjson", "?dry_run=true")
    assert [row["accepted"] for row in answer.json()["rows"]] == [False, True]


def test_json_lines_without_one_that_can_be_read_are_refused_for_the_first(registry: Served) -> None:
    answer = send(registry, '{"name": "caf', "application/x-ndjson")
    assert "at line 1, column 10" in assert_refused(answer, 422)["detail"]


def test_a_workbook_is_read_by_its_values(registry: Served) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for line in GOOD.splitlines():
        sheet.append(line.split(","))
    sheet["H3"] = "=1+1"  # without a stored value it says nothing, and is never computed
    kept = io.BytesIO()
    book.save(kept)
    answer = send(registry, kept.getvalue(), XLSX_TYPE, "?dry_run=true")
    assert answer.json()["rows"][1]["errors"][0]["field"] == "name"
    assert answer.json()["rows"][3]["accepted"], answer.text
    assert send(registry, kept.getvalue(), "application/octet-stream", "?dry_run=true").status_code == 200


def test_a_column_that_is_no_field_is_refused_by_name(registry: Served) -> None:
    answer = send(registry, GOOD.replace("techniques", "methodology"))
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "methodology"


@pytest.mark.parametrize(
    ("body", "media_type", "status"),
    [
        (b"", "text/csv", 400),
        (b"a,b\n1,2", "application/pdf", 415),
        (b"\xff\xfe\xff", "text/csv", 422),
        (b"name,name\n1,2\n", "text/csv", 422),
        (b"PK\x03\x04 no zip", XLSX_TYPE, 422),
        (b"[1]", "application/x-ndjson", 422),
        (b'name;country\n"a', "text/csv", 422),
    ],
)
def test_what_is_no_table_is_refused_in_a_sentence(registry: Served, body: bytes, media_type: str, status: int) -> None:
    answer = send(registry, body, media_type)
    assert assert_refused(answer, status)["detail"].endswith(".")


def test_a_table_has_a_limit_of_its_own(registry: Served) -> None:
    assert send(registry, GOOD + "\n" * 100_000, query="?dry_run=true").status_code == 200
    assert send(registry, GOOD + "\n" * 300_000, query="?dry_run=true").status_code == 413
    assert registry.report("de", a_report() | {"note": "x" * 15_000}).status_code == 413


def test_a_table_needs_a_token(registry: Served) -> None:
    answer = registry.client.post("/api/v1/reports/batch", content=GOOD, headers={"Content-Type": "text/csv"})
    assert answer.status_code == 401
