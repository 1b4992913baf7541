"""A search restricted by class, effect, country, control and time of first report leaves what a filter leaves."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.databases import DIALECTS, dropped_afterwards
from tests.spec.served import MMC3, MMC3_S, Served, a_report, served


@pytest.fixture(scope="module", params=DIALECTS)
def registry(request: pytest.FixtureRequest) -> Iterator[Served]:
    given = request.getfixturevalue(f"{request.param}_databases")
    with dropped_afterwards(given) as databases, served(databases.migrated()) as registry:
        first = a_report()
        first["event"]["collected_on"] = "2019-05-01"
        assert registry.report("de", first).status_code == 201
        assert registry.report("jp", a_report("CNC(C)C(=O)c1ccc(C)cc1", country="JP")).status_code == 201
        yield registry


def names(registry: Served, kind: str, **query: Any) -> set[str]:
    answer = registry.client.get(f"/api/v1/search/{kind}", params={"limit": 500, **query})
    assert answer.status_code == 200, answer.text
    return {hit["name"] for hit in answer.json()["hits"]}


EVERYTHING: list[tuple[str, dict[str, Any]]] = [
    ("similarity", {"structure": MMC3, "threshold": 0}),
    ("substructure", {"pattern": "[#6]"}),
    ("mass", {"formula": "C*H*N*O*F*Cl*S*"}),
    ("superstructure", {"structure": "CCN(C)C(C)C(=O)c1cc(C)c(C)c(C)c1C"}),
]


@pytest.mark.parametrize(("kind", "query"), EVERYTHING, ids=[kind for kind, _query in EVERYTHING])
@pytest.mark.parametrize(
    "filters",
    [
        {"chemical_class": "synthetic_cathinone"},
        {"effect": "stimulant"},
        {"country": "de"},
        {"country": "JP"},
        {"control": "UN"},
        {"first_reported_from": 2020},
        {"first_reported_until": 2019},
        {"first_reported_from": 2019, "first_reported_until": 2019, "country": "DE"},
    ],
    ids=str,
)
def test_a_restricted_search_finds_of_all_hits_those_that_the_filter_leaves(
    registry: Served, kind: str, query: dict[str, Any], filters: dict[str, Any]
) -> None:
    listed = registry.client.get("/api/v1/substances", params={"limit": 500, **_known(filters)}).json()["items"]
    left = {item["name"] for item in listed}
    if "first_reported_until" in filters:  # the list does not have this filter; the years of the two reports are known
        left &= {"3-MMC"}
    assert names(registry, kind, **query, **filters) == names(registry, kind, **query) & left


def _known(filters: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in filters.items() if name != "first_reported_until"}


@pytest.mark.parametrize(
    ("field", "value"),
    [("chemical_class", "no_such"), ("effect", "joy"), ("country", "ZZ"), ("country", "Germany"), ("control", "ZZ"),
     ("first_reported_from", "1"), ("first_reported_until", "99999999999"), ("first_reported_from", "soon")],
)  # fmt: skip
def test_a_restriction_that_is_none_is_refused_at_its_field(registry: Served, field: str, value: str) -> None:
    answer = registry.client.get("/api/v1/search/similarity", params={"structure": MMC3, field: value})
    assert answer.status_code == 422
    assert field in [error["field"] for error in answer.json()["errors"]]


def test_a_restriction_never_lets_a_visitor_see_what_is_not_public(registry: Served) -> None:
    secret = "CCCCCCNC(CC)C(=O)c1cc(Br)cc(Cl)c1"
    receipt = registry.report("de-reviewed", a_report(secret, sharing="laboratory"))
    assert receipt.status_code == 201, receipt.text
    query = {"structure": secret, "threshold": 1, "chemical_class": "synthetic_cathinone"}
    for headers, total in (({}, 0), (registry.as_("at"), 0), (registry.as_("de-reviewed"), 1)):
        answer = registry.client.get("/api/v1/search/similarity", params=query, headers=headers)
        assert answer.json()["total"] == total
    explained = {"structure": MMC3_S, "accession": receipt.json()["detections"][0]["substance"]["accession"]}
    assert registry.client.get("/api/v1/search/explanation", params=explained).status_code == 404
    own = registry.client.get("/api/v1/search/explanation", params=explained, headers=registry.as_("de-reviewed"))
    assert own.status_code == 200


@pytest.mark.parametrize(
    ("kind", "query"), [EVERYTHING[0], EVERYTHING[1], EVERYTHING[3]], ids=lambda each: str(each)[:12]
)
def test_a_body_restricts_as_an_address_does(registry: Served, kind: str, query: dict[str, Any]) -> None:
    filters = {"country": "de", "first_reported_until": 2019}
    if kind == "similarity":  # the body takes several structures
        given = {"structures": [query["structure"]], "threshold": query["threshold"], "limit": 500}
    else:
        given = query | {"limit": 500}
    answer = registry.client.post(f"/api/v1/search/{kind}", json=given | {"among": filters})
    assert answer.status_code == 200, answer.text
    told = answer.json()["results"][0] if kind == "similarity" else answer.json()
    assert {hit["name"] for hit in told["hits"]} == names(registry, kind, **query, **filters) == {"3-MMC"}


def test_a_wrong_restriction_in_a_body_is_told_as_one_in_an_address(registry: Served) -> None:
    body = {"pattern": "C", "among": {"country": "Germany"}}
    answer = registry.client.post("/api/v1/search/substructure", json=body)
    assert answer.status_code in {400, 422}
    assert answer.json()["errors"][0]["field"] == "country"


@pytest.mark.parametrize(
    ("kind", "query"),
    [("identity", {"structure": MMC3}), ("substructure", {"pattern": "[#6]"}), EVERYTHING[3]],
    ids=["identity", "substructure", "superstructure"],
)
def test_a_body_gives_the_same_file_as_an_address(registry: Served, kind: str, query: dict[str, Any]) -> None:
    by_address = registry.client.get(f"/api/v1/search/{kind}", params=query | {"format": "csv"})
    by_body = registry.client.post(f"/api/v1/search/{kind}", json=query | {"format": "csv"})
    assert by_body.status_code == 200, by_body.text
    assert by_body.headers["content-disposition"] == by_address.headers["content-disposition"]
    assert by_body.text.splitlines()[0] == by_address.text.splitlines()[0]
    assert len(by_body.text.splitlines()) == len(by_address.text.splitlines())
