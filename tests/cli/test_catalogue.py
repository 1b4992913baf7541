"""``nps-registry catalogue``: results on stdout, messages on stderr, exit codes."""

from __future__ import annotations

import csv
import io
import json
import shutil
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlmodel import col
from typer.testing import CliRunner, Result

from nps_registry.chemistry.reading import read
from nps_registry.cli import db
from nps_registry.cli.catalogue import app
from nps_registry.errors import CatalogueFault, Conflict, InvalidInput, NotFound
from nps_registry.store.engine import make_engine, reading, writing
from nps_registry.store.tables import Substance, SubstanceName
from nps_registry.vocabulary.substance import NameKind, Status

SMALL = Path(__file__).parents[1] / "cases" / "catalogue"


def _run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    """A copy of the small catalogue that may be altered."""
    return Path(shutil.copytree(SMALL, tmp_path / "substances"))


def _spoil(directory: Path, old: str, new: str) -> None:
    path = directory / "synthetic_cathinone" / "NPS-000001.toml"
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")


def test_a_clean_catalogue_exits_with_0_and_says_so_on_stderr() -> None:
    result = _run("lint", "--directory", SMALL)

    assert result.exit_code == 0
    assert json.loads(result.stdout) == []
    assert "23 entries: 0 errors, 0 warnings, 0 notes." in result.stderr


def test_an_error_exits_with_1_and_names_file_field_and_rule(directory: Path) -> None:
    _spoil(directory, "1246911-86-3", "1246911-86-4")

    result = _run("lint", "--directory", directory, "--format", "csv")

    assert result.exit_code == 1
    found = next(csv.DictReader(io.StringIO(result.stdout)))
    assert (found["rule"], found["file"]) == ("cas-check-digit", "synthetic_cathinone/NPS-000001.toml")


def test_one_rule_can_be_asked_for_alone(directory: Path) -> None:
    _spoil(directory, "1246911-86-3", "1246911-86-4")

    assert _run("lint", "--directory", directory, "--rule", "name-whole").exit_code == 0


def test_an_unknown_rule_is_wrong_usage() -> None:
    refusal = _run("lint", "--directory", SMALL, "--rule", "no-such-rule").exception

    assert isinstance(refusal, InvalidInput)
    assert refusal.exit_code == 2


def test_a_fault_of_the_format_is_told_with_its_line(directory: Path) -> None:
    _spoil(directory, 'nature = "nps"', 'nature = "drug"')

    refusal = _run("lint", "--directory", directory).exception

    assert isinstance(refusal, CatalogueFault)
    assert refusal.exit_code == 1
    assert refusal.errors[0].field == "synthetic_cathinone/NPS-000001.toml:4: nature"


def test_the_rules_are_listed_with_their_explanations() -> None:
    rules = json.loads(_run("lint", "--rules", "--format", "json").stdout)

    assert {"rule", "severity", "explanation"} == set(rules[0])
    assert "name-ambiguous" in {rule["rule"] for rule in rules}


@pytest.mark.parametrize(("form", "start"), [("csv", "accession,name,"), ("json", "[\n{"), ("sdf", "NPS-000001\n")])
def test_the_catalogue_is_exported_to_stdout(form: str, start: str) -> None:
    assert _run("export", "--directory", SMALL, "--format", form).stdout.startswith(start)


def test_the_catalogue_is_exported_to_a_file(tmp_path: Path) -> None:
    result = _run("export", "--directory", SMALL, "--output", tmp_path / "all.csv")

    assert result.stdout == ""
    assert (tmp_path / "all.csv").read_text("utf-8").count("\n") == 24


def test_a_change_between_two_folders_is_told(directory: Path) -> None:
    _spoil(directory, 'origin = "synthetic"', 'origin = "natural"')

    result = _run("diff", SMALL, directory, "--format", "json")

    assert [row["change"] for row in json.loads(result.stdout)] == ["The origin changes from Synthetic to Natural."]
    assert "1 change." in result.stderr


def test_the_report_is_written_below_the_catalogue(directory: Path) -> None:
    assert _run("report", "--directory", directory).exit_code == 0

    assert (directory / "report" / "README.md").read_text("utf-8").startswith("# What the catalogue holds")
    assert _run("lint", "--directory", directory).exit_code == 0


def test_the_schema_of_a_substance_is_printed() -> None:
    assert json.loads(_run("schema").stdout)["title"] == "SubstanceRecord"


def test_an_unknown_sort_of_file_is_wrong_usage() -> None:
    assert isinstance(_run("schema", "molecule").exception, InvalidInput)


