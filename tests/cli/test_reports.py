"""``nps-registry reports import`` as a laboratory uses it: read, answer the names, read again."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Answer, Command

CASES = Path(__file__).parents[1] / "cases" / "drug_checking"
LABORATORY = "Drug checking service"


@pytest.fixture
def read_in(nps: Command) -> Any:
    assert nps("users", "organisation", LABORATORY, "--country", "CA").code == 0

    def run(*options: object, table: Path = CASES / "table.csv", mapping: Path = CASES / "mapping.toml") -> Answer:
        return nps("reports", "import", table, "--mapping", mapping, "--organisation", LABORATORY, *options)

    return run


@pytest.fixture
def good_table(tmp_path: Path) -> Path:
    """The rows of the look-alike that can be read."""
    lines = (CASES / "table.csv").read_text().splitlines()[:6]
    path = tmp_path / "good.csv"
    path.write_text("\n".join(lines) + "\n")
    return path


def figures(answer: Answer) -> dict[str, int]:
    return {row["figure"]: row["count"] for row in json.loads(answer.out)}


def test_rows_that_cannot_be_read_are_named_and_the_others_kept(read_in: Any) -> None:
    answer = read_in()
    assert answer.code == 1
    assert {line.split(":")[0] for line in answer.sentences} == {"row 6", "row 7"}
    told = figures(answer)
    assert (told["rows"], told["reports made"], told["rows with faults"]) == (7, 5, 2)


def test_the_names_are_answered_in_their_file_and_the_table_read_again(
    read_in: Any, good_table: Path, tmp_path: Path
) -> None:
    names = tmp_path / "names.csv"
    first = read_in("--unrecognised", names, table=good_table)
    assert first.code == 0
    assert "2 names wait for an answer" in first.err
    rows = list(csv.DictReader(names.open()))
    assert [(row["name"], row["count"]) for row in rows] == [("Uncertain Oil", "2"), ("Fentanyl or Analog", "1")]
    rows[0]["answer"], rows[1]["answer"] = "unidentified", "class:fentanyl_analogue"
    with names.open("w", newline="") as file:
        writer = csv.DictWriter(file, rows[0].keys())
        writer.writeheader()
        writer.writerows(rows)
    told = figures(read_in("--answers", names, "--unrecognised", names, table=good_table))
    assert (told["reports made"], told["rows that were reports already"]) == (0, 5)
    assert (told["of these, identified anew"], told["names not recognised"]) == (3, 0)
    assert [row["answer"] for row in csv.DictReader(names.open())] == ["unidentified", "class:fentanyl_analogue"]


def test_a_name_that_is_nearly_right_is_suggested(read_in: Any, tmp_path: Path) -> None:
    table, names = tmp_path / "table.csv", tmp_path / "names.csv"
    heading = (CASES / "table.csv").read_text().splitlines()[0]
    table.write_text(f'{heading}\n"2024-05-01","Walk-in","Riverton","X","False","N/A","[\'Cafeine\']"\n')
    read_in("--unrecognised", names, table=table)
    assert next(csv.DictReader(names.open()))["suggestion"].casefold() == "caffeine"


def test_a_name_of_several_substances_waits_for_an_answer_and_all_of_them_are_suggested(
    read_in: Any, tmp_path: Path
) -> None:
    table, names = tmp_path / "table.csv", tmp_path / "names.csv"
    heading = (CASES / "table.csv").read_text().splitlines()[0]
    table.write_text(f'{heading}\n"2024-05-01","Walk-in","Riverton","X","False","N/A","[\'Fluorofentanyl\']"\n')
    read_in("--unrecognised", names, table=table)
    row = next(csv.DictReader(names.open()))
    prefix, _colon, accessions = row["suggestion"].partition(":")
    assert (row["name"], prefix, len(accessions.split("|"))) == ("Fluorofentanyl", "candidates", 3)


def test_the_figures_can_be_comma_separated(read_in: Any, good_table: Path) -> None:
    answer = read_in("--format", "csv", table=good_table)
    assert answer.out.splitlines()[:2] == ["figure,count", "rows,5"]


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"table": "nowhere.csv"}, "nowhere.csv cannot be read"),
        ({"mapping": "nowhere.toml"}, "nowhere.toml cannot be read"),
        ({"mapping": CASES / "table.csv"}, "is not TOML"),
        ({"table": CASES / "mapping.toml"}, "has no column"),
        ({"table": Path(__file__).parent}, "cannot be read"),
    ],
)
def test_files_that_cannot_be_used_are_told_in_one_sentence(
    read_in: Any, options: dict[str, Any], sentence: str
) -> None:
    answer = read_in(**options)
    assert (answer.code, answer.out, len(answer.sentences)) == (2, "", 1)
    assert sentence in answer.err


def test_a_mapping_with_faults_names_them(read_in: Any, tmp_path: Path) -> None:
    mapping = tmp_path / "mapping.toml"
    mapping.write_text((CASES / "mapping.toml").read_text().replace("sharing", "shearing"))
    answer = read_in(mapping=mapping)
    assert (answer.code, answer.out) == (2, "")
    assert "shearing" in answer.err


def test_answers_that_mean_nothing_are_refused_before_anything_is_kept(
    read_in: Any, good_table: Path, tmp_path: Path
) -> None:
    answers = tmp_path / "answers.csv"
    answers.write_text("name,answer\nUncertain Oil,oil of nothing\n")
    refused = read_in("--answers", answers, table=good_table)
    assert (refused.code, refused.out, len(refused.sentences)) == (2, "", 1)
    assert "oil of nothing" in refused.err
    assert figures(read_in(table=good_table))["reports made"] == 5


def test_an_organisation_that_is_not_there_is_refused(nps: Command) -> None:
    answer = nps(
        "reports", "import", CASES / "table.csv", "--mapping", CASES / "mapping.toml", "--organisation", "Nobody"
    )
    assert (answer.code, answer.out, len(answer.sentences)) == (1, "", 1)
    assert "nps-registry users organisation" in answer.err


def test_a_file_that_cannot_be_written_is_told(read_in: Any, good_table: Path, tmp_path: Path) -> None:
    answer = read_in("--unrecognised", tmp_path / "nowhere" / "names.csv", table=good_table)
    assert (answer.code, len(answer.sentences)) == (2, 1)
    assert "cannot be written" in answer.err
