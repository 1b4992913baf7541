"""The compiler on small made-up tables: each known fault of the sources is handled, and numbers stay."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

import pytest

from nps_registry.catalogue.compiling.compiler import Compilation, compile_catalogue, write_records
from nps_registry.catalogue.compiling.evidence import EVIDENCE_COLUMNS, MERGED_COLUMNS
from nps_registry.catalogue.records import SubstanceRecord
from nps_registry.errors import NotFound
from nps_registry.vocabulary.substance import Kind, NameKind, Nature, Stereo

METHCATHINONE = "CNC(C)C(=O)c1ccccc1"
S_METHCATHINONE = "CN[C@@H](C)C(=O)c1ccccc1"
R_METHCATHINONE = "CN[C@H](C)C(=O)c1ccccc1"
MESCALINE = "COc1cc(CCN)cc(OC)c1OC"
PVP = "CCCC(N1CCCC1)C(=O)c1ccccc1"
CAFFEINE = "Cn1cnc2c1c(=O)n(C)c(=O)n2C"

Row = dict[str, str]


def _row(source: str, smiles: str, names: str = "", **more: str) -> Row:
    return {"source": source, "smiles": smiles, "names": names, **more}


def _write(path: Path, columns: Sequence[str], rows: Sequence[Row]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, restval="")
        writer.writeheader()
        writer.writerows(rows)
    return path


class Workshop:
    """A folder of a catalogue with its tables."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "substances"
        (self.folder / "curation").mkdir(parents=True)
        self._tables = folder

    def curate(self, text: str, name: str = "facts.toml") -> None:
        (self.folder / "curation" / name).write_text(text, encoding="utf-8")

    def compile(self, *rows: Row, merged: Sequence[Row] = ()) -> Compilation:
        evidence = _write(self._tables / "evidence.csv", EVIDENCE_COLUMNS, rows)
        return compile_catalogue(evidence, _write(self._tables / "merged.csv", MERGED_COLUMNS, merged), self.folder)


@pytest.fixture
def workshop(tmp_path: Path) -> Workshop:
    return Workshop(tmp_path)


def _named(compiled: Compilation, name: str) -> list[SubstanceRecord]:
    return [record for record in compiled.records if name in {each.name for each in record.names}]


def _names(record: SubstanceRecord) -> set[str]:
    return {name.name for name in record.names}


def test_two_sources_of_one_structure_make_one_entry_with_both_claims(workshop: Workshop) -> None:
    compiled = workshop.compile(
        _row("amberNPS", MESCALINE, place_in_source="row 7"), _row("unii_opsin", MESCALINE, "MESCALINE")
    )

    (record,) = compiled.records
    assert record.name == "mescaline"
    assert {claim.source for claim in record.claims} == {"amber-nps", "fda-unii"}


def test_a_registrys_capitals_are_recased_and_an_abbreviation_keeps_them(workshop: Workshop) -> None:
    compiled = workshop.compile(
        _row("unii_opsin", MESCALINE, "MESCALINE"),
        _row("unii_opsin", PVP, ".ALPHA.-PVP|ALPHA-PYRROLIDINOPENTIOPHENONE"),
    )

    assert {record.name for record in compiled.records} == {"mescaline", "alpha-PVP"}


def test_a_locant_in_small_letters_is_put_in_capitals_and_the_n_of_a_straight_chain_is_not(workshop: Workshop) -> None:
    compiled = workshop.compile(
        _row("chemicals_pubchem", "CN(C)CCc1c[nH]c2ccccc12", "2-(1h-indol-3-yl)-n,n-dimethyl-ethanamine"),
        _row("chemicals_pubchem", "CCCCON=O", "n-butyl nitrite"),
    )

    assert {record.name for record in compiled.records} == {
        "2-(1H-indol-3-yl)-N,N-dimethyl-ethanamine",
        "n-butyl nitrite",
    }


def test_a_name_that_its_comma_split_is_joined_and_a_fragment_dropped(workshop: Workshop) -> None:
    (record,) = workshop.compile(_row("unii_opsin", MESCALINE, "MESCALINE|3|4,5-TRIMETHOXYPHENETHYLAMINE|1")).records

    assert "3,4,5-trimethoxyphenethylamine" in {name.lower() for name in _names(record)}
    assert not {"1", "3"} & _names(record)


