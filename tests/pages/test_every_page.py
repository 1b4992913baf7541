"""Every page: whole markup, a title, a strict policy, nothing from another host, the mark of a demonstration."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest

from nps_registry.vocabulary.report import RegistryMode
from tests.databases import SqliteDatabases
from tests.pages.html import Page
from tests.spec.served import MMC3, MMC3_S, UNKNOWN, Served, a_report, served

FOUND = [
    "/",
    "/substances",
    "/substances?chemical_class=synthetic_cathinone&effect=stimulant&nature=nps&status=listed&sort=mass&q=mmc",
    "/substances?control=un&country=de",
    "/substances?q=nothing-is-called-like-this",
    "/search",
    "/search?q=mmc",
    "/search?q=%CE%B1-PVP",
    "/search?q=C11H15NO",
    "/search?q=no-such-name-anywhere",
    f"/search?structure={MMC3}&threshold=0.1",
    "/search?pattern=c1ccccc1",
    "/search?mz=178.1226",
    "/search?kind=similarity",
    f"/search?kind=similarity&structure={MMC3}&threshold=0.1&view=table&sort=-mass&fingerprint=maccs&metric=dice",
    f"/search?kind=similarity&structure={MMC3}&chemical_class=synthetic_cathinone&effect=stimulant&country=de&control=UN",
    "/search?kind=substructure&pattern=c1ccccc1&total=exact&limit=5",
    "/search?kind=substructure&pattern=C1=CC=CC=C1",
    f"/search?kind=superstructure&structure={MMC3}&view=table",
    f"/search?kind=identity&structure={MMC3}.Cl",
    "/search?kind=mass&formula=C(10-12)H*NO&isotopes=100,12,1&view=table",
    "/search?kind=name&q=metaphedrone&sort=name",
    f"/search/explain?structure={MMC3}&accession=NPS-000002",
    "/search/batch",
    "/search/peaks",
    "/classes/synthetic_cathinone",
    "/countries/DE",
    "/countries/xk",
    "/timeline",
    "/signals",
    "/signals?kind=first_in_country&country=de&substance=NPS-000001&from=2026-Q1",
    "/changes",
    "/changes?month=2026-02",
    "/effects/stimulant",
    "/effects/unassigned",
    "/years/2026",
    "/about/design",
    "/advisories",
    "/advisories?severity=high&country=de&state=standing",
    "/bulletins",
    "/data",
    "/about",
    "/compare",
    "/compare?ids=NPS-000001,NPS-000002",
]
REFUSED = [
    ("/nothing", 404),
    ("/substances/NPS-999999", 404),
    ("/substances/NPS-000785", 410),
    ("/classes/none", 404),
    ("/countries/ZZ", 404),
    ("/effects/joy", 404),
    ("/years/1066", 404),
    ("/years/%D9%A2%D9%A0%D9%A2%D9%A6", 404),
    ("/advisories/NPS-ADV-2026-ZZZZZZ", 404),
    ("/advisories?severity=awful", 422),
    ("/bulletins/2026-Q9", 404),
    ("/figures/registry/all/moods.svg", 404),
    ("/figures/registry/all/years.bmp", 404),
    ("/figures/registry/all/years.svg?scheme=plaid", 404),
    ("/figures/substances/NPS-999999/world.svg", 404),
    ("/substances/NPS-999999/card.png", 404),
    ("/compare?ids=NPS-000001,NPS-999999", 404),
    ("/compare?ids=" + ",".join(f"NPS-00000{number}" for number in range(9)), 422),
    ("/compare?ids=" + "x" * 2_000, 404),
    ("/signals/none", 404),
    ("/signals?kind=mood", 422),
    ("/signals?from=spring", 422),
    ("/signals?cursor=x", 422),
    ("/changes?month=2999-01", 422),
    ("/changes?month=may", 422),
    ("/figures/registry/all/quarters.svg", 404),
    ("/substances?nature=wild", 422),
    ("/substances?country=ZZ", 422),
    ("/substances?chemical_class=none", 422),
    ("/substances?sort=beauty", 422),
    ("/substances?cursor=garbage", 422),
    ("/substances?q=" + "x" * 501, 422),
    ("/search?structure=C1CC", 422),
    ("/search?pattern=%5B", 422),
    ("/search?mz=much", 422),
    ("/search?structure=C&threshold=7", 422),
    ("/search?mz=178&adduct=nonsense", 422),
    ("/search?kind=similarity&structure=C&fingerprint=thumb", 422),
    ("/search?kind=similarity&structure=C&limit=1000000000", 422),
    ("/search?kind=similarity&structure=C&limit=many", 422),
    ("/search?kind=similarity&structure=C&sort=beauty", 422),
    ("/search?kind=similarity&structure=C&country=ZZ", 422),
    ("/search?kind=similarity&structure=C&chemical_class=none", 422),
    ("/search?kind=mass&mass_da=nan", 422),
    ("/search?kind=mass&mz=100&isotopes=a,b", 422),
    ("/search/explain?structure=C&accession=NPS-999999", 404),
    ("/search/explain?structure=CC(C&accession=NPS-000001", 422),
    ("/search/explain", 422),
]


@pytest.fixture(scope="module", params=list(RegistryMode), ids=lambda mode: mode.value)
def registry(
    request: pytest.FixtureRequest, sqlite_databases: SqliteDatabases, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Served]:
    var = tmp_path_factory.mktemp("var")  # the key that is published is sealed
    with served(sqlite_databases.migrated(), request.param, var_directory=var) as given:
        for structure in (MMC3, MMC3_S, UNKNOWN):
            assert given.report("de", a_report(structure)).status_code == 201
        yield given


def is_demonstration(registry: Served) -> bool:
    return bool(registry.client.get("/api/v1/substances").json()["demonstration"])


def read(registry: Served, path: str, status: int = 200) -> tuple[Any, Page]:
    answer = registry.client.get(path)
    assert answer.status_code == status, answer.text[:300]
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    return answer, Page.read(answer.text)


def assert_sound(registry: Served, answer: Any, page: Page) -> None:
    assert page.faults == []
    assert page.inline == []
    assert all(
        urlsplit(address).netloc == "" and address.startswith(("/static/", "/figures/")) for address in page.loads
    )
    (title,) = [element for element in page.all("title") if not element.attributes][:1]
    assert title.text.strip().strip("·").strip() not in {"", "NPS registry"}
    assert len(page.all("h1")) == 1
    assert page.all("html")[0].attributes["lang"] == "en"
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'")
    assert "unsafe" not in policy
    assert "http" not in policy
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert_marked(answer, page, demonstration=is_demonstration(registry))


def assert_marked(answer: Any, page: Page, *, demonstration: bool) -> None:
    robots = [meta for meta in page.all("meta") if meta.attributes.get("name") == "robots"]
    notices = [element for element in page.all("aside") if element.attributes.get("class") == "notice"]
    assert bool(notices) is bool(robots) is demonstration
    assert ("invented" in answer.text) is demonstration
    assert (answer.headers.get("x-robots-tag") == "noindex") is demonstration


@pytest.mark.parametrize("path", FOUND)
def test_a_page_is_sound(registry: Served, path: str) -> None:
    assert_sound(registry, *read(registry, path))


@pytest.mark.parametrize(("path", "status"), REFUSED)
def test_a_refusal_is_a_sound_page_that_says_why(registry: Served, path: str, status: int) -> None:
    answer, page = read(registry, path, status)
    assert_sound(registry, answer, page)
    assert page.all("form"), "from here one can search"


def test_the_page_of_a_withdrawn_entry_is_sound_and_says_so(registry: Served) -> None:
    answer, page = read(registry, "/substances/NPS-000023", 410)
    assert_sound(registry, answer, page)
    assert "This entry was withdrawn" in answer.text


def test_the_page_of_every_substance_is_sound(registry: Served) -> None:
    items = registry.client.get("/api/v1/substances?limit=500").json()["items"]
    assert {item["status"] for item in items} >= {"listed", "provisional"}
    for item in items:
        answer, page = read(registry, item["url"])
        assert_sound(registry, answer, page)
        assert page.all("h1")[0].text == item["name"]


def test_every_link_of_the_pages_leads_somewhere(registry: Served) -> None:
    seen, todo = set[str](), ["/", "/substances", "/data", "/search?q=mmc", "/substances/NPS-000001"]
    while todo and len(seen) < 80:
        path = todo.pop()
        if path in seen:
            continue
        seen.add(path)
        answer = registry.client.get(path)
        assert answer.status_code == 200, path
        if answer.headers["content-type"].startswith("text/html"):
            addresses = [element.attributes.get("href", "") for element in Page.read(answer.text).all("a", "link")]
            local = [address.partition("#")[0] for address in addresses if address.startswith("/")]
            todo += [address for address in local if address not in seen]
    assert len(seen) > 40


@pytest.mark.parametrize("path", ["/search?q={}", "/search?structure={}", "/search?pattern={}", "/search?mz={}",
                                  "/search?adduct={}&mz=100", "/substances?q={}", "/substances/{}", "/compare?ids={}",
                                  "/classes/{}", "/countries/{}", "/{}"])  # fmt: skip
def test_what_is_typed_is_text_and_never_markup(registry: Served, path: str) -> None:
    for text in ("<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "javascript:alert(1)", "{{7*7}}", "'"):
        answer = registry.client.get(path.format(text.replace("/", "%2F").replace(" ", "%20")))
        page = Page.read(answer.text)
        assert page.faults == []
        assert page.inline == []
        assert not page.all("img")
        assert not [element for element in page.elements if "javascript:" in element.attributes.get("href", "")]
        assert "49" not in page.all("title")[0].text


def test_filters_that_leave_nothing_can_be_taken_away_one_by_one(registry: Served) -> None:
    page = registry.client.get("/substances?country=TV&effect=dissociative&status=withdrawn").text
    for left in ("effect=dissociative&amp;status=withdrawn", "status=withdrawn&amp;country=TV"):
        assert f'<a href="/substances?{left}">Any</a>' in page


def test_a_report_cannot_put_markup_on_a_page(registry: Served) -> None:
    hostile = "<img src=x onerror=alert(1)>"
    body = a_report("CCCCCNC(C)C(=O)c1ccccc1", reported_as=hostile, salt_form=hostile, techniques=[hostile])
    body["items"][0] |= {"sold_as": hostile, "appearance": hostile}
    body["event"] |= {"city": hostile}
    accession = registry.report("de", body).json()["detections"][0]["substance"]["accession"]
    for path in (f"/substances/{accession}", "/", "/substances?status=provisional", "/countries/DE"):
        assert "onerror" not in registry.client.get(path).text


def test_every_answer_of_a_demonstration_says_so_and_none_of_a_real_registry(registry: Served) -> None:
    demonstration = is_demonstration(registry)
    for path in (
        "/api/v1/substances/NPS-000001", "/api/v1/signals", "/api/v1/advisories", "/api/v1/statistics/timeline",
        "/api/v1/statistics/countries", "/api/v1/statistics/classes", "/api/v1/exports/substances.json",
    ):  # fmt: skip
        assert registry.client.get(path).json()["demonstration"] is demonstration, path
    for path in ("/api/v1/feeds/substances.atom", "/api/v1/feeds/advisories.atom"):
        assert ("Demonstration" in registry.client.get(path).text) is demonstration, path
    for name in ("substances.csv", "substances.sdf", "substances.parquet", "reports.csv"):
        answer = registry.client.get(f"/api/v1/exports/{name}")
        assert ("demonstration-" in answer.headers["content-disposition"]) is demonstration
        assert (answer.headers.get("x-nps-registry-data") == "demonstration") is demonstration
    counted = registry.client.get("/api/v1/exports/reports.csv").text.splitlines()
    assert counted[0].endswith(",demonstration")
    assert all(line.endswith("yes" if demonstration else "no") for line in counted[1:])
    receipt = registry.report("de", a_report()).json()
    assert receipt["demonstration"] is demonstration
    view = registry.client.get(f"/api/v1/reports/{receipt['reference']}").json()
    assert view["demonstration"] is demonstration
