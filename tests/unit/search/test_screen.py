"""A library is screened as if every structure had been asked for alone; whatever interrupts it loses nothing."""

from __future__ import annotations

import csv
import gzip
import json
import os
import signal
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from rdkit import Chem

from nps_registry.chemistry.fingerprints import MORGAN, RECIPES
from nps_registry.errors import Conflict, InvalidInput, NotReady
from nps_registry.search.questions import SimilarityQuestion
from nps_registry.search.screen.crew import Crew, cluster_crew, local_crew
from nps_registry.search.screen.output import META_KEY
from nps_registry.search.screen.records import Library, Part, Record
from nps_registry.search.screen.run import Outcome, Screen, run_screen
from nps_registry.search.screen.targets import LibraryTarget, RegistryTarget
from nps_registry.search.screen.work import Comparison
from nps_registry.search.similarity import find_similar
from nps_registry.vocabulary.search import Fingerprint
from tests.unit.search.library import library as registry_of

STRUCTURES = (
    "CNC(C)C(=O)c1cccc(C)c1", "CC(N)Cc1ccccc1", "CNC(C)Cc1ccc2OCOc2c1", "CCN(CC)C(=O)C1CN(C)C2Cc3c[nH]c4cccc(C2=C1)c34",
    "CCC(=O)N(c1ccccc1)C1CCN(CCc2ccccc2)CC1", "CCCCCn1cc(C(=O)c2cccc3ccccc23)c2ccccc12", "CNC(C)C(=O)c1ccccc1.Cl",
)  # fmt: skip
BROKEN = "c1ccc(N"


@contextmanager
def silent(_label: str, _size_bytes: int) -> Iterator[Callable[[int, int], None]]:
    yield lambda _bytes, _records: None


@pytest.fixture
def crew() -> Iterator[Crew]:
    """One worker of this process."""
    workers = Crew(1, lambda: ThreadPoolExecutor(1), lambda target: target, (BrokenProcessPool,))
    yield workers
    workers.executor.shutdown()


def write_smiles(path: Path, structures: tuple[str, ...] = STRUCTURES) -> Path:
    path.write_text("".join(f"{smiles} M{number}\n" for number, smiles in enumerate(structures, start=1)))
    return path


def against_itself(path: Path, output: Path, threshold: float = 0.3, top: int = 0, part_records: int = 2) -> Screen:
    library = Library.at(path)
    library.part_records = part_records
    return Screen(library, LibraryTarget(Library.at(path)), Comparison(MORGAN, threshold=threshold, top=top), output)


def pairs(output: Path) -> list[tuple[int, str, float]]:
    table = pq.read_table(output)
    return list(zip(*(table[name].to_pylist() for name in ("row", "hit", "score")), strict=True))


def screen(asked: Screen, workers: Crew) -> Outcome:
    return run_screen(asked, workers, silent)


@pytest.mark.parametrize("kind", [Fingerprint.MORGAN, Fingerprint.MACCS])
def test_a_screen_of_the_registry_answers_as_each_question_alone(tmp_path: Path, crew: Crew, kind: Fingerprint) -> None:
    snapshot = registry_of()
    how = Comparison(RECIPES[kind.value], threshold=0.3)
    path = write_smiles(tmp_path / "some.smi", STRUCTURES[:6])
    screen(Screen(Library.at(path), RegistryTarget(snapshot), how, tmp_path / "hits.parquet"), crew)
    expected = [
        (row, hit.entry.accession, hit.score)
        for row, smiles in enumerate(STRUCTURES[:6], start=1)
        for hit in find_similar(snapshot, SimilarityQuestion(smiles, 0.3, 500, kind)).hits
    ]
    assert expected
    assert pairs(tmp_path / "hits.parquet") == expected


def test_the_nearest_of_each_are_the_first_of_all_hits(tmp_path: Path, crew: Crew) -> None:
    path = write_smiles(tmp_path / "some.smi")
    screen(against_itself(path, tmp_path / "all.parquet", threshold=0.05), crew)
    screen(against_itself(path, tmp_path / "top.parquet", threshold=0.05, top=2), crew)
    everything = pairs(tmp_path / "all.parquet")
    first = [[pair for pair in everything if pair[0] == row][:2] for row in range(1, len(STRUCTURES) + 1)]
    assert pairs(tmp_path / "top.parquet") == [pair for two in first for pair in two]


def test_a_salt_is_compared_by_its_largest_fragment(tmp_path: Path, crew: Crew) -> None:
    path = write_smiles(tmp_path / "some.smi", (STRUCTURES[6], STRUCTURES[6].removesuffix(".Cl")))
    screen(against_itself(path, tmp_path / "hits.parquet", threshold=1.0), crew)
    assert len(pairs(tmp_path / "hits.parquet")) == 4


