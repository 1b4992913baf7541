"""Whatever is sent, the answer is a sentence that says what is wrong, and nothing is half written."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.api.refusals import assert_refused, fields_of, nothing_written
from tests.spec.served import MMC3, Served, a_report

Body = dict[str, Any]


@pytest.fixture(autouse=True)
def _nothing_is_half_written(registry: Served) -> Iterator[None]:
    with nothing_written(registry):
        yield


def post_text(registry: Served, text: str | bytes, **headers: str) -> Any:
    content = text.encode() if isinstance(text, str) else text
    given = registry.as_("de") | {"Content-Type": "application/json"} | headers
    return registry.client.post("/api/v1/reports", content=content, headers=given)


def changed(change: Callable[[Body], object]) -> Body:
    body = copy.deepcopy(a_report())
    change(body)
    return body


def in_event(**fields: object) -> Callable[[Body], object]:
    return lambda body: body["event"].update(fields)


def in_item(**fields: object) -> Callable[[Body], object]:
    return lambda body: body["items"][0].update(fields)


def in_detection(**fields: object) -> Callable[[Body], object]:
    return lambda body: body["items"][0]["detections"][0].update(fields)


@pytest.mark.parametrize(
    ("structure", "reason"),
    [
        ("CC(C)(C)(C)C", "position|atom|valence"),
        ("c1ccccc1C(", "position 10|position 9|character"),
        ("CN[C@@H", "position"),
        ("no structure", "position"),
        ("CCO extra", "position|behind|after"),
        ("C" * 5000, "characters"),
        ("InChI=1S/C2H6O/c1-2-3", "InChI"),
        ("InChI=1S/", "InChI"),
        ("\n  x\n\n  1  0  0  0  0  0  0  0  0  0999 V2000\nM  END\n", "line"),
        ("C.C.C.C.C.C.C.C.C.C.C.C.C.C.C.C.C.C.C.C.C.C.C.C.C.C.C.C.C.C.C.C.C.C.C", "parts|fragments"),
        ("*", "atom|placeholder|R group|any"),
        ("   ", "."),
    ],
)
def test_an_unreadable_structure_is_refused_with_its_place_and_reason(
    registry: Served, structure: str, reason: str
) -> None:
    document = assert_refused(registry.report("de", a_report(structure)), 422)
    assert fields_of(document)[0].startswith("items[0].detections[0]")
    assert_matches(reason, document["detail"])


def assert_matches(pattern: str, text: str) -> None:
    assert any(part.lower() in text.lower() for part in pattern.split("|")), text


def test_a_structure_of_5000_atoms_is_refused_however_it_is_written(registry: Served) -> None:
    counts = "5000 4999  0  0  0  0  0  0  0  0999 V2000"
    atoms = "    0.0000    0.0000    0.0000 C   0  0\n" * 5000
    for structure in ("C" * 1999, "[13CH2]" * 700, f"\n\n\n{counts}\n{atoms}M  END\n", _v3000(5000)):
        document = assert_refused(registry.report("de", a_report(structure)), 422)
        assert fields_of(document) == ["items[0].detections[0].structure"]


def _v3000(atoms: int) -> str:
    rows = "".join(f"M  V30 {number} C {number}.0 0 0 0\n" for number in range(1, atoms + 1))
    return (
        "\n\n\n  0  0  0     0  0            999 V3000\nM  V30 BEGIN CTAB\n"
        f"M  V30 COUNTS {atoms} 0 0 0 0\nM  V30 BEGIN ATOM\n{rows}M  V30 END ATOM\nM  V30 END CTAB\nM  END\n"
    )


@pytest.mark.parametrize(
    ("change", "field"),
    [
        (in_event(country="ZZ"), "event.country"),
        (in_event(country="Germany"), "event.country"),
        (in_event(country=""), "event.country"),
        (in_event(country=49), "event.country"),
        (in_event(transit_countries=["DE", "QQ"]), "event.transit_countries[1]"),
        (in_event(collected_on="2999-01-01"), "event.collected_on"),
        (in_event(collected_on="2026-02-30"), "event.collected_on"),
        (in_event(collected_on="2026-13"), "event.collected_on"),
        (in_event(collected_on="0000"), "event.collected_on"),
        (in_event(collected_on="1066-10-14"), "event.collected_on"),
        (in_event(collected_on=20260203), "event.collected_on"),
        (in_event(collected_on="٢٠٢٦-٠٢-٠٣"), "event.collected_on"),
        (in_event(collected_on="2026-02-03T00:00:00Z"), "event.collected_on"),
        (in_event(collected_on=None), "event"),
        (in_event(analysed_on="2025-01-01"), "event"),
        (in_event(type="theft"), "event.type"),
        (in_event(city="x" * 121), "event.city"),
        (in_event(colour="red"), "event.colour"),
        (in_item(form="cloud"), "items[0].form"),
        (in_item(net_mass_g=-1), "items[0].net_mass_g"),
        (in_item(net_mass_g=10**30), "items[0].net_mass_g"),
        (in_item(net_mass_g="much"), "items[0].net_mass_g"),
        (in_item(net_mass_g=True), "items[0].net_mass_g"),
        (in_item(net_mass_g="12.4"), "items[0].net_mass_g"),
        (in_item(net_mass_g=2, gross_mass_g=1), "items[0]"),
        (in_item(units=1.5), "items[0].units"),
        (in_item(units=2**63), "items[0].units"),
        (in_item(detections=[]), "items[0].detections"),
        (in_item(detections={}), "items[0].detections"),
        (in_detection(purity_percent=101), "items[0].detections[0].purity_percent"),
        (in_detection(purity=50), "items[0].detections[0].purity"),
        (in_detection(structure=["C"]), "items[0].detections[0].structure"),
        (in_detection(role="hero"), "items[0].detections[0].role"),
        (in_detection(formula="C11H15NO("), "items[0].detections[0].formula"),
        (in_detection(formula="C99999999999999999999H1"), "items[0].detections[0].formula"),
        (in_detection(stereo="sideways"), "items[0].detections[0].stereo"),
        (in_detection(unidentified=True), "items[0].detections[0]"),
        (in_detection(techniques=["GC-MS"] * 31), "items[0].detections[0].techniques"),
        (in_detection(concentration=5), "items[0].detections[0]"),
        (in_detection(unidentified="perhaps"), "items[0].detections[0].unidentified"),
        (lambda body: body.update(sharing="everybody"), "sharing"),
        (lambda body: body.update(hold_until="tomorrow"), "hold_until"),
        (lambda body: body.update(hold_until="2027-01-01T00:00:00"), "hold_until"),
        (lambda body: body.update(hold_until=1e18), "hold_until"),
        (lambda body: body.update(hold_until="9999-12-31T23:59:59-14:00"), "hold_until"),
        (lambda body: body.update(own_reference=""), "own_reference"),
        (lambda body: body.update(own_reference=7), "own_reference"),
        (lambda body: body.update(items=[]), "items"),
        (lambda body: body.update(items=None), "items"),
        (lambda body: body.update(surprise=1), "surprise"),
        (lambda body: body.pop("event"), "event"),
    ],
)
def test_a_field_that_cannot_stand_is_named(registry: Served, change: Callable[[Body], object], field: str) -> None:
    document = assert_refused(registry.report("de", changed(change)), 422)
    assert field in fields_of(document)


def test_every_field_at_fault_is_named_at_once(registry: Served) -> None:
    body = a_report("CC(")
    body["items"].append({"detections": [{"structure": "not one"}, {"formula": "Xx2"}]})
    document = assert_refused(registry.report("de", body), 422)
    assert fields_of(document) == [
        "items[0].detections[0].structure",
        "items[1].detections[0].structure",
        "items[1].detections[1].formula",
    ]


def test_thousands_of_faults_make_a_bounded_answer(registry: Served) -> None:
    detections = [{"structure": "C("}] * 200
    body = a_report() | {"items": [{"detections": detections}] * 10}
    document = assert_refused(registry.report("de", body), 422)
    assert len(document["errors"]) == 101
    assert "more" in document["errors"][-1]["message"]


GOOD = json.dumps(a_report())


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (b"", "empty"),
        (b"{", "line 1"),
        (b"\xff\xfe{\x00}\x00", "UTF-8"),
        (GOOD.encode("utf-16"), "UTF-8"),
        (GOOD.encode("utf-32"), "UTF-8"),
        ('{"note": "Größe"}'.encode("latin-1"), "byte"),
        (GOOD.replace('"DE"', '"D\\u0000"').encode(), "null byte"),
        (GOOD.replace(MMC3, f"{MMC3}\\u0000").encode(), "null byte"),
        (GOOD.encode() + b"\x00", "not JSON"),
        (GOOD.replace('"powder"', '"\\ud83d"').encode(), "surrogate"),
        (GOOD.replace('"form"', '"\\udc00form"').encode(), "surrogate"),
        (GOOD.replace('"form": "powder"', '"form": "powder", "form": "tablet"').encode(), "twice"),
        (GOOD.replace('"form": "powder"', '"net_mass_g": NaN').encode(), "NaN"),
        (GOOD.replace('"form": "powder"', '"net_mass_g": Infinity').encode(), "Infinity"),
        (GOOD.replace('"form": "powder"', '"net_mass_g": 1e400').encode(), "large"),
        (GOOD.replace('"form": "powder"', f'"units": {"9" * 5000}').encode(), "number"),
        (b"[" * 100_000, "nested"),
        (b'{"a":' * 50_000, "nested"),
        (b"[]", "object"),
        (b"null", "object"),
        (b'"text"', "object"),
        (b"42", "object"),
        (b"\xef\xbb\xbf" + b"[]", "object"),
    ],
)
def test_a_body_that_cannot_be_read_one_way_only_is_refused(registry: Served, text: bytes, reason: str) -> None:
    document = assert_refused(post_text(registry, text))
    assert_matches(reason, document["detail"])


@pytest.mark.parametrize("media_type", ["text/plain", "text/csv", "multipart/form-data; boundary=x", "image/png", "x"])
def test_a_body_of_another_kind_is_refused(registry: Served, media_type: str) -> None:
    document = assert_refused(post_text(registry, GOOD, **{"Content-Type": media_type}), 415)
    assert "application/json" in document["detail"]


def test_a_body_of_50_mb_is_refused_before_it_is_read(registry: Served) -> None:
    assert "MB" in assert_refused(post_text(registry, b" " * 50_000_000), 413)["detail"]


@pytest.mark.parametrize(
    "path",
    ["/api/v1/reports", "/api/v1/search/similarity", "/api/v1/reports/R-0000-0000/withdraw", "/api/v1/reports/x"],
)
def test_a_body_that_grows_past_the_limit_without_having_said_so_is_refused(registry: Served, path: str) -> None:
    def pieces() -> Iterator[bytes]:
        for _number in range(200):
            yield b" " * 250_000

    method = "PATCH" if path.endswith("/x") else "POST"
    headers = registry.as_("de") | {"Content-Type": "application/json"}
    answer = registry.client.request(method, path, content=pieces(), headers=headers)
    assert_refused(answer, 413)


@pytest.mark.parametrize(
    ("name", "value", "status"),
    [
        ("Idempotency-Key", "", 422),
        ("Idempotency-Key", "k" * 256, 422),
        ("Idempotency-Key", "a\tb", 422),
        ("Idempotency-Key", "\x7f", 422),
        ("Authorization", "", 401),
        ("Authorization", "Bearer", 401),
        ("Authorization", "Bearer ", 401),
        ("Authorization", "Bearer nps_" + "x" * 5000, 401),
        ("Authorization", "Bearer nps_wrong", 401),
        ("Authorization", "Bearer \xe9\xe9", 401),
        ("Authorization", "Basic YTpi", 401),
        ("Authorization", "nps_wrong", 401),
    ],
)
def test_garbage_in_a_header_is_refused(registry: Served, name: str, value: str, status: int) -> None:
    headers = {**registry.as_("de"), "Content-Type": "application/json", name: value}
    raw = [(key.encode(), text.encode("latin-1")) for key, text in headers.items()]
    answer = registry.client.post("/api/v1/reports", content=GOOD.encode(), headers=raw)
    assert_refused(answer, status)
    assert ("www-authenticate" in answer.headers) == (status == 401)


def test_a_token_without_the_scope_may_not_report(registry: Served) -> None:
    for path in ("/api/v1/reports/x/withdraw", "/api/v1/reports"):
        answer = registry.client.post(path, json={"reason": "x"}, headers={"Authorization": "Bearer nps_" + "y" * 43})
        assert_refused(answer, 401)


@pytest.mark.parametrize("revision", ["garbage", '"x"', "-1", "9" * 30, "*, 1", "W/", '""'])
def test_garbage_in_if_match_is_refused(registry: Served, revision: str) -> None:
    headers = registry.as_("de") | {"If-Match": revision}
    for path, method, body in (("", "PATCH", {"note": "x"}), ("/withdraw", "POST", {"reason": "x"})):
        answer = registry.client.request(method, f"/api/v1/reports/R-0000-0000{path}", json=body, headers=headers)
        assert_refused(answer, (400, 404))
