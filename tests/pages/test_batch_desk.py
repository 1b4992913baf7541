"""The batch desk, as a laboratory's browser meets it: columns chosen once, faults by name, correction, result."""

from __future__ import annotations

import csv
import io
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import update

from nps_registry.intake.batch_work import BatchWorker
from nps_registry.intake.suggesting import suggest_answer
from nps_registry.intake.understanding import Desk
from nps_registry.store.engine import reading, writing
from nps_registry.store.tables import Batch
from nps_registry.vocabulary.batch import BatchState
from nps_registry.vocabulary.spreadsheet import defuse
from tests.databases import SqliteDatabases
from tests.signing_in import form_token, make_player, post_form, sign_in
from tests.spec.served import Served, served

OWN = "Ref;Datum;Land;Substanz;Methode\n"
ROWS = (
    "X-1;2026-02-03;DE;caffeine;GC-MS\n"
    "X-2;2026-13-03;DE;caffeine;GC-MS\n"
    "=cmd|' /C calc'!A0;2026-02-04;DE;<script>alert(1)</script>;GC-MS\n"
)
MEANS = {"means-0": "own_reference", "means-1": "collected_on", "means-2": "country", "means-3": "name",
         "means-4": "techniques", "all-event_type": "seizure", "sharing": "public", "name": "Ours"}  # fmt: skip


@pytest.fixture(scope="module")
def registry(sqlite_databases: SqliteDatabases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with served(sqlite_databases.migrated(), var_directory=tmp_path_factory.mktemp("var")) as given:
        player = make_player(given.engine, given.client.app.state.services.seal)  # type: ignore[attr-defined]
        sign_in(given.client, player)
        yield given


def upload(registry: Served, body: str, name: str = "table.csv") -> str:
    """Upload *body*; answers where its page is."""
    token = form_token(registry.client, "/lab/batches")
    files = {"table": (name, io.BytesIO(body.encode()), "text/csv")}
    answer = registry.client.post("/lab/batches", data={"form_token": token}, files=files, follow_redirects=False)
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])


def wait(registry: Served, address: str) -> str:
    """The page at *address* once nobody works on the batch."""
    until = time.monotonic() + 60
    while time.monotonic() < until:
        answer = registry.client.get(address)
        assert answer.status_code == 200, answer.text
        if "refresh" not in answer.headers:
            return str(answer.text)
        time.sleep(0.1)
    raise TimeoutError(address)


def test_a_table_goes_from_upload_to_result(registry: Served) -> None:
    columns = upload(registry, OWN + ROWS)
    assert columns.endswith("/columns")
    address = columns.removesuffix("/columns")
    chosen = post_form(registry.client, columns, MEANS)
    assert chosen.status_code == 303, chosen.text
    page = wait(registry, address)
    assert "<strong>Datum</strong>" in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "<script>alert" not in page
    # All or nothing is refused while a row has faults; the row is corrected in place.
    refused = post_form(registry.client, f"{address}/run", {"rows": "all"}, seen_at=address)
    assert refused.status_code == 409
    cells = {"cell-0": "X-2", "cell-1": "2026-02-30", "cell-2": "DE", "cell-3": "caffeine", "cell-4": "GC-MS"}
    still = post_form(registry.client, f"{address}/rows/2", cells)
    assert still.status_code == 422
    mended = post_form(registry.client, f"{address}/rows/2", cells | {"cell-1": "2026-02-28"})
    assert mended.status_code == 303
    assert post_form(registry.client, f"{address}/run", {"rows": "all"}, seen_at=address).status_code == 303
    assert "What became of every row" in wait(registry, address)
    text = registry.client.get(f"{address}/result.csv").text
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [row["verdict"] for row in rows] == ["kept"] * 3
    assert all(row["report_id"] for row in rows)
    assert rows[2]["own_reference"].startswith("'=cmd")


