"""Every call that other programs rely on answers in the shape that was promised, field by field."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import pytest

from tests.spec.served import MMC3, UNKNOWN, Served, a_report

CARD = {"accession", "name", "smiles", "inchikey", "chemical_class", "status", "url"}
LIST = {"items", "total", "next"}
API = "/api/v1"


@pytest.fixture(scope="module")
def reported(registry: Served) -> dict[str, Any]:
    """The receipt of a report like the one in the contract, posted to the registry of this file."""
    answer = registry.report("de", CONTRACT_EXAMPLE, **{"Idempotency-Key": "contract"})
    assert answer.status_code == 201, answer.text
    registry.report("at", a_report(country="AT"))
    return dict(answer.json())


CONTRACT_EXAMPLE = {
    "own_reference": "A-2026-0117",
    "event": {
        "type": "seizure",
        "collected_on": "2026-10-02",
        "analysed_on": "2026-10-09",
        "country": "DE",
        "setting": "post",
    },
    "sharing": "public",
    "items": [
        {
            "form": "powder",
            "net_mass_g": 12.4,
            "sold_as": "3-MMC",
            "detections": [
                {
                    "structure": MMC3,
                    "reported_as": "3-MMC",
                    "role": "major",
                    "result": "positive",
                    "salt_form": "hydrochloride",
                    "purity_percent": 92,
                    "purity_basis": "salt",
                    "techniques": ["GC-MS", "NMR"],
                    "reference_material": True,
                },
                {"name": "caffeine", "role": "minor", "techniques": ["GC-MS"]},
                {"formula": "C12H17NO", "candidates": ["3-MMC", "4-MMC"], "techniques": ["LC-MS"]},
                {"structure": UNKNOWN},
            ],
        }
    ],
}


def get(registry: Served, path: str, laboratory: str | None = None, **params: Any) -> Any:
    headers = registry.as_(laboratory) if laboratory else {}
    answer = registry.client.get(f"{API}{path}", params=params, headers=headers)
    assert answer.status_code == 200, answer.text
    return answer


def test_a_receipt_has_the_promised_fields(registry: Served, reported: dict[str, Any]) -> None:
    assert {"id", "reference", "state", "detections", "signals", "links"} <= reported.keys()
    assert reported["state"] == "accepted"
    assert reported["reference"].startswith("R-")
    for number, detection in enumerate(reported["detections"]):
        assert {
            "item", "index", "substance", "match", "novelty", "meets_swgdrug_minimum", "suggested_class",
            "analogues", "notes",
        } <= detection.keys()  # fmt: skip
        assert (detection["item"], detection["index"]) == (0, number)
        assert detection["novelty"].keys() == {"world", "region", "country"}
        assert all(isinstance(value, bool) for value in detection["novelty"].values())
        assert all({"accession", "name", "score"} <= analogue.keys() for analogue in detection["analogues"])
        assert all(note.keys() == {"code", "message"} for note in detection["notes"])
    known, by_name, partial, new = reported["detections"]
    assert known["substance"] == {"accession": known["substance"]["accession"], "name": "3-MMC", "status": "listed"}
    assert [known["match"], by_name["match"], partial["match"], new["match"]] == ["exact", "name", "partial", "new"]
    assert known["meets_swgdrug_minimum"] is True
    assert by_name["meets_swgdrug_minimum"] is True  # GC and MS count as one each
    assert new["meets_swgdrug_minimum"] is False
    assert partial["substance"] is None
    assert new["suggested_class"].keys() == {"key", "why"}
    assert new["analogues"]
    assert {"kind": "first_ever", "substance": known["substance"]["accession"], "country": "DE"} in reported["signals"]
    assert all(signal.keys() == {"kind", "substance", "country"} for signal in reported["signals"])


def test_an_idempotent_repeat_answers_alike(registry: Served, reported: dict[str, Any]) -> None:
    again = registry.report("de", CONTRACT_EXAMPLE, **{"Idempotency-Key": "contract"})
    assert again.status_code == 201
    assert again.json() == reported
    other = registry.report("de", a_report(), **{"Idempotency-Key": "contract"})
    assert other.status_code == 409


def test_a_key_may_be_as_long_as_clients_make_them(registry: Served) -> None:
    for length in (1, 36, 200, 255):
        body, key = a_report(country="JP", sharing="laboratory"), {"Idempotency-Key": "k" * length}
        first = registry.report("jp", body, **key)
        assert first.status_code == 201, first.text
        again = registry.report("jp", body, **key)
        assert again.json()["id"] == first.json()["id"]


def test_reports_are_listed_and_read_by_id_and_by_reference(registry: Served, reported: dict[str, Any]) -> None:
    own = get(registry, "/reports", "de").json()
    assert own.keys() >= LIST
    assert own["items"][0]["id"] == reported["id"]
    by_id = get(registry, f"/reports/{reported['id']}", "de").json()
    by_reference = get(registry, f"/reports/{reported['reference']}", "de").json()
    assert by_id == by_reference
    assert by_id["own_reference"] == "A-2026-0117"
    public = get(registry, f"/reports/{reported['reference']}").json()
    assert public["items"][0]["detections"][0]["substance"]["name"] == "3-MMC"


def test_a_list_of_substances_goes_on_where_it_stopped(registry: Served, reported: dict[str, Any]) -> None:
    for sort in ("name", "accession", "mass", "newest", "reports"):
        whole = get(registry, "/substances", sort=sort, limit=500).json()
        assert whole.keys() >= LIST
        assert whole["next"] is None
        assert all(item.keys() >= CARD for item in whole["items"])
        pages: list[dict[str, Any]] = []
        cursor: dict[str, str] = {}
        while True:
            page = get(registry, "/substances", sort=sort, limit=7, **cursor).json()
            assert page["total"] == whole["total"] == len(whole["items"])
            pages += page["items"]
            if page["next"] is None:
                break
            cursor = {"cursor": page["next"]}
        assert pages == whole["items"]


@pytest.mark.parametrize(
    "params",
    [
        {"q": "3-mmc"},
        {"chemical_class": "synthetic_cathinone"},
        {"effect": "stimulant"},
        {"nature": "nps"},
        {"status": "listed"},
        {"country": "de"},
        {"control": "UN"},
        {"first_reported_from": 2026},
    ],
)
def test_every_filter_of_the_list_leaves_some_and_takes_some(
    registry: Served, reported: dict[str, Any], params: dict[str, Any]
) -> None:
    everything = get(registry, "/substances").json()["total"]
    assert 0 < get(registry, "/substances", **params).json()["total"] < everything


def test_a_substance_tells_everything_public_with_its_sources(registry: Served, reported: dict[str, Any]) -> None:
    accession = reported["detections"][0]["substance"]["accession"]
    told = get(registry, f"/substances/{accession}").json()
    assert told.keys() >= {
        "accession", "name", "kind", "nature", "status", "evidence", "structure", "names", "identifiers",
        "chemical_class", "subclass", "effect_groups", "controls", "reports", "relations", "masses", "sources",
        "demonstration",
    }  # fmt: skip
    assert told["structure"].keys() >= {"smiles", "inchi", "inchikey", "stereo", "formula", "mass_da"}
    assert told["demonstration"] is False
    assert all(name.keys() >= {"name", "kind", "sources"} for name in told["names"])
    assert told["identifiers"]["cas"]
    assert told["effect_groups"] == ["stimulant"]
    assert told["reports"].keys() >= {"total", "countries", "by_year"}
    assert told["reports"]["total"] == sum(row["total"] for row in told["reports"]["countries"]) == 2
    assert {row["country"] for row in told["reports"]["countries"]} == {"DE", "AT"}
    assert all(row.keys() >= {"country", "total", "first_quarter"} for row in told["reports"]["countries"])
    assert told["reports"]["by_year"] == {"2026": 2}
    assert told["masses"][0].keys() >= {"adduct", "mz"}
    named = {source["id"] for source in told["sources"]}
    facts = [*told["names"], *told["identifiers"]["cas"], *told["controls"], told["structure"]]
    assert all(fact["sources"] and set(fact["sources"]) <= named for fact in facts)


def test_every_control_says_what_it_rests_on(registry: Served) -> None:
    items = get(registry, "/substances", control="UN").json()["items"]
    controls = [
        control
        for item in items
        for control in get(registry, f"/substances/{item['accession']}").json()["controls"]
        if control["jurisdiction"] == "UN"
    ]
    assert controls
    for control in controls:
        assert control.keys() >= {
            "jurisdiction", "instrument", "schedule", "decided_on", "in_force_on", "scope", "verified", "sources",
        }  # fmt: skip
        assert isinstance(control["verified"], bool)
        missing = "date of entry into force not recorded" in control["dates"]
        assert missing is (control["in_force_on"] is None)


@pytest.mark.parametrize(
    ("suffix", "media_type", "begin"),
    [
        ("mol", "chemical/x-mdl-molfile", "NPS-"),
        ("sdf", "chemical/x-mdl-sdfile", "NPS-"),
        ("svg", "image/svg+xml", "<svg"),
        ("jsonld", "application/ld+json", "{"),
    ],
)
def test_the_structure_comes_in_every_form(
    registry: Served, reported: dict[str, Any], suffix: str, media_type: str, begin: str
) -> None:
    accession = reported["detections"][0]["substance"]["accession"]
    answer = get(registry, f"/substances/{accession}.{suffix}")
    assert answer.headers["content-type"].partition(";")[0] == media_type
    assert answer.text.startswith(begin)
    if suffix == "jsonld":
        assert answer.json()["@type"] == "MolecularEntity"


def test_names_are_found_however_they_are_typed(registry: Served) -> None:
    for typed in ("3-MMC", "3mmc", "3 mmc", "methylmethcathinone, 3-", "3-Metylmethcathinone"):
        found = get(registry, "/search/name", q=typed).json()
        assert found["hits"][0].keys() >= {"accession", "name", "matched", "score"}
        assert found["hits"][0]["name"] == "3-MMC", typed


def test_identity_answers_four_lists_of_cards(registry: Served) -> None:
    found = get(registry, "/search/identity", structure=MMC3).json()
    assert found.keys() >= {"exact", "stereo_variants", "same_skeleton", "tautomers"}
    assert [card["name"] for card in found["exact"]] == ["3-MMC"]
    assert found["exact"][0].keys() >= CARD


def test_similarity_answers_hits_by_falling_score(registry: Served) -> None:
    found = get(
        registry, "/search/similarity", structure=MMC3, threshold=0.2, limit=50, fingerprint="morgan", metric="tanimoto"
    ).json()
    assert found.keys() >= {"query", "total", "hits"}
    hits = found["hits"]
    assert all(hit.keys() >= {"accession", "name", "smiles", "inchikey", "score", "url"} for hit in hits)
    assert [(-hit["score"], hit["accession"]) for hit in hits] == sorted(
        (-hit["score"], hit["accession"]) for hit in hits
    )
    assert hits[0]["score"] == 1.0
    assert found["total"] == len(hits) > 2


def test_a_batch_of_structures_answers_one_result_each_in_order(registry: Served) -> None:
    body = {"structures": [MMC3, "C1CC", UNKNOWN], "threshold": 0.5, "limit": 3}
    answer = registry.client.post(f"{API}/search/similarity", json=body)
    assert answer.status_code == 200
    first, broken, last = answer.json()["results"]
    assert first["hits"][0]["name"] == "3-MMC"
    assert broken["error"]["errors"][0]["field"] == "structures[1]"
    assert last["hits"]


def test_substructure_hits_carry_the_matched_atoms(registry: Served) -> None:
    found = get(registry, "/search/substructure", pattern="CNC(C)C(=O)c", limit=10).json()
    assert found["total"] >= len(found["hits"]) > 0
    assert all(hit.keys() >= CARD | {"atoms"} for hit in found["hits"])
    assert all(len(hit["atoms"]) == 7 for hit in found["hits"])


@pytest.mark.parametrize(
    "params", [{"mz": 178.1226, "adduct": "[M+H]+", "ppm": 5}, {"mass_da": 177.1154}, {"formula": "C11H15NO"}]
)
def test_mass_hits_carry_the_error(registry: Served, params: dict[str, Any]) -> None:
    hits = get(registry, "/search/mass", **params).json()["hits"]
    assert "3-MMC" in {hit["name"] for hit in hits}
    assert all(hit.keys() >= CARD | {"adduct", "mz", "error_ppm"} for hit in hits)
    assert all(abs(hit["error_ppm"]) <= 5 for hit in hits)


def test_molfiles_are_searched_by_post(registry: Served, reported: dict[str, Any]) -> None:
    accession = reported["detections"][0]["substance"]["accession"]
    molfile = get(registry, f"/substances/{accession}.mol").text
    found = registry.client.post(f"{API}/search/identity", json={"structure": molfile}).json()
    assert [card["accession"] for card in found["exact"]] == [accession]


def test_figures_signals_and_advisories_are_lists_that_say_what_they_count(
    registry: Served, reported: dict[str, Any]
) -> None:
    for path in ("/statistics/timeline", "/statistics/countries", "/statistics/classes"):
        figures = get(registry, path).json()
        assert figures["items"]
        assert figures["counted"] == "events"
    signals = get(registry, "/signals").json()
    assert signals.keys() >= LIST
    assert {"kind", "substance", "country"} <= signals["items"][0].keys()
    assert get(registry, "/advisories").json() == {"items": [], "total": 0, "next": None, "demonstration": False}


def test_the_tables_have_one_header_row_and_the_promised_columns(registry: Served, reported: dict[str, Any]) -> None:
    text = get(registry, "/exports/substances.csv").text
    header, *rows = csv.reader(io.StringIO(text))
    assert header == [
        "accession", "name", "status", "nature", "evidence", "chemical_class", "smiles", "inchi", "inchikey",
        "formula", "mass_da", "cas", "names",
    ]  # fmt: skip
    assert all(len(row) == len(header) for row in rows)
    assert not text.startswith("#")
    whole = get(registry, "/substances", limit=500).json()
    listed = [item for item in whole["items"] if item["status"] != "provisional"]
    assert {item["accession"] for item in listed} <= {row[0] for row in rows}
    document = get(registry, "/exports/substances.json").json()
    assert [entry["accession"] for entry in document["substances"]] == [row[0] for row in rows]
    assert get(registry, "/exports/substances.sdf").text.count("$$$$") > 10
    assert get(registry, "/exports/substances.parquet").content.startswith(b"PAR1")
    counted = list(csv.DictReader(io.StringIO(get(registry, "/exports/reports.csv").text)))
    assert {row["country"] for row in counted} >= {"DE", "AT"}


def test_feeds_are_atom(registry: Served, reported: dict[str, Any]) -> None:
    for name in ("substances", "advisories"):
        answer = get(registry, f"/feeds/{name}.atom")
        assert answer.headers["content-type"].startswith("application/atom+xml")
        assert b"http://www.w3.org/2005/Atom" in answer.content


def test_the_registry_tells_its_own_state(registry: Served) -> None:
    for path in ("/healthz", "/readyz"):
        answer = registry.client.get(path)
        assert answer.status_code == 200
        assert answer.json()["ok"] is True
    metrics = registry.client.get("/metrics")
    assert metrics.status_code == 200
    assert "nps_registry_requests_total" in metrics.text
    assert json.loads(registry.client.get("/openapi.json").text)["openapi"].startswith("3.1")
