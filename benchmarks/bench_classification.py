"""How fast one structure is classified, and how often rightly: judged by the classes that sources themselves give.

Each entry is left out in its turn, with every stereo variant of it, and classified from the rules and
from its nearest neighbours among the rest.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pytest
from numpy.typing import NDArray
from pytest_benchmark.fixture import BenchmarkFixture

from nps_registry.assets import find_substances
from nps_registry.catalogue.agreement import label_agrees, labels_of
from nps_registry.catalogue.class_rules import ClassRules
from nps_registry.catalogue.classes import NEAREST, Neighbour, suggest, suggest_class, suggest_from_neighbours
from nps_registry.catalogue.files import read_catalogue
from nps_registry.catalogue.records import Catalogue, SubstanceRecord
from nps_registry.chemistry.fingerprints import MORGAN, fingerprint
from nps_registry.chemistry.reading import read
from nps_registry.chemistry.stored import restore

SAMPLE = 300
LEAST_ACCURACY = 0.97


@dataclass(frozen=True)
class Known:
    """The entries with a structure and a class: records, and their fingerprints as (n, bits) of 0 and 1."""

    records: Sequence[SubstanceRecord]
    bits: NDArray[np.float32]

    def neighbours_of(self, position: int) -> list[Neighbour]:
        """The nearest entries of another skeleton, by Tanimoto's coefficient of their Morgan fingerprints."""
        query = self.bits[position]
        common = self.bits @ query
        scores = common / (self.bits.sum(axis=1) + query.sum() - common)
        own = self.records[position].structure
        found: list[Neighbour] = []
        for other in np.argsort(-scores, kind="stable"):
            record = self.records[other]
            if record.structure is None or own is None or record.structure.skeleton == own.skeleton:
                continue
            found.append((float(scores[other]), record.chemical_class or "other", record.accession))
            if len(found) == NEAREST:
                break
        return found


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return read_catalogue(find_substances())


@pytest.fixture(scope="module")
def rules(catalogue: Catalogue) -> ClassRules:
    return ClassRules(catalogue.classes)


@pytest.fixture(scope="module")
def smiles(catalogue: Catalogue) -> list[str]:
    every = [record.structure.smiles for record in catalogue.substances if record.structure is not None]
    return every[:: max(1, len(every) // SAMPLE)]


@pytest.mark.benchmark(group="classify 300 structures")
def bench_reading_them(benchmark: BenchmarkFixture, smiles: list[str]) -> None:
    benchmark.extra_info["peer"] = True
    benchmark(lambda: [read(text) for text in smiles])


@pytest.mark.benchmark(group="classify 300 structures")
def bench_class_rules(benchmark: BenchmarkFixture, smiles: list[str], rules: ClassRules) -> None:
    benchmark.extra_info["at_most"] = 1.0
    molecules = [restore(text) for text in smiles]
    benchmark(lambda: [suggest_class(mol, rules) for mol in molecules])


def bench_leave_one_out_accuracy(benchmark: BenchmarkFixture, catalogue: Catalogue, rules: ClassRules) -> None:
    known = _lay_out(catalogue)
    accuracy = benchmark.pedantic(lambda: _leave_one_out(known, rules), rounds=1)  # type: ignore[no-untyped-call]
    benchmark.extra_info.update(accuracy)
    print("\nagreement with the sources' own classes, each entry left out:", _in_words(accuracy))
    assert accuracy["labels"] > 1_000
    assert accuracy["rules_and_neighbours"] >= LEAST_ACCURACY


def _lay_out(catalogue: Catalogue) -> Known:
    records = [record for record in catalogue.substances if record.structure is not None and record.status is None]
    packed = b"".join(fingerprint(restore(each.structure.smiles), MORGAN) for each in records if each.structure)
    rows = np.frombuffer(packed, np.uint8).reshape(len(records), MORGAN.size_bytes)
    return Known(records, np.unpackbits(rows, axis=1).astype(np.float32))


def _leave_one_out(known: Known, rules: ClassRules) -> dict[str, float]:
    """Share of the sources' labels that each way of classifying agrees with."""
    right = {"rules": 0, "nearest_neighbour": 0, "neighbours": 0, "rules_and_neighbours": 0}
    labels = 0
    for position, record in enumerate(known.records):
        found = labels_of(record)
        if not found or record.structure is None:
            continue
        mol = restore(record.structure.smiles)
        neighbours = known.neighbours_of(position)
        answers = {
            "rules": suggest_class(mol, rules),
            "neighbours": suggest_from_neighbours(neighbours, rules),
            "rules_and_neighbours": suggest(mol, rules, neighbours),
        }
        for source, label in found:
            labels += 1
            right["nearest_neighbour"] += label_agrees(source, label, neighbours[0][1], None)
            for way, answer in answers.items():
                right[way] += answer is not None and label_agrees(source, label, answer.key, answer.subclass)
    return {"labels": labels} | {way: count / max(1, labels) for way, count in right.items()}


def _in_words(accuracy: dict[str, float]) -> str:
    shares = (f"{way.replace('_', ' ')} {share:.1%}" for way, share in accuracy.items() if way != "labels")
    return f"{', '.join(shares)} of {accuracy['labels']:.0f} labels"
