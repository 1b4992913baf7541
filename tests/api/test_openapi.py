"""The description of the API is true: whatever is sent to it, the answers are among those it describes."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from fastapi import FastAPI
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.config import SchemathesisConfig
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from nps_registry import api
from tests.api.refusals import PROBLEM
from tests.databases import SqliteDatabases
from tests.listening import listening
from tests.spec.served import MMC3, UNKNOWN, Served, a_report, served

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
_CONFIG = SchemathesisConfig.from_dict({"generation": {"with-security-parameters": False}})


@pytest.fixture(scope="module")
def registry(sqlite_databases: SqliteDatabases) -> Iterator[Served]:
    with served(sqlite_databases.migrated()) as given:
        for structure in (MMC3, UNKNOWN):
            assert given.report("de", a_report(structure)).status_code == 201
        yield given


@pytest.fixture(scope="module")
def address(registry: Served) -> Iterator[str]:
    with listening(registry.client.app) as url:
        yield url


DOCUMENT = api.describe(FastAPI())  # made of the routes alone, so that there is a test for each of them
SCHEMA: Any = schemathesis.openapi.from_dict(DOCUMENT, config=_CONFIG)
OPERATIONS = [result.ok() for result in SCHEMA.get_all_operations()]
CASES = [
    (operation, mode)
    for operation in OPERATIONS
    for mode in GenerationMode
    # Where a call takes nothing, or any text as part of its path, nothing wrong can be sent.
    if mode is GenerationMode.POSITIVE or operation.query or operation.body
]


@pytest.mark.parametrize(
    ("operation", "mode"), CASES, ids=[f"{operation.label} {mode.value}" for operation, mode in CASES]
)
@settings(max_examples=8, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_every_answer_is_one_that_the_description_has(
    operation: Any, mode: GenerationMode, address: str, registry: Served, data: st.DataObject
) -> None:
    case = data.draw(operation.as_strategy(generation_mode=mode))
    case.call_and_validate(base_url=address, headers=registry.as_("de"), checks=CHECKS)


@pytest.mark.parametrize(
    ("label", "query"),
    [
        ("GET /api/v1/substances", {"limit": 500}),
        ("GET /api/v1/search/name", {"q": "mmc"}),
        ("GET /api/v1/search/identity", {"structure": MMC3}),
        ("GET /api/v1/search/similarity", {"structure": MMC3, "threshold": 0.1}),
        ("GET /api/v1/search/substructure", {"pattern": "c1ccccc1"}),
        ("GET /api/v1/search/mass", {"mz": 178.1226, "ppm": 10}),
        ("GET /api/v1/search/mass", {"formula": "C11H15NO"}),
        ("GET /api/v1/reports", {}),
        ("GET /api/v1/signals", {}),
        ("GET /api/v1/statistics/timeline", {}),
        ("GET /api/v1/statistics/countries", {}),
        ("GET /api/v1/statistics/classes", {}),
    ],
)
def test_an_answer_that_has_something_to_say_has_the_shape_described(
    label: str, query: dict[str, Any], address: str, registry: Served
) -> None:
    case = _operation(label).Case(query=query)
    answer = case.call_and_validate(base_url=address, headers=registry.as_("de"), checks=CHECKS)
    assert answer.status_code == 200
    lists = [value for value in answer.json().values() if isinstance(value, list)]
    assert any(lists)


def test_every_substance_and_report_has_the_shape_described(address: str, registry: Served) -> None:
    headers = registry.as_("de")
    for label, name, entries in (
        ("GET /api/v1/substances/{accession}", "accession", "/api/v1/substances?limit=500"),
        ("GET /api/v1/reports/{id_or_reference}", "id_or_reference", "/api/v1/reports"),
    ):
        items = registry.client.get(entries, headers=headers).json()["items"]
        assert items
        for item in items:
            case = _operation(label).Case(path_parameters={name: item.get("accession") or item["id"]})
            answer = case.call_and_validate(base_url=address, headers=headers, checks=CHECKS)
            assert answer.status_code == 200


def _operation(label: str) -> Any:
    return next(operation for operation in OPERATIONS if operation.label == label)


def test_every_call_says_how_it_refuses(registry: Served) -> None:
    document = registry.client.get("/openapi.json").json()
    assert document["paths"].keys() == DOCUMENT["paths"].keys()
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            refusals = {
                status: answer for status, answer in operation["responses"].items() if status.startswith(("4", "5"))
            }
            where = f"{method} {path}"
            assert all(answer["content"].keys() == {PROBLEM} for answer in refusals.values()), where
            if not path.startswith("/api/"):
                continue
            assert refusals.keys() >= {"400", "422", "503"}, where
            assert ("requestBody" in operation) <= (refusals.keys() >= {"413", "415"}), where
            assert ("{" in path) <= ("404" in refusals), where
            assert operation["summary"], where


def test_every_parameter_says_its_type_and_its_bounds(registry: Served) -> None:
    for path, operations in registry.client.get("/openapi.json").json()["paths"].items():
        for method, operation in operations.items():
            parameters = {parameter["name"]: parameter for parameter in operation.get("parameters", [])}
            for name, parameter in parameters.items():
                assert parameter["schema"], f"{method} {path} {name}"
            for bounded in ("limit", "threshold"):
                if bounded in parameters:
                    assert parameters[bounded]["schema"].keys() >= {"minimum", "maximum"}, f"{method} {path} {bounded}"


def test_no_reference_of_the_description_leads_nowhere() -> None:
    text = json.dumps(DOCUMENT)
    named = set(re.findall(r"#/components/schemas/([\w.-]+)", text))
    assert named == DOCUMENT["components"]["schemas"].keys()
    assert "$defs" not in text
