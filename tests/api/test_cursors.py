"""Lists a page at a time: the pages are together the whole."""

from __future__ import annotations

from typing import Any

import pytest

from tests.spec.served import MMC3, MMC3_S, UNKNOWN, Served, a_report


@pytest.fixture(scope="module", autouse=True)
def _reports(registry: Served) -> None:
    for laboratory, country in (("de", "DE"), ("at", "AT"), ("jp", "JP")):
        for structure in (MMC3, UNKNOWN, MMC3_S):
            assert registry.report(laboratory, a_report(structure, country=country)).status_code == 201


def ask(registry: Served, address: str, **params: Any) -> Any:
    """The answer to a laboratory; *address* may have a query of its own."""
    path, _mark, query = address.partition("?")
    asked = dict(pair.split("=") for pair in query.split("&") if pair) | params
    return registry.client.get(f"/api/v1/{path}", params=asked, headers=registry.as_("de"))


def names_of(items: list[dict[str, Any]]) -> list[str]:
    return [item.get("id") or item["accession"] for item in items]


@pytest.mark.parametrize("address", ["signals", "reports", "substances?sort=newest", "substances?sort=reports"])
def test_the_pages_of_a_list_are_together_the_whole_list(registry: Served, address: str) -> None:
    whole = ask(registry, address, limit=200).json()
    assert len(whole["items"]) == whole["total"] > 2
    page = ask(registry, address, limit=2).json()
    found = names_of(page["items"])
    while page["next"] is not None:
        page = ask(registry, address, limit=2, cursor=page["next"]).json()
        found += names_of(page["items"])
    assert found == names_of(whole["items"])
