"""An entry that was merged leads to the one that it went into, whatever is asked of it."""

from __future__ import annotations

import pytest

from tests.spec.served import Served

MERGED, STANDING = "NPS-000022", "NPS-000001"


@pytest.mark.parametrize("root", ["/substances", "/api/v1/substances"])
def test_the_page_and_the_record_redirect(registry: Served, root: str) -> None:
    answer = registry.client.get(f"{root}/{MERGED}", follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (308, f"{root}/{STANDING}")


@pytest.mark.parametrize("form", ["mol", "sdf", "svg", "jsonld"])
def test_the_structure_is_that_of_the_standing_entry(registry: Served, form: str) -> None:
    path = "/api/v1/substances/{}." + form
    answer = registry.client.get(path.format(MERGED))
    assert answer.status_code == 200
    assert answer.text == registry.client.get(path.format(STANDING)).text


def test_a_comparison_shows_the_standing_entry_once(registry: Served) -> None:
    page = registry.client.get(f"/compare?ids={MERGED},{STANDING},NPS-000002").text
    assert page.count('<th scope="col"><a href="/substances/') == 2