def test_columns_are_remembered_and_names_answered_once(registry: Served) -> None:
    body = OWN.replace("Ref", "Kennung") + "Y-1;2026-02-03;DE;Blauer Schlumpf;GC-MS\n"
    columns = upload(registry, body)
    assert post_form(registry.client, columns, MEANS).status_code == 303
    address = columns.removesuffix("/columns")
    assert "1 name is not in the registry" in wait(registry, address)
    names = {"name-0": "Blauer Schlumpf", "count-0": "1", "suggestion-0": "", "choice-0": "", "text-0": "no such thing"}
    wrong = post_form(registry.client, f"{address}/names", names)
    assert wrong.status_code == 422
    assert "is not a name in the registry" in wrong.text
    assert post_form(registry.client, f"{address}/names", names | {"text-0": "caffeine"}).status_code == 303
    assert "not in the registry" not in wait(registry, address)
    again = upload(registry, body + "Y-2;2026-02-04;DE;Blauer Schlumpf;GC-MS\n")
    assert not again.endswith("/columns")
    assert "not in the registry" not in wait(registry, again)


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("Caffeine (Trace)", "trace:Caffeine"), ("Caffeine (wet)", "Caffeine"),
        ("3-MMC or Analog", "class:synthetic_cathinone"),
        ("3-MMC/analogues (trace)", "trace:class:synthetic_cathinone"),
        ("Caffeine or Analog", ""), ("Blauer Schlumpf (trace)", ""),
    ],
)  # fmt: skip
def test_a_name_with_a_remark_is_suggested_what_it_means(registry: Served, name: str, meant: str) -> None:
    assert suggest_answer(registry.client.app.state.services.desk, name) == meant  # type: ignore[attr-defined]


def test_a_table_of_another_organisation_is_not_there(registry: Served) -> None:
    address = upload(registry, "event_type,country,collected_on,name\nseizure,DE,2026,caffeine\n")
    wait(registry, address)
    other = make_player(
        registry.engine,
        registry.client.app.state.services.seal,  # type: ignore[attr-defined]  # it is a FastAPI
        email="other@example.org",
        organisation="Laboratory Other",
    )
    mine = dict(registry.client.cookies)
    registry.client.cookies.clear()
    try:
        sign_in(registry.client, other)
        for path in ("", "/columns", "/names", "/rows/1", "/result.csv"):
            assert registry.client.get(f"{address}{path}").status_code == 404, path
    finally:
        registry.client.cookies.clear()
        registry.client.cookies.update(mine)


def test_a_form_without_the_token_of_its_page_does_nothing(registry: Served) -> None:
    files = {"table": ("t.csv", io.BytesIO(b"name\ncaffeine\n"), "text/csv")}
    answer = registry.client.post(
        "/lab/batches", files=files, headers={"Sec-Fetch-Site": "cross-site"}, follow_redirects=False
    )
    assert answer.status_code == 403


@pytest.mark.parametrize("body", ["", "a\n", "a,a\n1,2\n"])
def test_a_file_that_is_no_table_is_told_on_the_page(registry: Served, body: str) -> None:
    token = form_token(registry.client, "/lab/batches")
    files = {"table": ("../x.csv", io.BytesIO(body.encode()), "text/csv")}
    answer = registry.client.post("/lab/batches", data={"form_token": token}, files=files)
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text


def test_the_template_is_a_workbook_to_download(registry: Served) -> None:
    answer = registry.client.get("/lab/batches/template.xlsx")
    assert answer.headers["content-disposition"].startswith("attachment")
    assert answer.content.startswith(b"PK")


def test_a_formula_is_defused_and_a_number_is_not() -> None:
    for text in ("=1+1", "+cmd", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "＝1"):
        assert str(defuse(text)).startswith("'")
    for text in ("-12.5", "+3", "1e-5", "InChI=1S/CH4/h1H4", "CC(=O)C", "(-)-cathinone", "3-MMC"):
        assert defuse(text) == text


def _steps(registry: Served, workers: list[BatchWorker]) -> int:
    services: Any = registry.client.app.state.services  # type: ignore[attr-defined]  # it is a FastAPI
    known, steps = Desk(services.index, services.rules, demonstration=False), 0
    while sum(worker.step(known) for worker in workers):
        steps += 1
    return steps


def test_two_workers_and_a_clock_that_jumps_do_no_row_twice(registry: Served) -> None:
    body = "own_reference,event_type,country,collected_on,name\n"
    body += "".join(f"W-{number},seizure,DE,2026-01-01,caffeine\n" for number in range(1_200))
    address = upload(registry, body)
    wait(registry, address)
    batch_id = address.rpartition("/")[2]
    workers = [BatchWorker(registry.engine), BatchWorker(registry.engine)]
    assert post_form(registry.client, f"{address}/run", {"rows": "all"}, seen_at=address).status_code == 303
    for jump in (timedelta(days=400), timedelta(days=-400)):
        with writing(registry.engine) as session:  # as a lease looks after the clock has jumped
            session.execute(
                update(Batch).values(leased_by="gone", leased_until=datetime.now(UTC) + jump)  # every batch
            )
        _steps(registry, workers)
    wait(registry, address)
    with reading(registry.engine) as session:
        batch = session.get_one(Batch, batch_id)
        assert batch.state is BatchState.DONE
        assert batch.figures["reports"] == 1_200
    rows = list(csv.DictReader(io.StringIO(registry.client.get(f"{address}/result.csv").text)))
    assert len({row["report_id"] for row in rows}) == 1_200
