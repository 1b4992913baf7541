"""Whatever JSON, bytes or structures arrive, the answer is a receipt or a refusal, and a refusal leaves no trace."""

from __future__ import annotations

import copy
import json
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.api.refusals import assert_refused, count_rows
from tests.spec.served import MMC3, Served, a_report

_few = settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
_scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=20)
    | st.sampled_from(["", "\x00", "\ud800", "9999-12-31", "DE", "public", MMC3, "1e400", "=1+1", "\u202e"])
)
_json = st.recursive(
    _scalars,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(max_size=8) | st.sampled_from(["event", "items", "detections"]), inner, max_size=4)
    ),
    max_leaves=12,
)
_smiles = st.text("CNOPSFIBrcnos()[]=#@+-\\/%123456789.H~*:$ |&", max_size=60)
_structures = st.one_of(
    _smiles,
    st.text(max_size=60),
    _smiles.map(lambda text: f"InChI=1S/{text}"),
    st.text("0123456789 CNOM.\nVENDA-", max_size=300).map(lambda text: f"\n\n\n{text}V2000\n{text}\nM  END\n"),
    st.text("0123456789 CNOM.\nVENDA-", max_size=300).map(lambda text: f"\n\n\n  0  0 V3000\n{text}\nM  END\n"),
)


def paths_in(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place in a JSON *value*, from the outside in."""
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(found for key, inner in pairs for found in paths_in(inner, (*path, key)))]


@st.composite
def spoilt_reports(draw: st.DrawFn) -> Any:
    """A report that was good until up to three of its places were replaced."""
    body: Any = copy.deepcopy(a_report(name="x", techniques=["GC-MS"], purity_percent=3))
    body["items"][0]["net_mass_g"] = 1.5
    for _time in range(draw(st.integers(1, 3))):
        path = draw(st.sampled_from(paths_in(body)[1:] or [()]))
        if not path:
            break
        place = body
        for key in path[:-1]:
            place = place[key]
        place[path[-1]] = draw(_json)
    return body


def post(registry: Served, content: bytes) -> Any:
    headers = registry.as_("de") | {"Content-Type": "application/json"}
    return registry.client.post("/api/v1/reports", content=content, headers=headers)


def assert_kept_or_refused(registry: Served, content: bytes) -> None:
    before = count_rows(registry)
    answer = post(registry, content)
    after = count_rows(registry)
    if answer.status_code == 201:
        assert after["report"] == before["report"] + 1
        return
    assert_refused(answer, (400, 413, 422))
    assert after == before


@_few
@given(value=_json)
def test_any_json_is_kept_or_refused_as_a_whole(registry: Served, value: Any) -> None:
    assert_kept_or_refused(registry, json.dumps(value).encode())


@_few
@given(body=spoilt_reports())
def test_a_spoilt_report_is_kept_or_refused_as_a_whole(registry: Served, body: Any) -> None:
    assert_kept_or_refused(registry, json.dumps(body).encode())


@_few
@given(content=st.binary(max_size=200))
def test_any_bytes_are_refused(registry: Served, content: bytes) -> None:
    assert_kept_or_refused(registry, content)


@_few
@given(structure=_structures)
def test_any_structure_is_read_or_refused(registry: Served, structure: str) -> None:
    assert_kept_or_refused(registry, json.dumps(a_report(structure, name="x")).encode())


@_few
@given(structure=_structures)
def test_any_search_by_structure_is_answered_or_refused(registry: Served, structure: str) -> None:
    for path, body in (
        ("identity", {"structure": structure}),
        ("substructure", {"pattern": structure}),
        ("similarity", {"structures": [structure, MMC3]}),
    ):
        content = json.dumps(body).encode()
        headers = {"Content-Type": "application/json"}
        answer = registry.client.post(f"/api/v1/search/{path}", content=content, headers=headers)
        if answer.status_code != 200:
            assert_refused(answer, (400, 422))


@_few
@given(params=st.dictionaries(st.sampled_from(["q", "formula", "adduct", "mz", "ppm", "limit", "cursor"]), _scalars))
def test_any_parameters_are_answered_or_refused(registry: Served, params: dict[str, Any]) -> None:
    texts = {name: str(value).encode("utf-8", "surrogatepass") for name, value in params.items()}
    for path in ("search/name", "search/mass", "substances", "signals"):
        answer = registry.client.get(f"/api/v1/{path}", params=texts)
        if answer.status_code != 200:
            assert_refused(answer, (400, 422))


@_few
@given(text=st.text(max_size=60) | _structures)
def test_any_text_in_the_search_box_gets_a_page(registry: Served, text: str) -> None:
    for name in ("q", "structure", "pattern", "mz", "threshold", "adduct"):
        params = {name: text.encode("utf-8", "surrogatepass")}
        assert registry.client.get("/search", params=params, follow_redirects=False).status_code in {200, 303, 400, 422}
