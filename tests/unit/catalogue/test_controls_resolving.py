"""An entry of a control list finds the substance that it means, and no other."""

from __future__ import annotations

import pytest

from nps_registry.catalogue.compiling.controls.anchors import AnchorFinder, Decision
from nps_registry.catalogue.compiling.controls.resolve import SubstanceIndex, resolve
from nps_registry.catalogue.compiling.evidence import EvidenceRow
from nps_registry.catalogue.compiling.structures import Structure, read_structure
from nps_registry.catalogue.records import (
    AnchorRecord,
    ControlEntry,
    ControlList,
    ExcludedRecord,
    SubstanceRecord,
)
from nps_registry.vocabulary.substance import Stereo
from tests.unit.catalogue.records import make_substance

LEVO = read_structure("CN1CC[C@]23CCCC[C@H]2[C@H]1Cc1ccc(OC)cc13")
DEXTRO = read_structure("CN1CC[C@@]23CCCC[C@@H]2[C@@H]1Cc1ccc(OC)cc13")
RACEMATE = read_structure("CN1CC[C@]23CCCC[C@H]2[C@H]1Cc1ccc(OC)cc13", Stereo.RACEMIC)
FLAT = read_structure("CN1CCC23CCCCC2C1Cc1ccc(OC)cc13")
HEADER = {
    "jurisdiction": "UN",
    "instrument": "a treaty",
    "title": "a list",
    "edition": "today's",
    "source": "curation",
    "checked_to": "2025-03-31",
}


def _substance(number: int, name: str, structure: Structure, *more_names: str) -> SubstanceRecord:
    return make_substance(
        accession=f"NPS-{number:06}",
        name=name,
        more_names=[{"name": one, "kind": "synonym", "sources": ["fda-unii"]} for one in more_names],
        structure={
            "smiles": structure.smiles,
            "inchi": structure.inchi,
            "inchikey": structure.inchikey,
            "formula": structure.formula,
            "mass_da": structure.mass_da,
            "stereo": structure.stereo.value,
        },
    )


def _anchor(structure: Structure, *, with_variants: bool = False) -> AnchorRecord:
    return AnchorRecord(
        inchikey=structure.inchikey, stereo=structure.stereo, how="drawn here", with_variants=with_variants
    )


def _entry(name: str, *anchors: AnchorRecord) -> ControlEntry:
    return ControlEntry(listed_as=name, structures=anchors, schedule="I", sources=("curation",))


def _list(*entries: ControlEntry, excluded: tuple[ExcludedRecord, ...] = ()) -> ControlList:
    return ControlList.model_validate({"header": HEADER, "entries": entries, "excluded": excluded})


def _found(content: ControlList, *substances: SubstanceRecord) -> list[tuple[str, ...]]:
    return [entry.accessions for entry in resolve(content, SubstanceIndex(substances)).content.entries]


LEVOMETHORPHAN = _substance(1, "levomethorphan", LEVO)
DEXTROMETHORPHAN = _substance(2, "dextromethorphan", DEXTRO)
RACEMETHORPHAN = _substance(3, "racemethorphan", RACEMATE)
ALL_THREE = (LEVOMETHORPHAN, DEXTROMETHORPHAN, RACEMETHORPHAN)


def test_a_stated_configuration_means_that_stereoisomer() -> None:
    listed = _list(_entry("levomethorphan", _anchor(LEVO)), _entry("racemethorphan", _anchor(RACEMATE)))
    assert _found(listed, *ALL_THREE) == [("NPS-000001",), ("NPS-000003",)]


def test_a_stated_configuration_never_means_the_mirror_image_even_under_its_name() -> None:
    misnamed = _substance(2, "levomethorphan", DEXTRO)
    assert _found(_list(_entry("levomethorphan", _anchor(LEVO))), misnamed) == [()]


def test_a_wording_without_configuration_means_the_substance_that_carries_the_name() -> None:
    assert _found(_list(_entry("racemethorphan", _anchor(FLAT))), *ALL_THREE) == [("NPS-000003",)]


def test_a_wording_without_configuration_and_without_a_known_name_means_none_of_several() -> None:
    assert _found(_list(_entry("methorphan", _anchor(FLAT))), *ALL_THREE) == [()]


def test_a_wording_that_names_all_variants_means_each_of_them() -> None:
    listed = _list(_entry("methorphan and its variants", _anchor(FLAT, with_variants=True)))
    assert _found(listed, *ALL_THREE) == [("NPS-000001", "NPS-000002", "NPS-000003")]


def test_a_preferred_name_outweighs_a_synonym_of_another_stereoisomer() -> None:
    also = _substance(4, "methorphan base", FLAT, "racemethorphan")
    assert _found(_list(_entry("racemethorphan", _anchor(FLAT))), RACEMETHORPHAN, also) == [("NPS-000003",)]


def test_a_flat_substance_is_only_the_stereoisomer_whose_name_it_carries_first() -> None:
    both = _substance(5, "levomethorphan", FLAT, "racemethorphan")
    listed = _list(_entry("levomethorphan", _anchor(LEVO)), _entry("racemethorphan", _anchor(RACEMATE)))
    assert _found(listed, both) == [("NPS-000005",), ()]