def test_stereo_forms_are_entries_of_their_own_with_their_own_names(workshop: Workshop) -> None:
    compiled = workshop.compile(
        _row("unii_opsin", METHCATHINONE, "METHCATHINONE"),
        _row("amberNPS", METHCATHINONE),
        _row("unii_opsin", S_METHCATHINONE, "METHCATHINONE, (S)-"),
        _row("unii_opsin", R_METHCATHINONE, "METHCATHINONE, (R)-"),
    )

    assert {record.name: record.structure.stereo for record in compiled.records if record.structure} == {
        "methcathinone": Stereo.UNDEFINED,
        "(S)-methcathinone": Stereo.ABSOLUTE,
        "(R)-methcathinone": Stereo.ABSOLUTE,
    }


def test_a_racemates_name_makes_a_racemate_even_of_a_drawn_enantiomer(workshop: Workshop) -> None:
    compiled = workshop.compile(
        _row("unii_opsin", S_METHCATHINONE, "METHCATHINONE, (S)-"),
        _row("unii_opsin", S_METHCATHINONE, "METHCATHINONE, (±)-"),
    )

    assert {record.structure.stereo for record in compiled.records if record.structure} == {
        Stereo.ABSOLUTE,
        Stereo.RACEMIC,
    }


def test_an_enantiomers_name_on_a_flat_structure_is_not_taken(workshop: Workshop) -> None:
    compiled = workshop.compile(_row("unii_opsin", METHCATHINONE, "METHCATHINONE, (S)-"))

    assert not compiled.records
    assert "its name states a configuration that its structure lacks" in compiled.reasons


def test_a_salts_name_is_not_the_bases(workshop: Workshop) -> None:
    (record,) = workshop.compile(_row("unii_opsin", MESCALINE, "MESCALINE|MESCALINE SULFATE")).records

    assert not [name for name in _names(record) if "sulfate" in name.lower()]


def test_a_registrys_number_of_a_salt_gives_neither_number_nor_name(workshop: Workshop) -> None:
    (record,) = workshop.compile(
        _row("unii_opsin", MESCALINE, "MESCALINE|MEZCALIN", place_in_source="73Q9QTO1N4"),
        _row("unii_opsin", MESCALINE, "BX-4503", place_in_source="AAAAAAAAA1"),
        _row("unii_opsin", MESCALINE, "MESCALINE MELTING POINT STANDARD|MESCALINE", place_in_source="AAAAAAAAA2"),
        _row("amberNPS", MESCALINE),
    ).records

    assert [each.value for each in record.identifiers] == ["73Q9QTO1N4"]
    assert _names(record) == {"mescaline", "mezcalin"}


def test_a_curators_exclusion_of_a_row_says_why(workshop: Workshop) -> None:
    workshop.curate(
        '[[rows]]\nsource = "fda-unii"\nplace = "X1"\nwhy = "it draws another substance"\n', "exclusions.toml"
    )

    compiled = workshop.compile(_row("unii_opsin", MESCALINE, "MESCALINE", place_in_source="X1"))

    assert not compiled.records
    assert compiled.reasons["it draws another substance"] == 1


def test_a_foreign_name_does_not_come_over(workshop: Workshop) -> None:
    (record,) = workshop.compile(_row("unii_opsin", CAFFEINE, "CAFFEINE")).records
    assert record.structure
    workshop.curate(
        f'[[foreign_names]]\nskeleton = "{record.structure.skeleton}"\nnames = ["theine"]\nwhy = "a test"\n'
    )

    again_row = _row("unii_opsin", CAFFEINE, "CAFFEINE|THEINE", skeleton=record.structure.skeleton)
    (again,) = workshop.compile(again_row).records

    assert _names(again) == {"caffeine"}


def test_a_wrong_cas_number_is_not_taken(workshop: Workshop) -> None:
    (wrong,) = workshop.compile(_row("unii_opsin", CAFFEINE, "CAFFEINE", cas="58-08-3")).records
    (right,) = workshop.compile(_row("unii_opsin", CAFFEINE, "CAFFEINE", cas="58-08-2")).records

    assert [each.value for each in wrong.identifiers if each.scheme == "cas"] == []
    assert [each.value for each in right.identifiers if each.scheme == "cas"] == ["58-08-2"]


