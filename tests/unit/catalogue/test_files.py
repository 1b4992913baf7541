"""Reading the catalogue's files."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from nps_registry.catalogue.files import read_catalogue, read_changed, read_substance
from nps_registry.catalogue.writing import substance_path, write_substance
from nps_registry.errors import CatalogueFault, NotFound
from tests.unit.catalogue.records import make_substance

SOURCE = """
[[sources]]
id = "fda-unii"
title = "UNII"
publisher = "FDA"
licence = "Public domain"
edition = "undated"
kind = "database"
"""


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    """A catalogue of two substances."""
    (tmp_path / "sources.toml").write_text(SOURCE, "utf-8")
    for accession in ("NPS-000001", "NPS-000002"):
        record = make_substance(accession=accession)
        path = tmp_path / substance_path(record)
        path.parent.mkdir(exist_ok=True)
        path.write_text(write_substance(record), "utf-8")
    return tmp_path


@pytest.fixture
def rewrite(directory: Path) -> Callable[[str, str], Path]:
    """Replaces a text in the file of the first substance."""

    def replace(old: str, new: str) -> Path:
        path = directory / "synthetic_cathinone" / "NPS-000001.toml"
        text = path.read_text("utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), "utf-8")
        return path

    return replace


def _faults(directory: Path) -> list[tuple[str, str]]:
    with pytest.raises(CatalogueFault) as caught:
        read_catalogue(directory)
    return [(error.field, error.message) for error in caught.value.errors]


def test_a_catalogue_is_read_in_order_of_accessions(directory: Path) -> None:
    catalogue = read_catalogue(directory)

    assert [record.accession for record in catalogue.substances] == ["NPS-000001", "NPS-000002"]
    assert catalogue.paths["NPS-000002"] == "synthetic_cathinone/NPS-000002.toml"
    assert set(catalogue.source_by_id) == {"fda-unii"}


def test_a_misspelt_field_is_named_with_file_and_line(directory: Path, rewrite: Callable[[str, str], Path]) -> None:
    path = rewrite("occurrence =", "ocurrence =")
    line = path.read_text("utf-8").splitlines().index('ocurrence = "reported"') + 1

    fields = dict(_faults(directory))

    assert "no such field" in fields[f"synthetic_cathinone/NPS-000001.toml:{line}: ocurrence"]
    assert "missing" in fields["synthetic_cathinone/NPS-000001.toml: occurrence"]


def test_every_fault_of_every_file_is_told_at_once(directory: Path, rewrite: Callable[[str, str], Path]) -> None:
    rewrite('nature = "nps"', 'nature = "drug"')
    (directory / "synthetic_cathinone" / "NPS-000002.toml").write_text("name = ", "utf-8")
    (directory / "synthetic_cathinone" / "notes.toml").write_text("", "utf-8")

    faults = _faults(directory)

    assert len(faults) == 3
    assert any("must be one of 'nps'" in message for _field, message in faults)
    assert any("not valid TOML" in message for _field, message in faults)
    assert any("named after its accession" in message for _field, message in faults)


def test_a_fault_in_a_table_names_the_line_in_that_table(directory: Path, rewrite: Callable[[str, str], Path]) -> None:
    path = rewrite('sources = ["fda-unii"]', "sources = []")
    line = path.read_text("utf-8").splitlines().index("sources = []") + 1

    assert _faults(directory)[0][0] == f"synthetic_cathinone/NPS-000001.toml:{line}: names[0].sources"


def test_a_file_whose_name_is_not_its_accession_is_a_fault(directory: Path) -> None:
    folder = directory / "synthetic_cathinone"
    (folder / "NPS-000002.toml").rename(folder / "NPS-000003.toml")

    assert "the file is named NPS-000003.toml" in _faults(directory)[0][1]


def test_two_files_of_one_accession_are_a_fault(directory: Path) -> None:
    (directory / "other").mkdir()
    text = (directory / "synthetic_cathinone" / "NPS-000001.toml").read_text("utf-8")
    (directory / "other" / "NPS-000001.toml").write_text(text, "utf-8")

    assert "second file" in _faults(directory)[0][1]


def test_a_file_that_is_not_utf_8_is_a_fault_with_its_line(directory: Path) -> None:
    (directory / "synthetic_cathinone" / "NPS-000001.toml").write_bytes(b"# ok\n# \xe4\n")

    assert _faults(directory) == [
        ("synthetic_cathinone/NPS-000001.toml:2", "it is not UTF-8; save it as UTF-8 without a mark")
    ]


def test_windows_line_ends_are_read(directory: Path) -> None:
    path = directory / "synthetic_cathinone" / "NPS-000001.toml"
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))

    assert read_substance(path) == make_substance()


def test_the_preferred_name_must_stand_among_the_names(directory: Path, rewrite: Callable[[str, str], Path]) -> None:
    rewrite('name = "3-MMC"', 'name = "Metaphedrone"')

    assert "exactly one entry of kind preferred" in _faults(directory)[0][1]


def test_a_chemical_without_a_structure_is_a_fault() -> None:
    with pytest.raises(ValueError, match="a chemical needs \\[structure\\]"):
        make_substance(structure=None)


def test_a_folder_without_sources_is_no_catalogue(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match=r"sources\.toml"):
        read_catalogue(tmp_path)


def test_nothing_changed_means_nothing_read(directory: Path) -> None:
    changes = read_changed(directory, read_catalogue(directory).digests)

    assert changes.substances == ()
    assert changes.gone == ()
    assert not changes.frame_changed


def test_a_changed_a_new_and_a_lost_file_are_told_apart(directory: Path, rewrite: Callable[[str, str], Path]) -> None:
    known = read_catalogue(directory).digests
    rewrite('occurrence = "reported"', 'occurrence = "controlled"')
    third = make_substance(accession="NPS-000003")
    (directory / substance_path(third)).write_text(write_substance(third), "utf-8")
    (directory / "synthetic_cathinone" / "NPS-000002.toml").unlink()

    changes = read_changed(directory, known)

    assert [record.accession for record in changes.substances] == ["NPS-000001", "NPS-000003"]
    assert changes.gone == ("NPS-000002",)
    assert changes.digests == read_catalogue(directory).digests


def test_a_file_that_moved_to_another_class_is_not_gone(directory: Path) -> None:
    known = read_catalogue(directory).digests
    (directory / "other").mkdir()
    (directory / "synthetic_cathinone" / "NPS-000001.toml").rename(directory / "other" / "NPS-000001.toml")

    changes = read_changed(directory, known)

    assert changes.gone == ()
    assert [record.accession for record in changes.substances] == ["NPS-000001"]


def test_a_changed_source_changes_the_frame_and_no_substance(directory: Path) -> None:
    known = read_catalogue(directory).digests
    (directory / "sources.toml").write_text(SOURCE.replace('"UNII"', '"UNII names"'), "utf-8")

    changes = read_changed(directory, known)

    assert changes.frame_changed
    assert changes.substances == ()
