"""``nps-registry search``: results on stdout in the form asked, messages on stderr."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest
from rdkit import Chem
from typer.testing import CliRunner, Result

from nps_registry.catalogue.files import read_catalogue
from nps_registry.cli.search import app
from nps_registry.errors import InvalidInput, NotReady, UnreadableStructure
from nps_registry.intake.seed import load_catalogue
from nps_registry.search.index import SubstanceIndex
from nps_registry.store.engine import make_engine, writing
from nps_registry.store.registry import create_registry
from nps_registry.store.tables import Registry, Rendering
from nps_registry.vocabulary.report import RegistryMode
from tests.databases import SqliteDatabases

SMALL = Path(__file__).parents[1] / "cases" / "catalogue"
MMC3 = "CNC(C)C(=O)c1cccc(C)c1"


@pytest.fixture(scope="module")
def url(sqlite_databases: SqliteDatabases) -> str:
    """A database that holds the small catalogue."""
    given = sqlite_databases.migrated()
    engine = make_engine(given)
    with writing(engine) as session:
        create_registry(session, RegistryMode.REAL)
        load_catalogue(session, read_catalogue(SMALL))
    engine.dispose()
    return given


@pytest.fixture(autouse=True)
def _registry(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NPS_DATABASE_URL", url)


def run(*arguments: str, given: str | None = None) -> Result:
    return CliRunner().invoke(app, arguments, input=given)


def rows(*arguments: str, given: str | None = None) -> list[dict[str, Any]]:
    result = run(*arguments, given=given)
    assert result.exit_code == 0, result.output
    return list(json.loads(result.stdout))


def test_similarity_answers_whole_cards_as_json_where_no_person_reads() -> None:
    first = rows("similarity", MMC3)[0]
    assert (first["name"], first["score"]) == ("3-MMC", 1.0)
    assert first["url"] == f"/substances/{first['accession']}"


def test_a_table_is_for_people_and_leaves_long_columns_out() -> None:
    text = run("similarity", MMC3, "--format", "table").stdout
    assert "NPS-" in text
    assert "inchikey" not in text


def test_csv_has_one_header_row() -> None:
    read = list(csv.DictReader(io.StringIO(run("name", "3 mmc", "--format", "csv").stdout)))
    assert read[0]["name"] == "3-MMC"


def test_what_was_done_to_the_structure_is_told_beside_the_results() -> None:
    result = run("similarity", f"{MMC3}.Cl")
    assert "hydrochloride" in result.stderr
    assert json.loads(result.stdout)[0]["name"] == "3-MMC"


def test_identity_says_how_each_substance_matches() -> None:
    assert [(row["name"], row["match"]) for row in rows("identity", MMC3)] == [
        ("3-MMC", "exact"),
        ("Mephedrone", "positional_isomer"),
    ]
    assert rows("identity", "CN[C@@H](C)C(=O)c1cccc(C)c1")[0]["match"] == "stereo_variant"


def test_a_molfile_comes_from_standard_input() -> None:
    molfile = Chem.MolToMolBlock(Chem.MolFromSmiles(MMC3))
    assert rows("identity", "-", given=molfile)[0]["name"] == "3-MMC"


def test_substructure_and_mass_answer_too() -> None:
    assert "3-MMC" in [row["name"] for row in rows("substructure", "c1ccccc1C(=O)C")]
    assert "3-MMC" in [row["name"] for row in rows("mass", "--mz", "178.1226")]
    assert "3-MMC" in [row["name"] for row in rows("mass", "--formula", "C11H15NO")]


def test_hits_that_are_not_shown_are_counted_on_stderr() -> None:
    result = run("substructure", "[#6]", "--limit", "1")
    assert len(json.loads(result.stdout)) == 1
    assert "--limit" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "refusal", "exit_code"),
    [
        (("similarity", "CC(C"), UnreadableStructure, 1),
        (("similarity", MMC3, "--threshold", "2"), InvalidInput, 2),
        (("mass",), InvalidInput, 2),
    ],
)
def test_what_cannot_be_answered_is_refused(
    arguments: tuple[str, ...], refusal: type[InvalidInput], exit_code: int
) -> None:
    result = run(*arguments)
    assert isinstance(result.exception, refusal)
    assert result.exception.exit_code == exit_code


def test_rebuild_mends_fingerprints_of_another_recipe(url: str) -> None:
    engine = make_engine(url)
    with writing(engine) as session:
        session.get_one(Registry, 1).recipe = "another"
        for row in session.query(Rendering):
            row.recipe, row.fingerprint = "another", b"\0" * 256
    with pytest.raises(NotReady):
        SubstanceIndex.of(engine)
    assert run("rebuild").exit_code == 0
    assert rows("similarity", MMC3)[0]["score"] == 1.0