def test_a_folder_that_is_no_catalogue_is_refused_with_a_sentence(tmp_path: Path) -> None:
    assert isinstance(_run("lint", "--directory", tmp_path).exception, NotFound)


def test_a_proposed_substance_is_a_file_that_the_lint_accepts(directory: Path) -> None:
    result = _run(
        "propose", "Cl.CNC(C)C(=O)c1ccccc1C", "--name", "2-MMC", "--source", "fda-unii", "--directory", directory
    )

    path = directory / "synthetic_cathinone" / "NPS-000025.toml"
    assert result.stdout.strip() == str(path)
    assert 'smiles = "CNC(C)C(=O)c1ccccc1C"' in path.read_text("utf-8")
    assert _run("lint", "--directory", directory).exit_code == 0


def test_a_substance_that_the_catalogue_has_is_not_proposed_again(directory: Path) -> None:
    refusal = _run(
        "propose", "CNC(C)C(=O)c1cccc(C)c1", "--name", "Metaphedrone", "--source", "fda-unii", "--directory", directory
    ).exception

    assert isinstance(refusal, Conflict)
    assert "NPS-000001" in refusal.detail


def test_a_proposal_needs_a_source_that_is_known(directory: Path) -> None:
    refusal = _run("propose", "CCO", "--name", "Ethanol", "--source", "hearsay", "--directory", directory).exception

    assert isinstance(refusal, InvalidInput)


def test_loading_twice_changes_nothing_and_a_changed_file_is_loaded_alone(
    directory: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NPS_DATABASE_URL", f"sqlite:///{tmp_path / 'registry.sqlite'}")
    assert CliRunner().invoke(db.app, ["upgrade"]).exit_code == 0

    first = json.loads(_run("load", "--directory", directory, "--format", "json").stdout)
    again = json.loads(_run("load", "--directory", directory, "--format", "json").stdout)
    _spoil(directory, 'origin = "synthetic"', 'origin = "natural"')
    changed = json.loads(_run("load", "--directory", directory, "--format", "json").stdout)

    assert first == [{"added": 23, "changed": 0, "withdrawn": 0, "unchanged": 0}]
    assert again == [{"added": 0, "changed": 0, "withdrawn": 0, "unchanged": 23}]
    assert changed == [{"added": 0, "changed": 1, "withdrawn": 0, "unchanged": 22}]


def test_what_an_instance_lists_is_proposed_as_files_and_leads_to_the_catalogue_once_that_has_it(
    directory: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NPS_DATABASE_URL", f"sqlite:///{tmp_path / 'registry.sqlite'}")
    assert CliRunner().invoke(db.app, ["upgrade"]).exit_code == 0
    assert _run("load", "--directory", directory).exit_code == 0
    read_structure = read("CNC(C)C(=O)c1ccccc1C")
    identity = read_structure.identity
    engine = make_engine(f"sqlite:///{tmp_path / 'registry.sqlite'}")
    with writing(engine) as session:
        row = Substance(
            accession="P-7K3F9Q", name="2-MMC", status=Status.LISTED, smiles=identity.smiles, inchi=identity.inchi,
            inchikey=identity.inchikey, skeleton=identity.inchikey[:14], stereo=identity.stereo,
            formula=identity.formula, mass_da=identity.mass_da, chemical_class="synthetic_cathinone",
        )  # fmt: skip
        session.add(row)
        session.flush()
        session.add(
            SubstanceName(
                substance_id=row.id or 0,
                name="ortho-methylmethcathinone",
                folded="orthomethylmethcathinone",
                kind=NameKind.SYNONYM,
            )
        )

    refused = _run("export", "--instance", "--directory", directory).exception
    written = _run("export", "--instance", "--source", "fda-unii", "--output", directory, "--directory", directory)
    path = directory / "synthetic_cathinone" / "NPS-000025.toml"
    assert isinstance(refused, InvalidInput)
    assert written.stdout.strip() == str(path)
    assert "ortho-methylmethcathinone" in path.read_text("utf-8")
    assert _run("lint", "--directory", directory).exit_code == 0

    assert _run("load", "--directory", directory).exit_code == 0
    with reading(engine) as session:
        status, target = session.execute(
            select(col(Substance.status), col(Substance.merged_into_id)).where(col(Substance.accession) == "P-7K3F9Q")
        ).one()
        taken = session.scalars(select(col(Substance.accession)).where(col(Substance.id) == target)).one()
    assert (status, taken) == (Status.MERGED, "NPS-000025")
    again = _run("export", "--instance", "--source", "fda-unii", "--output", directory, "--directory", directory)
    assert again.stdout == ""