def test_one_number_stays_with_one_entry(workshop: Workshop) -> None:
    compiled = workshop.compile(
        _row("unii_opsin", METHCATHINONE, "METHCATHINONE", cas="5650-44-2"),
        _row("amberNPS", METHCATHINONE),
        _row("unii_opsin", S_METHCATHINONE, "METHCATHINONE, (S)-", cas="5650-44-2"),
    )

    holders = [record.name for record in compiled.records if any(each.scheme == "cas" for each in record.identifiers)]
    assert holders == ["methcathinone"]


def test_a_name_of_two_substances_is_marked_on_both(workshop: Workshop) -> None:
    compiled = workshop.compile(
        _row("unii_opsin", MESCALINE, "M|XYZ-9"), _row("unii_opsin", CAFFEINE, "CAFFEINE|XYZ-9")
    )

    marked = [name.ambiguous for record in _named(compiled, "XYZ-9") for name in record.names if name.name == "XYZ-9"]
    assert marked == [True, True]


def test_what_nobody_names_gets_the_generated_name_and_says_so(workshop: Workshop) -> None:
    skeleton = "RHCSKNNOAZULRK"

    (record,) = workshop.compile(
        _row("amberNPS", MESCALINE),
        merged=[{"skeleton": skeleton, "systematic_name": "2-(3,4,5-trimethoxyphenyl)ethanamine"}],
    ).records

    preferred = next(name for name in record.names if name.kind is NameKind.PREFERRED)
    assert preferred.sources == ("generated-names",)


def test_a_curators_preferred_name_and_nature_win(workshop: Workshop) -> None:
    (record,) = workshop.compile(_row("unii_opsin", CAFFEINE, "CAFFEINE|GUARANINE")).records
    assert record.structure
    key = record.structure.inchikey
    workshop.curate(
        f'[[decisions]]\nkey = "{key}"\npreferred = "guaranine"\n\n'
        f'[[facts]]\nkeys = ["{record.structure.skeleton}"]\nnature = "adulterant"\n'
    )

    (again,) = workshop.compile(_row("unii_opsin", CAFFEINE, "CAFFEINE|GUARANINE")).records

    assert (again.name, again.nature) == ("guaranine", Nature.ADULTERANT)


def test_an_added_substance_comes_with_its_publication(workshop: Workshop) -> None:
    workshop.curate(f'[[additions]]\nsmiles = "{CAFFEINE}"\nclaims = [{{ source = "ph-eur", names = ["caffeine"] }}]\n')

    (record,) = workshop.compile().records

    assert [(claim.source, claim.names) for claim in record.claims] == [("ph-eur", ("caffeine",))]


def test_a_group_has_members_and_no_structure(workshop: Workshop) -> None:
    workshop.curate(
        '[[groups]]\nname = "stimulants"\nkind = "preparation"\nnature = "nps"\nmembers = ["caffeine"]\n'
        'names = [{ name = "stimulants", kind = "preferred", sources = ["ph-eur"] }]\n'
    )

    compiled = workshop.compile(_row("unii_opsin", CAFFEINE, "CAFFEINE"))

    caffeine, group = sorted(compiled.records, key=lambda record: record.kind is not Kind.CHEMICAL)
    assert group.structure is None
    assert [member.accession for member in group.members] == [caffeine.accession]


def test_a_second_run_keeps_the_numbers_and_changes_no_file(workshop: Workshop) -> None:
    rows = [_row("unii_opsin", MESCALINE, "MESCALINE"), _row("unii_opsin", CAFFEINE, "CAFFEINE")]
    first = workshop.compile(*rows)
    write_records(first.records, workshop.folder)

    second = workshop.compile(_row("unii_opsin", PVP, "ALPHA-PVP"), *rows)

    assert {record.name: record.accession for record in second.records}.items() >= {
        record.name: record.accession for record in first.records
    }.items()
    assert write_records(second.records, workshop.folder) == (1, 0)


def test_what_no_source_gives_any_more_is_withdrawn_and_its_number_not_given_again(workshop: Workshop) -> None:
    first = workshop.compile(_row("unii_opsin", MESCALINE, "MESCALINE"))
    write_records(first.records, workshop.folder)

    second = workshop.compile(_row("unii_opsin", CAFFEINE, "CAFFEINE"))

    assert second.withdrawn == (first.records[0].accession,)
    assert second.records[0].accession != first.records[0].accession


def test_a_table_without_its_columns_is_refused(tmp_path: Path) -> None:
    table = tmp_path / "evidence.csv"
    table.write_text("smiles,names\nC,methane\n", encoding="utf-8")

    with pytest.raises(NotFound):
        compile_catalogue(table, table, tmp_path)
