"""Lists, peaks, explanations, superstructures and files over HTTP."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import pytest
from rdkit import Chem

from nps_registry.accounts.people import create_organisation
from nps_registry.accounts.tokens import create_token
from nps_registry.api import search_shapes as shapes
from nps_registry.store.engine import writing
from nps_registry.vocabulary.report import Role, Scope
from tests.api.refusals import assert_refused, fields_of
from tests.spec.served import MMC3, Served

SEARCH = "/api/v1/search"
LARGE = ["3-MMC"] * 201


def post(registry: Served, path: str, **request: Any) -> Any:
    answer = registry.client.post(f"{SEARCH}/{path}", **request)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_a_list_is_answered_row_by_row_in_the_shape_described(registry: Served) -> None:
    answer = post(registry, "batch", json={"rows": [MMC3, "Mephedrone", "CC(C", "no such thing at all"]})
    assert [(line["row"], line["match"]) for line in answer["lines"]] == [
        (1, "exact"), (2, "name"), (3, "error"), (4, "none")
    ]  # fmt: skip
    assert (answer["found"], answer["errors"]) == (2, 1)
    assert shapes.RowListShape.model_validate(answer).model_dump(mode="json") == answer


@pytest.mark.parametrize(
    ("media_type", "body"),
    [
        ("text/plain", f"{MMC3}\n3-MMC\n"),
        ("text/csv", f"id,smiles\na,{MMC3}\nb,{MMC3}\n"),
        ("chemical/x-daylight-smiles", f"{MMC3} one\n{MMC3} two\n"),
        ("chemical/x-mdl-sdfile", f"{Chem.MolToMolBlock(Chem.MolFromSmiles(MMC3))}$$$$\n" * 2),
    ],
)
def test_a_list_is_taken_in_the_forms_that_people_have(registry: Served, media_type: str, body: str) -> None:
    answer = post(registry, "batch", content=body, headers={"Content-Type": media_type})
    assert [line["substance"]["name"] for line in answer["lines"]] == ["3-MMC", "3-MMC"]


def test_a_long_list_is_for_those_who_are_known(registry: Served) -> None:
    assert_refused(registry.client.post(f"{SEARCH}/batch", json={"rows": LARGE}), 401)
    with writing(registry.engine) as session:
        holder = create_organisation(session, "Somebody else", "CH", accept_on_arrival=False)
        narrow, _row = create_token(session, holder, role=Role.LABORATORY, scopes=[Scope.REPORTS_READ])
    headers = {"Authorization": f"Bearer {narrow}"}
    assert (
        "search:large"
        in assert_refused(registry.client.post(f"{SEARCH}/batch", json={"rows": LARGE}, headers=headers), 403)["detail"]
    )
    assert len(post(registry, "batch", json={"rows": LARGE}, headers=registry.as_("scientist"))["lines"]) == 201


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("batch", {"rows": []}, "rows"),
        ("batch", {"rows": ["C"] * 10_001}, "rows"),
        ("batch", {"rows": ["C"], "threshold": 2}, "threshold"),
        ("batch", {"rows": [7]}, "rows[0]"),
        ("features", {"features": []}, "features"),
        ("features", {"features": [{"mz": -1}]}, "features[0].mz"),
        ("features", {"features": [{"mz": 178, "intensity": -1}]}, "features[0].intensity"),
        ("features", {"features": [{"mz": 178}], "ppm": -1}, "ppm"),
        ("features", {"features": [{"mz": 178}], "adducts": ["[M+Xx]+"]}, "adducts[0]"),
        ("features", {"features": [{"mz": 178}], "adducts": []}, "adducts"),
        ("features", {"features": [{"mz": 178}], "among": {"country": "ZZ"}}, "country"),
    ],
)
def test_a_list_that_cannot_be_asked_names_the_field(
    registry: Served, path: str, body: dict[str, Any], field: str
) -> None:
    assert field in fields_of(assert_refused(registry.client.post(f"{SEARCH}/{path}", json=body), 422))


@pytest.mark.parametrize("path", ["batch", "features"])
@pytest.mark.parametrize(
    ("content", "media_type", "status"),
    [
        ("x", "image/png", 415),
        ("", "text/csv", 422),
        (b"\xff\xfe\x00", "text/plain", 422),
        ("a\x00b", "text/plain", 422),
        ("x,y\n1,2", "text/csv", 422),
        ("{NaN}", "application/json", 400),
        ("mz\nnan", "text/csv", 422),
        ("mz\n1e999", "text/csv", 422),
    ],
)
def test_a_body_that_is_no_list_is_refused(
    registry: Served, path: str, content: bytes | str, media_type: str, status: int
) -> None:
    answer = registry.client.post(f"{SEARCH}/{path}", content=content, headers={"Content-Type": media_type})
    if "nan" in str(content) or "999" in str(content):
        status = 422 if path == "features" else answer.status_code
        assert answer.status_code < 500
    if answer.status_code != 200:
        assert_refused(answer, status)


def test_peaks_are_explained_in_the_shape_described(registry: Served) -> None:
    features = [{"mz": 178.1226, "intensity": 1000}, {"mz": 179.126, "intensity": 119}, {"mz": 50.0}]
    answer = post(registry, "features", json={"features": features, "adducts": ["[M+H]+", "[M+Na]+"]})
    assert answer["explained"] == 1
    assert {hit["name"] for hit in answer["hits"]} >= {"3-MMC", "Mephedrone"}
    assert all(hit["feature"] == 0 and hit["isotope_score"] > 0.95 for hit in answer["hits"])
    assert shapes.FeatureListShape.model_validate(answer).model_dump() == answer


def test_a_hit_is_explained_in_the_shape_described(registry: Served) -> None:
    answer = registry.client.get(f"{SEARCH}/explanation", params={"structure": MMC3, "accession": "NPS-000002"}).json()
    assert answer["sentence"]
    assert answer["drawings"]["asked"].startswith("<svg")
    assert shapes.ExplanationShape.model_validate(answer).model_dump() == answer
    similar = registry.client.get(f"{SEARCH}/similarity", params={"structure": MMC3, "threshold": 0.1}).json()
    scores = {hit["accession"]: hit["score"] for hit in similar["hits"]}
    assert answer["score"] == scores["NPS-000002"]


@pytest.mark.parametrize(
    ("query", "status"),
    [({"structure": MMC3, "accession": "NPS-999999"}, 404), ({"structure": "CC(C", "accession": "NPS-000001"}, 422),
     ({"structure": MMC3, "accession": ""}, 422), ({"structure": MMC3, "accession": "N" * 100}, 422)],
)  # fmt: skip
def test_what_cannot_be_explained_is_refused(registry: Served, query: dict[str, str], status: int) -> None:
    assert_refused(registry.client.get(f"{SEARCH}/explanation", params=query), status)


def test_a_superstructure_search_tells_the_atoms_of_the_structure_as_read(registry: Served) -> None:
    query = {"structure": "CCN(C)C(C)C(=O)c1cccc(C)c1.Cl", "total": "exact"}
    answer = registry.client.get(f"{SEARCH}/superstructure", params=query).json()
    assert "3-MMC" in [hit["name"] for hit in answer["hits"]]
    asked = Chem.MolFromSmiles(answer["query"]["smiles"])
    assert max(max(hit["atoms"]) for hit in answer["hits"]) < asked.GetNumAtoms()
    assert shapes.SubstructureShape.model_validate(answer).model_dump() == answer


def test_the_total_is_exact_where_it_was_asked_to_be(registry: Served) -> None:
    query = {"pattern": "[#6]", "limit": 2}
    found = registry.client.get(f"{SEARCH}/substructure", params=query).json()
    exact = registry.client.get(f"{SEARCH}/substructure", params={**query, "total": "exact"}).json()
    assert (found["total"], found["total_is_exact"]) == (2, False)
    assert exact["total_is_exact"]
    assert exact["total"] > 10
    assert found["hits"] == exact["hits"]


@pytest.mark.parametrize(
    ("kind", "query"),
    [
        ("similarity", {"structure": MMC3, "threshold": 0.1}),
        ("substructure", {"pattern": "c1ccccc1"}),
        ("superstructure", {"structure": MMC3}),
        ("identity", {"structure": MMC3}),
        ("mass", {"mz": 178.1226}),
        ("name", {"q": "mmc"}),
    ],
)
@pytest.mark.parametrize("form", ["csv", "json", "sdf", "parquet", "xlsx"])
def test_every_search_can_be_kept_as_every_file(registry: Served, kind: str, query: dict[str, Any], form: str) -> None:
    answer = registry.client.get(f"{SEARCH}/{kind}", params={**query, "format": form})
    assert answer.status_code == 200
    assert f'.{form}"' in answer.headers["content-disposition"]
    assert answer.headers["content-disposition"].startswith("attachment")
    if form == "csv":
        rows = list(csv.DictReader(io.StringIO(answer.text)))
        assert rows
        assert all("nps-registry" in row["about"] and f"{kind}:" in row["about"] for row in rows)
    elif form == "json":
        assert json.loads(answer.text)["about"]["question"] == kind
    elif form == "sdf":
        assert answer.text.count("$$$$") >= 1
        assert all(Chem.MolFromMolBlock(record) for record in answer.text.split("$$$$\n") if record.strip())


def test_a_form_of_file_that_there_is_not_is_refused(registry: Served) -> None:
    answer = registry.client.get(f"{SEARCH}/name", params={"q": "mmc", "format": "docx"})
    assert "format" in fields_of(assert_refused(answer, 422))
