"""``nps-registry screen`` as people type it."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from tests.cli.conftest import Command

MOLECULES = "CNC(C)C(=O)c1cccc(C)c1 first\nnonsense\nCC(N)Cc1ccccc1 third\n"


@pytest.fixture
def some(tmp_path: Path) -> Path:
    path = tmp_path / "some.smi"
    path.write_text(MOLECULES)
    return path


def test_a_library_against_the_registry_gives_a_file_of_hits_and_one_of_faults(
    nps: Command, some: Path, tmp_path: Path
) -> None:
    answer = nps("screen", some, "--threshold", 0.6, "--processes", 1, "-o", tmp_path / "hits.csv")
    assert answer.code == 0, answer.err
    hits = list(csv.DictReader((tmp_path / "hits.csv").open()))
    assert next((hit["row"], hit["name"]) for hit in hits if float(hit["score"]) == 1.0) == ("1", "first")
    assert all(hit["hit"].startswith("NPS-") and float(hit["score"]) >= 0.6 for hit in hits)
    faults = list(csv.DictReader((tmp_path / "hits.faults.csv").open()))
    assert [fault["row"] for fault in faults] == ["2"]
    assert json.loads((tmp_path / "hits.csv.meta.json").read_text())["query"]["against"] == "registry"
    assert f"{len(hits)} hits of 3 structures" in answer.err


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--threshold", "2"), "out of range"),
        (("--threshold", "0"), "Every pair"),
        (("--top", "1000000000"), "nearest neighbours cannot be asked for"),
        (("-o", "hits.xls"), "name the file so"),
        (("--against", "other.pdf"), "give a file that ends in"),
        (("--against", "missing.smi"), "No such file"),
    ],
)
def test_what_cannot_be_asked_is_refused_in_one_sentence(
    nps: Command, some: Path, arguments: tuple[str, ...], sentence: str
) -> None:
    answer = nps("screen", some, *(() if "-o" in arguments else ("-o", "hits.csv")), *arguments)
    assert answer.code in {1, 2}
    assert sentence in answer.err
    assert len(answer.sentences) == 1
    assert not list(some.parent.glob("hits*"))