def test_an_unreadable_row_is_told_with_its_reason_and_the_others_are_compared(tmp_path: Path, crew: Crew) -> None:
    path = write_smiles(tmp_path / "some.smi", (*STRUCTURES[:3], BROKEN, *STRUCTURES[3:]))
    outcome = screen(against_itself(path, tmp_path / "hits.parquet", threshold=1.0), crew)
    assert [row for row, *_ in pairs(tmp_path / "hits.parquet")] == [1, 2, 3, 5, 6, 7, 8]
    assert outcome.faults_file is not None
    faults = list(csv.DictReader(outcome.faults_file.open()))
    assert {fault["row"] for fault in faults} == {"4"}
    assert "position" in faults[0]["reason"]


@pytest.mark.parametrize("form", ["smi", "csv", "sdf"])
def test_every_form_gives_the_same_hits_plain_or_zipped(tmp_path: Path, crew: Crew, form: str) -> None:
    path = tmp_path / f"some.{form}.gz"
    path.write_bytes(gzip.compress(_as_form(form).encode()))
    screen(against_itself(path, tmp_path / "hits.parquet"), crew)
    expected = write_smiles(tmp_path / "plain.smi")
    screen(against_itself(expected, tmp_path / "expected.parquet"), crew)
    offset = 1 if form == "csv" else 0
    moved = [(row - offset, int(hit) - offset, score) for row, hit, score in pairs(tmp_path / "hits.parquet")]
    assert moved == [(row, int(hit), score) for row, hit, score in pairs(tmp_path / "expected.parquet")]
    assert pq.read_table(tmp_path / "hits.parquet")["name"].to_pylist()[0] == "M1"


def _as_form(form: str) -> str:
    named = [(f"M{number}", smiles) for number, smiles in enumerate(STRUCTURES, start=1)]
    if form == "smi":
        return "".join(f"{smiles}\t{name}\n" for name, smiles in named)
    if form == "csv":
        return "id;SMILES\n" + "".join(f'"{name}";"{smiles}"\n' for name, smiles in named)
    blocks = []
    for name, smiles in named:
        mol = Chem.MolFromSmiles(smiles)
        mol.SetProp("_Name", name)
        blocks.append(Chem.MolToMolBlock(mol) + "> <note>\nmade here\n\n$$$$\n")
    return "".join(blocks)


def test_a_broken_record_in_an_sd_file_costs_no_other(tmp_path: Path) -> None:
    path = tmp_path / "some.sdf"
    path.write_text(_as_form("sdf").replace("V2000", "V2oo0", 1))
    assert [record.name for record in Library.at(path).records()] == [f"M{number}" for number in range(1, 8)]


