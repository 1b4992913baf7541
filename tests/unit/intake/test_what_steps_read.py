"""A table says the same of one substance in a thousand rows: the steps go over it once."""

from __future__ import annotations

from typing import Any

from nps_registry.intake.amendment import read_submission
from nps_registry.intake.steps import STEPS, Working, told_of
from nps_registry.intake.understanding import Readings, work_all

TOLD = {
    "structure", "stereo", "name", "reported_as", "formula", "candidates", "salt_form", "techniques", "result",
    "reference_material", "specimen", "type", "mz", "adduct", "ppm",
}  # fmt: skip


def _submission(**detection: Any) -> dict[str, Any]:
    return {
        "event": {"type": "seizure", "country": "DE", "collected_on": "2026-02-03"},
        "items": [{"form": "powder", "detections": [{"techniques": ["GC-MS"], **detection}]}],
    }


class _Watched:
    """A part of a submission that remembers which of its fields were read."""

    def __init__(self, part: Any, read: set[str]) -> None:
        self._part, self._read = part, read

    def __getattr__(self, name: str) -> Any:
        self._read.add(name)
        return getattr(self._part, name)


def test_the_steps_read_nothing_but_what_makes_two_detections_alike() -> None:
    read: set[str] = set()
    for detection in (
        {"structure": "CNC(C)C(=O)c1cccc(C)c1.Cl", "formula": "C11H15NO", "salt_form": "sulfate"},
        {"name": "mephedrone hydrochloride", "stereo": "racemic"},
        {"candidates": ["2-FMA", "3-FMA"], "result": "uncertain"},
        {"mz": 178.1226, "adduct": "[M+H]+", "ppm": 3},
    ):
        submission = read_submission(_submission(**detection))
        item = submission.items[0]
        parts = [_Watched(part, read) for part in (item.detections[0], item, submission.event)]
        working = Working(parts[0], parts[1], parts[2], 0, 0)  # type: ignore[arg-type]
        readings = Readings()
        for step in STEPS:
            working = step(working, readings)
    assert read <= TOLD


def test_two_detections_that_differ_in_anything_the_steps_read_are_not_taken_for_one() -> None:
    told = set()
    changes: list[dict[str, Any]] = [
        {}, {"structure": "CCO"}, {"formula": "C2H6O"}, {"reported_as": "x"}, {"salt_form": "sulfate"},
        {"techniques": ["NMR"]}, {"result": "uncertain"}, {"reference_material": True}, {"candidates": ["a", "b"]},
        {"mz": 178.1226}, {"mz": 178.1226, "adduct": "[M+Na]+"}, {"mz": 178.1226, "ppm": 3},
    ]  # fmt: skip
    for change in changes:
        submission = read_submission(_submission(**({"name": "3-MMC"} | change)))
        told.add(told_of(submission.items[0].detections[0], submission.items[0], submission.event))
    assert len(told) == len(changes)


def test_a_detection_worked_again_keeps_its_own_place_and_amounts() -> None:
    readings = Readings()
    first = work_all(read_submission(_submission(structure="CCO", purity_percent=10)), readings)[0]
    again = read_submission(_submission(structure="CCO", purity_percent=20))
    second = work_all(again, readings)[0]
    assert (first.part.purity_percent, second.part.purity_percent) == (10, 20)
    assert (first.formula, first.remarks) == (second.formula, second.remarks)
