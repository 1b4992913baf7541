"""Public pages are made once per state of the registry, and never tell more than their content."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from fastapi import APIRouter, FastAPI, Response
from fastapi.responses import HTMLResponse
from fastapi.testclient import TestClient
from httpx import ASGITransport, AsyncClient
from starlette.types import Receive, Scope, Send

from nps_registry.http.public import Kept, KeptPages, PublicRoute
from nps_registry.settings import Settings
from nps_registry.vocabulary.report import Role
from tests.databases import SqliteDatabases
from tests.signing_in import make_player, sign_in
from tests.spec.served import MMC3, UNKNOWN, Served, a_report, served

PAGE = "/substances/NPS-000001"


@pytest.fixture
def registry(sqlite_databases: SqliteDatabases, tmp_path: Path) -> Iterator[Served]:
    with served(sqlite_databases.migrated(), var_directory=tmp_path) as given:
        yield given


def test_a_page_that_the_reader_has_already_is_not_sent_again(registry: Served) -> None:
    first = registry.client.get(PAGE)
    again = registry.client.get(PAGE, headers={"if-none-match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == first.headers["etag"]
    assert "public" in again.headers["cache-control"]


@pytest.mark.parametrize("path", [PAGE, "/static/site.css"])
def test_a_page_that_travels_compressed_has_a_tag_of_its_own(registry: Served, path: str) -> None:
    plain, packed = (registry.client.get(path, headers={"accept-encoding": each}) for each in ("identity", "gzip"))
    assert packed.headers["content-encoding"] == "gzip"
    assert plain.headers["etag"] != packed.headers["etag"]
    for answer, coding in ((plain, "identity"), (packed, "gzip")):
        asked = {"accept-encoding": coding, "if-none-match": answer.headers["etag"]}
        assert registry.client.get(path, headers=asked).status_code == 304


def test_a_page_shows_a_report_at_once_that_was_accepted_after_it_was_kept(registry: Served) -> None:
    before = registry.client.get(PAGE)
    assert registry.report("de", a_report(MMC3, country="JP")).status_code == 201
    after = registry.client.get(PAGE, headers={"if-none-match": before.headers["etag"]})
    assert after.status_code == 200
    assert "Japan" in after.text
    assert "Japan" not in before.text


def test_a_restricted_report_changes_no_byte_and_no_tag_of_a_public_page(registry: Served) -> None:
    paths = ["/", PAGE, "/timeline", "/substances", "/sitemap.xml", "/figures/registry/all/world.svg"]
    paths += ["/api/v1/feeds/substances.atom", "/api/v1/statistics/timeline"]
    before = {path: registry.client.get(path) for path in paths}
    for structure in (MMC3, UNKNOWN):
        assert registry.report("de", a_report(structure, sharing="laboratory")).status_code == 201
    for path in paths:
        after = registry.client.get(path)
        assert after.content == before[path].content
        assert after.headers["etag"] == before[path].headers["etag"]


def report_in_secret(registry: Served) -> str:
    """The page of a substance that visitors may not know of."""
    assert registry.report("de", a_report(UNKNOWN, sharing="laboratory")).status_code == 201
    found = registry.client.get("/api/v1/substances?status=provisional", headers=registry.as_("de")).json()
    return str(found["items"][0]["url"])


def test_the_bearer_of_a_token_is_never_answered_from_what_visitors_get(registry: Served) -> None:
    page = report_in_secret(registry)
    assert registry.client.get(page).status_code == 404
    shown = registry.client.get(page, headers=registry.as_("de"))
    assert (shown.status_code, shown.headers["cache-control"]) == (200, "private, no-store")
    assert registry.client.get(page).status_code == 404


def test_what_somebody_signed_in_is_shown_is_kept_for_nobody(registry: Served) -> None:
    browser = TestClient(registry.client.app)
    sign_in(browser, make_player(registry.engine, registry.client.app.state.services.seal, Role.CURATOR))  # type: ignore[attr-defined]  # it is a FastAPI
    page = report_in_secret(registry)
    compared = f"/compare?ids={page.rpartition('/')[2]},NPS-000001"
    for path in (page, compared):
        shown = browser.get(path)
        assert (shown.status_code, shown.headers["cache-control"]) == (200, "private, no-store")
        assert registry.client.get(path).status_code == 404


def test_a_page_travels_compressed_where_the_reader_takes_it(registry: Served) -> None:
    plain = registry.client.get(PAGE, headers={"accept-encoding": "identity"})
    packed = registry.client.get(PAGE, headers={"accept-encoding": "gzip"})
    assert "content-encoding" not in plain.headers
    assert packed.headers["content-encoding"] == "gzip"
    assert packed.content == plain.content
    assert int(packed.headers["content-length"]) < len(plain.content) / 2


def test_a_refusal_is_not_kept(registry: Served) -> None:
    missing = registry.client.get("/substances/NPS-999999")
    assert missing.status_code == 404
    assert "etag" not in missing.headers


@pytest.mark.parametrize("query", ["#&q=no+such+name", "q=MMC#no+such+name"])
def test_a_page_is_kept_for_its_own_address_only_though_no_browser_writes_such_a_one(
    registry: Served, query: str
) -> None:
    async def ask_as_no_browser_does(scope: Scope, receive: Receive, send: Send) -> None:
        await registry.client.app({**scope, "query_string": query.encode()}, receive, send)

    registry.client.get(PAGE)  # nothing that was kept before the catalogue was in memory is found again
    other = TestClient(ask_as_no_browser_does).get("/substances")
    assert other.status_code == 200
    assert other.headers["etag"] != registry.client.get(f"/substances?{query.partition('#')[0]}").headers["etag"]


def test_many_who_ask_at_once_are_answered_with_the_page_that_the_first_of_them_made() -> None:
    made: list[int] = []
    making: list[int] = []
    most_at_once: dict[int, int] = {}
    router = APIRouter(route_class=PublicRoute)

    @router.get("/slow/{outcome}")
    async def slow(outcome: int) -> Response:
        made.append(outcome)
        making.append(outcome)
        most_at_once[outcome] = max(most_at_once.get(outcome, 0), len(making))
        await asyncio.sleep(0.05)
        making.pop()
        return HTMLResponse("slow", outcome)

    application = FastAPI()
    application.include_router(router)
    application.state.services = SimpleNamespace(
        index=SimpleNamespace(known_change=1), settings=Settings(database_url="sqlite:///nowhere.sqlite")
    )

    async def ask_at_once(path: str) -> set[int]:
        transport = ASGITransport(application)
        async with AsyncClient(transport=transport, base_url="http://test") as client:
            answers = await asyncio.gather(*(client.get(path) for _reader in range(8)))
        return {answer.status_code for answer in answers}

    assert asyncio.run(ask_at_once("/slow/200")) == {200}
    assert asyncio.run(ask_at_once("/slow/404")) == {404}
    assert made == [200] + [404] * 8
    assert most_at_once == {200: 1, 404: 7}  # who waited for the first is not refused one after the other


def kept(size: int, change: int = 1, made_at_s: float = 0.0) -> Kept:
    return Kept(change, made_at_s, b"x" * size, gzip.compress(b"x"), "text/html", '"tag"', ())


def test_the_pages_least_asked_for_leave_first_when_the_room_is_full() -> None:
    pages = KeptPages(most_bytes=3_000)
    keys = [("host", f"/{number}", "", "", "2026-01-01") for number in range(3)]
    pages.keep(keys[0], kept(100))
    pages.keep(keys[1], kept(100))
    assert pages.find(keys[0], 1, 0.0)
    pages.keep(keys[2], kept(100))
    assert [bool(pages.find(key, 1, 0.0)) for key in keys] == [True, False, True]


def test_long_addresses_take_room_too() -> None:
    pages = KeptPages(most_bytes=100_000)
    keys = [("host", "/", f"{number}" * 60_000, "", "2026-01-01") for number in range(2)]
    for key in keys:
        pages.keep(key, kept(100))
    assert [bool(pages.find(key, 1, 0.0)) for key in keys] == [False, True]


def test_a_page_of_another_state_or_of_long_ago_is_made_anew() -> None:
    pages, key = KeptPages(), ("host", "/", "", "", "2026-01-01")
    pages.keep(key, kept(10, change=4, made_at_s=100.0))
    assert pages.find(key, 4, 110.0)
    assert pages.find(key, 5, 110.0) is None
    assert pages.find(key, 4, 1_000.0) is None
