"""Every file of a result holds the hits, says where it comes from, and runs nothing in a spreadsheet."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from datetime import UTC, datetime

import pyarrow.parquet as pq
import pytest

from nps_registry import __version__
from nps_registry.search.batch import identify_batch
from nps_registry.search.questions import BatchQuestion, BatchRow, SimilarityQuestion
from nps_registry.search.rendering import render_similarity
from nps_registry.search.result_files import About, make_about, write_file
from nps_registry.search.result_table import ResultTable, tabulate
from nps_registry.search.similarity import SimilarityAnswer, find_similar
from nps_registry.vocabulary.search import FileForm
from nps_registry.vocabulary.spreadsheet import defuse
from tests.unit.search.library import library

TODAY = datetime.now(UTC).date().isoformat()


@pytest.fixture(scope="module")
def answer() -> SimilarityAnswer:
    return find_similar(library(), SimilarityQuestion("CNC(C)C(=O)c1cccc(C)c1", 0.2))


@pytest.fixture(scope="module")
def table(answer: SimilarityAnswer) -> ResultTable:
    return tabulate(answer)


@pytest.fixture(scope="module")
def about(answer: SimilarityAnswer, table: ResultTable) -> About:
    return make_about(table, answer, "http://registry.test", demonstration=True)


def assert_tells(text: str, answer: SimilarityAnswer) -> None:
    for told in ("CNC(C)C(=O)c1cccc(C)c1", "0.2", TODAY, __version__, answer.recipe.id, "http://registry.test"):
        assert told in text


def test_csv_says_it_in_the_last_column_of_each_row(answer: SimilarityAnswer, table: ResultTable, about: About) -> None:
    rows = list(csv.DictReader(io.StringIO(write_file(table, about, FileForm.CSV).decode())))
    assert [row["accession"] for row in rows] == [hit.entry.accession for hit in answer.hits]
    assert [float(row["score"]) for row in rows] == [hit.score for hit in answer.hits]
    for row in rows:
        assert_tells(row["about"], answer)
        assert "DEMONSTRATION" in row["about"]


def test_parquet_says_it_in_its_metadata_and_keeps_types(
    answer: SimilarityAnswer, table: ResultTable, about: About
) -> None:
    read = pq.read_table(io.BytesIO(write_file(table, about, FileForm.PARQUET)))
    assert read.column("score").to_pylist() == [hit.score for hit in answer.hits]
    assert str(read.schema.field("mass_da").type) == "double"
    told = {key.decode(): json.loads(value) for key, value in read.schema.metadata.items()}
    assert told["recipe"] == answer.recipe.id
    assert told["query"]["threshold"] == 0.2
    assert told["date"] == TODAY


def test_parquet_of_no_hits_has_the_same_columns(about: About) -> None:
    nothing = tabulate(find_similar(library(), SimilarityQuestion("[Xe]", 1.0)))
    read = pq.read_table(io.BytesIO(write_file(nothing, about, FileForm.PARQUET)))
    assert read.num_rows == 0
    assert str(read.schema.field("score").type) == "double"


def test_a_workbook_says_it_in_a_sheet_of_its_own(answer: SimilarityAnswer, table: ResultTable, about: About) -> None:
    with zipfile.ZipFile(io.BytesIO(write_file(table, about, FileForm.XLSX))) as book:
        texts = "".join(book.read(f"xl/worksheets/sheet{number}.xml").decode() for number in (1, 2))
        assert 'name="about"' in book.read("xl/workbook.xml").decode()
        assert "<f>" not in book.read("xl/worksheets/sheet1.xml").decode()
    assert_tells(texts.replace("&quot;", '"'), answer)
    assert "3-MMC" in texts


def test_sdf_says_it_in_each_record_and_leaves_out_what_has_no_structure(
    answer: SimilarityAnswer, table: ResultTable, about: About
) -> None:
    first = answer.hits[0].entry.row.id
    text = write_file(table, about, FileForm.SDF, molblocks={first: "name\n\n\nM  END"}).decode()
    assert text.count("$$$$") == 1
    assert ">  <score>\n1.0\n" in text
    assert_tells(text, answer)


def test_json_is_the_answer_with_a_member_more(answer: SimilarityAnswer, table: ResultTable, about: About) -> None:
    whole = render_similarity(answer)
    read = json.loads(write_file(table, about, FileForm.JSON, answer=whole))
    assert read.pop("about")["registry_version"] == __version__
    assert read == json.loads(whole)


@pytest.mark.parametrize("cell", ["=1+1", "+cmd", "-2+3", "@SUM(A1)", "\t=1", "\r=1"])
def test_what_could_begin_a_formula_is_defused(cell: str) -> None:
    assert defuse(cell) == f"'{cell}"


@pytest.mark.parametrize("cell", ["3-MMC", "(±)-X", "C#N", 5, -5.0, None, ""])
def test_what_cannot_begin_one_is_left_as_it_is(cell: str | float | None) -> None:
    assert defuse(cell) == cell


def test_a_hostile_row_of_a_list_runs_nothing() -> None:
    answer = identify_batch(library(), BatchQuestion((BatchRow('=HYPERLINK("http://x")', "@me"),)))
    table = tabulate(answer)
    told = make_about(table, answer, "http://registry.test", demonstration=False)
    (row,) = csv.DictReader(io.StringIO(write_file(table, told, FileForm.CSV).decode()))
    assert row["given"].startswith("'=")
    assert row["label"] == "'@me"
    with zipfile.ZipFile(io.BytesIO(write_file(table, told, FileForm.XLSX))) as book:
        assert "<f>" not in book.read("xl/worksheets/sheet1.xml").decode()