def test_a_truncated_gzip_keeps_what_stands_before_and_says_so(tmp_path: Path, crew: Crew) -> None:
    many = tuple("C" * (1 + number % 7) + "N" * (number // 7 % 5) + "O" * (number % 11) for number in range(3_000))
    whole = gzip.compress(write_smiles(tmp_path / "some.smi", many).read_bytes())
    path = tmp_path / "some.smi.gz"
    path.write_bytes(whole[: len(whole) // 2])
    asked = Screen(
        Library.at(path), RegistryTarget(registry_of()), Comparison(MORGAN, threshold=0.01), tmp_path / "hits.csv"
    )
    outcome = screen(asked, crew)
    assert "breaks off" in outcome.ended_early
    assert 0 < outcome.records < 3_000
    assert outcome.faults[-1][2] == outcome.ended_early
    assert json.loads((tmp_path / "hits.csv.meta.json").read_text())["ended_early"]


def test_a_csv_file_without_structures_is_refused(tmp_path: Path, crew: Crew) -> None:
    path = tmp_path / "some.csv"
    path.write_text("a,b\n1,2\n")
    with pytest.raises(InvalidInput, match="no column of structures"):
        screen(against_itself(path, tmp_path / "hits.parquet"), crew)


def test_an_empty_library_gives_an_empty_file_with_its_columns(tmp_path: Path, crew: Crew) -> None:
    path = write_smiles(tmp_path / "some.smi", ())
    outcome = screen(against_itself(path, tmp_path / "hits.parquet"), crew)
    assert (outcome.records, outcome.hits) == (0, 0)
    assert pq.read_table(tmp_path / "hits.parquet").column_names[-1] == "score"


def test_the_file_of_hits_says_what_was_asked_and_by_which_recipe(tmp_path: Path, crew: Crew) -> None:
    screen(against_itself(write_smiles(tmp_path / "some.smi"), tmp_path / "hits.parquet"), crew)
    about = json.loads(pq.read_schema(tmp_path / "hits.parquet").metadata[META_KEY])
    assert about["recipe"] == MORGAN.id
    assert about["query"]["threshold"] == 0.3
    assert about["records"] == len(STRUCTURES)
    assert about["date"] < "9999" > about["version"]


def test_an_interrupted_screen_goes_on_where_it_stood(tmp_path: Path, crew: Crew) -> None:
    path, output = write_smiles(tmp_path / "some.smi"), tmp_path / "hits.parquet"

    @contextmanager
    def interrupting(label: str, _size_bytes: int) -> Iterator[Callable[[int, int], None]]:
        done: list[int] = []

        def report(_bytes: int, records: int) -> None:
            done.append(records)
            if label == "Screening" and len(done) == 2:
                raise KeyboardInterrupt

        yield report

    with pytest.raises(KeyboardInterrupt):
        run_screen(against_itself(path, output), crew, interrupting)
    assert not output.exists()
    kept = sorted(each.name for each in (tmp_path / "hits.parquet.parts").glob("0*.arrow"))
    assert len(kept) == 2
    outcome = screen(against_itself(path, output), crew)
    assert (outcome.records, outcome.resumed) == (7, 4)
    assert not (tmp_path / "hits.parquet.parts").exists()
    resumed = pairs(output)
    screen(against_itself(path, output), crew)
    assert resumed == pairs(output)


def test_another_question_does_not_take_up_an_interrupted_screen(tmp_path: Path, crew: Crew) -> None:
    path, output = write_smiles(tmp_path / "some.smi"), tmp_path / "hits.parquet"
    begun = against_itself(path, output)
    (tmp_path / "hits.parquet.parts").mkdir()
    (tmp_path / "hits.parquet.parts" / "plan.json").write_text(json.dumps(begun.plan(), indent=1, sort_keys=True))
    with pytest.raises(Conflict, match="--restart"):
        screen(against_itself(path, output, threshold=0.9), crew)
    assert screen(begun, crew).records == 7


def work_and_die(texts: list[str], deadly: str) -> list[str]:
    """Stands for a structure that brings the process down which reads it."""
    if deadly in texts:
        os.kill(os.getpid(), signal.SIGKILL)
    return texts


def test_a_part_that_kills_its_process_is_told_and_all_others_are_done() -> None:
    parts = (Part(number, (Record(number, "", "C" * number),)) for number in range(8))
    with local_crew(2) as workers:
        done = {part.number: result for part, result in workers.map(work_and_die, parts, "CCC")}
    assert done == {number: None if number == 3 else ["C" * number] for number in range(8)}


def test_processes_find_the_same_hits_as_one_thread(tmp_path: Path, crew: Crew) -> None:
    path = write_smiles(tmp_path / "some.smi")
    screen(against_itself(path, tmp_path / "one.parquet"), crew)
    with local_crew(2) as workers:
        screen(against_itself(path, tmp_path / "two.parquet"), workers)
    assert pairs(tmp_path / "one.parquet") == pairs(tmp_path / "two.parquet")


def test_a_cluster_that_loses_a_worker_midway_finds_the_same_hits(tmp_path: Path, crew: Crew) -> None:
    from distributed import LocalCluster

    path = write_smiles(tmp_path / "some.smi", STRUCTURES * 10)
    screen(against_itself(path, tmp_path / "one.parquet"), crew)
    with LocalCluster(n_workers=3, threads_per_worker=1, processes=True, dashboard_address=None) as cluster:
        pids = [worker.process.pid for worker in cluster.workers.values()]

        @contextmanager
        def killing(label: str, _size_bytes: int) -> Iterator[Callable[[int, int], None]]:
            def report(_bytes: int, _records: int) -> None:
                if label == "Screening" and len(pids) == 3:
                    os.kill(pids.pop(), signal.SIGKILL)

            yield report

        with cluster_crew(cluster.scheduler_address) as workers:
            outcome = run_screen(against_itself(path, tmp_path / "cluster.parquet"), workers, killing)
    assert len(pids) == 2, "one worker was killed"
    assert outcome.faults == []
    assert pairs(tmp_path / "one.parquet") == pairs(tmp_path / "cluster.parquet")


def test_an_address_without_a_scheduler_is_refused_with_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nps_registry.search.screen.crew._CONNECT_LIMIT_S", 1)
    with pytest.raises(NotReady, match="No Dask scheduler"), cluster_crew("tcp://127.0.0.1:8179"):
        pass
