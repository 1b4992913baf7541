"""Questions that cannot be answered: searches, lists, paths, methods, in whatever words they are asked."""

from __future__ import annotations

import base64
import json
import time
from typing import Any

import pytest

from tests.api.refusals import assert_refused, fields_of
from tests.spec.served import MMC3, Served

SEARCH = "/api/v1/search"


def get(registry: Served, path: str, **params: Any) -> Any:
    return registry.client.get(path, params=params)


@pytest.mark.parametrize("kind", ["identity", "similarity"])
@pytest.mark.parametrize(
    ("structure", "reason"),
    [
        ("", "nothing"),
        ("   ", "nothing"),
        ("c1ccccc1C(", "position"),
        ("CC(C)(C)(C)C", "bonds"),
        ("InChI=1S/nonsense", "InChI"),
        ("C" * 1999, "atoms"),
        ("C" * 20_000, "characters"),
        ("C1" * 500, "smiles"),
        ("[" * 900, "position"),
        ("(" * 900, "nested"),
        ("\ud83d\ude00".encode("utf-16", "surrogatepass").decode("utf-16"), "position"),
        ("CCO\nCCO", "lines"),
    ],
)
def test_a_structure_that_cannot_be_read_says_why(registry: Served, kind: str, structure: str, reason: str) -> None:
    document = assert_refused(get(registry, f"{SEARCH}/{kind}", structure=structure), 422)
    assert fields_of(document) == ["structure"]
    assert reason.lower() in document["detail"].lower()


@pytest.mark.parametrize(
    ("path", "params", "field"),
    [
        ("similarity", {"threshold": 2}, "threshold"),
        ("similarity", {"threshold": -0.1}, "threshold"),
        ("similarity", {"threshold": "nan"}, "threshold"),
        ("similarity", {"threshold": "much"}, "threshold"),
        ("similarity", {"limit": 10**9}, "limit"),
        ("similarity", {"limit": 10**40}, "limit"),
        ("similarity", {"limit": "9" * 5000}, "limit"),
        ("similarity", {"limit": 0}, "limit"),
        ("similarity", {"limit": -1}, "limit"),
        ("similarity", {"limit": 1.5}, "limit"),
        ("similarity", {"fingerprint": "thumb"}, "fingerprint"),
        ("similarity", {"metric": "gut feeling"}, "metric"),
        ("similarity", {"metric": "tversky", "tversky_a": "inf"}, "tversky_a"),
        ("similarity", {"metric": "tversky", "tversky_b": 1e308}, "tversky_b"),
        ("identity", {"stereo": "sideways"}, "stereo"),
    ],
)
def test_a_question_out_of_bounds_names_the_field(
    registry: Served, path: str, params: dict[str, Any], field: str
) -> None:
    document = assert_refused(get(registry, f"{SEARCH}/{path}", structure=MMC3, **params), 422)
    assert field in fields_of(document)


@pytest.mark.parametrize(
    ("params", "field"),
    [
        ({}, "mass_da"),
        ({"mass_da": 177, "mz": 178}, "mz"),
        ({"mass_da": "nan"}, "mass_da"),
        ({"mass_da": "inf"}, "mass_da"),
        ({"mass_da": -5}, "mass_da"),
        ({"mass_da": 1e300}, "mass_da"),
        ({"mz": 178.1, "adduct": "[M+Nonsense]+"}, "adduct"),
        ({"mz": 178.1, "ppm": 0}, "ppm"),
        ({"mz": 178.1, "ppm": 1e9}, "ppm"),
        ({"formula": ""}, "formula"),
        ({"formula": "C11H15NO)"}, "formula"),
        ({"formula": "Xx3"}, "formula"),
        ({"formula": "C" + "9" * 4000}, "formula"),
        ({"formula": "(" * 3000 + "C" + ")" * 3000}, "formula"),
        ({"formula": "C0H0"}, "formula"),
    ],
)
def test_a_mass_that_is_none_names_the_field(registry: Served, params: dict[str, Any], field: str) -> None:
    assert field in fields_of(assert_refused(get(registry, f"{SEARCH}/mass", **params), 422))


@pytest.mark.parametrize(
    ("pattern", "reason"),
    [
        ("", "nothing"),
        ("[#6", "position"),
        ("c1ccccc1 c1ccccc1", "."),
        ("[$(" * 300 + "C" + ")]" * 300, "at most"),
        ("[$(" * 150 + "C" + ")]" * 150, "at most"),
        ("C(" * 300 + "C" + ")" * 300, "nest"),
        ("C" * 10_000, "characters"),
        ("~".join("*" * 1500), "."),
    ],
)
def test_a_pattern_that_cannot_be_read_or_is_too_deep_says_so(registry: Served, pattern: str, reason: str) -> None:
    document = assert_refused(get(registry, f"{SEARCH}/substructure", pattern=pattern), 422)
    assert fields_of(document) == ["pattern"]
    assert reason in document["detail"].lower()


