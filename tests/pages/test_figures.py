"""Figures: what they show is what was counted, readable without seeing them, and marked wherever they are taken."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nps_registry.assets import find_web
from nps_registry.pages.figures.palette import EFFECT_COLOURS, PALETTES, Scheme
from nps_registry.pages.figures.world import bounds_of, read_world
from nps_registry.vocabulary.place import places
from nps_registry.vocabulary.report import RegistryMode
from tests.databases import SqliteDatabases
from tests.pages.html import Page
from tests.spec.served import MMC3, Served, a_report, served

WORLD, YEARS = "/figures/registry/all/world", "/figures/registry/all/years"
QUARTERS = "/figures/substances/NPS-000001/quarters"
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module", params=list(RegistryMode), ids=lambda mode: mode.value)
def registry(request: pytest.FixtureRequest, sqlite_databases: SqliteDatabases) -> Iterator[Served]:
    with served(sqlite_databases.migrated(), request.param) as given_registry:
        for country in ("DE", "DE", "SG"):
            assert given_registry.report("de", a_report(MMC3, country=country)).status_code == 201
        yield given_registry


def is_demonstration(registry: Served) -> bool:
    return bool(registry.client.get("/").headers.get("x-nps-registry-data") == "demonstration")


def rows_of(registry: Served, address: str) -> list[list[str]]:
    answer = registry.client.get(f"{address}.csv")
    assert answer.headers["content-type"].startswith("text/csv")
    return list(csv.reader(io.StringIO(answer.text)))


def test_the_numbers_behind_a_map_are_the_events_per_country(registry: Served) -> None:
    assert [row[:2] for row in rows_of(registry, WORLD)[1:]] == [["Germany", "2"], ["Singapore", "1"]]


@pytest.mark.parametrize("address", [WORLD, YEARS, QUARTERS])
def test_a_table_of_invented_reports_says_so_in_every_row_and_in_its_name(registry: Served, address: str) -> None:
    header, *rows = rows_of(registry, address)
    assert header[-1] == "Demonstration"
    assert {row[-1] for row in rows} == {"yes" if is_demonstration(registry) else "no"}
    name = registry.client.get(f"{address}.csv").headers["content-disposition"]
    assert ("demonstration-" in name) is is_demonstration(registry)


def test_a_map_colours_outlines_and_marks_small_states(registry: Served) -> None:
    drawn = ElementTree.fromstring(registry.client.get(f"{WORLD}.svg").text)
    titles = {element.tag: title.text for element in drawn.iter() for title in element.findall(f"{SVG}title")}
    assert titles == {f"{SVG}path": "Germany: 2 events", f"{SVG}circle": "Singapore: 1 event"}


def test_a_chart_of_years_stacks_its_effect_groups(registry: Served) -> None:
    header, *rows = rows_of(registry, YEARS)
    assert header[:2] == ["Year", "Stimulant"]
    assert [row[:2] for row in rows] == [["2026", "3"]]
    assert EFFECT_COLOURS_IN_USE in registry.client.get(f"{YEARS}.svg").text


EFFECT_COLOURS_IN_USE = next(iter(EFFECT_COLOURS.values()))


@pytest.mark.parametrize("address", [WORLD, YEARS, QUARTERS])
@pytest.mark.parametrize("query", ["", "?scheme=dark", "?breadth=narrow", "?breadth=narrow&scheme=dark"])
def test_a_figure_carries_its_colours_in_attributes_and_its_mark_inside(
    registry: Served, address: str, query: str
) -> None:
    answer = registry.client.get(f"{address}.svg{query}")
    assert answer.headers["content-type"] == "image/svg+xml"
    assert "style=" not in answer.text
    assert "<style" not in answer.text
    assert "http://" not in answer.text.replace("http://www.w3.org/", "")
    assert ("invented" in answer.text) is is_demonstration(registry)


@pytest.mark.parametrize("address", [WORLD, YEARS])
def test_a_figure_can_be_taken_as_a_png(registry: Served, address: str) -> None:
    assert registry.client.get(f"{address}.png").content.startswith(b"\x89PNG")


def test_the_picture_of_a_link_is_as_large_as_networks_want_it(registry: Served) -> None:
    content = registry.client.get("/substances/NPS-000001/card.png").content
    assert (int.from_bytes(content[16:20]), int.from_bytes(content[20:24])) == (1200, 630)


def test_every_figure_of_a_page_answers_and_stands_beside_its_table(registry: Served) -> None:
    for path in ("/", "/timeline", "/effects/stimulant", "/classes/synthetic_cathinone", "/countries/DE"):
        page = Page.read(registry.client.get(path).text)
        images = page.all("img")
        assert images, path
        assert len(page.all("figure")) == len(images)
        for image in images:
            assert registry.client.get(image.attributes["src"]).status_code == 200
            assert image.attributes["alt"]
            assert image.attributes["width"].isdigit()


def test_what_machines_read_of_a_substance_is_sound_and_cannot_end_its_script(registry: Served) -> None:
    text = registry.client.get("/substances/NPS-000001").text
    (block,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', text, re.S)
    assert "<" not in block
    assert json.loads(block)["@type"] == "MolecularEntity"


def test_what_machines_read_of_the_data_is_a_data_set_whose_files_answer(registry: Served) -> None:
    (block,) = re.findall(
        r'<script type="application/ld\+json">(.*?)</script>', registry.client.get("/data").text, re.S
    )
    told = json.loads(block)
    assert told["@type"] == "Dataset"
    answers = [(registry.client.get(each["contentUrl"]), each["encodingFormat"]) for each in told["distribution"]]
    assert all(answer.headers["content-type"].startswith(media_type) for answer, media_type in answers)


def test_a_page_names_its_own_address_unless_its_query_says_what_it_shows(registry: Served) -> None:
    own = '<link rel="canonical" href="http://testserver/countries/DE">'
    assert own in registry.client.get("/countries/DE").text
    assert 'rel="canonical"' not in registry.client.get("/changes?month=2026-02").text


def test_where_a_public_address_is_set_all_that_leads_back_names_it_and_nothing_the_address_asked(
    sqlite_databases: SqliteDatabases,
) -> None:
    public = "https://registry.example.org"
    with served(sqlite_databases.migrated(), base_url=public) as registry:
        asked = (
            "/countries/DE", "/substances/NPS-000001", "/data", "/robots.txt", "/sitemap.xml",
            "/api/v1/feeds/substances.atom", "/api/v1/substances/NPS-000001.jsonld",
        )  # fmt: skip
        for path in asked:
            told = registry.client.get(path).text
            assert public in told, path
            assert "http://testserver" not in told, path


@pytest.mark.parametrize(
    ("accepted", "leads_to"),
    [
        ("application/json", "/api/v1/substances/NPS-000001"),
        ("chemical/x-mdl-sdfile", "/api/v1/substances/NPS-000001.sdf"),
        ("application/ld+json;q=1", "/api/v1/substances/NPS-000001.jsonld"),
        ("application/json;q=0.9, */*;q=0.1", "/api/v1/substances/NPS-000001"),
        ("text/turtle, application/ld+json;q=0.8, */*;q=0.5", "/api/v1/substances/NPS-000001.jsonld"),
        ("application/json;q=0.5, application/ld+json", "/api/v1/substances/NPS-000001.jsonld"),
        ("text/html,application/json", None),
        ("application/json;q=0.9,text/html", None),
        ("application/json, text/plain, */*", None),
        ("application/json;q=0, text/turtle", None),
        ("*/*", None),
    ],
)
def test_a_machine_that_asks_for_its_form_is_led_to_it(registry: Served, accepted: str, leads_to: str | None) -> None:
    answer = registry.client.get("/substances/NPS-000001", headers={"accept": accepted}, follow_redirects=False)
    assert answer.headers.get("location") == leads_to


def test_the_stylesheet_and_the_figures_give_each_effect_group_the_same_colour() -> None:
    sheet = (find_web() / "static" / "site.css").read_text("utf-8")
    styled = dict(re.findall(r"\.effect-(\w+) \{ --effect: (#[0-9a-f]{6})", sheet))
    assert styled == {group.value: colour for group, colour in EFFECT_COLOURS.items()}


def test_the_stylesheet_and_the_figures_agree_on_ink_and_accent() -> None:
    sheet = (find_web() / "static" / "site.css").read_text("utf-8")
    light, dark = sheet.split("prefers-color-scheme: dark", 1)
    for scheme, text in ((Scheme.LIGHT, light), (Scheme.DARK, dark)):
        palette = PALETTES[scheme]
        for name in ("ink", "quiet", "line", "surface", "accent", "warn"):
            assert re.search(rf"--{name}: {getattr(palette, name)};", text), (scheme, name)


def test_every_country_that_can_report_is_on_the_map() -> None:
    world = read_world()
    nowhere = {"AQ", "BV"}  # nobody lives there
    assert set(places()) - set(world.shapes) - set(world.marks) == nowhere
    assert set(world.shapes) & set(world.marks) == set()


@given(st.lists(st.integers(1, 1_000_000), min_size=1), st.integers(1, 6))
def test_the_colours_of_a_map_begin_at_one_and_no_count_falls_between_them(counts: list[int], steps: int) -> None:
    bounds = bounds_of(counts, steps)
    assert bounds[0] == 1
    assert bounds == sorted(set(bounds))
    assert bounds[-1] <= max(counts)
    assert len(bounds) <= steps
