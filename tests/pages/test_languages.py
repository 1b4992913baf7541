"""The address says the language; every text goes through it, and every link keeps it."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nps_registry.http.languages import prefix_links
from nps_registry.localisation import PseudoTranslations
from tests.databases import SqliteDatabases
from tests.pages.html import Page
from tests.spec.served import MMC3, Served, a_report, served

PAGES = (
    "/",
    "/substances",
    "/substances/NPS-000001",
    "/timeline",
    "/effects/stimulant",
    "/data",
    "/about",
    "/sign-in",
    "/password",
)


@pytest.fixture(scope="module")
def registry(sqlite_databases: SqliteDatabases) -> Iterator[Served]:
    with served(sqlite_databases.migrated(), pseudo_languages=True) as given_registry:
        given_registry.report("de", a_report(MMC3))
        yield given_registry


@pytest.mark.parametrize("path", PAGES)
def test_a_page_in_another_language_says_so_and_its_links_stay_in_it(registry: Served, path: str) -> None:
    page = Page.read(registry.client.get(f"/ar-XB{path}").text)
    (root,) = page.all("html")
    assert (root.attributes["lang"], root.attributes["dir"]) == ("ar-XB", "rtl")
    assert page.faults == []
    links = [each.attributes["href"] for each in page.all("a") if each.attributes.get("href", "").startswith("/")]
    machine = ("/ar-XB/", "/api/", "/figures/", "/openapi.json", "/static/")
    assert [link for link in links if not link.startswith(machine)] == []


@pytest.mark.parametrize("path", PAGES)
def test_every_heading_and_column_goes_through_translation(registry: Served, path: str) -> None:
    page = Page.read(registry.client.get(f"/en-XA{path}").text)
    names = {"3-MMC"}
    untranslated = [
        element.text.strip()
        for element in page.all("h1", "h2", "caption", "legend", "summary", "label")
        if re.search("[a-z]{3}", element.text) and not element.text.strip().startswith("[")
    ]
    assert [text for text in untranslated if text not in names] == []


def test_the_same_address_in_two_languages_is_two_pages(registry: Served) -> None:
    english, other = registry.client.get("/about"), registry.client.get("/en-XA/about")
    assert english.headers["etag"] != other.headers["etag"]
    assert registry.client.get("/about").content == english.content


def test_a_redirect_stays_in_the_language(registry: Served) -> None:
    led = registry.client.get("/ar-XB/account?a=b", follow_redirects=False)
    assert led.headers["location"] == "/ar-XB/sign-in?next=%2Faccount%3Fa%3Db"
    assert registry.client.get("/account", follow_redirects=False).headers["location"].startswith("/sign-in")


@pytest.mark.parametrize(
    ("asked", "leads_to"),
    [
        ("/about/", "/about"),
        ("/ar-XB/changes/?month=2026-02", "/ar-XB/changes?month=2026-02"),
        ("//example.org/", "/example.org"),
        ("/%5Cexample.org/", "/%5Cexample.org"),
    ],
)
def test_an_address_that_ends_with_a_slash_leads_to_the_page_of_this_site(
    registry: Served, asked: str, leads_to: str
) -> None:
    led = registry.client.get(f"http://testserver{asked}", follow_redirects=False)
    assert (led.status_code, led.headers["location"]) == (308, leads_to)


def test_a_language_that_there_is_not_leads_nowhere(registry: Served) -> None:
    assert registry.client.get("/xx/about").status_code == 404


@pytest.mark.parametrize("path", ["/ar-XB/api/v1/substances", "/ar-XB/healthz", "/ar-XB/static/site.css"])
def test_what_machines_read_has_one_language(registry: Served, path: str) -> None:
    assert registry.client.get(path).status_code == 404


def test_links_outside_the_pages_keep_their_addresses() -> None:
    html = '<a href="/about">x</a><a href="/api/v1/x">y</a><a href="//host/x">z</a><form action="/search">'
    changed = prefix_links(html, "fr")
    assert (
        changed
        == '<a href="/fr/about">x</a><a href="/api/v1/x">y</a><a href="//host/x">z</a><form action="/fr/search">'
    )


@given(st.text(), st.integers(0, 10))
def test_a_pseudo_translation_keeps_what_is_filled_in(text: str, number: int) -> None:
    message = text.replace("%", "%%") + " %(count)d"
    assert str(number) in PseudoTranslations().gettext(message) % {"count": number}
