"""An entry that was merged leads to the one that it went into, whatever is asked of it."""

from __future__ import annotations

import pytest

from tests.spec.served import Served

MERGED, STANDING = "NPS-000022", "NPS-000001"
RETIRED, INSTEAD = "NPS-000785", "NPS-004436"


@pytest.mark.parametrize("root", ["/substances", "/api/v1/substances"])
def test_the_page_and_the_record_redirect(registry: Served, root: str) -> None:
    answer = registry.client.get(f"{root}/{MERGED}", follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (308, f"{root}/{STANDING}")


def test_the_page_of_the_standing_entry_says_what_was_merged_into_it(registry: Served) -> None:
    assert f"{MERGED} was merged into this entry." in registry.client.get(f"/substances/{STANDING}").text


@pytest.mark.parametrize("form", ["mol", "sdf", "svg", "jsonld"])
def test_the_structure_is_that_of_the_standing_entry(registry: Served, form: str) -> None:
    path = "/api/v1/substances/{}." + form
    answer = registry.client.get(path.format(MERGED))
    assert answer.status_code == 200
    assert answer.text == registry.client.get(path.format(STANDING)).text


def test_a_comparison_shows_the_standing_entry_once(registry: Served) -> None:
    page = registry.client.get(f"/compare?ids={MERGED},{STANDING},NPS-000002").text
    assert page.count('<th scope="col"><a href="/substances/') == 2


@pytest.mark.parametrize("path", ["/api/v1/substances/{}", "/api/v1/substances/{}.mol", "/api/v1/substances/{}.jsonld"])
def test_a_retired_number_says_why_and_what_is_meant_instead(registry: Served, path: str) -> None:
    answer = registry.client.get(path.format(RETIRED))
    assert (answer.status_code, answer.json()["instead"]) == (410, INSTEAD)
    assert "nabilone is the racemate" in answer.json()["detail"]


@pytest.mark.parametrize("path", ["/substances/{}", f"/compare?ids={STANDING},{{}}"])
def test_the_page_of_a_retired_number_leads_to_what_is_meant_instead(registry: Served, path: str) -> None:
    answer = registry.client.get(path.format(RETIRED))
    assert answer.status_code == 410
    assert f'href="/substances/{INSTEAD}"' in answer.text
