"""The search page answers every question at one address, without a script, and keeps what was typed."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from typing import Any

import pytest

from tests.databases import SqliteDatabases
from tests.pages.html import Page
from tests.spec.served import MMC3, UNKNOWN, Served, a_report, served


@pytest.fixture(scope="module")
def registry(sqlite_databases: SqliteDatabases) -> Iterator[Served]:
    with served(sqlite_databases.migrated()) as given:
        yield given


def read(registry: Served, path: str, status: int = 200, **headers: str) -> tuple[str, Page]:
    answer = registry.client.get(path, headers=headers)
    assert answer.status_code == status, answer.text[:300]
    page = Page.read(answer.text)
    assert page.faults == []
    return answer.text, page


def links(page: Page, *starts: str) -> list[str]:
    return [each.attributes["href"] for each in page.all("a") if each.attributes.get("href", "").startswith(starts)]


def test_every_way_leads_to_a_form_that_keeps_what_was_typed(registry: Served) -> None:
    _text, page = read(registry, f"/search?kind=similarity&structure={MMC3}")
    for address in links(page, "/search?"):
        if "kind=sub" in address or "kind=super" in address or "kind=identity" in address:
            text, way = read(registry, address)
            assert MMC3 in [each.attributes.get("value") for each in way.all("input")], address
            assert "3-MMC" in text


def test_the_downloads_of_a_list_hold_what_the_page_shows(registry: Served) -> None:
    text, page = read(registry, f"/search?kind=similarity&structure={MMC3}&threshold=0.3&metric=dice&effect=stimulant")
    (address,) = [each for each in links(page, "/api/v1/search/similarity") if "format=csv" in each]
    rows = list(csv.DictReader(io.StringIO(registry.client.get(address).text)))
    assert {row["accession"] for row in rows} == set(re.findall(r'href="/substances/(NPS-\d+)"', text))
    assert "metric=dice" in rows[0]["about"]
    assert "effect=stimulant" in rows[0]["about"]


@pytest.mark.parametrize(("sort", "key"), [("mass", float), ("-mass", float), ("name", str), ("-score", float)])
def test_the_table_is_sorted_by_its_headings(registry: Served, sort: str, key: Any) -> None:
    text, page = read(registry, f"/search?kind=similarity&structure={MMC3}&threshold=0&view=table&sort={sort}")
    marked = [each.attributes["aria-sort"] for each in page.all("th") if "aria-sort" in each.attributes]
    assert len(set(marked)) == 1, "every list of the page is in the same order"
    last = text[text.rindex("<tbody>") :]
    if "mass" in sort:
        shown = [key(value) for value in re.findall(r'<td class="number">(\d+\.\d{4})</td>', last)]
        assert len(shown) > 5
        assert shown == sorted(shown, reverse=sort.startswith("-"))
    assert f"sort={sort.removeprefix('-') if sort.startswith('-') else '-' + sort}" in text.replace("&amp;", "&")


def test_matched_atoms_are_marked_in_the_drawings(registry: Served) -> None:
    text, _page = read(registry, "/search?kind=substructure&pattern=c1ccccc1C(%3DO)C")
    assert "highlight" in text
    assert "3-MMC" in text


def test_a_list_that_was_cut_says_so_and_offers_to_count(registry: Served) -> None:
    text, page = read(registry, "/search?kind=substructure&pattern=%5B%236%5D&limit=2")
    assert "or more" in text
    assert [address for address in links(page, "/search?") if "total=exact" in address]
    counted, _page = read(registry, "/search?kind=substructure&pattern=%5B%236%5D&limit=2&total=exact")
    assert re.search(r"2 of \d+", counted)


def test_a_salt_is_answered_as_its_parent_and_its_isomers_are_told(registry: Served) -> None:
    text, _page = read(registry, f"/search?kind=identity&structure={MMC3}.Cl")
    assert "hydrochloride" in text
    assert "Positional isomers" in text
    assert "Mephedrone" in text


def test_a_list_is_looked_up_and_can_be_kept(registry: Served) -> None:
    pasted = {"rows": f"{MMC3}\n3-MMC\nCC(C\n=cmd|x\n"}
    answer = registry.client.post("/search/batch", data=pasted)
    assert answer.status_code == 200
    page = Page.read(answer.text)
    assert page.faults == []
    assert "position" in answer.text
    kept = registry.client.post("/search/batch", data={**pasted, "form": "csv"})
    rows = list(csv.DictReader(io.StringIO(kept.text)))
    assert [row["row"] for row in rows] == ["1", "2", "3", "4"]
    assert rows[3]["given"] == "'=cmd|x"


def test_a_file_is_looked_up_by_its_form(registry: Served) -> None:
    file = {"file": ("mine.csv", f"id,smiles\nsample 7,{MMC3}\n".encode(), "text/csv")}
    answer = registry.client.post("/search/batch", files=file)
    assert answer.status_code == 200
    assert "sample 7" in answer.text
    assert "3-MMC" in answer.text


@pytest.mark.parametrize(
    ("path", "form"),
    [
        ("/search/batch", {"rows": ""}),
        ("/search/batch", {"rows": "C", "threshold": "much"}),
        ("/search/batch", {"rows": "C", "form": "docx"}),
        ("/search/batch", {"rows": "C\n" * 201}),
        ("/search/peaks", {"features": "many"}),
        ("/search/peaks", {"features": "178.1", "ppm": "-1"}),
        ("/search/peaks", {"features": "178.1", "adduct": "[M+Xx]+"}),
    ],
)
def test_a_list_that_cannot_be_asked_keeps_what_was_typed_and_says_why(
    registry: Served, path: str, form: dict[str, str]
) -> None:
    answer = registry.client.post(path, data=form)
    assert answer.status_code == 422
    page = Page.read(answer.text)
    assert page.faults == []
    assert 'role="alert"' in answer.text
    (text,) = page.all("textarea")
    assert text.text.strip() == next(iter(form.values())).strip()


def test_peaks_are_explained_on_a_page(registry: Served) -> None:
    form = {"features": "178.1226 1000\n179.1260 119\n50.1", "adduct": ["[M+H]+", "[M+Na]+"], "ppm": "5"}
    answer = registry.client.post("/search/peaks", data=form)
    assert answer.status_code == 200
    assert "1 of 3 peaks explained" in answer.text
    assert Page.read(answer.text).faults == []


def test_what_only_some_may_know_is_shown_to_them_alone_and_kept_by_no_cache(registry: Served) -> None:
    assert registry.report("de-reviewed", a_report(UNKNOWN, sharing="laboratory")).status_code == 201
    path = f"/search?kind=similarity&structure={UNKNOWN}&threshold=1"
    visitors, _page = read(registry, path)
    assert "Nothing was found" in visitors
    own = registry.client.get(path, headers=registry.as_("de-reviewed"))
    assert "Nothing was found" not in own.text
    assert "no-store" in own.headers["cache-control"]


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        (f"kind=similarity&threshold=1&structure={UNKNOWN}", "a lower least similarity finds what is less alike"),
        ("kind=name&q=zzzzqqqq", "Check the spelling"),
        ("kind=mass&mass_da=1.5", "Nothing was found. Not listed"),
    ],
)
def test_a_search_that_finds_nothing_says_what_may_help(registry: Served, asked: str, told: str) -> None:
    text, _page = read(registry, f"/search?{asked}")
    assert told in text


def test_a_decimal_comma_is_refused_with_how_to_write_it(registry: Served) -> None:
    text, _page = read(registry, "/search?kind=mass&mz=178,1226", status=422)
    assert "decimals stand behind a point" in text
