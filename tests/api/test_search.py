"""Search over HTTP: the shapes that others rely on, the same facts as brute force, and a sentence for bad input."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import BaseModel
from rdkit import Chem, DataStructs
from rdkit.Chem import rdFingerprintGenerator

from nps_registry.api import search_shapes as shapes
from tests.api.refusals import assert_refused, fields_of
from tests.spec.served import MMC3, MMC3_S, UNKNOWN, Served, a_report

CARD = ["accession", "name", "smiles", "inchikey", "chemical_class", "status", "url"]


def ask(registry: Served, kind: str, **query: Any) -> Any:
    """The answer to a search, which must be 200."""
    answer = registry.client.get(f"/api/v1/search/{kind}", params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()


def names(hits: list[dict[str, Any]]) -> list[str]:
    return [hit["name"] for hit in hits]


def test_similarity_ranks_as_rdkit_does(registry: Served) -> None:
    answer = ask(registry, "similarity", structure=MMC3, threshold=0.3, limit=500)
    morgan = rdFingerprintGenerator.GetMorganGenerator(radius=2, fpSize=2048)
    query = morgan.GetFingerprint(Chem.MolFromSmiles(MMC3))
    for hit in answer["hits"]:
        other = morgan.GetFingerprint(Chem.MolFromSmiles(hit["smiles"].split()[0]))
        assert hit["score"] == DataStructs.TanimotoSimilarity(query, other)
    assert answer["hits"][0]["name"] == "3-MMC"
    order = [(-hit["score"], hit["accession"]) for hit in answer["hits"]]
    assert order == sorted(order)
    assert answer["total"] == len(answer["hits"])


def test_a_card_has_its_members_and_its_page_is_there(registry: Served) -> None:
    (hit,) = ask(registry, "similarity", structure=MMC3, threshold=1.0)["hits"]
    assert list(hit) == [*CARD, "score"]
    assert registry.client.get(hit["url"]).status_code == 200


@pytest.mark.parametrize(
    ("typed", "name"),
    [("3 mmc", "3-MMC"), ("metonitazine", "Metonitazene"), ("Mephedron", "Mephedrone"), ("MMC-3", "3-MMC")],
)
def test_a_name_finds_its_substance_first(registry: Served, typed: str, name: str) -> None:
    hit = ask(registry, "name", q=typed)["hits"][0]
    assert hit["name"] == name
    assert list(hit) == [*CARD, "matched", "score"]


def test_identity_tells_the_variant_from_the_substance(registry: Served) -> None:
    assert names(ask(registry, "identity", structure=f"{MMC3}.Cl")["exact"]) == ["3-MMC"]
    variant = ask(registry, "identity", structure=MMC3_S)
    assert (names(variant["exact"]), names(variant["stereo_variants"])) == ([], ["3-MMC"])
    assert names(variant["same_skeleton"]) == ["3-MMC"]


def test_substructure_hits_carry_atoms_that_match(registry: Served) -> None:
    answer = ask(registry, "substructure", pattern="c1ccccc1C(=O)C")
    assert "3-MMC" in names(answer["hits"])
    assert (answer["stopped"], answer["message"]) == (False, "")
    assert answer["tested"] == answer["structures"]
    for hit in answer["hits"]:
        mol = Chem.MolFromSmiles(hit["smiles"].split()[0])
        symbols = [mol.GetAtomWithIdx(atom).GetSymbol() for atom in hit["atoms"]]
        assert symbols == ["C"] * 7 + ["O", "C"]
        assert hit["atoms"] == hit["matches"][0]


def test_a_mass_is_found_as_an_ion_as_a_neutral_and_as_a_formula(registry: Served) -> None:
    ion = ask(registry, "mass", mz=178.1226, adduct="[M+H]+")
    assert {"3-MMC", "Mephedrone"} <= set(names(ion["hits"]))
    assert all(hit["adduct"] == "[M+H]+" and abs(hit["error_ppm"]) <= 5 for hit in ion["hits"])
    neutral = ask(registry, "mass", mass_da=177.1154)
    formula = ask(registry, "mass", formula="C11H15NO")
    assert names(neutral["hits"]) == names(ion["hits"])
    assert sorted(names(formula["hits"])) == sorted(names(ion["hits"]))


def test_a_plus_sign_that_the_address_turned_into_a_blank_is_understood(registry: Served) -> None:
    answer = registry.client.get("/api/v1/search/mass?mz=178.1226&adduct=[M+H]+&ppm=5")
    assert answer.json()["total"] >= 2


def test_a_batch_answers_each_structure_in_its_place(registry: Served) -> None:
    body = {"structures": [MMC3, "CC(C", UNKNOWN], "threshold": 0.5, "limit": 2}
    answer = registry.client.post("/api/v1/search/similarity", json=body)
    assert answer.status_code == 200
    first, second, third = answer.json()["results"]
    assert first["hits"][0]["name"] == "3-MMC"
    assert second["error"]["errors"][0]["field"] == "structures[1]"
    assert "position" in second["error"]["detail"]
    assert third["query"]["structure"] == UNKNOWN


def test_a_molfile_is_taken_by_post(registry: Served) -> None:
    molfile = Chem.MolToMolBlock(Chem.MolFromSmiles(MMC3))
    exact = registry.client.post("/api/v1/search/identity", json={"structure": molfile}).json()["exact"]
    assert names(exact) == ["3-MMC"]
    found = registry.client.post("/api/v1/search/substructure", json={"pattern": molfile}).json()
    assert "3-MMC" in names(found["hits"])


@pytest.mark.parametrize(
    ("kind", "query", "field"),
    [
        ("similarity", {"structure": "CC(C"}, "structure"),
        ("similarity", {"structure": MMC3, "threshold": "2"}, "threshold"),
        ("similarity", {"structure": MMC3, "threshold": "nan"}, "threshold"),
        ("similarity", {"structure": MMC3, "limit": "1000000000"}, "limit"),
        ("similarity", {"structure": MMC3, "fingerprint": "unknown"}, "fingerprint"),
        ("similarity", {"structure": MMC3, "metric": "euclid"}, "metric"),
        ("similarity", {"structure": ""}, "structure"),
        ("similarity", {}, "structure"),
        ("identity", {"structure": MMC3, "stereo": "left"}, "stereo"),
        ("substructure", {"pattern": "c1ccccc1["}, "pattern"),
        ("substructure", {"pattern": "[$(" * 40 + "C" + ")]" * 40}, "pattern"),
        ("substructure", {"pattern": "  "}, "pattern"),
        ("name", {"q": ""}, "q"),
        ("name", {"q": "x" * 501}, "q"),
        ("mass", {}, "mass_da"),
        ("mass", {"mz": "1", "mass_da": "1"}, "mz"),
        ("mass", {"mz": "100", "adduct": "[M+Xx]+"}, "adduct"),
        ("mass", {"formula": "C11H15Qq"}, "formula"),
        ("mass", {"mass_da": "inf"}, "mass_da"),
        ("mass", {"mass_da": "177", "ppm": "-1"}, "ppm"),
    ],
)
def test_what_cannot_be_asked_is_refused_at_its_field(
    registry: Served, kind: str, query: dict[str, str], field: str
) -> None:
    answer = registry.client.get(f"/api/v1/search/{kind}", params=query)
    assert field in fields_of(assert_refused(answer, 422))


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"structures": []}, "structures"),
        ({"structures": ["C"] * 1001}, "structures"),
        ({"structures": ["C"], "threshold": 2}, "threshold"),
        ({"structures": ["C"] * 1000, "limit": 500}, "limit"),
        ({"structures": ["C"], "treshold": 0.5}, "treshold"),
        ({"structures": [7]}, "structures[0]"),
    ],
)
def test_a_batch_that_cannot_be_asked_is_refused_whole(registry: Served, body: dict[str, Any], field: str) -> None:
    answer = registry.client.post("/api/v1/search/similarity", json=body)
    assert field in fields_of(assert_refused(answer, 422))


@pytest.mark.parametrize(
    ("kind", "query", "shape"),
    [
        ("similarity", {"structure": MMC3}, shapes.SimilarityShape),
        ("name", {"q": "fentanyl"}, shapes.NameShape),
        ("identity", {"structure": MMC3}, shapes.IdentityShape),
        ("substructure", {"pattern": "c1ccccc1"}, shapes.SubstructureShape),
        ("mass", {"mz": "178.1226"}, shapes.MassShape),
    ],
)
def test_an_answer_has_the_shape_that_the_description_states(
    registry: Served, kind: str, query: dict[str, str], shape: type[BaseModel]
) -> None:
    answer = ask(registry, kind, **query)
    assert shape.model_validate(answer).model_dump(exclude_unset=True) == answer
    assert set(answer) == set(shape.model_fields)


def test_a_new_substance_is_found_by_its_laboratory_and_by_nobody_who_may_not_know(registry: Served) -> None:
    structure = "CCCCNC(CC)C(=O)c1cc(I)cc(Cl)c1"
    receipt = registry.report("de-reviewed", a_report(structure, sharing="country"))
    assert receipt.status_code == 201, receipt.text
    query = {"structure": structure, "threshold": "1.0"}
    seen = {}
    for viewer in ("de", "at", "curator", ""):
        headers = registry.as_(viewer) if viewer else {}
        answer = registry.client.get("/api/v1/search/similarity", params=query, headers=headers)
        seen[viewer] = answer.json()["total"]
    assert seen == {"de": 1, "at": 0, "curator": 1, "": 0}
