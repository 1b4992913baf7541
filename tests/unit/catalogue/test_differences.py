"""What a change does, in sentences."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from nps_registry.catalogue.differences import Change, compare, open_version
from nps_registry.catalogue.records import Catalogue
from nps_registry.errors import NotFound
from tests.unit.catalogue.small import (
    DIRECTORY,
    LEVO,
    MMC,
    altered,
    small,
    with_control,
    with_name,
    with_preferred,
    with_structure,
)


def _sentences(new: Catalogue, subject: str = MMC) -> list[str]:
    changes = compare(small(), new)
    assert {change.subject for change in changes} == {subject}
    return [change.sentence for change in changes]


def test_the_same_catalogue_has_no_changes() -> None:
    assert compare(small(), small()) == []


def test_a_new_name_is_one_sentence() -> None:
    assert _sentences(with_name(MMC, "Metaphedrone")) == ["It gains the name Metaphedrone (synonym)."]


def test_a_renamed_entry_tells_both_names() -> None:
    assert "The preferred name changes from 3-MMC to Metaphedrone." in _sentences(with_preferred(MMC, "Metaphedrone"))


def test_a_lost_claim_tells_what_becomes_of_grade_and_status() -> None:
    claims = [claim.model_dump() for claim in small().by_accession[MMC].claims][:1]

    sentences = _sentences(altered(MMC, claims=claims))

    assert "Evidence goes from A to C." in sentences
    assert "Status goes from “Listed” to “Unconfirmed: one source only”." in sentences
    assert "It loses the claim amber-nps nps_classification.csv:391." in sentences


def test_a_new_and_a_lost_entry_are_told() -> None:
    without = replace(small(), substances=small().substances[1:])

    assert compare(without, small())[0] == Change(
        MMC, "3-MMC", "New: chemical substance, New psychoactive substance, synthetic_cathinone, Listed, evidence A."
    )
    assert "withdraws it" in compare(small(), without)[0].sentence


def test_a_changed_stereochemistry_is_told_from_another_structure() -> None:
    record = small().by_accession[LEVO].structure
    assert record is not None

    assert "stereochemistry changes" in _sentences(with_structure(LEVO, stereo="racemic"), LEVO)[0]
    assert "becomes another one" in _sentences(with_structure(LEVO, inchikey="A" * 14 + record.inchikey[14:]), LEVO)[0]


def test_sources_of_one_group_change_grades_without_a_change_of_any_substance() -> None:
    sources = tuple(source.model_copy(update={"group": "one"}) for source in small().sources)

    changes = compare(small(), replace(small(), sources=sources))

    assert Change(MMC, "3-MMC", "Evidence goes from A to C.") in changes
    assert Change("fda-unii", "", "The source changes.") in changes


def test_control_entries_are_compared_by_list_schedule_and_wording() -> None:
    changes = compare(small(), with_control(0, in_force_on="1964-12"))

    assert [change.sentence for change in changes] == ["Fentanyl in Schedule I changes: in_force_on."]


def test_a_revision_of_git_is_read_beside_the_folder(tmp_path: Path) -> None:
    folder = tmp_path / "substances"
    shutil.copytree(DIRECTORY, folder)
    for command in (
        ["init", "-q"],
        ["add", "."],
        ["-c", "user.name=A", "-c", "user.email=a@example.org", "commit", "-qm", "x"],
    ):
        subprocess.run(["git", *command], cwd=tmp_path, check=True)
    shutil.rmtree(folder / "material")

    with open_version("HEAD", folder) as before:
        assert "NPS-000013" in before.by_accession


def test_a_version_that_is_neither_folder_nor_revision_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="neither a folder nor a revision"), open_version("nowhere", tmp_path):
        pass