def test_a_pattern_that_takes_for_ever_is_stopped_and_says_how_far_it_came(registry: Served) -> None:
    endless = "*~1~*~*~*~*~*~*~*~*~*~*~*~*~*~*~*~*~*~*~*~*~*~1"
    began = time.monotonic()
    answer = get(registry, f"{SEARCH}/substructure", pattern=endless)
    assert time.monotonic() - began < 30
    assert answer.status_code == 200
    assert answer.json()["stopped"] in {True, False}
    assert get(registry, f"{SEARCH}/substructure", pattern="c1ccccc1").json()["total"] > 3


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "structures"),
        ({"structures": []}, "structures"),
        ({"structures": "CCO"}, "structures"),
        ({"structures": ["CCO"] * 1001}, "structures"),
        ({"structures": [7]}, "structures[0]"),
        ({"structures": ["CCO"], "threshold": 3}, "threshold"),
        ({"structures": ["CCO"], "threshold": "0.5"}, "threshold"),
        ({"structures": ["CCO"], "limit": True}, "limit"),
        ({"structures": ["CCO"], "limit": 2**70}, "limit"),
        ({"structures": ["CCO"], "colour": "red"}, "colour"),
        ({"structures": ["CCO"] * 1000, "limit": 500}, "limit"),
    ],
)
def test_a_batch_that_cannot_be_asked_names_the_field(registry: Served, body: Any, field: str) -> None:
    answer = registry.client.post(f"{SEARCH}/similarity", json=body)
    assert field in fields_of(assert_refused(answer, 422))


def test_one_unreadable_structure_of_a_batch_has_its_error_in_its_place(registry: Served) -> None:
    structures = [MMC3, "CC(", "C" * 1900, "", MMC3]
    answer = registry.client.post(f"{SEARCH}/similarity", json={"structures": structures})
    assert answer.status_code == 200
    first, open_bracket, long, empty, last = answer.json()["results"]
    assert first["hits"] == last["hits"]
    for number, result in ((1, open_bracket), (2, long), (3, empty)):
        assert result["error"]["status"] == 422
        assert result["error"]["errors"][0]["field"] == f"structures[{number}]"


@pytest.mark.parametrize("text", ["", "[]", "null", '"CCO"', '{"structures": ["CCO"], "structures": ["C"]}', "{NaN}"])
@pytest.mark.parametrize("path", ["similarity", "identity", "substructure"])
def test_a_question_that_is_no_json_object_is_refused(registry: Served, path: str, text: str) -> None:
    headers = {"Content-Type": "application/json"}
    assert_refused(registry.client.post(f"{SEARCH}/{path}", content=text, headers=headers))


@pytest.mark.parametrize(
    ("params", "field"),
    [
        ({"limit": 0}, "limit"),
        ({"limit": 10**30}, "limit"),
        ({"sort": "beauty"}, "sort"),
        ({"nature": "wild"}, "nature"),
        ({"status": "famous"}, "status"),
        ({"effect": "none of them"}, "effect"),
        ({"country": "ZZ"}, "country"),
        ({"country": "Germany"}, "country"),
        ({"control": "ZZ"}, "control"),
        ({"chemical_class": "no_such_class"}, "chemical_class"),
        ({"first_reported_from": 1}, "first_reported_from"),
        ({"first_reported_from": 10**20}, "first_reported_from"),
        ({"first_reported_from": "soon"}, "first_reported_from"),
        ({"q": "x" * 501}, "q"),
    ],
)
def test_a_filter_that_is_none_names_the_field(registry: Served, params: dict[str, Any], field: str) -> None:
    assert field in fields_of(assert_refused(get(registry, "/api/v1/substances", **params), 422))


def forge(value: object) -> str:
    text = json.dumps(value) if not isinstance(value, str) else value
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


CURSORS = [
    "garbage",
    "é",
    "=",
    "A",
    forge("not json"),
    forge({}),
    forge([]),
    forge(["name"]),
    forge(["name", "a", "b"]),
    forge(["name", 1, 1]),
    forge(["mass", "heavy", 1]),
    forge(["name", "a", 10**30]),
    forge(["name", "a", True]),
    forge(["name", "\x00", 1]),
    forge('["name", "\\ud800", 1]'),
    forge('["mass", NaN, 1]'),
    forge('["mass", 1e999, 1]'),
    forge("[" * 300),
    forge([2026, 1, "key"]),
    forge([10**30, 1, "key"]),
    forge(["2026-01-01", "x"]),
    forge(["2026-01-01T00:00:00+00:00", "\x00"]),
    forge(["9999-12-31T23:59:59-14:00", "x"]),
]


@pytest.mark.parametrize("cursor", CURSORS)
@pytest.mark.parametrize("path", ["/api/v1/substances", "/api/v1/substances?sort=mass", "/api/v1/signals"])
def test_a_forged_cursor_is_refused_or_answers_as_any_other(registry: Served, path: str, cursor: str) -> None:
    assert_cursor_stands_no_harm(registry.client.get(path, params={**_query(path), "cursor": cursor}))