def test_one_substance_may_stand_in_two_places_of_a_list() -> None:
    listed = _list(_entry("levomethorphan", _anchor(LEVO)), _entry("Levomethorphan base", _anchor(LEVO)))
    assert _found(listed, *ALL_THREE) == [("NPS-000001",), ("NPS-000001",)]


def test_what_the_list_excludes_is_refused() -> None:
    excluded = ExcludedRecord(
        listed_as="dextromethorphan", structures=(_anchor(DEXTRO),), from_heading="isomers", sources=("curation",)
    )
    listed = _list(_entry("methorphan and its variants", _anchor(FLAT, with_variants=True)), excluded=(excluded,))
    resolution = resolve(listed, SubstanceIndex(ALL_THREE))
    assert resolution.content.entries[0].accessions == ("NPS-000001", "NPS-000003")
    assert [one.why for one in resolution.refused] == ["dextromethorphan is excluded by the list"]


def test_what_the_list_names_again_elsewhere_is_not_refused() -> None:
    excluded = ExcludedRecord(
        listed_as="Dextromethorphan", structures=(_anchor(DEXTRO),), from_heading="isomers", sources=("curation",)
    )
    assert _found(_list(_entry("dextromethorphan", _anchor(DEXTRO)), excluded=(excluded,)), *ALL_THREE) == [
        ("NPS-000002",)
    ]


def test_resolving_again_replaces_the_accessions() -> None:
    listed = _list(_entry("levomethorphan", _anchor(LEVO)))
    once = resolve(listed, SubstanceIndex([LEVOMETHORPHAN])).content
    assert _found(once, _substance(7, "levomethorphan", LEVO)) == [("NPS-000007",)]


def test_an_entry_without_a_substance_is_reported_and_kept() -> None:
    resolution = resolve(_list(_entry("opium")), SubstanceIndex(ALL_THREE))
    assert [one.listed_as for one in resolution.unresolved] == ["opium"]
    assert len(resolution.content.entries) == 1


def _row(line: int, source: str, names: str, smiles: str) -> EvidenceRow:
    structure = read_structure(smiles)
    return EvidenceRow(
        line=line,
        skeleton=structure.skeleton,
        source=source,
        names=tuple(names.split("|")),
        smiles=smiles,
        inchikey=structure.inchikey,
        cas="",
        source_class="",
        place="",
    )


OWN = ("canada_cdsa_opsin",)


@pytest.fixture
def rows() -> list[EvidenceRow]:
    return [
        _row(1, "canada_cdsa_opsin", "Alpha", "CCO"),
        _row(2, "unii_opsin", "ALPHA", "CCO"),
        _row(3, "canada_cdsa_opsin", "Beta", "CCC"),
        _row(4, "unii_opsin", "BETA", "CCN"),
        _row(5, "chemicals_pubchem", "beta", "CCN"),
        _row(6, "canada_cdsa_opsin", "Gamma", "CCCC"),
        _row(7, "unii_opsin", "GAMMA", "CCCO"),
        _row(8, "canada_cdsa_opsin", "Delta", "CC[C@H](C)O"),
    ]


def _find(name: str, rows: list[EvidenceRow], *decisions: Decision) -> tuple[list[str], bool]:
    found = AnchorFinder(rows, read_structure, decisions=decisions).find(_entry(name), "ca_cdsa", OWN)
    return [one.inchikey for one in found.structures], found.doubt is not None


def test_a_chemical_name_that_other_sources_confirm_gives_the_structure(rows: list[EvidenceRow]) -> None:
    assert _find("Alpha", rows) == ([read_structure("CCO").inchikey], False)


def test_two_other_sources_outweigh_a_misread_chemical_name_and_the_doubt_is_told(rows: list[EvidenceRow]) -> None:
    assert _find("Beta", rows) == ([read_structure("CCN").inchikey], True)


def test_one_other_source_against_the_lists_own_chemical_name_leaves_no_structure(rows: list[EvidenceRow]) -> None:
    assert _find("Gamma", rows) == ([], True)


def test_a_decision_comes_before_every_reading(rows: list[EvidenceRow]) -> None:
    decision = Decision("ca_cdsa", "beta", "because", smiles=("CCC",))
    assert _find("Beta", rows, decision) == ([read_structure("CCC").inchikey], False)


def test_words_that_say_racemate_make_the_structure_racemic(rows: list[EvidenceRow]) -> None:
    entry = ControlEntry(listed_as="Delta", also=("(RS)-delta",), schedule="I", sources=("curation",))
    found = AnchorFinder(rows, read_structure).find(entry, "ca_cdsa", OWN)
    assert [one.stereo for one in found.structures] == [Stereo.RACEMIC]


def test_a_row_that_is_known_to_be_misread_is_never_used(rows: list[EvidenceRow]) -> None:
    misread = {("canada_cdsa_opsin", read_structure("CC[C@H](C)O").skeleton)}
    found = AnchorFinder(rows, read_structure, misread).find(_entry("Delta"), "ca_cdsa", OWN)
    assert found.structures == ()
    assert found.doubt is not None