@pytest.mark.parametrize("cursor", CURSORS)
def test_a_forged_cursor_of_the_own_reports_is_refused(registry: Served, cursor: str) -> None:
    answer = registry.client.get("/api/v1/reports", params={"cursor": cursor}, headers=registry.as_("de"))
    assert_cursor_stands_no_harm(answer)


def _query(path: str) -> dict[str, str]:
    return {"sort": "mass"} if "sort" in path else {}


def assert_cursor_stands_no_harm(answer: Any) -> None:
    if answer.status_code != 200:  # one that is well formed asks for what lies behind a row that never was
        assert "cursor" in fields_of(assert_refused(answer, 422))


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/api/v1/substances/NPS-999999", 404),
        ("/api/v1/substances/NPS-000001%00", 400),
        ("/api/v1/substances/..%2f..%2fetc%2fpasswd", 404),
        ("/api/v1/substances/%2e%2e", 404),
        ("/api/v1/substances/" + "x" * 3000, 404),
        ("/api/v1/substances/%ff%fe", 404),
        ("/api/v1/substances/NPS-000001.exe", 404),
        ("/api/v1/substances/NPS-999999.mol", 404),
        ("/api/v1/substances/.svg", 404),
        ("/api/v1/substances/NPS-000001'--", 404),
        ("/api/v1/reports/R-0000-0000", 404),
        ("/api/v1/reports/%27%20OR%201=1", 404),
        ("/api/v1/reports/" + "9" * 3000, 404),
        ("/api/v1/advisories/none", 404),
        ("/api/v1/exports/everything.csv", 404),
        ("/api/v1/feeds/nothing.atom", 404),
        ("/api/v1/", 404),
        ("/api/v2/substances", 404),
        ("/api/v1/substances/", 404),
        ("/api/v1/search/name?q=%00", 400),
        ("/api/v1/substances?q=%00", 400),
        ("/api/v1/signals?substance=%00", 400),
    ],
)
def test_an_address_that_leads_nowhere_says_so(registry: Served, path: str, status: int) -> None:
    assert_refused(registry.client.get(path), status)


@pytest.mark.parametrize("path", ["/static/../pyproject.toml", "/static/%2e%2e/%2e%2e/pyproject.toml", "/static/x" * 9])
def test_no_address_reads_a_file_of_the_server(registry: Served, path: str) -> None:
    answer = registry.client.get(path)
    assert answer.status_code == 404
    assert "build-system" not in answer.text


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("DELETE", "/api/v1/substances", {"GET", "HEAD"}),
        ("PUT", "/api/v1/reports", {"GET", "HEAD", "POST"}),
        ("POST", "/api/v1/substances/NPS-000001", {"GET", "HEAD"}),
        ("DELETE", "/api/v1/reports/R-0000-0000", {"GET", "HEAD", "PATCH"}),
        ("PATCH", "/api/v1/search/similarity", {"GET", "HEAD", "POST"}),
        ("GET", "/api/v1/reports/R-0000-0000/withdraw", {"POST"}),
        ("BREW", "/healthz", {"GET", "HEAD"}),
        ("POST", "/", {"GET", "HEAD"}),
        ("POST", "/static/site.css", {"GET", "HEAD"}),
    ],
)
def test_another_method_is_refused_and_told_which_there_are(
    registry: Served, method: str, path: str, allowed: set[str]
) -> None:
    answer = registry.client.request(method, path)
    assert_refused(answer, 405)
    assert set(answer.headers["allow"].split(", ")) == allowed


def test_head_answers_as_get_does_without_the_body(registry: Served) -> None:
    for path in ("/api/v1/substances", "/", "/healthz", "/api/v1/exports/substances.csv"):
        head, whole = registry.client.head(path), registry.client.get(path)
        assert head.status_code == whole.status_code == 200
        assert head.content == b""
        assert head.headers["content-type"] == whole.headers["content-type"]


@pytest.mark.parametrize(
    "header",
    [
        {"Accept": "\xff\xfe"},
        {"Accept-Language": "x" * 4000},
        {"Range": "bytes=-99999999999999999999"},
        {"If-None-Match": '"' * 500},
        {"If-Modified-Since": "the day before yesterday"},
        {"Content-Length": "99999999999999999999999999"},
        {"Content-Length": "-1"},
        {"Content-Length": "many"},
        {"Host": "evil.example"},
        {"Cookie": "=;=;" * 200},
        {"X-Forwarded-For": "\xe9" * 100},
    ],
)
def test_garbage_in_headers_that_nobody_asked_for_does_no_harm(registry: Served, header: dict[str, str]) -> None:
    raw = [(name.encode(), value.encode("latin-1")) for name, value in header.items()]
    for path in ("/", "/api/v1/substances", "/static/site.css", "/api/v1/feeds/substances.atom"):
        answer = registry.client.get(path, headers=raw)
        assert answer.status_code < 500
